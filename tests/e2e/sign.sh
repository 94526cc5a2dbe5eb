#!/bin/sh
# sign.sh - `merlon key`, `sign`, `image sign` and `image attest`, alone and in turn with cosign. usage: sign.sh MERLON
set -u
merlon=$(realpath "$1")
make=$(realpath "$(dirname "$0")/make_layout.py")
keys=$(realpath "$(dirname "$0")/../cases/keys")
kit=$(realpath "$(dirname "$0")/../registry_kit.sh")
tmp=$(mktemp -d)
pids=
stop() {
    # shellcheck disable=SC2086
    [ -z "$pids" ] || kill $pids 2>/dev/null
    rm -rf "$tmp"
}
trap stop EXIT
cd "$tmp" || exit 1
# shellcheck source=tests/registry_kit.sh
. "$kit"
passed=0
failed=0
skipped=0
unset COSIGN_PASSWORD MERLON_PASSWORD
settle() { # NAME OK: counts one result; out and err hold what was said
    if [ "$2" = 0 ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL $1"
        head -n 10 out err
    fi
}
# wants NAME CODE TEXT ARGUMENTS...: without a terminal, so that nobody is asked
wants() {
    name=$1 want=$2 text=$3
    shift 3
    setsid -w "$merlon" "$@" >out 2>err </dev/null
    code=$?
    [ "$code" = "$want" ] && grep -qF -- "$text" out err
    settle "$name: exit $code, want $want with '$text'" $?
}
# does NAME COMMAND...: a command that must succeed
does() {
    name=$1
    shift
    "$@" >out 2>err </dev/null
    settle "$name" $?
}
skip() {
    skipped=$((skipped + 1))
    echo "skip $1"
}
finish() {
    echo "$passed passed, $failed failed, $skipped skipped"
    [ "$failed" = 0 ]
    exit
}
for tool in openssl setsid python3; do
    command -v $tool >/dev/null 2>&1 || {
        skip "sign: $tool is not installed"
        finish
    }
done

# --- keys ---
printf 'secret\n' >pass
printf 'other' >wrong
wants "a pair of keys" 0 "Private key (P-256): p256.key" key generate -o p256 --passphrase-file pass
wants "an Ed25519 pair" 0 "Private key (Ed25519)" key generate --type ed25519 -o ed25519 --passphrase-file pass
does "only the owner reads a key" sh -c '[ "$(stat -c %a p256.key)" = 600 ] && [ "$(stat -c %a p256.pub)" = 644 ]'
cp p256.key before
wants "never over an old key" 3 "exists already" key generate -o p256 --passphrase-file pass
does "which stays" cmp p256.key before
: >half.pub
wants "nor over an old public key" 3 "exists already" key generate -o half --passphrase-file pass
does "and makes no half a pair" sh -c '! [ -e half.key ]'
does "openssl reads the public key" openssl pkey -pubin -in p256.pub -noout
wants "no passphrase to be had" 3 "MERLON_PASSWORD" key generate -o none
wants "nowhere to write" 4 "No such file" key generate -o no/such/folder/k --passphrase-file pass

# --- files ---
echo hello >file
wants "a file" 0 "Signed: file" sign -k p256.key --passphrase-file pass -o p256.json file
wants "verifies" 0 "Verified: file" verify -k p256.pub -b p256.json file
wants "by another key" 1 "the signature is wrong" verify -k ed25519.pub -b p256.json file
wants "to standard output" 0 '"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json"' sign -k p256.key --passphrase-file pass file
export MERLON_PASSWORD=secret
wants "with the passphrase from the environment" 0 "Signed" sign -k ed25519.key -o ed25519.json file
wants "verifies" 0 "Verified: file" verify -k ed25519.pub -b ed25519.json file
unset MERLON_PASSWORD
COSIGN_PASSWORD=secret wants "and from cosign's" 0 "Signed" sign -k ed25519.key -o again.json file
does "Ed25519 signs the same twice" cmp ed25519.json again.json
setsid -w "$merlon" sign -k p256.key --passphrase-file /dev/fd/3 file >out 2>err 3<pass </dev/null
settle "and from a descriptor" $?
wants "a wrong passphrase" 3 "does not open the key" sign -k p256.key --passphrase-file wrong file
does "which is not shown" sh -c '! grep -q other out err'
wants "nobody to ask" 3 "no terminal to ask on" sign -k p256.key file
wants "a public key" 3 "that is a public key" sign -k p256.pub file
wants "no key" 2 "name --key FILE" sign file
wants "a key that is not there" 3 "nix.key" sign -k nix.key file
wants "a file that is not there" 3 "nix" sign -k p256.key --passphrase-file pass nix
head -c 300 p256.key >cut.key
wants "a key that was cut off" 3 "cut.key: the block" sign -k cut.key --passphrase-file pass file
for key in p256.pem p256.sec1.pem p384.pem ed25519.pem rsa.pem; do
    openssl pkey -in "$keys/$key" -pubout -out own.pub
    "$merlon" sign -k "$keys/$key" -o own.json file >/dev/null 2>&1
    wants "a key of openssl: $key" 0 "Verified" verify -k own.pub -b own.json file
done
wants "a key of OpenSSH" 0 "Signed" sign -k "$keys/ssh_ed25519" -o ssh.json file
echo '{"bomFormat": "CycloneDX"}' >bom.json
wants "a statement about a file" 0 "Signed" sign -k p256.key --passphrase-file pass --type cyclonedx --predicate bom.json -o att.json file
wants "verifies" 0 "application/vnd.in-toto+json" verify -k p256.pub -b att.json file
wants "a type without a predicate" 2 "--predicate FILE" sign -k p256.key --type cyclonedx file
wants "a type that nobody knows" 2 "none of cyclonedx" sign -k p256.key --type cyclondx --predicate bom.json file
echo '{"a": 1, "a": 2}' >twice.json
wants "a predicate that says two things" 3 "twice.json:1" sign -k p256.key --passphrase-file pass --type check --predicate twice.json file

# --- images ---
export MERLON_PASSWORD=secret
"$make" img "$keys/p256.pem"
wants "an image" 0 "Signed: oci:img:v1" image sign -k p256.key oci:img:v1
wants "verifies" 0 "1 signature(s) and 0 attestation(s)" image verify -k p256.pub oci:img:v1
wants "a second key" 0 "Signed" image sign -k ed25519.key oci:img:v1
wants "verifies as well" 0 "found 2: 1 signature(s)" image verify -k ed25519.pub oci:img:v1
wants "an attestation" 0 "type https://cyclonedx.org/bom" image attest -k p256.key --type cyclonedx --predicate bom.json oci:img:v1
wants "verifies by its type" 0 "Verified" image verify -k p256.pub --attestation https://cyclonedx.org/bom oci:img:v1
wants "as JSON" 0 '"layout": "referrers"' image sign -f json -k p256.key oci:img:v1
"$make" old "$keys/p256.pem" sig
wants "below the tag" 0 "Signed" image sign --legacy -k p256.key oci:old:v1
wants "beside what stood there" 0 "found 2: 1 signature(s)" image verify -k p256.pub oci:old:v1
wants "an attestation below a tag" 0 "Attested" image attest --legacy -k p256.key --type cyclonedx --predicate bom.json oci:old:v1
wants "verifies" 0 "1 signature(s) and 1 attestation(s)" image verify -k p256.pub oci:old:v1
wants "a check result as attestation" 0 "urn:merlon:attestation:check:v1" image attest -k p256.key --type check --predicate bom.json oci:img:v1
"$merlon" image attest -k p256.key --type "$(printf 'urn:x\033[2J')" --predicate bom.json oci:img:v1 >/dev/null
wants "a signed text is shown without its escapes" 0 "of type urn:x?[2J" image verify -k p256.pub oci:img:v1
wants "no predicate" 2 "name --type TYPE" image attest -k p256.key oci:img:v1
wants "no such tag" 3 "no manifest with that tag" image sign -k p256.key oci:img:v2
wants "no layout" 3 "is no layout" image sign -k p256.key oci:nix
wants "a registry that is not there" 3 "cannot get" image sign -k p256.key localhost:1/a
"$make" swapped "$keys/p256.pem" swapped
wants "a manifest that was swapped is not signed" 3 "are others" image sign -k p256.key oci:swapped:v1
# Signers of one layout wait for each other: none is lost.
"$make" many "$keys/p256.pem"
for _ in 1 2 3 4; do
    "$merlon" image sign -k "$keys/p256.pem" oci:many:v1 >/dev/null 2>&1 &
    pids="${pids:-} $!"
done
for pid in $pids; do wait "$pid"; done
openssl pkey -in "$keys/p256.pem" -pubout -out own.pub
wants "four signers at once" 0 "found 4: 4 signature(s)" image verify -k own.pub oci:many:v1

# --- cosign ---
command -v cosign >/dev/null 2>&1 || {
    skip "cosign is not installed: nothing was compared with it"
    finish
}
export COSIGN_PASSWORD=secret
echo '{"mediaType": "application/vnd.dev.sigstore.signingconfig.v0.2+json", "caUrls": [], "oidcUrls": [], "rekorTlogUrls": [], "tsaUrls": [], "rekorTlogConfig": {"selector": "ANY"}, "tsaConfig": {"selector": "ANY"}}' >config.json
believes() { # NAME COMMAND... of cosign, which may look at no log
    name=$1 command=$2
    shift 2
    does "$name" cosign "$command" --insecure-ignore-tlog "$@"
}
believes "cosign verifies our P-256 bundle" verify-blob --key p256.pub --bundle p256.json file
believes "cosign verifies our Ed25519 bundle" verify-blob --key ed25519.pub --bundle ed25519.json file
believes "cosign verifies our statement" verify-blob-attestation --key p256.pub --type cyclonedx --bundle att.json file
does "cosign makes keys" cosign generate-key-pair --output-key-prefix theirs
wants "we sign with them" 0 "Signed" sign -k theirs.key -o theirs.json file
believes "cosign verifies that" verify-blob --key theirs.pub --bundle theirs.json file
for key in p256 ed25519 theirs; do # ours and theirs
    does "cosign signs with $key.key" cosign sign-blob -y --signing-config config.json --key $key.key --bundle back.json file
    wants "we verify that" 0 "Verified" verify -k $key.pub -b back.json file
done
does "a signature of another file" sh -c '! cosign verify-blob --insecure-ignore-tlog --key p256.pub --bundle p256.json bom.json'
# cosign takes an image out of a layout by this annotation.
sed -i 's|"org.opencontainers.image.ref.name":"v1"|&,"kind":"dev.cosignproject.cosign/image"|' img/index.json
believes "cosign verifies an image that we signed with P-256" verify --key p256.pub --local-image img
believes "cosign verifies an image that we signed with Ed25519" verify --key ed25519.pub --local-image img
believes "cosign verifies our attestation" verify-attestation --key p256.pub --type cyclonedx --local-image img
does "but not by another key" sh -c '! cosign verify --insecure-ignore-tlog --key theirs.pub --local-image img'

# --- cosign and a registry ---
for tool in docker-registry skopeo crane; do
    command -v $tool >/dev/null 2>&1 || {
        skip "$tool is not installed: no images went through a registry"
        finish
    }
done
port=$(free_port)
debian registry "$port" ""
host=127.0.0.1:$port
push() { skopeo copy -q --dest-tls-verify=false "oci:$1:$2" "docker://$host/$1:$2"; }
does "an image to a registry" push old v1
digest=$(crane digest --insecure "$host/old:v1")
does "with its signatures" push old "sha256-${digest#sha256:}.sig"
does "and its attestations" push old "sha256-${digest#sha256:}.att"
believes "cosign verifies our tag" verify --key p256.pub --allow-insecure-registry "$host/old:v1"
believes "cosign verifies our attestation's tag" verify-attestation --key p256.pub --type cyclonedx --allow-insecure-registry "$host/old:v1"
"$make" fresh "$keys/p256.pem"
does "an image for cosign to sign" push fresh v1
does "cosign signs it" cosign sign -y --signing-config config.json --allow-insecure-registry --key p256.key "$host/fresh:v1"
does "cosign attests it" cosign attest -y --signing-config config.json --allow-insecure-registry --key theirs.key --type cyclonedx --predicate bom.json "$host/fresh:v1"
does "cosign saves it" cosign save --allow-insecure-registry --dir saved "$host/fresh:v1"
wants "we verify the signature" 0 "found 2: 1 signature(s)" image verify -k p256.pub oci:saved
wants "we verify the attestation" 0 "Verified" image verify -k theirs.pub --attestation https://cyclonedx.org/bom oci:saved
wants "we sign what cosign saved" 0 "Signed" image sign -k theirs.key oci:saved
believes "and cosign verifies that" verify --key theirs.pub --local-image saved
finish
