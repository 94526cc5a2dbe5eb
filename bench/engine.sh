#!/bin/sh
# engine.sh - the policy engine, warm, beside OPA and, where REGORUS names a driver, regorus.
# usage: engine.sh. Times are medians of one evaluation in microseconds; all rows in one run.
# REGORUS: a program that is called with POLICY RULE [INPUT] and prints "... median NANOSECONDS ...".
set -eu
cd "$(dirname "$0")/.."
merlon=$PWD/build/src/cli/merlon
policies=bench/policies
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# shellcheck disable=SC2086
cc -O2 -std=gnu17 -D_GNU_SOURCE -Isrc bench/micro/engine_bench.c build/libmerlon_core.a \
    $(pkg-config --libs libcrypto libutf8proc zlib libseccomp) -lm -lpthread -o "$tmp/engine-bench"

us() { awk '{printf "%.2f", $1 / 1000}'; }
field() { sed -n "s/.*\"$1\": \([0-9.]*\).*/\1/p" | head -n 1; }

of_merlon() { "$merlon" policy bench --benchtime 1s -f json "$@" >"$tmp/m" && field histogram_timer_rego_query_eval_ns_median <"$tmp/m" | us; }
of_opa() {
    command -v opa >/dev/null 2>&1 || { printf -; return; }
    opa bench -f json "$@" >"$tmp/o" && field histogram_timer_rego_query_eval_ns_median <"$tmp/o" | us
}
of_regorus() { [ -n "${REGORUS:-}" ] && "$REGORUS" "$@" | sed 's/.*median \([0-9]*\).*/\1/' | us || printf -; }

row() { # LABEL POLICY QUERY [INPUT]
    label=$1 policy=$2 query=$3 input=${4:-}
    set -- -d "$policy" ${input:+-i "$input"} "$query"
    printf '%-44s %10s us' "$label" "$(of_merlon "$@")"
    printf '  OPA %10s us' "$(of_opa "$@")"
    # shellcheck disable=SC2086
    printf '  regorus %10s us' "$(of_regorus "$policy" "$query" $input)"
    printf '  %s allocations\n' "$(sed -n 's/.*"MemAllocs": \([0-9]*\).*/\1/p' "$tmp/m")"
}

echo "decide: one warm evaluation (median)"
row "RBAC example of OPA's documentation" $policies/rbac.rego data.rbac.allow
row "pod admission, 6 rules" $policies/admission.rego data.admission.deny $policies/review.json
printf '{"method":"PUT","path":"/api/v1/r76","user":"u26"}\n' >"$tmp/acl.json"
for n in 100 1000 10000; do
    python3 bench/gen_acl.py $n >"$tmp/acl.rego"
    row "ACL of $n rules" "$tmp/acl.rego" data.acl.allow "$tmp/acl.json"
done

echo "review: $(wc -c <$policies/review.json) bytes of JSON parsed and decided (median ns, min ns)"
"$tmp/engine-bench" review $policies/admission.rego data.admission.deny $policies/review.json

# By processor time: what other programs take from the cores is not the policy's doing.
echo "threads: pod admission, processor time an evaluation on 1 and on 2 threads (ns, least of 5)"
for threads in 1 2 1 2 1 2 1 2 1 2; do
    "$merlon" policy bench --threads $threads --benchtime 500ms -f json \
        -d $policies/admission.rego -i $policies/review.json data.admission.deny |
        field cpu_ns_per_op | sed "s/^/$threads /"
done | awk '!($1 in m) || $2 < m[$1] { m[$1] = $2 } END {
    printf "%.0f, %.0f: two threads do %.2f times the work of one\n", m[1], m[2], 2 * m[1] / m[2]}'

echo "start: the answer of 1+1 (median ns, min ns, KiB)"
"$tmp/engine-bench" start 100 "$merlon" policy eval 1+1
command -v opa >/dev/null 2>&1 && "$tmp/engine-bench" start 40 opa eval 1+1
