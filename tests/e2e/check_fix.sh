#!/bin/sh
# check_fix.sh - `merlon check --fix` and `--diff`: what changes, what stays, what is left and why.
# usage: check_fix.sh MERLON
set -u
merlon=$(realpath "$1")
root=$(cd "$(dirname "$0")/../.." && pwd)
tmp=$(mktemp -d)
trap 'chmod -R u+w "$tmp"; rm -rf "$tmp"' EXIT
cd "$tmp" || exit 1
passed=0
failed=0
ok() { passed=$((passed + 1)); }
bad() {
    failed=$((failed + 1))
    echo "FAIL $1"
    head -n 20 out err 2>/dev/null
}
wants() { # NAME CODE [TEXT]
    [ "$code" = "$2" ] || { bad "$1: exit $code, want $2"; return; }
    [ $# -lt 3 ] || grep -qF -- "$3" out err || { bad "$1: no '$3'"; return; }
    ok
}
holds() { # NAME COMMAND...
    name=$1
    shift
    if "$@" >/dev/null 2>&1; then ok; else bad "$name"; fi
}
go() {
    "$merlon" "$@" >out 2>err
    code=$?
}

mkdir tree
cat >tree/app.yaml <<'Y'
# The application. This comment stays.
apiVersion: apps/v1
kind: Deployment
metadata: {name: app, namespace: prod} # so does this one
spec:
  selector: {matchLabels: {app: app}}
  template:
    metadata: {labels: {app: app}}
    spec:
      # before the containers
      securityContext: { runAsUser: 1000 }   # odd   blanks
      containers:
      - name: "app"   # not indented
        image: 'registry.example.com/app:1.0'
        args: ["--a",   "--b"]
---
# A pod as JSON would write it
{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "flow", "namespace": "prod"},
 "spec": {"containers": [{"name": "c", "image": "x:1"}]}}
Y
cat >tree/list.json <<'J'
{
  "apiVersion": "v1",
  "kind": "List",
  "items": [
    {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "one", "namespace": "prod"},
     "spec": {"containers": [{"name": "c", "image": "x:1"}]}},
    {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "two", "namespace": "prod"},
     "spec": {"containers": [{"name": "c", "image": "x:1", "securityContext": {"allowPrivilegeEscalation": true}}]}}
  ]
}
J
cat >tree/list.yaml <<'Y'
kind: List
apiVersion: v1
items:
  - apiVersion: v1
    kind: Pod
    metadata: {name: three, namespace: prod}
    spec:
      containers:
        - name: c # the first
          image: x:1
  # between the items
  - apiVersion: v1
    kind: Pod
    metadata: {name: four, namespace: prod}
    spec:
      containers:
        - {name: c, image: x:1}
Y
printf 'kind: [\n' >tree/broken.yaml
cp -r tree before

go check --diff tree
wants "a patch exits by the gate" 1 "The patch fixes"
cp out patch
holds "--diff changes nothing" diff -r before tree
holds "the patch is one" grep -q '^@@ -' patch
go check --fix tree
wants "--fix tells what it changed" 1 "MLN-POD-009"
wants "and what it left" 1 "no exact change is known"
wants "and what would not be safe" 1 "--unsafe-fixes"
cp -r before by-patch
(cd by-patch && patch -p2 <../patch >/dev/null 2>&1)
holds "--fix and the patch give the same" diff -r by-patch tree -x '*.rej' -x '*.orig'
holds "comments and layout are all there" python3 - <<'P'
import difflib, pathlib
for old in pathlib.Path("before").iterdir():
    a = old.read_text().splitlines()
    b = (pathlib.Path("tree") / old.name).read_text().splitlines()
    for line in difflib.ndiff(a, b):
        # Block style gains lines only; flow style changes the line that holds the braces.
        assert not line.startswith("- ") or "{" in line, line
    for text, other in ((a, b),):
        for line in text:
            if "#" in line:
                comment = line[line.index("#"):]
                assert any(comment in l for l in other), comment
P
holds "all of it still parses, save what was broken" sh -c \
    '[ "$("$0" check --format json tree | python3 -c "import json,sys; print(len(json.load(sys.stdin)[\"unread\"]))")" = 1 ]' "$merlon"
cp -r tree once
"$merlon" check --format json tree >after.json
holds "what was fixed is not found again" python3 - <<'P'
import json
d = json.load(open("after.json"))
left = [f for f in d["findings"] if f["verdict"] == "fail" and f.get("fix", {}).get("safe")]
assert not left, left
P
go check --fix tree
wants "a second --fix finds nothing to do" 1 "Fixed 0 findings in 0 files"
holds "and changes nothing" diff -r once tree
go check --fix --unsafe-fixes --format json tree
wants "fixes are told in JSON, too" 1 '"state": "fixed"'
holds "broken files stay as they are" cmp before/broken.yaml tree/broken.yaml

# Alone among what cannot be edited: the anchor that others share.
cat >shared.yaml <<'Y'
apiVersion: v1
kind: Pod
metadata: {name: a, namespace: prod}
spec:
  initContainers:
    - &c {name: c, image: "x:1"}
  containers:
    - *c
Y
cp shared.yaml shared.old
go check --fix shared.yaml
wants "what aliases share is refused with its reason" 1 "cannot be changed safely"

go check --fix - <before/app.yaml
wants "stdin cannot be fixed" 2 "--diff"
go check --diff - <before/app.yaml
wants "but shown as a patch" 1 "+++ b/stdin"
go check --fix --diff before
wants "--fix and --diff exclude each other" 2 "one of them"
go check --unsafe-fixes before
wants "--unsafe-fixes alone is a mistake" 2 "--fix"
if [ "$(id -u)" != 0 ]; then
    chmod a-w before
    go check --fix before
    wants "a folder that cannot be written" 4 "before/"
fi
ln -s before/app.yaml link.yaml
go check --fix link.yaml
wants "a link is followed" 1 "Fixed"
holds "and stays a link" test -L link.yaml
holds "no file is left behind" sh -c '! find tree . -maxdepth 1 -name "*.??????" | grep -q .'
cp -r "$root/examples/shop" shop
go check --fix shop
wants "the shop can be fixed" 1 "Fixed 2 findings in 1 file"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
