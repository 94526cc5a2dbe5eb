#!/bin/sh
# registry.sh - `merlon image verify` on images in registries: an honest one and its lying brothers
# (registry_server.py), and Debian's docker-registry with images and signatures that others made.
# usage: registry.sh MERLON
set -u
merlon=$(realpath "$1")
here=$(realpath "$(dirname "$0")")
tmp=$(mktemp -d)
pids=
finish() {
    # shellcheck disable=SC2086
    [ -z "$pids" ] || kill $pids 2>/dev/null
    rm -rf "$tmp"
}
trap finish EXIT
cd "$tmp" || exit 1
# shellcheck source=tests/registry_kit.sh
. "$here/../registry_kit.sh"
passed=0
failed=0
HOME=$tmp
DOCKER_CONFIG=$tmp/docker
COSIGN_PASSWORD=
export HOME DOCKER_CONFIG COSIGN_PASSWORD
unset http_proxy https_proxy HTTPS_PROXY no_proxy NO_PROXY
# wants NAME CODE TEXT ARGUMENT...
wants() {
    name=$1 want=$2 text=$3
    shift 3
    "$merlon" image verify --key one.pub "$@" >out 2>err </dev/null
    code=$?
    if [ "$code" = "$want" ] && grep -qF -- "$text" out err; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL $name: exit $code, want $want with '$text'"
        head -n 10 out err
    fi
}
if ! command -v openssl >/dev/null 2>&1; then
    echo "skip registry: openssl is not installed"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
fi
for key in one two; do
    openssl ecparam -name prime256v1 -genkey -noout -out $key.key 2>/dev/null
    openssl ec -in $key.key -pubout -out $key.pub 2>/dev/null
done
"$here/make_layout.py" layout one.key bundle att bad-signature
python3 "$here/registry_server.py" layout port >server.log 2>&1 &
pids="$pids $!"
wait_for port || { cat server.log; echo "0 passed, 1 failed"; exit 1; }
R=127.0.0.1:$(cat port)
digest=$(python3 -c 'import json; print(json.load(open("layout/index.json"))["manifests"][0]["digest"])')

# --- honest ---
wants "a tag" 0 "found 3: 1 signature(s) and 1 attestation(s) hold" "$R/plain/app:v1"
wants "a digest" 0 "Verified: $R/plain/app@$digest" "$R/plain/app@$digest"
wants "another key" 1 "the signature is wrong" --key two.pub "$R/plain/app:v1"
wants "as JSON" 0 '"verdict": "pass"' -f json "$R/plain/app:v1"
wants "an attestation" 0 "Verified" --attestation https://cyclonedx.org/bom "$R/plain/app:v1"
wants "no referrers API" 0 "found 3" "$R/fallback/app:v1"
wants "another way to say that there is none" 0 "found 3" "$R/old/app:v1"
wants "a page for people instead of it" 0 "found 3" "$R/website/app:v1"
wants "referrers on several pages" 0 "found 3" "$R/paged/app:v1"
wants "a busy registry" 0 "found 3" "$R/busy/app:v1"
wants "no such tag" 3 "has no plain/app:nix" "$R/plain/app:nix"
wants "no such digest" 3 "has no manifest" "$R/plain/app@sha256:$(printf 0 | sha256sum | cut -d' ' -f1)"
wants "a tag that moves" 0 "$digest" "$R/moves/app:v1"

# --- lies ---
wants "a header with another digest" 1 "but sends $digest" "$R/lying-header/app:v1"
wants "another manifest than asked for" 1 "are others" "$R/wrong-manifest/app@$digest"
wants "another blob than asked for" 1 "are others" "$R/wrong-bytes/app:v1"
wants "a blob that is too long" 1 "more than the" "$R/too-long/app:v1"
wants "pages without end" 3 "pages" "$R/endless/app:v1"
wants "a manifest without end" 3 "sends more than" "$R/huge/app:v1"
wants "a body that ends early" 3 "ends early" "$R/cut/app:v1"
wants "a redirect to a metadata service" 3 "metadata service" "$R/metadata/app:v1"
wants "the same, hidden in IPv6" 3 "metadata service" "$R/metadata-v6/app:v1"
wants "an address in hexadecimal" 3 "metadata service" "$R/octal/app:v1"
wants "a redirect to a file" 1 "http:// or https://" "$R/file/app:v1"
wants "redirects in a circle" 3 "redirects more than 5 times" "$R/loop/app:v1"
wants "a server's colours and lines" 3 "red ?[31m line?next" "$R/broken/app:v1"
wants "a registry that says later" 3 "asks to wait 3600000 ms" "$R/closed/app:v1"
wants "a slow registry" 3 "no answer in time" --timeout 500ms "$R/slow/app:v1"
wants "one that drips" 3 "no answer in time" --timeout 500ms "$R/drip/app:v1"
wants "an encoding that is not there" 3 "cannot get http" "$R/zstd/app:v1"
wants "Kerberos, which is not there" 3 "neither Basic nor Bearer" "$R/negotiate/app:v1"
wants "nobody there" 3 "cannot get http" 127.0.0.1:1/plain/app:v1
wants "nonsense for a timeout" 2 "timeout" --timeout soon "$R/plain/app:v1"

