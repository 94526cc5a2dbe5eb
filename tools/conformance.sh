#!/bin/sh
# conformance.sh - runs one kind of the public cases in ../shared/conformance, skips without them.
# usage: conformance.sh MERLON rego|json|yaml|gatekeeper
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
rego) exec "$merlon" conformance rego --known tests/cases/rego/known_failures.txt "$dir/rego/v1.jsonl" "$dir/rego/v0.jsonl" ;;
json) exec "$merlon" conformance json "$dir/json/test_parsing" ;;
yaml) exec "$merlon" conformance yaml --known tests/cases/yaml/known_differences.txt "$dir/yaml/src" ;;
gatekeeper) exec "$merlon" conformance gatekeeper "$dir/gatekeeper-library" ;;
esac
