#!/bin/sh
# policy.sh - `merlon policy` as users call it. usage: policy.sh MERLON
set -u
merlon=$(realpath "$1")
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp" || exit 1
passed=0
failed=0
# wants NAME CODE TEXT COMMAND...
wants() {
    name=$1 want=$2 text=$3
    shift 3
    "$merlon" "$@" >out 2>err </dev/null
    code=$?
    if [ "$code" = "$want" ] && grep -qF -- "$text" out err; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL $name: exit $code, want $want with '$text'"
        head -n 10 out err
    fi
}
cat >a.rego <<'R'
package a
allow if input.user in data.admins
test_allow if allow with input as {"user": "x"} with data.admins as ["x"]
test_no if not allow with input as {"user": "y"} with data.admins as ["x"]
R
echo '{"user": "ann"}' >input.json
echo '{"admins": ["ann"]}' >data.json
wants "eval" 0 "2" policy eval -f raw "1 + 1"
wants "eval with data and input" 0 "true" policy eval -f raw -d a.rego -d data.json -i input.json data.a.allow
wants "test" 0 "2 passed, 0 failed" policy test a.rego
echo 'test_bad if 1 == 2' >>a.rego
wants "a failing test" 1 "2 passed, 1 failed" policy test a.rego
echo 'p if { x }' >>a.rego
wants "an unsafe variable" 3 "a.rego:6" policy check a.rego
printf 'package b\nf(x) := f(x)\n' >b.rego
wants "recursion" 3 "recurs" policy check b.rego
wants "a budget" 3 "budget" policy eval --max-steps 10000 "count([1 | some i in numbers.range(1, 100000); i > 0])"
wants "a query that is false" 0 "false" policy eval -f raw "1 == 2"
wants "bench counts allocations" 0 "0 allocs/op" policy bench --benchtime 20ms -f gobench "1 + 1"
wants "bench with threads" 0 '"threads": 2' policy bench --benchtime 20ms -f json --threads 2 "1 + 1"
wants "bench of an undefined query" 1 "undefined" policy bench --benchtime 20ms "input.x"
wants "bench of a failing query" 3 "1:27: object keys" policy bench --benchtime 20ms "{x: y | some x in [1, 1]; some y in [1, 2]}"

# Bundles, as folders and packed.
mkdir -p bundle/lib bundle/users
printf 'package lib.roles\nadmin(u) if u in data.users.admins\n' >bundle/lib/roles.rego
echo '{"admins": ["ann"]}' >bundle/users/data.json
echo '{"not": "data"}' >bundle/users/other.json
tar -czf bundle.tar.gz -C bundle .
wants "a bundle" 0 "true" policy eval -f raw -b bundle 'data.lib.roles.admin("ann")'
wants "a packed bundle" 0 "true" policy eval -f raw -b bundle.tar.gz 'data.lib.roles.admin("ann")'
wants "a packed bundle by -d" 0 "admins" policy eval -f raw -d bundle.tar.gz 'data.users'
head -c 100 bundle.tar.gz >cut.tar.gz
wants "a cut bundle" 3 "cut.tar.gz: not a whole gzip text" policy eval -b cut.tar.gz data
tar -cPzf evil.tar.gz bundle/../data.json
wants "a bundle that leads out" 3 "leads out of the archive" policy eval -b evil.tar.gz data
printf 'package b\np if {\n' >bundle/b.rego
tar -czf bundle.tar.gz -C bundle .
wants "broken Rego in a bundle" 3 "bundle.tar.gz/b.rego:3" policy eval -b bundle.tar.gz data
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
