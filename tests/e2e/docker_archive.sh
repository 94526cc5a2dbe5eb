#!/bin/sh
# docker_archive.sh - images in archives of docker save: which image, which digest, and why nobody can say whether it
# is signed. `image verify` is the command that reads them.
# usage: docker_archive.sh MERLON
. "$(dirname "$0")/../kit.sh"
make=$root/tests/e2e/make_archive.py
command -v openssl >/dev/null 2>&1 || {
    skip "docker_archive: openssl is not installed"
    finish
    exit
}
openssl ecparam -name prime256v1 -genkey -noout -out k.key 2>/dev/null
openssl ec -in k.key -pubout -out k.pub 2>/dev/null
# says NAME CODE TEXT IMAGE
says() { wants "$1" "$2" "$3" image verify --key k.pub "$4"; }
digest() { # IMAGE: the digest that merlon derives
    "$merlon" image verify --key k.pub "$1" 2>&1 | grep -o 'sha256:[0-9a-f]\{64\}' | head -n 1
}
same() { # NAME A B
    if [ -n "$2" ] && [ "$2" = "$3" ]; then ok; else bad "$1: $2 and $3"; fi
}

for kind in plain gzip two swapped fewer escape circle no-config twice; do
    python3 "$make" $kind.tar $kind || bad "make_archive.py $kind"
done
says "the only image: unknown, with the reason" 3 "holds neither signatures nor the manifest that was signed" docker-archive:plain.tar
says "an image by name" 3 "neither signatures" docker-archive:plain.tar:app:1
says "the same by its long name" 3 "neither signatures" docker-archive:plain.tar:docker.io/library/app:1
says "no such image" 3 "has no image app:2" docker-archive:plain.tar:app:2
says "which of two" 3 "has 2 images: name one" docker-archive:two.tar
says "one of two, whose layer is a link" 3 "neither signatures" docker-archive:two.tar:other:1
says "compressed layers" 3 "neither signatures" docker-archive:gzip.tar
says "a digest of a registry" 3 "keeps no digest of a registry" "docker-archive:plain.tar:app:1@sha256:$(printf 0 | sha256sum | cut -d' ' -f1)"
says "a layer that was swapped" 3 "is not the one of the image's config" docker-archive:swapped.tar
says "a layer too few" 3 "names 1 layers, the image's config 2" docker-archive:fewer.tar
says "a link out of the archive" 3 "has no b/layer.tar" docker-archive:escape.tar
says "a link in a circle" 3 "has no b/layer.tar" docker-archive:circle.tar
says "no config" 3 "has no c.json" docker-archive:no-config.tar
says "two configs" 3 "manifest.json" docker-archive:twice.tar
says "no archive" 3 "nix" docker-archive:nix
head -c 3000 plain.tar >cut.tar
says "an archive that was cut" 3 "cut.tar" docker-archive:cut.tar
wants "nothing is signed in it" 3 "no place for signatures" image sign --key k.key docker-archive:plain.tar

# --- the digest: that of an OCI manifest of what lies there, computed here by other means ---
expected=$(python3 - plain.tar <<'EOT'
import hashlib, json, sys, tarfile
T, tar = "application/vnd.oci.image.", tarfile.open(sys.argv[1])
def part(kind, name):
    data = tar.extractfile(name).read()
    return {"mediaType": T + kind, "digest": "sha256:" + hashlib.sha256(data).hexdigest(), "size": len(data)}
m = {"schemaVersion": 2, "mediaType": T + "manifest.v1+json", "config": part("config.v1+json", "c.json"),
     "layers": [part("layer.v1.tar", n) for n in ("a/layer.tar", "b/layer.tar")]}
print("sha256:" + hashlib.sha256(json.dumps(m, separators=(",", ":")).encode()).hexdigest())
EOT
)
same "the digest of the derived manifest" "$(digest docker-archive:plain.tar)" "$expected"
python3 "$make" again.tar plain
same "the same archive, the same digest" "$(digest docker-archive:plain.tar)" "$(digest docker-archive:again.tar)"
same "an image by its own derived digest" "$(digest docker-archive:plain.tar)" \
    "$(digest "docker-archive:plain.tar:app:1@$(digest docker-archive:plain.tar)")"
if [ "$(digest docker-archive:plain.tar)" != "$(digest docker-archive:gzip.tar)" ]; then ok; else bad "compressed layers are other bytes"; fi

# --- skopeo's archives ---
command -v skopeo >/dev/null 2>&1 || {
    skip "skopeo is not installed: nothing was compared with it"
    finish
    exit
}
skopeo copy -q docker-archive:plain.tar:app:1 oci:layout:v1 >out 2>err && ok || bad "skopeo reads our archive"
skopeo copy -q oci:layout:v1 docker-archive:theirs.tar:shop/app:2 >out 2>err && ok || bad "skopeo writes an archive"
says "an archive of skopeo" 3 "neither signatures" docker-archive:theirs.tar:shop/app:2
finish
