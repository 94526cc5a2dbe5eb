#!/bin/sh
# oom.sh - runs the unit tests with the n-th allocation, and with the n-th system call on a file, failing.
# A run passes when it does not crash: every failure must come back as a status.
# usage: oom.sh UNIT-RUNNER
set -u
unit=$1
log=$(mktemp)
trap 'rm -f "$log"' EXIT
passed=0
failed=0
try() { # OPTION N [NAME-PART...]
    status=0
    "$unit" "$@" >/dev/null 2>"$log" || status=$?
    if [ "$status" = 0 ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "$1 $2: exit $status"
        tail -n 5 "$log"
    fi
}
for n in 1 2 3 4 5 6 7 8 9 10 12 14 16 20 25 30 40 60 80 120; do try --oom "$n"; done
# Only tests that touch files: the others would run as always.
for n in 1 2 3 4 5 6 8 10 15 30; do try --io-fail "$n" file walk tz zone; done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
