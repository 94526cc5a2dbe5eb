#!/bin/sh
# make_image.sh - writes a small image as an OCI layout, with nothing but tar, gzip and sha256sum.
# usage: make_image.sh FOLDER TAG FILE...: one layer with these files. A tag that is there is moved, and what else the
# layout lists (signatures) stays, as it does when somebody pushes a tag again.
set -eu
folder=$1 tag=$2
shift 2
mkdir -p "$folder/blobs/sha256"
printf '{"imageLayoutVersion": "1.0.0"}' >"$folder/oci-layout"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

blob() { # FILE: stores it and prints "DIGEST SIZE"
    digest=$(sha256sum "$1" | cut -d' ' -f1)
    cp "$1" "$folder/blobs/sha256/$digest"
    echo "sha256:$digest $(wc -c <"$1")"
}
descriptor() { # TYPE DIGEST SIZE [MORE]
    printf '{"mediaType": "application/vnd.oci.image.%s", "digest": "%s", "size": %s%s}' "$1" "$2" "$3" "${4:-}"
}

tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -cf "$work/layer.tar" "$@"
diff=$(sha256sum "$work/layer.tar" | cut -d' ' -f1)
gzip -n "$work/layer.tar"
# shellcheck disable=SC2046
layer=$(descriptor layer.v1.tar+gzip $(blob "$work/layer.tar.gz"))
printf '{"architecture": "amd64", "os": "linux", "rootfs": {"type": "layers", "diff_ids": ["sha256:%s"]}}' "$diff" \
    >"$work/config"
# shellcheck disable=SC2046
config=$(descriptor config.v1+json $(blob "$work/config"))
printf '{"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json", "config": %s, "layers": [%s]}' \
    "$config" "$layer" >"$work/manifest"
# shellcheck disable=SC2046
set -- $(blob "$work/manifest")
entry=$(descriptor manifest.v1+json "$1" "$2" ", \"annotations\": {\"org.opencontainers.image.ref.name\": \"$tag\"}")
python3 - "$folder/index.json" "$tag" "$entry" <<'END'
import json, pathlib, sys
file, tag, entry = pathlib.Path(sys.argv[1]), sys.argv[2], json.loads(sys.argv[3])
old = json.loads(file.read_text())["manifests"] if file.exists() else []
kept = [m for m in old if m.get("annotations", {}).get("org.opencontainers.image.ref.name") != tag]
file.write_text(json.dumps({"schemaVersion": 2, "manifests": kept + [entry]}))
END
echo "$1"
