#!/bin/sh
# policy_test.sh - `merlon policy test`: outcomes, cases, reports, coverage. usage: policy_test.sh MERLON
# Where opa is installed, its outcomes for the same tests are compared.
# shellcheck source=tests/kit.sh
. "$(dirname "$0")/../kit.sh"

mkdir all good
cat >good/a.rego <<'R'
package a

default allow := false

allow if {
	input.user.role == "admin"
	input.user.name in data.names
}

unused if input.never
R
cat >good/a_test.rego <<'R'
package a_test

import data.a

admin := {"user": {"role": "admin", "name": "ann"}}

test_allow if a.allow with input as admin

test_data if not a.allow with input as admin with data.names as []
R
echo '{"names": ["ann"]}' >good/data.json
cp good/* all
cat >all/b_test.rego <<'R'
package b_test

import data.a

test_bad if {
	x := {"a": 1}
	print("x is", x, input.none)
	x.a == 2
}

test_bad if 2 == 2

test_concat[tc.note] if {
	some tc in [
		{"note": "empty", "a": [], "b": [], "exp": []},
		{"note": "wrong", "a": [1], "b": [2], "exp": [1, 3]},
		{"note": "right", "a": [1], "b": [2], "exp": [1, 2]},
	]
	act := array.concat(tc.a, tc.b)
	act == tc.exp
}

test_nested[x][y] := z if {
	some x, ys in {"p": {"q": true}, "r": {"s": false, "t": true}}
	some y, z in ys
}

todo_test_later if false

sub.test_deep if true

test_number := 3

test_error if 1 == count({k: v | some k in [1]; some v in [1, 2]})

test_helper if a.allow with input as {"user": {"role": "dev"}}
R
wants "all pass" 0 "2 passed, 0 failed" policy test good
wants "outcomes" 1 "8 passed, 6 failed, 1 skipped" policy test all
wants "the same from four threads" 1 "8 passed, 6 failed, 1 skipped" policy test --parallel 4 all
wants "a case by name" 1 "  wrong: FAIL" policy test -r concat all
wants "why a case fails" 1 "      act = [1, 2]" policy test -r concat all
wants "a case in a case" 1 "    s: FAIL" policy test -r nested all
wants "what a test printed" 1 '    x is {"a": 1} <undefined>' policy test -r bad all
wants "why, in the policy under test" 1 'input.user.role = "dev"' policy test -r helper all
wants "two tests of one name" 1 'data.b_test.test_bad#01: PASS' policy test -v -r bad all
wants "an error" 1 "b_test.rego:34: eval_conflict_error" policy test all
wants "a trace" 1 '| Fail x.a == 2    {x.a: 1}' policy test --explain fails --var-values -r bad all
wants "no test" 0 "0 passed, 0 failed" policy test -r nothing all
wants "no test is a failure" 1 "no tests were run" policy test --fail-on-empty -r nothing all
wants "a bad pattern" 3 "missing closing" policy test -r '(' all
wants "JSON" 1 '"sub_results": {' policy test -f json all
wants "JUnit" 1 'failures="5" errors="1" skipped="1"' policy test -f junit all
wants "coverage" 0 '"not_covered_lines": 1' policy test --coverage good
wants "a threshold met" 0 '"coverage": 87.5' policy test --threshold 80 good
wants "a threshold missed" 1 "got 87.50 instead of 90.00" policy test --threshold 90 good
wants "lines missed" 1 "good/a.rego:10" policy test -v --threshold 90 good
wants "coverage with failures" 1 "6 failed" policy test --coverage all
wants "rounds" 0 "2 passed" policy test --count 20 good

# outcomes FILE: one line a test: package, name, outcome, and its cases.
outcomes() {
    python3 - "$1" <<'P'
import json, sys

def cases(r):
    return {k: [v.get("fail", False), cases(v)] for k, v in sorted(r.get("sub_results", {}).items())}

for t in sorted(json.load(open(sys.argv[1])), key=lambda t: (t["package"], t["name"])):
    kind = "error" if "error" in t else "fail" if t.get("fail") else "skip" if t.get("skip") else "pass"
    print(t["package"], t["name"], kind, t["location"], t.get("output"), cases(t))
P
}
if command -v opa >/dev/null 2>&1 && opa version | grep -q 'Version: 1.20'; then
    "$merlon" policy test -f json all >ours.json
    opa test -f json all >theirs.json
    outcomes ours.json >ours
    outcomes theirs.json >theirs
    if diff ours theirs && [ -s ours ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL outcomes as opa"
    fi
else
    skipped=$((skipped + 1))
    echo "SKIP outcomes as opa: opa 1.20 is not installed"
fi
finish
