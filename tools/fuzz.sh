#!/bin/sh
# fuzz.sh - builds and runs the libFuzzer targets under ASan and UBSan.
# usage: fuzz.sh replay            run each target over its seeds once
#        fuzz.sh [SECONDS] [NAME...]  fuzz each target that long (default 60), seeds are not changed
# New inputs are kept in build-fuzz/corpus/NAME; findings in build-fuzz/findings.
set -eu
cd "$(dirname "$0")/.."
mode=${1:-60}
[ $# -eq 0 ] || shift
if [ ! -f build-fuzz/build.ninja ]; then
    CC=clang-19 meson setup build-fuzz -Dfuzz=true -Db_sanitize=address,undefined \
        -Db_lundef=false --buildtype=debugoptimized >/dev/null
fi
ninja -C build-fuzz -j "${JOBS:-2}" --quiet
mkdir -p build-fuzz/findings
passed=0
failed=0
names=$*
[ -n "$names" ] || names=$(cd build-fuzz/tests/fuzz && ls | grep '^fuzz-[a-z0-9_]*$' | sed 's/^fuzz-//')
for name in $names; do
    target=build-fuzz/tests/fuzz/fuzz-$name
    seeds=tests/fuzz/seeds/$name
    corpus=build-fuzz/corpus/$name
    mkdir -p "$corpus" "$seeds"
    dict=
    [ ! -f "tests/fuzz/$name.dict" ] || dict=-dict=tests/fuzz/$name.dict
    log=build-fuzz/$name.log
    if [ "$mode" = replay ]; then
        set -- -runs=0 "$seeds"
    else
        set -- -max_total_time="$mode" -timeout=20 -rss_limit_mb=4096 -artifact_prefix=build-fuzz/findings/$name- $dict "$corpus" "$seeds"
    fi
    if UBSAN_OPTIONS=halt_on_error=1 "$target" "$@" >"$log" 2>&1; then
        passed=$((passed + 1))
        [ "$mode" = replay ] || grep -E '^Done|stat::number' "$log" | sed "s/^/$name: /"
    else
        failed=$((failed + 1))
        echo "FAIL $name: see $log"
        tail -n 20 "$log"
    fi
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
