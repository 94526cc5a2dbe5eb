#!/bin/sh
# mutate.sh - changes the accepted bundles of the Sigstore suite bit by bit and field by field: each mutant must be refused,
# or prove the very same. usage: mutate.sh MERLON-MUTATE [EVERY]: of the single bits every n-th (default 509; 1: all).
# Skips without the shared suite.
set -u
dir=${MERLON_CONFORMANCE:-../shared/conformance}/sigstore
if [ ! -d "$dir" ]; then
    echo "skip the shared conformance data are absent"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
fi
exec "$1" ${2:+"$2"} "$dir"
