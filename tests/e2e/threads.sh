#!/bin/sh
# threads.sh - the answer of `merlon check` is the same bytes for any number of threads.
#
# The tree has many small files, a List, files that cannot be parsed, files that are no manifests and
# an own policy that fails to evaluate on some objects, so that each kind of result must find its
# place. Under ThreadSanitizer the same runs show that nothing shared is written.
# usage: threads.sh MERLON
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

python3 "$root/bench/gen_tree.py" "$tmp/tree" 60
cp -r "$root/examples" "$tmp/tree/examples"
for i in 1 2 3 4 5; do
    printf 'kind: [\n' >"$tmp/tree/broken$i.yaml"
    printf '{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p%s"}}\n{nonsense' "$i" >"$tmp/tree/half$i.json"
    printf 'words\n' >"$tmp/tree/note$i.txt"
done
mkdir "$tmp/policy"
cat >"$tmp/policy/odd.rego" <<'R'
package odd
import rego.v1
deny contains msg if {
    n := count(input.metadata.name)
    n % 2 == 1
    msg := sprintf("%s has an odd name", [input.metadata.name])
}
R
cd "$tmp" || exit 1
for form in human json sarif junit; do
    "$merlon" check -j 1 -p policy --format $form tree >"want.$form" 2>&1
    want=$?
    check "$form: one thread finds something" test "$want" = 1 -a -s "want.$form"
    for jobs in 2 3 8 64; do
        "$merlon" check -j $jobs -p policy --format $form tree >got 2>&1
        check "$form with $jobs threads: exit code" test $? = "$want"
        check "$form with $jobs threads: same bytes" cmp got "want.$form"
    done
done
"$merlon" check -j 3 empty-is-missing >got 2>&1
check "a missing path" test $? = 3
"$merlon" check -j 0 tree >got 2>&1
check "no threads is wrong usage" test $? = 2
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
