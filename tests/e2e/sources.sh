#!/bin/sh
# sources.sh - build files and lock files in `merlon check`, and `merlon source verify`.
# usage: sources.sh MERLON
set -u
merlon=$(realpath "$1")
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp" || exit 1
passed=0
failed=0
ok() { passed=$((passed + 1)); }
bad() {
    failed=$((failed + 1))
    echo "FAIL $1"
    head -n 20 out err 2>/dev/null
}
# wants NAME CODE [TEXT]: the last run's exit code, and TEXT in its output.
wants() {
    [ "$code" = "$2" ] || { bad "$1: exit $code, want $2"; return; }
    [ $# -lt 3 ] || grep -qF -- "$3" out err || { bad "$1: no '$3'"; return; }
    ok
}
lacks() {
    if grep -qF -- "$2" out err; then bad "$1: '$2' is there"; else ok; fi
}
go() {
    "$merlon" "$@" >out 2>err
    code=$?
}

# --- build files ---------------------------------------------------------------------------------
mkdir -p tree/.github/workflows tree/.hidden
cat >tree/.github/workflows/ci.yml <<'Y'
on: pull_request_target
permissions: {contents: read}
jobs:
  a:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v4
        with: {ref: "${{ github.event.pull_request.head.sha }}"}
      - run: echo "${{ github.event.pull_request.title }}"
Y
printf 'apiVersion: v1\nkind: Pod\n' >tree/.hidden/pod.yaml
cp tree/.hidden/pod.yaml tree/.github/pod.yaml
go check --format json tree
wants "a workflow is judged" 1 '"id": "MLN-BLD-002"'
wants "by its path from .github on" 1 '"document:.github/workflows/ci.yml"'
wants "what else is hidden stays hidden" 1 '"objects": 1,'
go check tree
wants "the place of a script" 1 "tree/.github/workflows/ci.yml:9:9"
go check - <tree/.github/workflows/ci.yml
wants "a workflow from standard input" 1 "MLN-BLD-003"
printf 'a:\n  script:\n    - curl https://example.com/x | sh\n' >tree/.gitlab-ci.yml
go check tree/.gitlab-ci.yml
wants "a pipeline" 1 "MLN-BLD-007"
printf 'on: push\njobs: 7\n' >tree/.github/workflows/ci.yml
go check --gate none --format json tree/.github/workflows
wants "a broken workflow is unknown" 0 "the jobs cannot be read"
printf 'on: [\n' >tree/.github/workflows/ci.yml
go check --gate none tree
wants "one that is no YAML, too" 3 "ci.yml:"

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
