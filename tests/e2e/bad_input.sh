#!/bin/bash
# bad_input.sh - hostile and broken input for every command. usage: bad_input.sh MERLON
# For each: the promised exit code, a message that names the file and the place, an end in time within bounded
# memory, nothing half-written, and other files still judged. MERLON_SLOW=1 makes the largest inputs (100 MB).
set -u
merlon=$(realpath "$1")
tmp=$(mktemp -d)
trap 'chmod -R u+rwx "$tmp" 2>/dev/null; rm -rf "$tmp"' EXIT
cd "$tmp" || exit 1
passed=0
failed=0
skipped=0
SECONDS_MAX=20
MEMORY_MAX_KB=1500000 # address space: what 100 MB of hostile text may take, many times its size
# A sanitizer build maps terabytes of shadow memory: no ceiling of address space there.
(
    ulimit -v "$MEMORY_MAX_KB"
    "$merlon" version
) >/dev/null 2>&1 || MEMORY_MAX_KB=unlimited

pass() { passed=$((passed + 1)); }
fail() {
    failed=$((failed + 1))
    echo "FAIL $*"
    head -c 600 err 2>/dev/null
}
skip() {
    skipped=$((skipped + 1))
    echo "skip $*"
}
declare -A tried # commands by name, as far as they go: "policy eval" and "policy"
limited() { (
    ulimit -v "$MEMORY_MAX_KB"
    timeout "$SECONDS_MAX" "$merlon" "$@"
); }
# wants NAME CODE TEXT COMMAND...: the exit code and the text on stderr or stdout; never a signal, never silence
wants() {
    local name=$1 want=$2 text=$3 code
    shift 3
    tried["$1"]=1
    tried["$1 ${2:-}"]=1
    limited "$@" >out 2>err </dev/null
    code=$?
    if [ "$code" != "$want" ]; then
        fail "$name: exit $code, want $want"
    elif ! grep -aqF -- "$text" err out; then
        fail "$name: no '$text'"
    else
        pass
    fi
}
is() { # NAME COMMAND...
    local name=$1
    shift
    if "$@"; then pass; else fail "$name"; fi
}

# --- what is fed ------------------------------------------------------------------------------------
huge=1000000
[ -z "${MERLON_SLOW:-}" ] || huge=100000000
repeat() { head -c "$2" /dev/zero | tr '\0' "$1"; } # CHAR TIMES

mkdir bad
: >bad/empty.yaml
: >bad/empty.json
: >bad/empty.rego
head -c 65536 "$merlon" >bad/binary.yaml
cp bad/binary.yaml bad/binary.json
cp bad/binary.yaml bad/binary.rego
printf 'a: "\xff"\n' >bad/utf8.yaml
printf '{"a": "\xff"}' >bad/utf8.json
printf 'package a\np := "\xff"\n' >bad/utf8.rego
printf 'a: "\0"\n' >bad/nul.yaml
printf '{"a": "\0"}' >bad/nul.json
printf 'package a\np := "\0"\n' >bad/nul.rego
repeat '[' "$huge" >bad/nested.json
{ printf 'a: ' && repeat '[' "$huge"; } >bad/nested.yaml
{ printf 'package a\np := ' && repeat '[' "$((huge < 60000000 ? huge : 60000000))"; } >bad/nested.rego
{
    echo 'a0: &a0 [x, x, x, x, x, x, x, x, x]'
    for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
        p=\*a$((i - 1))
        echo "a$i: &a$i [$p, $p, $p, $p, $p, $p, $p, $p, $p]"
    done
} >bad/bomb.yaml
printf 'a: 1\n b: 2\n' >bad/broken.yaml
printf '{"a": 1,}' >bad/broken.json
printf 'package a\n\np if {\n' >bad/broken.rego
{
    printf 'package a\np := '
    for _ in $(seq 60); do printf '[x | '; done
} >bad/intricate.rego
cat >pod.yaml <<'Y'
apiVersion: v1
kind: Pod
metadata: {name: p, namespace: n}
spec:
  containers: [{name: c, image: "i:1", securityContext: {privileged: true}}]
