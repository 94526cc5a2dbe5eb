#!/usr/bin/env python3
"""make_layout.py - writes OCI layouts with signatures for trust.sh, with openssl and nothing of ours.

usage: make_layout.py FOLDER KEY [WHAT...]: an image tagged v1 and for each WHAT one candidate:
  bundle, sig, att    a Sigstore bundle that refers to it; cosign 1's signature tag; its attestation tag
  slsa, broken-slsa   an attestation tag with provenance; one whose predicate is a number
  other-image         a bundle whose statement is about another digest
  bad-signature       a bundle with one bit changed
  lying-subject       a bundle whose manifest refers to another image
  swapped             the image's manifest changes after it was signed
"""
import base64
import hashlib
import json
import pathlib
import subprocess
import sys

BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json"
SIMPLE = "application/vnd.dev.cosign.simplesigning.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"


def b64(data):
    return base64.b64encode(data).decode()


class Layout:
    def __init__(self, folder, key):
        self.root, self.key, self.listed = pathlib.Path(folder), key, []
        (self.root / "blobs/sha256").mkdir(parents=True, exist_ok=True)
        (self.root / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')

    def blob(self, data, media_type, **more):
        digest = hashlib.sha256(data).hexdigest()
        (self.root / "blobs/sha256" / digest).write_bytes(data)
        return {"mediaType": media_type, "digest": "sha256:" + digest, "size": len(data), **more}

    def manifest(self, layers, tag=None, **more):
        config = self.blob(b"{}", "application/vnd.oci.empty.v1+json")
        body = {"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": layers, **more}
        d = self.blob(json.dumps(body).encode(), MANIFEST)
        if tag:
            d["annotations"] = {"org.opencontainers.image.ref.name": tag}
        self.listed.append(d)
        return d

    def sign(self, data):
        return subprocess.run(["openssl", "dgst", "-sha256", "-sign", self.key], input=data,
                              capture_output=True, check=True).stdout

    def close(self):
        (self.root / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": self.listed}))


SLSA = "https://slsa.dev/provenance/v1"
PROVENANCE = {"buildDefinition": {"buildType": "https://example.com/make", "externalParameters": {"target": "all"},
                                  "resolvedDependencies": [{"uri": "git+https://example.com/shop",
                                                            "digest": {"gitCommit": "0123456789" * 4}}]},
              "runDetails": {"builder": {"id": "https://example.com/\u001bbuilder"}}}


def statement(digest, predicate_type="https://sigstore.dev/cosign/sign/v1", predicate=None):
    return json.dumps({"_type": "https://in-toto.io/Statement/v1", "predicateType": predicate_type,
                       "subject": [{"digest": {"sha256": digest.split(":")[1]}}], "predicate": {} if predicate is None else predicate}).encode()


def envelope(layout, payload):
    kind = "application/vnd.in-toto+json"
    pae = b"DSSEv1 %d %s %d %s" % (len(kind), kind.encode(), len(payload), payload)
    return {"payload": b64(payload), "payloadType": kind, "signatures": [{"sig": b64(layout.sign(pae)), "keyid": ""}]}


def add_bundle(layout, image, about=None, spoil=False, subject=None):
    e = envelope(layout, statement(about or image["digest"]))
    if spoil:
        sig = bytearray(base64.b64decode(e["signatures"][0]["sig"]))
        sig[-1] ^= 1
        e["signatures"][0]["sig"] = b64(bytes(sig))
    body = {"mediaType": BUNDLE, "verificationMaterial": {"publicKey": {"hint": "x"}}, "dsseEnvelope": e}
    layer = layout.blob(json.dumps(body).encode(), BUNDLE)
    layout.manifest([layer], artifactType=BUNDLE, subject=subject or {k: image[k] for k in ("mediaType", "digest", "size")})


def add_tag(layout, image, suffix):
    if suffix == "sig":
        text = json.dumps({"critical": {"identity": {"docker-reference": ""},
                                        "image": {"docker-manifest-digest": image["digest"]},
                                        "type": "cosign container image signature"}, "optional": None}).encode()
        note = {"dev.cosignproject.cosign/signature": b64(layout.sign(text))}
        layer = layout.blob(text, SIMPLE, annotations=note)
    else:
        kinds = {"att": ("https://cyclonedx.org/bom", {}), "slsa": (SLSA, PROVENANCE), "broken-slsa": (SLSA, 7)}
        e = envelope(layout, statement(image["digest"], *kinds[suffix]))
        layer = layout.blob(json.dumps(e).encode(), "application/vnd.dsse.envelope.v1+json",
                            annotations={"dev.cosignproject.cosign/signature": ""})
    layout.manifest([layer], tag=image["digest"].replace(":", "-") + (".sig" if suffix == "sig" else ".att"))


def main():
    layout = Layout(sys.argv[1], sys.argv[2])
    image = layout.manifest([layout.blob(b"layer", "application/vnd.oci.image.layer.v1.tar")], tag="v1")
    other = "sha256:" + "0" * 64
    for what in sys.argv[3:]:
        if what in ("sig", "att", "slsa", "broken-slsa"):
            add_tag(layout, image, what)
        elif what == "swapped":
            path = layout.root / "blobs/sha256" / image["digest"].split(":")[1]
            path.write_bytes(path.read_bytes().replace(b'"layers"', b'"Layers"'))
        else:
            add_bundle(layout, image, about=other if what == "other-image" else None,
                       spoil=what == "bad-signature",
                       subject={"mediaType": MANIFEST, "digest": other, "size": 1} if what == "lying-subject" else None)
    layout.close()


main()
