#!/bin/sh
# trust.sh - `merlon verify` and `merlon image verify` as users call them. usage: trust.sh MERLON
# shellcheck source=tests/kit.sh
. "$(dirname "$0")/../kit.sh"
make=$root/tests/e2e/make_layout.py

if ! command -v openssl >/dev/null 2>&1; then
    echo "skip trust: openssl is not installed"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
fi
for key in one two; do
    openssl ecparam -name prime256v1 -genkey -noout -out $key.key 2>/dev/null
    openssl ec -in $key.key -pubout -out $key.pub 2>/dev/null
done

# --- a file ---
echo hello >file
sig=$(openssl dgst -sha256 -sign one.key file | base64 -w0)
digest=$(sha256sum file | cut -d' ' -f1)
printf '{"mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json", "verificationMaterial": {"publicKey": {"hint": "x"}}, "messageSignature": {"signature": "%s"}}' "$sig" >b.json
wants "a file" 0 "Verified: file" verify --bundle b.json --key one.pub file
wants "a digest" 0 "Verified: sha256:" verify --bundle b.json --key one.pub "sha256:$digest"
wants "as JSON" 0 '"verdict": "pass"' verify -f json --bundle b.json --key one.pub file
wants "another key" 1 "the signature is wrong" verify --bundle b.json --key two.pub file
echo Hello >other
wants "another file" 1 "the signature is wrong" verify --bundle b.json --key one.pub other
wants "a reason as JSON" 1 '"step": "trust.signature"' verify -f json --bundle b.json --key two.pub file
wants "no key" 2 "name --key FILE" verify --bundle b.json file
wants "no bundle" 2 "name --bundle FILE" verify --key one.pub file
wants "a bundle that is not there" 3 "nix.json" verify --bundle nix.json --key one.pub file
echo '{' >cut.json
wants "a broken bundle" 1 "cut.json:2" verify --bundle cut.json --key one.pub file
: >empty
wants "an empty bundle" 1 "empty:1" verify --bundle empty --key one.pub file
wants "a key that is none" 3 "no PEM block" verify --bundle b.json --key file file

# --- images ---
layout() { "$make" "$@"; }
layout l1 one.key bundle
wants "an image by a bundle" 0 "Verified: oci:l1:v1" image verify --key one.pub oci:l1:v1
wants "by another key" 1 "the signature is wrong" image verify --key two.pub oci:l1:v1
layout l2 one.key sig
wants "by cosign 1's tag" 0 "1 signature(s) and 0 attestation(s) hold" image verify --key one.pub oci:l2:v1
layout l3 one.key att
wants "an attestation is no signature" 1 "0 signature(s) and 1 attestation(s) hold" image verify --key one.pub oci:l3:v1
wants "an attestation asked for" 0 "https://cyclonedx.org/bom" image verify --key one.pub --attestation https://cyclonedx.org/bom oci:l3:v1
layout lp one.key slsa
slsa=https://slsa.dev/provenance/v1
wants "provenance: the builder, without its escapes" 0 "built by https://example.com/?builder" image verify --key one.pub --attestation $slsa oci:lp:v1
wants "provenance: the commit" 0 "at commit 0123456789" image verify --key one.pub --attestation $slsa oci:lp:v1
wants "provenance as JSON" 0 '"source":"git+https://example.com/shop"' image verify -f json --key one.pub --attestation $slsa oci:lp:v1
wants "its parameters" 0 '"parameters":{"target":"all"}' image verify -f json --key one.pub --attestation $slsa oci:lp:v1
layout lq one.key broken-slsa
wants "provenance that cannot be read proves nothing" 1 "not of the type" image verify --key one.pub --attestation $slsa oci:lq:v1
layout l4 one.key bad-signature other-image bundle
wants "one of three" 0 "found 3: 1 signature(s)" image verify --key one.pub oci:l4:v1
wants "the reasons of the others" 0 "no subject of the statement" image verify --key one.pub oci:l4:v1
layout l5 one.key
wants "nothing stored" 1 "nothing is stored for this digest" image verify --key one.pub oci:l5:v1
layout l6 one.key lying-subject
wants "a referrer of another image" 1 "found 0" image verify --key one.pub oci:l6:v1
layout l7 one.key bundle swapped
wants "a manifest that was swapped" 1 "are others" image verify --key one.pub oci:l7:v1
wants "no such tag" 3 "no manifest with that tag" image verify --key one.pub oci:l1:v2
wants "no layout" 3 "is no layout" image verify --key one.pub oci:nix
tar -C l4 -cf l4.tar . && tar -C l7 -cf l7.tar index.json blobs oci-layout
wants "a layout in an archive" 0 "found 3: 1 signature(s)" image verify --key one.pub oci:l4.tar:v1
wants "an archive that was swapped" 1 "are others" image verify --key one.pub oci:l7.tar:v1
head -c 3000 l4.tar >cut.tar
wants "an archive that is cut" 3 "cut.tar cannot be read" image verify --key one.pub oci:cut.tar:v1
tar -cf other.tar file
wants "an archive that is no layout" 3 "has no index.json" image verify --key one.pub oci:other.tar
wants "a file that is no archive" 3 "cannot be read" image verify --key one.pub oci:one.pub
wants "no image's name" 3 "names no image" image verify --key one.pub "a b"
mkdir -p evil/blobs && echo '{"schemaVersion": 2, "manifests": []}' >evil/index.json && ln -s /etc evil/blobs/sha256
wants "a layout that points out of itself" 3 "" image verify --key one.pub "oci:evil@sha256:$digest"
finish
