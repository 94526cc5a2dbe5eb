#!/bin/sh
# pkcs11.sh - keys in tokens: SoftHSM's, and a module that lies. usage: pkcs11.sh MERLON
. "$(dirname "$0")/../kit.sh"
liar=$(realpath "$(dirname "$merlon")/../../tests/p11-liar.so")
make=$root/tests/e2e/make_layout.py
keys=$root/tests/cases/keys
unset MERLON_PIN COSIGN_PKCS11_PIN MERLON_PKCS11_MODULE COSIGN_PKCS11_MODULE_PATH MERLON_TOKEN_ENV
does() { # NAME COMMAND...: a command that must succeed
    name=$1
    shift
    if "$@" >out 2>err </dev/null; then ok; else bad "$name"; fi
}
echo hello >file
echo 1234 >pin

# --- names ---
wants "a PIN in the URI" 3 "pin-source=FILE" sign -k 'pkcs11:object=a?pin-value=9876' file
if grep -q 9876 out err; then bad "the PIN is repeated"; else ok; fi
wants "an attribute that we do not know" 3 "keys are not found by 'library-version'" sign -k 'pkcs11:library-version=1' file
wants "an attribute that is there twice" 3 "given twice" sign -k 'pkcs11:object=a;object=b' file
wants "no module" 3 "MERLON_PKCS11_MODULE" sign -k pkcs11:object=a file
wants "a module that is not there" 3 "cannot find the PKCS#11 module ./nix.so" sign -k 'pkcs11:object=a?module-path=./nix.so' file
wants "a module that is no library" 3 "file too short" sign -k 'pkcs11:object=a?module-path=file' file
cp "$(ls /lib/*/libm.so.6 /lib64/libm.so.6 2>/dev/null | head -n 1)" other.so
wants "a library that is no module" 3 "no PKCS#11 module" sign -k 'pkcs11:object=a?module-path=other.so' file
MERLON_TOKEN_TIMEOUT=soon wants "a timeout that is none" 3 "MERLON_TOKEN_TIMEOUT" key list --module "$liar"

# --- a module that lies ---
export MERLON_PIN=1234 MERLON_TOKEN_ENV=MERLON_LIAR,MERLON_LIAR_SECRET,MERLON_LIAR_FOLDER
lies() { # MODE TEXT: signing with the liar must fail, and say TEXT
    export MERLON_LIAR="$1"
    wants "liar: $1" "${3:-3}" "$2" sign -k "pkcs11:object=key?module-path=$liar" file
    if grep -qF "${4:-p11-liar.so}" err; then ok; else bad "liar: $1: says not of what"; fi
}
# Its public key is that of the private key 1, so the signature could be right; it is not.
lies wrong "does not verify" 4 signature
lies short "has 10 bytes where a P-256 key's has 64" 3 signature
lies empty "has 0 bytes where" 3 signature
lies long "says that its signature has 1000000 bytes"
lies refuses "may not be used to sign (CKR_KEY_FUNCTION_NOT_PERMITTED)"
lies no-mechanism "does not sign this way"
lies crash "the worker died (signal 11"
lies crash-at-start "the worker died (signal 11"
lies exit "the worker ended early (exit code 0)"
lies shout "broke the protocol"
lies no-start "CKR_GENERAL_ERROR"
lies no-list "lacks functions"
lies hole "lacks functions"
lies many-slots "over 64 slots"
lies no-token "there is no token" 3 "token"
lies two-tokens "the URI means 2 tokens: pkcs11:token=liar;serial=1" 3 token
lies locked "is locked" 3 token
lies no-pin "was never set" 3 token
lies pin-locked "the PIN is locked, as after too many wrong ones (CKR_PIN_LOCKED)"
lies odd-answer "the module answers 0x80000042"
lies gone "the token is gone (CKR_TOKEN_NOT_PRESENT)"
lies endless "over 512 keys"
lies too-many "over 512 keys"
lies two-keys "the URI means 2 private keys" 3 keys
lies long-attribute "has over 16384 bytes"
lies growing-attribute "is longer than it was"
lies short-type "neither RSA, EC nor Ed25519" 3 key
lies other-curve "none of P-256" 3 curve
lies no-point "no point of its curve" 3 point
export MERLON_TOKEN_TIMEOUT=1
lies hang "gave no answer within 1000 ms"
unset MERLON_TOKEN_TIMEOUT
MERLON_LIAR=hang-at-end wants "a module that does not end is ended" 0 "P-256" key list --module "$liar"
MERLON_LIAR=escape wants "a name that would colour the terminal" 0 "token=%1b%5b31m" key list --module "$liar"
if "$merlon" doctor | grep -qE 'missing +(landlock|seccomp)'; then
    skip "this kernel has no Landlock or no seccomp: what a module may reach was not tried"
