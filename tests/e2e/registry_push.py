#!/usr/bin/env python3
"""registry_push.py - puts an OCI layout into a registry, for scripts that shall need neither crane nor cosign: all
blobs, all manifests by digest and tag, and the index of referrers under the tag that stands for it.

usage: registry_push.py LAYOUT HOST:PORT REPOSITORY [CA USER:PASSWORD]: with a CA by https, as that user.
"""
import base64
import http.client
import json
import pathlib
import ssl
import sys
import urllib.parse

layout, host, repository = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3]
known = {}
if len(sys.argv) > 4:
    connection = http.client.HTTPSConnection(host, context=ssl.create_default_context(cafile=sys.argv[4]))
    known["Authorization"] = "Basic " + base64.b64encode(sys.argv[5].encode()).decode()
else:
    connection = http.client.HTTPConnection(host)
INDEX = "application/vnd.oci.image.index.v1+json"


def ask(method, url, body=None, **headers):
    connection.request(method, url, body, {**known, **{k.replace("_", "-"): v for k, v in headers.items()}})
    r = connection.getresponse()
    r.read()
    if r.status >= 300:
        sys.exit(f"{method} {url}: {r.status}")
    return r


def put_blob(digest, data):
    place = urllib.parse.urlsplit(ask("POST", f"/v2/{repository}/blobs/uploads/").headers["Location"])
    ask("PUT", f"{place.path}?{place.query}&digest={digest}", data, Content_Type="application/octet-stream")


def put_manifest(name, data, media_type):
    ask("PUT", f"/v2/{repository}/manifests/{name}", data, Content_Type=media_type)


def read(digest):
    return (layout / "blobs" / digest.replace(":", "/")).read_bytes()


listed = json.loads((layout / "index.json").read_text())["manifests"]
for path in sorted((layout / "blobs/sha256").iterdir()):
    put_blob("sha256:" + path.name, path.read_bytes())
refer = {}
for d in listed:
    put_manifest(d["digest"], read(d["digest"]), d["mediaType"])
    tag = d.get("annotations", {}).get("org.opencontainers.image.ref.name")
    if tag:
        put_manifest(tag, read(d["digest"]), d["mediaType"])
    m = json.loads(read(d["digest"]))
    if "subject" in m:
        refer.setdefault(m["subject"]["digest"], []).append({**d, "artifactType": m["artifactType"]})
for digest, items in refer.items():
    index = {"schemaVersion": 2, "mediaType": INDEX, "manifests": items}
    put_manifest(digest.replace(":", "-"), json.dumps(index).encode(), INDEX)
