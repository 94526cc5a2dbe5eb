#!/bin/sh
# policy.sh - `merlon policy` as users call it. usage: policy.sh MERLON
# shellcheck source=tests/kit.sh
. "$(dirname "$0")/../kit.sh"

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
printf 'package s\nimport data.unused\np if { x := 1; input.y }\n' >s.rego
quiet "not strict" 0 policy check s.rego
wants "strict: imports" 3 "import data.unused unused" policy check --strict s.rego
wants "strict: variables" 3 "assigned var x unused" policy eval --strict -d s.rego data.s.p
printf 'package t\np := count(1)\nq := cuont([1])\n' >t.rego
wants "a suggestion" 3 'did you mean "count"?' policy check t.rego
printf 'package t\np := count(1)\nq := startswith(1, "a")\n' >t.rego
wants "have and want" 3 "have: (number, ???)" policy check t.rego
wants "a ceiling for errors" 3 "1 more not shown" policy check -m 1 t.rego
wants "errors as JSON" 3 '"code":"rego_type_error"' policy check -f json t.rego
printf 'package v\np { true }\n' >v.rego
quiet "v0" 0 policy check --v0-compatible v.rego
wants "v1" 3 "\`if\` keyword is required" policy check --v1-compatible v.rego
wants "both versions" 2 "not both" policy check --v0-compatible --v1-compatible v.rego
printf 'package c\np := strings.reverse("ab")\n' >c.rego
wants "capabilities of a version" 3 "undefined function strings.reverse" policy check --capabilities v0.30.0 c.rego
quiet "capabilities of a newer one" 0 policy check --capabilities v1.0.0 c.rego
echo '{"builtins": [{"name": "strings.reverse"}], "features": ["rego_v1"]}' >caps.json
wants "a capabilities file" 0 "ba" policy eval --capabilities caps.json -d c.rego -f raw data.c.p
wants "a query beyond it" 3 "undefined function count" policy eval --capabilities caps.json "count([1])"
echo '[]' >caps.json
wants "no capabilities file" 3 "is no capabilities file" policy check --capabilities caps.json c.rego
wants "versions of OPA" 0 "v1.20.2" policy capabilities
wants "what this build has" 0 '"name":"json.patch"' policy capabilities --current
wants "an unknown version" 2 "OPA has no version" policy capabilities --version v9
mkdir -p bun/sub
echo '{"rego_version": 1, "file_rego_versions": {"/sub/*.rego": 0}}' >bun/.manifest
printf 'package x\np { 1 == 1 }\n' >bun/sub/x.rego
printf 'package y\nq if data.x.p\n' >bun/y.rego
wants "versions of a bundle" 0 "true" policy eval -b bun -f raw data.y.q
quiet "check a bundle" 0 policy check -b bun
tar czf bun.tgz -C bun .
wants "versions of a packed bundle" 0 "true" policy eval -b bun.tgz -f raw data.y.q
echo '{"rego_version": 3}' >bun/.manifest
wants "a version that is none" 3 "must be 0 or 1" policy eval -b bun -f raw data.y.q
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
finish
