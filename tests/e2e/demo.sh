#!/bin/sh
# demo.sh - the demo is what people see first: it must end well, and show what it promises. usage: demo.sh MERLON
# shellcheck source=tests/kit.sh
. "$(dirname "$0")/../kit.sh"
cd "$root" || exit 1
"$root/tools/demo.sh" "$merlon" >"$tmp/out" 2>"$tmp/err"
code=$?
cd "$tmp" || exit 1
[ "$code" = 0 ] && ok || bad "the demo: exit $code"
for text in "Score " "signed by release" "exit code 0" "exit code 1" "has 0 of the 1 signatures that it needs"; do
    if said "$text"; then ok; else bad "the demo shows '$text'"; fi
done
cp -r "$root/examples/shop/front" front
"$root/tools/demo.sh" "$merlon" front >out 2>err
code=$?
[ "$code" = 0 ] && ok || bad "the demo of a folder: exit $code"
finish
