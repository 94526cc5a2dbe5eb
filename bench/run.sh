#!/bin/sh
# run.sh - benchmarks beside the peers that are installed: whole commands (opa, gator, kube-score,
# conftest, checkov), JSON and YAML in one process (simdjson, cJSON, jansson, libyaml).
# usage: run.sh [NAME...]: start, data, tree, ci, engine, gatekeeper, json, yaml, bombs, image (default: all). Prints
# milliseconds (median of 5) and MiB.
set -eu
cd "$(dirname "$0")/.."
merlon=$PWD/build/src/cli/merlon
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

measure() { # LABEL COMMAND...
    label=$1
    shift
    command -v "$1" >/dev/null 2>&1 || { printf '%-34s not installed\n' "$label"; return 0; }
    for _ in $(seq "${RUNS:-5}"); do
        /usr/bin/time -f '%e %M' -o "$tmp/t" -a "$@" >/dev/null 2>&1 </dev/null || true
    done
    grep -E '^[0-9.]+ [0-9]+$' "$tmp/t" | sort -n | sed -n $(((${RUNS:-5} + 1) / 2))p |
        awk -v l="$label" '{printf "%-34s %8.0f ms %8.1f MiB\n", l, $1 * 1000, $2 / 1024}'
    rm -f "$tmp/t"
}

bench_start() {
    echo "start: the answer of 1+1"
    measure "merlon policy eval" "$merlon" policy eval 1+1
    measure "opa eval" opa eval 1+1
}

bench_data() {
    echo "data: 100,000 entries of JSON loaded and counted"
    python3 -c 'import json; json.dump({"items": {"k%d" % i: {"name": "the name of entry %d" % i, "tags": ["a", "b", "c"], "n": i} for i in range(100000)}}, open("'"$tmp"'/data.json", "w"))'
    measure "merlon policy eval" "$merlon" policy eval -d "$tmp/data.json" 'count(data.items)'
    measure "opa eval" opa eval -d "$tmp/data.json" 'count(data.items)'
}

bench_tree() {
    echo "tree: 1,000 files, 5,000 objects"
    python3 bench/gen_tree.py "$tmp/tree" 1000
    measure "merlon check ($("$merlon" explain | wc -l) controls)" "$merlon" check "$tmp/tree"
    measure "kube-score" sh -c "kube-score score $tmp/tree/*.yaml"
    printf 'package main\ndeny contains "privileged" if { some c in input.spec.template.spec.containers; c.securityContext.privileged }\n' >"$tmp/one.rego"
    measure "conftest (1 rule)" conftest test -p "$tmp/one.rego" "$tmp/tree"
    # Python takes minutes: once, unless it is asked for alone.
    (RUNS=${CHECKOV_RUNS:-1} && measure "checkov" "${CHECKOV:-checkov}" -d "$tmp/tree" --framework kubernetes --quiet --compact)
}

bench_ci() {
    command -v git >/dev/null 2>&1 || { echo "ci: git is absent"; return 0; }
    echo "ci: examples/shop as a repository, one manifest changed against the base"
    cp -r examples/shop "$tmp/shop"
    (cd "$tmp/shop" && git init -q && git add -A &&
        git -c user.name=b -c user.email=b@example.com commit -qm base &&
        printf 'apiVersion: v1\nkind: Pod\nmetadata: {name: new, namespace: core}\nspec: {containers: [{name: c, image: x}]}\n' >new.yaml)
    measure "merlon ci --base HEAD" env -C "$tmp/shop" "$merlon" ci --base HEAD
    measure "merlon check" env -C "$tmp/shop" "$merlon" check
}

bench_gatekeeper() {
    library=${MERLON_CONFORMANCE:-../shared/conformance}/gatekeeper-library
    [ -d "$library" ] || { echo "gatekeeper: $library is absent"; return 0; }
    echo "gatekeeper: the library's 49 suites, 270 cases"
    measure "merlon policy verify" "$merlon" policy verify "$library"
    measure "gator verify (with CEL)" gator verify "$library/..."
    measure "gator verify (Rego only)" gator verify "$library/..." --enable-k8s-native-validation=false
    echo "gatekeeper: one pod against 49 constraints, warm, median"
    python3 bench/gen_constraints.py "$library" "$tmp/gk" >/dev/null
    "$merlon" policy bench --constraints "$tmp/gk/policies" -i "$tmp/gk/pod.yaml" |
        awk '/median/ {printf "%-34s %8.0f us\n", "merlon policy bench", $2 / 1000}'
    command -v gator >/dev/null 2>&1 || return 0
    gator bench --filename "$tmp/gk" --engine rego --iterations 300 2>/dev/null |
        awk '/P50:/ {printf "%-34s %8s\n", "gator bench (Rego)", $2}'
}

