#!/bin/sh
# sandbox.sh - `merlon check --sandbox` gives the bytes that it gives without, on good and bad input;
# `merlon doctor` tries the sandbox.
# usage: sandbox.sh MERLON
set -u
merlon=$(realpath "$1")
root=$(cd "$(dirname "$0")/../.." && pwd)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
passed=0
failed=0
check() { # NAME COMMAND...
    name=$1
    shift
    if "$@" >"$tmp/log" 2>&1; then passed=$((passed + 1)); else
        failed=$((failed + 1))
        echo "FAIL $name"
        head -n 20 "$tmp/log"
    fi
}

python3 "$root/bench/gen_tree.py" "$tmp/tree" 20
cp -r "$root/examples" "$tmp/tree/examples"
cd "$tmp/tree" || exit 1
printf 'kind: [\n' >broken.yaml
printf '{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "half"}}\n{nonsense' >half.json
printf '{"a": 1, "a": 2}{"apiVersion": "v1", "kind": "Pod", "n": [1.50, -0, 1e400, 123456789012345678901234567890]}' >numbers.json
printf 'a: "\377\376"\n' >latin.yaml
: >empty.yaml
printf '\0\1\2' >binary.yaml
python3 -c 'print("[" * 100000)' >deep.yaml
python3 -c 'print("{\"a\":" * 100000)' >deep.json
python3 - >bomb.yaml <<'P'
print("a0: &a0 [x, x, x, x, x, x, x, x, x, x]")
for i in range(1, 12):
    print(f"a{i}: &a{i} [" + ", ".join([f"*a{i-1}"] * 10) + "]")
P
cat >aliases.yaml <<'Y'
apiVersion: v1
kind: Pod
metadata: &m {name: aliased, labels: {app: x}}
copy: *m
spec:
  containers:
    - &c {name: one, image: nginx}
    - <<: *c
      name: two
Y
cd "$tmp" || exit 1
for form in human json sarif junit; do
    "$merlon" check --format $form tree >want 2>&1
    want=$?
    for jobs in 1 3; do
        "$merlon" check --sandbox -j $jobs --format $form tree >got 2>&1
        check "$form, $jobs workers: exit code" test $? = $want
        check "$form, $jobs workers: same bytes" cmp got want
    done
done
"$merlon" check --sandbox - <tree/aliases.yaml >got 2>&1
check "stdin" grep -q MLN- got
"$merlon" doctor >got 2>&1
check "doctor starts a worker" grep -q 'ok *sandboxed worker' got
check "doctor starts a network worker" grep -q 'ok *network worker' got
"$merlon" doctor --format json >got 2>&1
check "doctor's JSON" python3 -c 'import json; assert len(json.load(open("got"))["checks"]) >= 8'
printf '%s\n' 'apiVersion: v1' 'kind: Pod' 'metadata: {name: p}' >worker
"$merlon" worker >got 2>&1
check "a file named worker is a file" grep -q 'merlon\|MLN-' got
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
