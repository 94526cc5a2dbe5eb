#!/usr/bin/env python3
"""make_archive.py - writes archives as docker save does, honest and broken ones, for docker_archive.sh.

usage: make_archive.py FILE [WHAT]: one image app:1 of two layers; WHAT changes it:
  gzip           the layers are compressed
  two            a second image, other:1, whose layer is a link to one of the first
  swapped        a layer is not the one that the config says
  fewer          manifest.json names a layer too few
  escape         a layer is a link that leads out of the archive
  circle         a layer is a link to itself
  no-config      the config is not there
  twice          manifest.json says two configs
"""
import gzip
import hashlib
import io
import json
import sys
import tarfile

what = sys.argv[2] if len(sys.argv) > 2 else ""


def packed(name, data):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        add(tar, name, data)
    return out.getvalue()


def add(tar, name, data):
    info = tarfile.TarInfo(name)
    info.size = len(data)
    tar.addfile(info, io.BytesIO(data))


def link(tar, name, target):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = tarfile.SYMTYPE, target
    tar.addfile(info)


layers = [packed("one", b"1" * 100), packed("two", b"2" * 100000)]
config = json.dumps({"architecture": "amd64", "os": "linux", "rootfs": {
    "type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(x).hexdigest() for x in layers]}}).encode()
other = json.dumps({"architecture": "amd64", "os": "linux", "rootfs": {
    "type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(layers[1]).hexdigest()]}}).encode()
images = [{"Config": "c.json", "RepoTags": ["app:1"], "Layers": ["a/layer.tar", "b/layer.tar"]}]
with tarfile.open(sys.argv[1], "w") as out:
    if what != "no-config":
        add(out, "c.json", config)
    for name, data in zip(images[0]["Layers"], layers):
        if what == "swapped" and name[0] == "b":
            data = data.replace(b"2", b"3")
        if what in ("escape", "circle") and name[0] == "b":
            link(out, name, "../../etc/passwd" if what == "escape" else "layer.tar")
        else:
            add(out, name, gzip.compress(data, mtime=0) if what == "gzip" else data)
    if what == "two":
        add(out, "o.json", other)
        link(out, "d/layer.tar", "../b/layer.tar")
        images.append({"Config": "o.json", "RepoTags": ["other:1"], "Layers": ["d/layer.tar"]})
    if what == "fewer":
        images[0]["Layers"].pop()
    text = json.dumps(images)
    add(out, "manifest.json", (text.replace('[{', '[{"Config": "x", ', 1) if what == "twice" else text).encode())
