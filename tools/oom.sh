#!/bin/sh
# oom.sh - runs the unit tests with the n-th allocation failing. A run passes when it does not crash:
# every allocation failure must come back as a status.
# usage: oom.sh UNIT-RUNNER
set -u
unit=$1
passed=0
failed=0
for n in 1 2 3 4 5 6 7 8 9 10 12 14 16 20 25 30 40 60 80 120; do
    if "$unit" --oom "$n" >/dev/null 2>/tmp/merlon-oom.$$; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "allocation $n failing: exit $?"
        tail -n 5 /tmp/merlon-oom.$$
    fi
done
rm -f /tmp/merlon-oom.$$
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
