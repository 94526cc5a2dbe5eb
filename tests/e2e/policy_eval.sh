#!/bin/sh
# policy_eval.sh - the forms and reports of `merlon policy eval`. usage: policy_eval.sh MERLON
# Where opa is installed, the same queries are asked there and the bytes compared.
# shellcheck source=tests/kit.sh
. "$(dirname "$0")/../kit.sh"

cat >a.rego <<'R'
package a

default allow := false

allow if {
	input.user.role == "admin"
	some g in input.groups
	g == data.groups[_]
	not blocked(input.user.name)
	print("group", g, input.none)
	trace("a note")
}

blocked(name) if name in {"bob", "eve"}

deny contains msg if {
	x := input.n + 1
	x > 3
	msg := sprintf("x is %d", [x])
}

conflict := 1 if input.n

conflict := 2 if input.user
R
echo '{"user": {"role": "admin", "name": "ann"}, "groups": ["a", "b"], "n": 2}' >in.json
echo '{"groups": ["b", "c"]}' >data.json
set -- -d a.rego -d data.json -i in.json

wants "false is an answer" 0 '"value": false' policy eval '1 == 2'
wants "false with iteration is none" 0 '{}' policy eval '[1, 2][_] == 3'
wants "print goes to stderr" 0 'group b <undefined>' policy eval "$@" data.a.allow
grep -q 'group b' err || failed=$((failed + 1))
wants "notes" 0 '| | Note "a note"' policy eval "$@" -f pretty --explain notes data.a.allow
wants "full" 0 'a.rego:6      | | Eval input.user.role == "admin"' \
    policy eval "$@" -f pretty --explain full data.a.allow
wants "fails" 0 '| | Fail x > 3' policy eval "$@" -f pretty --explain fails data.a.deny
wants "values in a trace" 0 '| | Fail x > 3    {x: 3}' \
    policy eval "$@" -f pretty --explain fails --var-values data.a.deny
wants "why: the place" 0 'a.rego:6:2: input.user.role == "admin"' \
    policy eval -d a.rego -d data.json --explain why 'data.a.allow' --stdin-input
wants "why: the value" 0 '    x = 3' policy eval "$@" --explain why data.a.deny
wants "an explanation in JSON" 0 '"explanation": [' policy eval "$@" --explain notes data.a.allow
wants "a profile" 0 '"num_redo": 1' policy eval "$@" --profile data.a.allow
wants "a profile sorted" 0 'a.rego:14' \
    policy eval "$@" --profile --profile-sort num_eval --profile-sort line --profile-limit 3 -f pretty data.a.allow
wants "a profile sorted by nonsense" 2 'total_time_ns' policy eval "$@" --profile --profile-sort x data.a.allow
wants "coverage" 0 '"not_covered_lines": 8' policy eval "$@" --coverage data.a.allow
wants "coverage for people" 0 'Overall Coverage' policy eval "$@" --coverage -f pretty data.a.allow
wants "metrics" 0 'timer_rego_query_eval_ns' policy eval --metrics 1
wants "an error in JSON" 3 '"code": "eval_conflict_error"' policy eval "$@" data.a.conflict
wants "a compile error in JSON" 3 '"code": "rego_unsafe_var_error"' policy eval x.y
wants "strict builtin errors" 3 'divide by zero' policy eval --strict-builtin-errors 1/0
echo '1 + 41' | "$merlon" policy eval --stdin -f raw >out
grep -qx 42 out && passed=$((passed + 1)) || failed=$((failed + 1))
wants "no query" 2 'or --stdin' policy eval
wants "discarded" 0 '"result": "discarded"' policy eval -f discard 1
wants "--fail" 1 '{}' policy eval --fail data.none
wants "--fail-defined" 1 'true' policy eval --fail-defined true

# same QUERY: every form, byte by byte
same() {
    for form in json raw values bindings pretty discard; do
        opa eval "$@" -d a.rego -d data.json -i in.json -f $form "$query" >want 2>/dev/null
        "$merlon" policy eval "$@" -d a.rego -d data.json -i in.json -f $form "$query" >out 2>/dev/null
        if cmp -s want out; then
            passed=$((passed + 1))
        else
            failed=$((failed + 1))
            echo "FAIL as opa: -f $form '$query'"
            diff want out | head -n 20
        fi
    done
}
set --
if command -v opa >/dev/null 2>&1 && opa version | grep -q 'Version: 1.20'; then
    while IFS= read -r query; do
        same
    done <<'Q'
1 == 2
false
data.a.allow
x = 1; y = 2
[1, 2][i]
some x in [1, 2]; x > 1
not false
walk([1], x)
{1, 2}
input
data.groups
x := [true, false][_]
1; 2; 3
"<&>"
 1 + 1 
x = {"a": y}; y = [1]
some x; input.groups[x]
1/0
print(1); 2
"日本"; x = "é"
data.a.deny with input.n as 20
1e100
Q
else
    skipped=$((skipped + 1))
    echo "SKIP as opa: opa 1.20 is not installed"
fi
finish