else
    mkdir own other
    export MERLON_LIAR_SECRET="$tmp/file" MERLON_LIAR_FOLDER="$tmp/other" MERLON_TOKEN_PATH="$tmp/own"
    # It is given the name of a file of ours in a variable, which makes that readable: take another.
    cp file hidden
    MERLON_LIAR_SECRET=./hidden lies snoop "does not verify" 4 signature
    does "nothing was planted" sh -c '! [ -e other/planted ]'
    MERLON_LIAR_FOLDER="$tmp/own" lies snoop "CKR_DEVICE_MEMORY"
    does "where it may write it can" test -e own/planted
    unset MERLON_LIAR_SECRET MERLON_LIAR_FOLDER MERLON_TOKEN_PATH
fi
unset MERLON_PIN MERLON_TOKEN_ENV MERLON_LIAR

# --- SoftHSM ---
module=
for path in /usr/lib/softhsm /usr/lib64/softhsm /usr/lib/*/softhsm; do
    [ ! -e "$path/libsofthsm2.so" ] || module=$path/libsofthsm2.so
done
if [ -z "$module" ] || ! command -v softhsm2-util >/dev/null; then
    skip "softhsm2 is not installed: nothing was signed by a token"
    finish
    exit
fi
mkdir tokens
printf 'directories.tokendir = %s/tokens\nobjectstore.backend = file\nlog.level = ERROR\n' "$tmp" >softhsm2.conf
export SOFTHSM2_CONF="$tmp/softhsm2.conf"
wants "a folder that was not named" 3 "MERLON_TOKEN_PATH" key list --module "$module"
export MERLON_TOKEN_PATH="$tmp/tokens" MERLON_PKCS11_MODULE="$module"
wants "no token" 3 "there is no token" sign -k pkcs11:object=p256 file
does "a token" softhsm2-util --init-token --free --label release --so-pin 12345678 --pin 1234
signable=
n=0
for key in p256 p384 rsa ed25519; do
    n=$((n + 1))
    openssl pkcs8 -topk8 -nocrypt -in "$keys/$key.pem" -out pkcs8.pem
    openssl pkey -in "$keys/$key.pem" -pubout -out "$key.pub"
    if softhsm2-util --import pkcs8.pem --token release --label "$key" --id "0$n" --pin 1234 >out 2>&1; then
        signable="$signable $key"
    else
        skip "this SoftHSM takes no $key key"
    fi
done
uri='pkcs11:token=release;object='
for key in $signable; do
    wants "$key signs" 0 "Signed: file" sign -k "$uri$key?pin-source=pin" -o "$key.json" file
    wants "$key: the file's key verifies it" 0 "Verified: file" verify -k "$key.pub" -b "$key.json" file
    wants "$key: the token's verifies it" 0 "Verified: file" verify -k "$uri$key" -b "$key.json" file
    python3 -c 'import base64, json, sys; m = json.load(open(sys.argv[1]))["messageSignature"]; sys.stdout.buffer.write(base64.b64decode(m["signature"]))' "$key.json" >sig
    case $key in
    p256 | rsa) does "$key: openssl verifies it" openssl dgst -sha256 -verify "$key.pub" -signature sig file ;;
    p384) does "$key: openssl verifies it" openssl dgst -sha384 -verify "$key.pub" -signature sig file ;;
    *) does "$key: openssl verifies it" openssl pkeyutl -verify -pubin -inkey "$key.pub" -rawin -in file -sigfile sig ;;
    esac
    # cosign 3.1 verifies P-384 signatures of blobs with SHA-256, its own included (docs/AGREEMENT.md).
    if [ "$key" = p384 ]; then
        continue
    elif command -v cosign >/dev/null; then
        does "$key: cosign verifies it" cosign verify-blob --insecure-ignore-tlog --key "$key.pub" --bundle "$key.json" file
    else
        skip "cosign is not installed: $key was not compared with it"
    fi
done
wants "by another key of the token" 1 "the signature is wrong" verify -k "${uri}p384" -b p256.json file
MERLON_PIN=1234 wants "by its id, with the PIN from the environment" 0 "Signed" sign -k 'pkcs11:id=%01' -o id.json file
wants "verifies" 0 "Verified" verify -k p256.pub -b id.json file
wants "a file: URL as the PIN's source" 0 "Signed" sign -k "${uri}p256?pin-source=file:$tmp/pin" -o id.json file
wants "a program as the PIN's source" 3 "not taken from a program" sign -k "${uri}p256?pin-source=|echo" file
wants "a PIN file that is not there" 3 "nix" sign -k "${uri}p256?pin-source=nix" file
setsid -w "$merlon" sign -k "${uri}p256" file >out 2>err </dev/null
if grep -q "no terminal to ask on: set MERLON_PIN" err; then ok; else bad "nobody to ask for the PIN"; fi
MERLON_PIN=4321 wants "a wrong PIN" 3 "the PIN is wrong (CKR_PIN_INCORRECT)" sign -k "${uri}p256" file
if grep -q 4321 out err; then bad "the PIN is shown"; else ok; fi
wants "no such token" 3 "there is no token that the URI means, but pkcs11:token=release" sign -k 'pkcs11:token=nix?pin-source=pin' file
wants "no such key" 3 "no private key that the URI means, but pkcs11:object=" sign -k "${uri}nix?pin-source=pin" file
wants "too many keys" 3 "private keys: pkcs11:object=" sign -k 'pkcs11:token=release?pin-source=pin' file
wants "a public key signs nothing" 3 "a private key is wanted" sign -k "${uri}p256;type=public?pin-source=pin" file
wants "the list without a PIN" 0 "public   P-256" key list
if grep -q private out; then bad "private keys are listed without a PIN"; else ok; fi
wants "the list with one" 0 "private  EC" key list --login 'pkcs11:?pin-source=pin'
wants "as JSON" 0 '{"class": "public", "kind": "P-256"' key list -f json 'pkcs11:object=p256'
cp out list.json
does "that is JSON" python3 -m json.tool list.json
uri_listed=$("$merlon" key list 'pkcs11:object=p256' | sed 's/.* //')
wants "a URI of the list, as it is" 0 "Verified" verify -k "$uri_listed" -b p256.json file
"$make" img "$keys/p256.pem"
wants "an image" 0 "Signed: oci:img:v1" image sign -k "${uri}p256?pin-source=pin" oci:img:v1
wants "verifies by the token" 0 "1 signature(s)" image verify -k "${uri}p256" oci:img:v1
echo '{"bomFormat": "CycloneDX"}' >bom.json
wants "an attestation" 0 "Attested" image attest -k "${uri}p256?pin-source=pin" --type cyclonedx --predicate bom.json oci:img:v1
wants "verifies" 0 "Verified" image verify -k p256.pub --attestation https://cyclonedx.org/bom oci:img:v1
if command -v cosign >/dev/null; then
    # cosign takes an image out of a layout by this annotation.
    sed -i 's|"org.opencontainers.image.ref.name":"v1"|&,"kind":"dev.cosignproject.cosign/image"|' img/index.json
    does "cosign verifies the image" cosign verify --insecure-ignore-tlog --key p256.pub --local-image img
else
    skip "cosign is not installed: no image was compared with it"
fi
# Wrong PINs lock no SoftHSM; another token whose key has the same name is another key.
does "a second token" softhsm2-util --init-token --free --label other --so-pin 12345678 --pin 1234
does "with a key of the same name" softhsm2-util --import pkcs8.pem --token other --label p256 --id 01 --pin 1234
wants "which token?" 3 "the URI means 2 tokens" sign -k 'pkcs11:object=p256?pin-source=pin' file
wants "this one" 0 "messageSignature" sign -k "${uri}p256?pin-source=pin" file
finish
