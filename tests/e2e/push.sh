#!/bin/sh
# push.sh - `merlon image sign` and `image attest` on images in registries: one that lists referrers, some that misbehave
# (registry_store.py), Debian's docker-registry behind TLS and a password, and cosign in turn. usage: push.sh MERLON
# shellcheck source=tests/kit.sh
. "$(dirname "$0")/../kit.sh"
# shellcheck source=tests/registry_kit.sh
. "$root/tests/registry_kit.sh"
here=$root/tests/e2e
pids=
stop() {
    # shellcheck disable=SC2086
    [ -z "$pids" ] || kill $pids 2>/dev/null
    rm -rf "$tmp"
}
trap stop EXIT
HOME=$tmp DOCKER_CONFIG=$tmp/docker MERLON_PASSWORD='' COSIGN_PASSWORD=''
export HOME DOCKER_CONFIG MERLON_PASSWORD COSIGN_PASSWORD
unset http_proxy https_proxy HTTPS_PROXY no_proxy NO_PROXY
mkdir docker
"$merlon" key generate -o one >/dev/null
"$root/tools/make_image.sh" web v1 -C "$root" README.md >digest
echo '{"bomFormat": "CycloneDX"}' >bom.json
upload() { # HOST REPOSITORY [CA USER:PASSWORD]: the image of the layout, with nothing of ours
    "$here/registry_push.py" web "$@" || bad "upload to $1/$2"
}
"$here/registry_store.py" port & pids=$!
wait_for port
H=127.0.0.1:$(cat port)

# --- registries that behave ---
for repo in good/app mute/app busy/app race/app; do
    upload "$H" $repo
    wants "$repo: unsigned" 1 "nothing is stored" image verify --key one.pub "$H/$repo:v1"
    wants "$repo: signed" 0 "Signed: $H/$repo:v1" image sign --key one.key "$H/$repo:v1"
    wants "$repo: verified" 0 "found 1: 1 signature(s)" image verify --key one.pub "$H/$repo:v1"
    wants "$repo: attested" 0 "Attested" image attest --key one.key --type cyclonedx --predicate bom.json "$H/$repo:v1"
    wants "$repo: both are found" 0 "1 signature(s) and 1 attestation(s) hold" image verify --key one.pub "$H/$repo:v1"
    wants "$repo: below cosign's tag" 0 "Signed" image sign --key one.key --legacy "$H/$repo:v1"
    wants "$repo: all three" 0 "2 signature(s) and 1 attestation(s) hold" image verify --key one.pub "$H/$repo:v1"
    wants "$repo: by digest" 0 "Signed" image sign --key one.key "$H/$repo@$(cat digest)"
done
# --- registries that do not ---
wants "no such image" 3 "has no good/nix:v1" image sign --key one.key "$H/good/nix:v1"
for repo in liar/app elsewhere/app full/app; do upload "$H" $repo; done
wants "another digest than was sent" 3 "and says that it is sha256:0000" image sign --key one.key "$H/liar/app:v1"
wants "uploads to a metadata service" 3 "where it may not" image sign --key one.key "$H/elsewhere/app:v1"
wants "no room" 3 "413 to blobs/uploads/: SIZE_INVALID: quota" image sign --key one.key "$H/full/app:v1"
wants "nothing was shown of those" 1 "nothing is stored" image verify --key one.pub "$H/full/app:v1"

# --- Debian's docker-registry, behind TLS and a password ---
if ! command -v docker-registry >/dev/null 2>&1 || ! command -v openssl >/dev/null 2>&1; then
    skip "push: docker-registry or openssl is not installed"
    finish
    exit
fi
openssl req -x509 -newkey rsa:2048 -nodes -keyout tls.key -out tls.pem -days 2 -subj /CN=r \
    -addext 'subjectAltName=IP:127.0.0.1' 2>/dev/null
P=$(free_port)
debian registry "$P" "$(tls_lines)
$(password_lines)"
D=127.0.0.1:$P
upload "$D" shop/web tls.pem user:pass
wants "a password is asked for" 3 "docker login" image sign --key one.key --registry-ca tls.pem "$D/shop/web:v1"
printf '{"auths": {"%s": {"auth": "dXNlcjpwYXNz"}}}' "$D" >docker/config.json
wants "signed behind TLS and a password" 0 Signed image sign --key one.key --registry-ca tls.pem "$D/shop/web:v1"
wants "attested there" 0 Attested image attest --key one.key --registry-ca tls.pem --type cyclonedx --predicate bom.json "$D/shop/web:v1"
wants "and below the tag" 0 Signed image sign --key one.key --legacy --registry-ca tls.pem "$D/shop/web:v1"
wants "all three are found" 0 "2 signature(s) and 1 attestation(s) hold" image verify --key one.pub --registry-ca tls.pem "$D/shop/web:v1"
wants "a CA that is not theirs" 3 "certificate is not believed" image sign --key one.key "$D/shop/web:v1"

if ! command -v cosign >/dev/null 2>&1; then
    skip "push: cosign is not installed"
    finish
    exit
fi
cosign_says() { # NAME ARGUMENT...
    name=$1
    shift
    SSL_CERT_FILE=$tmp/tls.pem cosign "$@" >out 2>err && ok || bad "$name"
}
cosign_says "cosign verifies what we pushed" verify --key one.pub --insecure-ignore-tlog=true "$D/shop/web:v1"
cosign_says "cosign verifies our attestation" verify-attestation --key one.pub --type cyclonedx --insecure-ignore-tlog=true "$D/shop/web:v1"
finish