Y
printf 'package good\np := 1\ntest_p if p == 1\n' >good.rego

# --- documents: check, baseline, eval, bench, conformance, verify -----------------------------------------
# place_of FILE: what the message must say behind the file's name
place_of() {
    case $1 in
    *empty.json | *binary.* | *nested.json) echo ":1:" ;;
    *broken.yaml) echo ":2:" ;;
    *) echo ":" ;;
    esac
}
for f in bad/{binary,utf8,nul,nested,broken}.{yaml,json} bad/bomb.yaml; do
    at="$f$(place_of "$f")"
    wants "check $f" 3 "$at" check "$f"
    wants "check $f, sandboxed" 3 "$at" check --sandbox "$f"
    wants "check $f beside one with findings" 1 "MLN-" check "$f" pod.yaml
    is "check $f names it, too" grep -aqF -- "$f" out
    wants "eval -d $f" 3 "$at" policy eval -d "$f" data
    wants "eval -i $f" 3 "$at" policy eval -i "$f" input
    wants "bench -i $f" 3 "$at" policy bench -i "$f" input
    wants "bench -d $f" 3 "$at" policy bench -d "$f" data
    wants "explain --policy $f" 3 "$at" explain --policy "$f"
    for way in --fix --diff; do
        cp "$f" fixed && cp pod.yaml pod_before.yaml
        wants "check $way $f beside one with fixes" 1 "" check $way "$f" pod.yaml
        is "check $way leaves $f" cmp -s "$f" fixed
        cp pod_before.yaml pod.yaml
    done
    wants "check --fix $f alone" 3 "$at" check --fix "$f"
    wants "baseline init of $f" 3 "$f" baseline init --file new.json --owner o --reason r --expires 2099-01-01 "$f"
    is "baseline init of $f leaves no half" test ! -s new.json
    rm -f new.json
done
for f in bad/empty.yaml bad/empty.json; do
    wants "check $f" 0 "no Kubernetes objects" check "$f"
done
wants "eval -i empty.json" 3 "empty.json:1:1" policy eval -i bad/empty.json input
# A bundle that is no JSON is a signature that does not hold (1); one over a ceiling could not be judged (3), and a
# root or a key that cannot be read is no verdict on the file (3).
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 2>/dev/null | openssl pkey -pubout -out good.pub 2>/dev/null
printf -- '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n' >bad/der.pub
# The message names the file, and the place where it was read: a root of 100 MB is not.
place_in() { if [ "$(wc -c <"$1")" -gt 4194304 ]; then echo "$2"; else echo "$2:1:"; fi; }
mkdir layout broken_layout
echo '{"imageLayoutVersion": "1.0.0"}' | tee broken_layout/oci-layout >layout/oci-layout
echo '{"schemaVersion": 2, "manifests": []}' >layout/index.json
who="--certificate-identity a --certificate-oidc-issuer b"
unless_too_deep() { case $1 in *nested*) echo 3 ;; *) echo 1 ;; esac; }
for f in bad/{empty,binary,utf8,nul,nested,broken}.json; do
    wants "baseline $f" 3 "$f" baseline show --file "$f"
    wants "check with the baseline $f" 3 "$f" check --baseline "$f" pod.yaml
    wants "baseline raise of $f" 3 "$f" baseline raise --file "$f" pod.yaml
    wants "verify --key $f" 3 "$f" verify --key "$f" --bundle "$f" pod.yaml
    at=$(place_in "$f" "$f")
    wants "verify --bundle $f" "$(unless_too_deep "$f")" "$at" verify --key good.pub --bundle "$f" pod.yaml
    wants "verify --bundle $f, as JSON" "$(unless_too_deep "$f")" "" verify -f json --key good.pub --bundle "$f" pod.yaml
    # shellcheck disable=SC2086
    wants "verify --trusted-root $f" 3 "$at" verify --trusted-root "$f" --bundle "$f" $who pod.yaml
    is "verify --trusted-root $f gives no verdict" test ! -s out
    # shellcheck disable=SC2086
    wants "image verify --trusted-root $f" 3 "$at" image verify --trusted-root "$f" $who oci:layout
    wants "image verify --key $f" 3 "$f" image verify --key "$f" oci:layout
    cp "$f" broken_layout/index.json
    wants "image verify of a layout like $f" 3 "$(place_in "$f" index.json)" image verify --key good.pub oci:broken_layout
    wants "policy capabilities --file $f" 3 "$at" policy capabilities --file "$f"
    wants "policy check --capabilities $f" 3 "$f" policy check --capabilities "$f" good.rego
    wants "policy bench -i $f" 3 "$at" policy bench -i "$f" input
