#!/bin/sh
# trust_policy.sh - images by the rules of merlon.yaml: `merlon image verify`, `check` and `ci`.
# usage: trust_policy.sh MERLON
# shellcheck source=tests/kit.sh
. "$(dirname "$0")/../kit.sh"
make=$root/tests/e2e/make_layout.py

if ! command -v openssl >/dev/null 2>&1; then
    skip "trust policies: openssl is not installed"
    finish
    exit
fi
for key in one two three; do
    openssl ecparam -name prime256v1 -genkey -noout -out $key.key 2>/dev/null
    openssl ec -in $key.key -pubout -out $key.pub 2>/dev/null
done
"$make" web one.key bundle slsa
"$make" api two.key bundle
"$make" swapped one.key bundle swapped
cp -r web both && printf '{"imageLayoutVersion": "1.0.0"}' >both/oci-layout
R=registry.example.com/shop

rules() { # TEXT: merlon.yaml with two signers and these rules
    printf 'signers:\n  - {name: release, key: one.pub}\n  - {name: lead, key: two.pub}\nimages:\n%s\n' "$1" >merlon.yaml
}

# --- one decision an image ---
rules "  - {match: [\"$R/*\"], signers: [release]}
  - {match: [\"docker.io/library/*\"], accept: anything}
  - {match: [\"evil.example.com/**\"], accept: nothing}"
web="--image $R/web:1=oci:web:v1" api="--image $R/api:1=oci:api:v1"
# shellcheck disable=SC2086
verify() { # NAME CODE TEXT ARGUMENT...
    name=$1 code=$2 text=$3
    shift 3
    wants "$name" "$code" "$text" image verify $web $api "$@"
}
verify "signed as the rule asks" 0 "signed by release" $R/web:1
verify "the rule is told" 0 "rule for $R/*: signatures are needed" $R/web:1
verify "the digest is told" 0 "sha256:" $R/web:1
verify "signed by another signer" 1 "has 0 of the 1 signatures that it needs, by release" $R/api:1
verify "anything goes where the rule says so" 0 "anything is accepted" redis:7
verify "a short name is the long one" 0 "anything is accepted" docker.io/library/redis:7
verify "nothing goes where the rule says so" 1 "MLN-SIG-001" evil.example.com/a/b:1
verify "no rule is no pass" 3 "no rule of merlon.yaml is about this image" quay.io/x/y:1
verify "no name is no pass" 3 "names no image" "{{ .Values.image }}"
verify "several: the worst decides" 1 "4 images: 2 pass, 1 fail, 1 unknown" $R/web:1 $R/api:1 redis quay.io/x/y
verify "as JSON" 1 '"schema": "merlon.evidence/1"' -f json $R/web:1 $R/api:1
verify "a registry that cannot be reached" 3 "1 unknown" --timeout 2s --plain-http registry.invalid/a:1
verify "a dry run refuses nothing" 0 "1 would be admitted, 1 refused, 1 unknown" --dry-run $R/web:1 $R/api:1 quay.io/x/y
head -c 600 /dev/zero | tr '\0' x >nonsense.tar
wants "and why it cannot" 3 "cannot be read: not a whole tar archive" image verify --image $R/web:1=oci:nonsense.tar $R/web:1
printf '# what runs\n%s/web:1\n\n  %s/api:1\n' $R $R >list
verify "images of a list" 1 "2 images: 1 pass, 1 fail" --images-from list
verify "no image at all" 2 "name an image"
wants "another digest than the name pins" 1 "it has the digest" image verify \
    --image "$R/web@sha256:$(printf '%064d' 0)=oci:web:v1" "$R/web@sha256:$(printf '%064d' 0)"
wants "an image that was swapped after it was signed" 1 "MLN-SIG-001 critical" image verify \
    --image $R/web:1=oci:swapped:v1 $R/web:1
wants "--key and rules do not mix" 2 "goes with the rules" image verify --key one.pub --dry-run oci:web:v1
wants "--image wants a place" 3 "NAME=PLACE" image verify --image $R/web:1 $R/web:1

: >empty.jsonl
wants "a suite without cases proves nothing" 3 "no case was found" conformance rego empty.jsonl

# --- thresholds, attestations, time ---
rules "  - {match: [\"**\"], threshold: 2}"
verify "two of two" 1 "has 1 of the 2 signatures" $R/web:1
rules "  - match: ['**']
    signers: [release]
    attestations:
      - {type: slsaprovenance1, builders: ['https://example.com/**'], sources: ['https://example.com/shop']}"
verify "builder and source are the expected ones" 0 "attested by release" $R/web:1
rules "  - match: ['**']
    signers: [release]
    attestations: [{type: slsaprovenance1, builders: ['https://builder.example.org/*']}]"
verify "another builder" 1 "MLN-SIG-003" $R/web:1
rules "  - match: ['**']
    signers: [release]
    attestations: [{type: slsaprovenance1, sources: ['https://example.com/fork']}]"
verify "another source" 1 "was built from https://example.com/shop" $R/web:1
rules "  - match: ['**']
    signers: [release]
    attestations: [{type: slsaprovenance1, refs: ['refs/heads/main']}]"
verify "no branch is said" 1 "MLN-SIG-005" $R/web:1
rules "  - match: ['**']
    signers: [release]
    attestations: [{type: cyclonedx}]"
verify "no such attestation" 1 "has 0 of the 1 attestations https://cyclonedx.org/bom" $R/web:1
printf 'signers: [{name: release, key: one.pub, until: 2020-01-01}]\nimages: [{match: ["**"]}]\n' >merlon.yaml
verify "a key that was withdrawn" 1 "release is believed until 2020-01-01" $R/web:1
printf 'signers: [{name: release, key: one.pub, from: 2099-01-01}]\nimages: [{match: ["**"]}]\n' >merlon.yaml
verify "a key of the future" 1 "believed from 2099-01-01" $R/web:1

# --- what is wrong is told ---
wrong() { # NAME TEXT YAML
    printf '%s\n' "$3" >merlon.yaml
    wants "$1" 3 "$2" image verify $R/web:1
}
rules "  - {match: ['**'], signers: [releas]}"
wants "a signer that nobody is" 3 "did you mean release?" image verify $R/web:1
wrong "a signer without a key" "it needs a key, or an identity and an issuer" 'signers: [{name: a}]
images: [{match: ["**"]}]'
wrong "an identity without a root" "needs a trusted-root" 'signers: [{name: a, identity: x, issuer: https://x}]
images: [{match: ["**"]}]'
wrong "a key that is not there" "nix.pub" 'signers: [{name: a, key: nix.pub}]
images: [{match: ["**"]}]'
wrong "a threshold that nobody reaches" "a threshold of 2 of 1 signers" 'signers: [{name: a, key: one.pub}]
images: [{match: ["**"], threshold: 2}]'
wrong "nobody may sign" "nobody may sign" 'images: [{match: ["**"]}]'
wrong "two of a name" "another signer has that name" 'signers: [{name: a, key: one.pub}, {name: a, key: two.pub}]
images: [{match: ["**"]}]'
wrong "a glob that is none" "rule 1 of images" 'signers: [{name: a, key: one.pub}]
images: [{match: ["[a"]}]'
wrong "a type that is none" "is no URI" 'signers: [{name: a, key: one.pub}]
images: [{match: ["**"], attestations: [{type: bom}]}]'
wrong "an unknown key" "did you mean 'threshold'" 'images: [{match: ["**"], treshold: 1}]'
wrong "no match" "lacks match" 'images: [{signers: [a]}]'
wrong "without rules" "write rules of images" 'gate: high'

# --- the same in check and ci ---
rules "  - {match: [\"$R/*\"], signers: [release]}"
mkdir k8s
cat >k8s/web.yaml <<END
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  template:
    spec:
      initContainers: [{name: i, image: "$R/web:1"}]
      containers:
        - {name: web, image: "$R/web:1"}
        - {name: api, image: "$R/api:1"}
END
# shellcheck disable=SC2086
{
    wants "check: not asked is unknown" 1 "its signatures were not asked for" check k8s
    wants "check: the place of the image" 1 "k8s/web.yaml:10:30 merlon/Image $R/api:1" check -v $web $api k8s
    wants "check: each image once" 1 '"subject": "image:'$R'/api:1"' check -f json $web $api k8s
}
[ "$(grep -o '"subject": *"image:[^"]*"' out | sort | uniq -c | wc -l)" = 1 ] && ok || bad "check: the image that is signed has no finding"
"$merlon" image verify -f json $web $api $R/web:1 $R/api:1 >evidence.json
wants "check: evidence that was gathered before" 1 "$R/api:1" check -v --evidence evidence.json k8s
sed 's/"signers": "sha256:./"signers": "sha256:g/' evidence.json >old.json
wants "check: evidence for other signers" 1 "other signers than merlon.yaml has now" check -v --evidence old.json k8s
wants "check: evidence that is none" 3 "is no evidence" check --evidence merlon.yaml k8s
: >none.yaml
wants "check: asking without rules" 3 "has no rules of images" check --config none.yaml --verify-images k8s
if command -v git >/dev/null 2>&1; then
    git init -q . && git add -A && git -c user.name=a -c user.email=a@b commit -qm one
    # shellcheck disable=SC2086
    wants "ci: a signature that fails is new, whatever the base says" 1 "1 new finding" ci --base HEAD \
        $web $api --lock lock.json k8s
    grep -q '"subjects": 2' lock.json && ok || bad "ci: the lock names the evidence"
    wants "ci: the same evidence from a file gives the same answer" 1 "1 new finding" ci --locked lock.json \
        --base HEAD --evidence evidence.json k8s
    said "in the lock" && bad "ci: nothing differs from the lock" || ok
    wants "a source that is not signed" 1 '"schema": "merlon.source/1"' source verify -f json
    cp out source.json
    wants "ci: and that gates, too" 1 MLN-SRC-001 ci --base HEAD --evidence evidence.json --evidence source.json k8s
else
    skip "ci: git is not installed"
fi
finish
