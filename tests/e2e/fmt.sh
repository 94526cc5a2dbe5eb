#!/bin/sh
# fmt.sh - `merlon policy fmt` as users call it. usage: fmt.sh MERLON
set -u
merlon=$(realpath "$1")
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp" || exit 1
passed=0
failed=0
ok() { # NAME CONDITION...
    name=$1
    shift
    if "$@"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL $name"
        head -n 10 out err
    fi
}
run() { # WANTED-CODE COMMAND...
    want=$1
    shift
    "$merlon" policy fmt "$@" >out 2>err
    code=$?
    [ "$code" = "$want" ] || echo "exit $code, want $want" >>err
    [ "$code" = "$want" ]
}
ugly='package a
p:=1   # one
q if{input.x}'
pretty='package a

p := 1 # one
q if input.x'
mkdir d
printf '%s\n' "$ugly" >d/ugly.rego
printf '%s\n' "$pretty" >d/pretty.rego
echo 'not rego' >d/readme.txt
cp d/ugly.rego before.rego
ok "standard input" run 0 <before.rego
ok "its text" cmp -s out d/pretty.rego
ok "standard input as -" run 0 - <before.rego
ok "a file" run 0 before.rego
ok "its text" cmp -s out d/pretty.rego
ok "a list" run 0 -l d
ok "of the file that would change" grep -qx 'd/ugly.rego' out
ok "and only of that" test "$(wc -l <out)" = 1
ok "a diff" run 0 -d d
ok "shows the change" grep -qx -e '-p:=1   # one' out
ok "nothing is written by them" cmp -s d/ugly.rego before.rego
ok "--fail alone" run 1 --fail d
ok "is silent" test ! -s out
ok "--fail with -l" run 1 -l --fail d
chmod 640 d/ugly.rego
ok "writing" run 0 -w d
ok "is silent, too" test ! -s out
ok "the file" cmp -s d/ugly.rego d/pretty.rego
ok "its mode stays" test "$(stat -c %a d/ugly.rego)" = 640
ok "no rest beside it" test "$(ls -A d | wc -l)" = 3
ok "--fail of formatted files" run 0 --fail d
printf 'package b\np {' >d/broken.rego
cp before.rego d/ugly.rego
ok "a broken file does not hide the others" run 3 -w d
ok "it is named with line and column" grep -q 'd/broken.rego:2' err
ok "it stays" test "$(wc -c <d/broken.rego)" = 13
ok "the others are written" cmp -s d/ugly.rego d/pretty.rego
rm d/broken.rego
printf 'package a\np["x"] { true }\nimport rego.v1\n' >late.rego
cp late.rego late.before
ok "what cannot be said is refused" run 3 -w --v0-compatible late.rego
ok "with the reason" grep -q rego_format_error err
ok "and left as it was" cmp -s late.rego late.before
ok "shown when asked for" run 0 --v0-compatible --check-result=false late.rego
printf 'package a\np[x] { x = 1 }\n' >old.rego
ok "v0 is no v1" run 3 old.rego
ok "v0 as v0" run 0 --v0-compatible old.rego
ok "keeps its form" grep -qx 'p\[x\] {' out
ok "v0 for both" run 0 --v0-v1 old.rego
ok "imports rego.v1" grep -qx 'import rego.v1' out
ok "a missing file" run 3 none.rego
ok "is named" grep -q none.rego err
ok "standard input cannot be written" run 2 -w </dev/null
ok "a full disk" sh -c "'$merlon' policy fmt before.rego >/dev/full 2>err; test \$? = 4"
ok "is told" grep -q 'No space left' err
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