done
wants "verify --key that is no key" 3 "bad/der.pub" verify --key bad/der.pub --bundle bad/broken.json pod.yaml
wants "image verify --key that is no key" 3 "bad/der.pub" image verify --key bad/der.pub oci:layout
git init -q repo && git -C repo -c user.name=a -c user.email=a@b.example -c commit.gpgSign=false commit -q --allow-empty -m x
for f in bad/{binary,utf8,nul,nested,broken}.json; do
    wants "source verify --allowed-signers $f" 3 "$f" source verify --allowed-signers "$f" repo
    wants "source verify --checkpoint $f" 3 "$f" source verify --checkpoint "$f" repo
done
wants "source verify of no repository" 3 "nowhere" source verify nowhere
wants "verify of no file" 3 "nowhere" verify --key good.pub --bundle bad/broken.json nowhere
wants "verify of a folder" 3 "bad" verify --key good.pub --bundle bad/broken.json bad
for f in bad/{binary,utf8,nul,nested,broken}.json; do
    wants "conformance rego $f" 3 "$(place_in "$f" "$f")" conformance rego "$f"
done
wants "conformance of no suite" 3 "nowhere" conformance gatekeeper nowhere
# A suite that cannot be read fails (1); one over the ceiling of a file could not be judged (3).
unless_too_large() { if [ "$(wc -c <"$1")" -gt 67108864 ]; then echo 3; else echo 1; fi; }
for f in bad/{binary,utf8,nul,nested,broken,bomb}.yaml; do
    wants "settings $f" 3 "$f" check -c "$f" pod.yaml
    mkdir -p suite && cp "$f" suite/suite.yaml
    wants "verify of a suite like $f" "$(unless_too_large "$f")" "suite/suite.yaml" policy verify suite
done

# --- policies ------------------------------------------------------------------------------------------
for f in bad/{empty,binary,utf8,nul,nested,broken,intricate}.rego; do
    for command in "policy check" "policy fmt" "policy test" "policy eval 1 -d" "policy bench 1 -d" "check pod.yaml --policy"; do
        # shellcheck disable=SC2086
        wants "$command $f" 3 "$f:" $command "$f"
    done
    before=$(cksum <"$f")
    wants "fmt -w $f" 3 "$f:" policy fmt -w "$f" good.rego
    is "fmt -w leaves $f" test "$(cksum <"$f")" = "$before"
done
mkdir conflicts
printf 'package c\np := 1\np := 2\n' >conflicts/rules.rego
printf 'package c\nq := 1\nq(x) := x\n' >conflicts/kinds.rego
printf 'package c\ndefault r := 1\ndefault r := 2\n' >conflicts/defaults.rego
wants "conflicting values" 3 "rules.rego:3" policy eval -d conflicts/rules.rego data.c.p
wants "a rule and a function of one name" 3 "kinds.rego:" policy check conflicts/kinds.rego
wants "two defaults" 3 "defaults.rego:" policy check conflicts/defaults.rego
printf 'package r\np if q\nq if p\n' >recursive.rego
wants "recursion" 3 "recursive.rego:2" policy check recursive.rego
printf 'package c\ndeny contains 1 if { count([1 | some i in numbers.range(1, 9999999); some j in numbers.range(1, i); j > i]) > 0 }\n' >endless.rego
wants "an endless policy, by steps" 3 "budget" policy eval --max-steps 100000 -d endless.rego data.c.deny
wants "an endless policy, by time" 3 "budget" policy eval --timeout 300ms -d endless.rego data.c.deny
printf 'package c\ntest_x if { count([1 | some i in numbers.range(1, 9999999); some j in numbers.range(1, i); j > i]) > 0 }\n' >endless_test.rego
wants "an endless test" 1 "data.c.test_x" policy test --timeout 300ms endless_test.rego

