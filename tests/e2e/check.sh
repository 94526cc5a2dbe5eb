#!/bin/sh
# check.sh - `merlon check` as users call it: verdicts, forms, exit codes, bad input.
# usage: check.sh MERLON
set -u
merlon=$(realpath "$1")
root=$(cd "$(dirname "$0")/../.." && pwd)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp" || exit 1
passed=0
failed=0
ok() { passed=$((passed + 1)); }
bad() {
    failed=$((failed + 1))
    echo "FAIL $1"
    head -n 20 out err 2>/dev/null
}
# wants NAME CODE [TEXT]: the last run's exit code, and TEXT in its output.
wants() {
    [ "$code" = "$2" ] || { bad "$1: exit $code, want $2"; return; }
    [ $# -lt 3 ] || grep -qF -- "$3" out err || { bad "$1: no '$3'"; return; }
    ok
}
go() {
    "$merlon" "$@" >out 2>err
    code=$?
}

cat >pod.yaml <<'Y'
apiVersion: v1
kind: Pod
metadata: {name: bad, namespace: prod}
spec:
  containers:
    - name: c
      image: nginx
      securityContext:
        privileged: true
Y
printf 'kind: [\n' >broken.yaml
go check pod.yaml
wants "a privileged pod fails" 1 "MLN-POD-001"
wants "the place is named" 1 "pod.yaml:9:9"
go check --gate none pod.yaml
wants "no gate" 0
go check --gate none pod.yaml broken.yaml
wants "a broken file is unknown" 3 "broken.yaml:"
wants "and hides no other" 3 "MLN-POD-001"
go check - <pod.yaml
wants "stdin" 1 "MLN-POD-001"
go check --format nonsense pod.yaml
wants "a wrong form is wrong usage" 2
go check nowhere.yaml
wants "a missing file is told" 3 "nowhere.yaml"
for form in json sarif; do
    go check --format $form "$root/examples/shop"
    wants "$form exits by the gate" 1
    python3 -c 'import json,sys; json.load(open("out"))' && ok || bad "$form is no JSON"
done
go check -o junit=out.xml -o sarif=out.sarif pod.yaml
wants "several forms at once" 1
python3 -c 'import xml.dom.minidom as m; assert len(m.parse("out.xml").getElementsByTagName("testcase")) > 50' &&
    ok || bad "JUnit has a case a control"
cat >merlon.yaml <<'Y'
exceptions:
  - {control: "MLN-*", owner: me, reason: a test, expires: 2999-01-01}
  - {control: MLN-POD-999, owner: me, reason: a test, expires: 2999-01-01}
Y
go check pod.yaml
wants "accepted findings pass the gate" 0 "stale exception 2"
sed -i 's/2999/1999/' merlon.yaml
go check pod.yaml
wants "an expired exception accepts nothing" 1 "it has expired"
echo 'exceptions: [{control: x}]' >merlon.yaml
go check pod.yaml
wants "an exception needs an owner" 3 "merlon.yaml:1:14: this entry of exceptions lacks owner"
config() { # NAME WANTED-MESSAGE YAML
    printf '%b' "$3" >merlon.yaml
    go check pod.yaml
    wants "merlon.yaml: $1" 3 "$2"
}
config "a misspelt key" "merlon.yaml:2:1: unknown key 'polices': did you mean 'policies'?" 'gate: low\npolices: [x]\n'
config "a key from nowhere" "known are policies, exceptions" 'zzzzzzz: 1\n'
config "a wrong type" "merlon.yaml:1:11: policies must be a list of strings" 'policies: x\n'
config "a wrong choice" "gate must be one of none|low" 'gate: severe\n'
config "a wrong number" "min-floor must be a number from 0 to 100" 'min-floor: 101\n'
config "a day that is none" "expires must be a day" 'exceptions: [{path: x, owner: a, reason: b, expires: 2026-02-30}]\n'
config "an exception for everything" "would accept everything" 'exceptions: [{owner: a, reason: b, expires: 2999-01-01}]\n'
config "two documents" "merlon.yaml:3:1: one document" 'gate: low\n---\ngate: high\n'
config "no keys" "keys and values are expected" '[1]\n'
config "broken YAML" "merlon.yaml:2:1:" 'gate: [\n'
echo 'gate: none' >merlon.yaml
go check pod.yaml
wants "the gate of merlon.yaml" 0
go check --gate high pod.yaml
wants "flags win" 1
echo 'min-floor: 99' >merlon.yaml
go check --gate none pod.yaml
wants "the least floor of merlon.yaml" 1 "below the 99.00"
rm merlon.yaml
mkdir pol
cat >pol/team.rego <<'R'
package team
deny contains "no pods here" if input.kind == "Pod"
R
go check --no-controls --policy pol pod.yaml
wants "a policy in conftest's dialect" 1 "no pods here"
echo 'package x' >pol/bad.rego; echo 'p if {' >>pol/bad.rego
go check --policy pol pod.yaml
wants "a broken policy is told" 3 "bad.rego:3"
rm -r pol
: >empty.yaml
go check empty.yaml
wants "an empty file" 0
head -c 4096 /dev/urandom >binary.yaml
go check binary.yaml
wants "a binary file is unknown" 3 "binary.yaml"
printf 'a: b\0c\n' >nul.yaml
go check nul.yaml
wants "a NUL byte is told" 3 "nul.yaml:1"
python3 -c 'print("[" * 10000000, end="")' >deep.json
go check deep.json
wants "10 MB of brackets" 3 "deep.json:1"
python3 - >bomb.yaml <<'P'
print("a0: &a0 [x, x]")
for i in range(1, 40):
    print("a%d: &a%d [*a%d, *a%d]" % (i, i, i - 1, i - 1))
P
go check bomb.yaml
wants "a bomb of aliases" 3 "bomb.yaml"
mkdir loop && ln -s ../loop loop/again && cp pod.yaml loop/
go check loop
wants "a loop of links" 1 "1 file,"
go baseline init --owner me --reason test pod.yaml
wants "debt needs a date" 2 "--expires"
for day in yesterday 2026-02-30 1999-01-01; do
    go baseline init --owner me --reason test --expires $day pod.yaml
    wants "$day is no date for debt" 2 "no day to come"
done
go baseline init --owner me --reason test --expires 2999-01-01 pod.yaml broken.yaml
wants "what cannot be read cannot be accepted" 3 "broken.yaml:"
go baseline init --owner me --reason test --expires 2999-01-01 pod.yaml
wants "a baseline is written" 0 "accepted debt"
go check --baseline merlon-baseline.json pod.yaml
wants "accepted debt passes" 0 "accepted as debt"
go baseline raise broken.yaml
wants "the ratchet does not turn on what it cannot read" 3 "left as it is"
cp merlon-baseline.json kept.json
sed 's/2999/1999/' kept.json >merlon-baseline.json
go check --baseline merlon-baseline.json pod.yaml
wants "debt past its date is told" 1 "past its date"
mv kept.json merlon-baseline.json
go check --baseline merlon-baseline.json empty.yaml
wants "paid debt is told" 1 "baseline paid"
sed 's/name: c$/name: d/; s/namespace: prod/namespace: other/' pod.yaml >new.yaml
go check --baseline merlon-baseline.json pod.yaml new.yaml
wants "new findings fail" 1 "namespace other"
sed 's/privileged: true/privileged: false/' pod.yaml >better.yaml
go baseline raise better.yaml
wants "the ratchet is tightened" 0 "Raised"
go check --baseline merlon-baseline.json pod.yaml
wants "what was paid does not come back" 1 "MLN-POD-001"
go baseline show
wants "debt is listed" 0 "2999-01-01"
echo '{}' >merlon-baseline.json
go check --baseline merlon-baseline.json pod.yaml
wants "a broken baseline is told" 3 "merlon baseline init"
"$merlon" check pod.yaml >/dev/full 2>err
code=$?
wants "a full disk" 4
go explain MLN-POD-001
wants "explain" 0 "T1611"
go explain MLN-NO-1
wants "explain an unknown id" 2 "merlon explain"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