cp "$merlon" alone
honest=$merlon merlon=$tmp/alone
wants "merlon without merlon-net" 3 "is not beside merlon" "$R/plain/app:v1"
merlon=$honest
export http_proxy="http://$R"
wants "a proxy" 0 "found 3" --plain-http r.example.invalid/plain/app:v1
wants "a redirect inside, by a proxy" 3 "metadata service" --plain-http r.example.invalid/metadata/app:v1
wants "no proxy for loopback" 0 "found 3" "$R/plain/app:v1"
unset http_proxy

# --- the worker alone ---
"$here/net_worker.py" "$(dirname "$merlon")/merlon-net" "$(cat port)" >worker.log 2>&1
if grep -q '^[0-9]* passed, 0 failed' worker.log; then
    passed=$((passed + $(sed -n 's/ passed.*//p' worker.log)))
else
    failed=$((failed + 1))
    cat worker.log
fi

# --- credentials ---
wants "a token without credentials" 0 "found 3" "$R/bearer/app:v1"
wants "a password without credentials" 3 "docker login $R" "$R/basic/app:v1"
wants "a token service that refuses" 3 "refuses us" "$R/private/app:v1"
wants "a token service at a metadata address" 3 "metadata service" "$R/evil-realm/app:v1"
wants "a challenge that is none" 3 "not HTTP's" "$R/odd-challenge/app:v1"
wants "a challenge that we cannot meet" 3 "neither Basic nor Bearer" "$R/digest-auth/app:v1"
wants "forbidden" 3 "403: DENIED: not you" "$R/forbidden/app:v1"
mkdir -p docker bin
printf '{"auths": {"%s": {"auth": "dXNlcjpwYXNz"}}}' "$R" >docker/config.json
wants "basic" 0 "found 3" "$R/basic/app:v1"
wants "a token for a user" 0 "found 3" "$R/private/app:v1"
wants "credentials stay with their host" 0 "found 3" "$R/cdn/app:v1"
printf '{"auths": {"https://%s/v2/": {"identitytoken": "refresh"}}}' "$R" >docker/config.json
wants "an identity token" 0 "found 3" "$R/refresh/app:v1"
printf '{"auths": {"%s": {"auth": "??"}}}' "$R" >docker/config.json
wants "broken credentials" 3 "config.json cannot be used" "$R/basic/app:v1"
echo '{' >docker/config.json
wants "a broken configuration" 3 "config.json" "$R/basic/app:v1"
# shellcheck disable=SC2016
printf '#!/bin/sh\nread -r host || :\n[ "$host" = "%s" ] && echo "{\\"Username\\": \\"user\\", \\"Secret\\": \\"pass\\"}"\n' "$R" >bin/docker-credential-good
printf '#!/bin/sh\necho credentials not found in native keychain; exit 1\n' >bin/docker-credential-none
printf '#!/bin/sh\nexec sleep 20\n' >bin/docker-credential-slow
chmod +x bin/*
PATH=$tmp/bin:$PATH
printf '{"credHelpers": {"%s": "good"}, "credsStore": "none"}' "$R" >docker/config.json
wants "a helper" 0 "found 3" "$R/basic/app:v1"
echo '{"credsStore": "none"}' >docker/config.json
wants "a helper that knows nothing" 3 "docker login" "$R/basic/app:v1"
echo '{"credsStore": "slow"}' >docker/config.json
wants "a helper that is slow" 3 "gave no answer in time" --timeout 500ms "$R/basic/app:v1"
echo '{"credsStore": "../bin/good"}' >docker/config.json
wants "a helper that is a path" 3 "is no name" "$R/basic/app:v1"
rm docker/config.json

# --- TLS ---
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout tls.key -out tls.pem -days 2 \
    -subj /CN=merlon-test -addext subjectAltName=IP:127.0.0.1 2>/dev/null
python3 "$here/registry_server.py" layout tlsport tls.pem tls.key >tls.log 2>&1 &
pids="$pids $!"
wait_for tlsport
T=127.0.0.1:$(cat tlsport)
wants "TLS with an own CA" 0 "found 3" --registry-ca tls.pem "$T/plain/app:v1"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout ca2.key -out ca2.pem -days 2 \
    -subj /CN=another 2>/dev/null
wants "TLS by another CA" 3 "name its authority with --registry-ca" --registry-ca ca2.pem "$T/plain/app:v1"
wants "TLS under another name" 3 "certificate" --registry-ca tls.pem "localhost:$(cat tlsport)/plain/app:v1"
wants "a redirect from TLS to plain text" 3 "from https to http" --registry-ca tls.pem "$T/downgrade/app:v1"

# --- Debian's docker-registry, which has no referrers API ---
closing() { # [, N skipped]
    echo "$passed passed, $failed failed$1"
    [ "$failed" = 0 ]
    exit
}
if ! command -v docker-registry >/dev/null 2>&1; then
    echo "skip registry: docker-registry is not installed"
    closing ", 1 skipped"
fi
port=$(free_port)
debian plain "$port" ""
D=127.0.0.1:$port
"$here/registry_push.py" layout "$D" shop/web || failed=$((failed + 1))
wants "docker-registry" 0 "found 3: 1 signature(s) and 1 attestation(s) hold" "$D/shop/web:v1"
wants "docker-registry, by digest" 0 "found 3" "$D/shop/web@$digest"
wants "docker-registry, no such tag" 3 "has no shop/web:nix" "$D/shop/web:nix"
wants "docker-registry, no such repository" 3 "has no shop/nix:v1" "$D/shop/nix:v1"

# The same images behind TLS with a CA of our own, and behind a password.
port=$(free_port)
debian tls "$port" "$(tls_lines)"
wants "docker-registry with TLS" 0 "found 3" --registry-ca tls.pem "127.0.0.1:$port/shop/web:v1"
wants "TLS that nobody said" 3 "certificate is not believed" "127.0.0.1:$port/shop/web:v1"
wants "plain text where TLS is" 3 "answers 400" --plain-http "127.0.0.1:$port/shop/web:v1"
port=$(free_port)
debian basic "$port" "$(password_lines)"
wants "docker-registry that wants a password" 3 "docker login" "127.0.0.1:$port/shop/web:v1"
printf '{"auths": {"127.0.0.1:%s": {"auth": "dXNlcjpwYXNz"}}}' "$port" >docker/config.json
wants "docker-registry that gets one" 0 "found 3" "127.0.0.1:$port/shop/web:v1"
printf '{"auths": {"127.0.0.1:%s": {"auth": "dXNlcjpub25l"}}}' "$port" >docker/config.json
wants "docker-registry that gets a wrong one" 3 "401" "127.0.0.1:$port/shop/web:v1"
rm docker/config.json

# --- what others make: crane, cosign ---
missing=
for tool in crane cosign; do
    command -v "$tool" >/dev/null 2>&1 || missing="$missing $tool"
done
if [ -n "$missing" ]; then
    echo "skip registry: not installed:$missing"
    closing ", 1 skipped"
fi
sign() { # REFERENCE ARGUMENT...
    ref=$1
    shift
    cosign sign -y --key cosign.key --allow-insecure-registry "$@" "$ref" >>cosign.log 2>&1 || cat cosign.log
}
cosign generate-key-pair >/dev/null 2>&1
cosign signing-config create --out none.json 2>/dev/null
cp cosign.pub one.pub
echo hello >file && tar cf layer.tar file
crane append --insecure -f layer.tar -t "$D/shop/web:new" >/dev/null 2>&1
crane append --insecure -f file -t "$D/shop/web:old" >/dev/null 2>&1
wants "nothing signed yet" 1 "nothing is stored for this digest" "$D/shop/web:new"
sign "$D/shop/web:new" --signing-config none.json
wants "cosign 3, a bundle under the fallback tag" 0 "ok    referrer sha256:" "$D/shop/web:new"
sign "$D/shop/web:old" --tlog-upload=false --new-bundle-format=false --use-signing-config=false
wants "cosign 3, as cosign 2 did" 0 "ok    tag sha256-" "$D/shop/web:old"
crane copy --insecure "$D/shop/web:old" "$D/shop/web:new" >/dev/null 2>&1
wants "the tag moved to another signed image" 0 "ok    tag sha256-" "$D/shop/web:new"
closing ""