# --- paths ---------------------------------------------------------------------------------------------
mkdir tree
cp pod.yaml tree/
ln -s loop tree/loop
ln -s .. tree/up
ln -s none tree/dangling.yaml
wants "symlink loops" 1 "MLN-" check --gate low tree
wants "symlink loops, policies" 0 "good" policy eval -d good.rego data
printf 'package  good\n' >tree/good.rego
wants "symlink loops, fmt" 0 "good.rego" policy fmt -l tree
wants "a link to itself" 3 "tree/loop" check tree/loop
wants "a dangling link" 3 "tree/dangling.yaml" policy eval -i tree/dangling.yaml input
wants "no such file" 3 "nowhere" policy fmt nowhere
for command in "check" "policy check" "policy test" "policy verify" "policy eval 1 -d" "policy eval 1 -i" "policy bench 1 -d" "baseline show --file"; do
    # shellcheck disable=SC2086
    wants "$command of no file" 3 "nowhere/x" $command nowhere/x
done
wants "a folder as a file" 3 "tree" policy eval -i tree input
wants "a device as a file" 3 "/dev/zero" policy eval -i /dev/zero input
mkdir tree/closed
cp pod.yaml tree/closed/
cp pod.yaml tree/secret.yaml
chmod 000 tree/closed tree/secret.yaml
as_nobody() { # root reads everything: someone else must try
    if [ "$(id -u)" != 0 ]; then
        "$@"
    else
        setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
    fi
}
chmod 755 "$tmp"
cp "$merlon" ./merlon-copy && chmod 755 merlon-copy
if as_nobody test ! -r tree/secret.yaml 2>/dev/null && as_nobody ./merlon-copy version >/dev/null 2>&1; then
    as_nobody ./merlon-copy check tree >out 2>err
    is "unreadable: findings beside it" test $? = 1
    is "unreadable: the file is named" grep -aq "secret.yaml" out err
    is "unreadable: the folder is named" grep -aq "closed" out err
    is "unreadable: the rest is judged" grep -aq "MLN-" out
    as_nobody ./merlon-copy policy fmt -l tree/closed tree/good.rego >out 2>err
    is "unreadable, fmt: exit 3" test $? = 3
    is "unreadable, fmt: named" grep -aq "closed" err
else
    skip "unreadable folders: cannot become another user"
fi
chmod 755 tree/closed
chmod 644 tree/secret.yaml

# --- words that are none ----------------------------------------------------------------------------------
wants "a policy that is no control" 2 "nothing" explain nothing
wants "a version that OPA never had" 2 "v9.9.9" policy capabilities --version v9.9.9
wants "a query that is none" 3 "1:5" policy bench 'x :='
wants "no shell" 2 "zsh" completion nothing
wants "no form" 2 "markdown" docs nothing
wants "doctor of something" 2 "unexpected argument" doctor pod.yaml
wants "version of something" 2 "unexpected argument" version pod.yaml
wants "no suite's kind" 2 "nothing" conformance nothing pod.yaml
wants "a platform that is none" 3 "////" image verify --key good.pub --platform //// oci:layout

