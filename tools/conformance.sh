#!/bin/sh
# conformance.sh - runs one kind of the public cases in ../shared/conformance, skips without them.
# usage: conformance.sh MERLON rego-v1|rego-v0|rego-debug|json|yaml|gatekeeper
# A rego or yaml case that fails passes here when tests/cases lists it with a reason.
set -eu
merlon=$1
kind=$2
dir=${MERLON_CONFORMANCE:-../shared/conformance}
if [ ! -d "$dir" ]; then
    echo "skip conformance $kind: $dir is absent"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
fi
case $kind in
rego-v1) exec "$merlon" conformance rego --known tests/cases/rego/known_v1.txt "$dir/rego/v1.jsonl" ;;
rego-v0) exec "$merlon" conformance rego --known tests/cases/rego/known_v0.txt "$dir/rego/v0.jsonl" ;;
rego-debug) # debug code must give the same answers
    exec "$merlon" conformance rego --debug --known tests/cases/rego/known_v1.txt "$dir/rego/v1.jsonl" ;;
sigstore) exec "$merlon" conformance sigstore "$dir/sigstore" ;;
json) exec "$merlon" conformance json "$dir/json/test_parsing" ;;
gatekeeper) exec "$merlon" conformance gatekeeper "$dir/gatekeeper-library" ;;
yaml) exec "$merlon" conformance yaml --known tests/cases/yaml/known_differences.txt "$dir/yaml/src" ;;
esac