# Builds formats-bench with the peers whose headers are there.
formats_bench() {
    flags= libs=
    for peer in JANSSON:jansson.h:jansson CJSON:cjson/cJSON.h:cjson YAML:yaml.h:yaml; do
        header=${peer#*:}
        [ -f "/usr/include/${header%%:*}" ] || continue
        flags="$flags -DHAVE_${peer%%:*}" libs="$libs -l${peer##*:}"
    done
    if [ -f /usr/include/simdjson.h ] && command -v g++ >/dev/null 2>&1; then
        g++ -O2 -c bench/micro/simdjson_row.cpp -o "$tmp/simdjson_row.o"
        flags="$flags -DHAVE_SIMDJSON" libs="$tmp/simdjson_row.o $libs -lsimdjson -lstdc++"
    fi
    # shellcheck disable=SC2086
    cc -std=gnu17 -O2 -D_GNU_SOURCE -Isrc $flags bench/micro/formats_bench.c build/libmerlon_core.a \
        $libs -lcrypto -lutf8proc -lz -lm -lpthread -o "$tmp/formats-bench"
}

bench_json() {
    formats_bench
    for form in json pretty; do
        python3 bench/gen_list.py $form 1200 >"$tmp/list.json"
        echo "json: a list of 1,200 pods, $form, $(wc -c <"$tmp/list.json") bytes"
        "$tmp/formats-bench" json "$tmp/list.json"
    done
}

bench_yaml() {
    formats_bench
    for form in yaml:2000 stream:3600; do
        python3 bench/gen_list.py "${form%:*}" "${form#*:}" >"$tmp/list.yaml"
        echo "yaml: ${form%:*}, $(wc -c <"$tmp/list.yaml") bytes"
        "$tmp/formats-bench" yaml "$tmp/list.yaml"
    done
    mkdir -p "$tmp/one" && mv "$tmp/list.yaml" "$tmp/one/"
    measure "merlon check" "$merlon" check "$tmp/one"
}

bench_bombs() {
    formats_bench
    "$tmp/formats-bench" bombs
}

bench_engine() { bench/engine.sh; }

bench_image() {
    echo "image: a signature by key, from a registry on loopback"
    python3 bench/image.py "$merlon"
}

[ $# -gt 0 ] || set -- start data tree ci engine gatekeeper json yaml bombs image
bench_sign() {
    echo "sign: a file of 1 MiB; cosign opens a sealed key (scrypt, 64 MiB) and so do we; then without"
    export COSIGN_PASSWORD=secret
    head -c 1048576 /dev/zero >"$tmp/blob"
    echo '{"mediaType": "application/vnd.dev.sigstore.signingconfig.v0.2+json", "rekorTlogConfig": {"selector": "ANY"}, "tsaConfig": {"selector": "ANY"}}' >"$tmp/config.json"
    "$merlon" key generate -o "$tmp/bench" >/dev/null
    measure "merlon sign, cosign.key" "$merlon" sign -k "$tmp/bench.key" -o "$tmp/b.json" "$tmp/blob"
    measure "cosign sign-blob, the same key" cosign sign-blob -y --signing-config "$tmp/config.json" --key "$tmp/bench.key" --bundle "$tmp/c.json" "$tmp/blob"
    measure "merlon sign, PKCS#8" "$merlon" sign -k tests/cases/keys/p256.pem -o "$tmp/b.json" "$tmp/blob"
}

bench_attestations() {
    echo "attestations: 10,000 bundles of 1.7 KB read and verified, one core, by processor time"
    cc -std=gnu17 -O2 -D_GNU_SOURCE -Isrc bench/micro/trust_bench.c build/libmerlon_core.a \
        -lsodium -lcrypto -lutf8proc -lz -lseccomp -lm -lpthread -o "$tmp/trust-bench"
    "$tmp/trust-bench"
}

[ $# -gt 0 ] || set -- start data tree engine gatekeeper json yaml bombs image sign attestations
for name; do "bench_$name"; done