# --- outputs ---------------------------------------------------------------------------------------------
# Everything that prints: a closed stdout, a closed pipe and a full disk are told, with exit 4.
printing=(
    "version" "--help" "check --help" "completion bash" "docs markdown" "docs man" "explain MLN-POD-001" "doctor"
    "check pod.yaml" "check -f json pod.yaml" "check -f sarif pod.yaml" "check -f junit pod.yaml"
    "policy eval 1" "policy eval -f pretty 1" "policy fmt good.rego" "policy fmt -d tree/good.rego bad.in" "policy test -v good.rego"
    "policy test -f json good.rego" "policy check -f json good.rego"
)
printf 'package  a\n' >bad.in
cp bad.in bad_in.rego
for line in "${printing[@]}"; do
    line=${line/tree\/good.rego bad.in/bad_in.rego}
    # shellcheck disable=SC2086
    "$merlon" $line >/dev/full 2>err </dev/null
    code=$?
    if [ "$code" = 4 ] && grep -q "standard output" err; then pass; else fail "full disk: $line: exit $code"; fi
    # shellcheck disable=SC2086
    "$merlon" $line >&- 2>err </dev/null
    code=$?
    if [ "$code" = 4 ] && grep -q "standard output" err; then pass; else fail "closed stdout: $line: exit $code"; fi
    # shellcheck disable=SC2086
    { sleep 0.05; timeout 20 "$merlon" $line 2>err </dev/null; echo $? >code; } | true
    if grep -q "^[0134]$" code; then pass; else fail "closed pipe: $line: exit $(cat code)"; fi
done
wants "output to a full disk" 4 "/dev/full" check --output json=/dev/full pod.yaml
wants "output to a folder that is none" 4 "nowhere" check --output json=nowhere/x.json pod.yaml
wants "baseline to a folder that is none" 4 "nowhere" baseline init --file nowhere/b.json --owner o --reason r --expires 2099-01-01 pod.yaml
mkdir disk
if mount -t tmpfs -o size=64k none disk 2>/dev/null; then
    head -c 40000 /dev/zero >disk/fill
    echo '{"old": true}' >disk/report.json
    { echo 'package a' && for i in $(seq 900); do echo "p$i  :=  1"; done; } >disk/ugly.rego
    before=$(cksum <disk/ugly.rego)
    wants "a report that does not fit" 4 "report.json" check --output json=disk/report.json "$tmp"/pod.yaml
    is "the old report stays" grep -q old disk/report.json
    head -c 60000 /dev/zero >disk/fill 2>/dev/null
    wants "fmt -w that does not fit" 4 "ugly.rego" policy fmt -w disk/ugly.rego
    is "the old text stays" test "$(cksum <disk/ugly.rego)" = "$before"
    is "nothing is left beside it" test "$(ls -A disk | wc -l)" = 3
    umount disk
else
    skip "a small full disk: mounting is not allowed"
fi

# --- signing, and the gate of a pipeline ---------------------------------------------------------------------
openssl ecparam -name prime256v1 -genkey -noout -out good.key 2>/dev/null
for f in bad/{empty,binary,utf8,nul,nested,broken}.json; do
    wants "sign --key $f" 3 "$f" sign --key "$f" pod.yaml
    wants "sign --predicate $f" 3 "$f" sign --key good.key --type check --predicate "$f" pod.yaml
    wants "image sign --key $f" 3 "$f" image sign --key "$f" oci:layout
    wants "image attest --key $f" 3 "$f" image attest --key "$f" --type check --predicate "$f" oci:layout
done
for f in bad/{binary,utf8,nul,nested,broken}.json; do
    wants "ci --config $f" 3 "$f" ci --config "$f" pod.yaml
done
wants "image sign of no layout" 3 "nowhere" image sign --key good.key oci:nowhere
export MERLON_PASSWORD=x
wants "key list without such a module" 3 "nowhere" key list --module nowhere/module.so
wants "key generate to a folder that is none" 4 "nowhere" key generate -o nowhere/k
wants "ci outside of a repository" 3 "pod.yaml" ci --base HEAD pod.yaml

# --- and every command was among them ------------------------------------------------------------------------
while read -r command; do
    if [ -n "${tried[$command]:-}" ]; then pass; else fail "merlon $command gets no bad input here"; fi
done < <("$merlon" docs markdown | sed -n 's/^## merlon //p')

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
