#!/usr/bin/env python3
"""registry_store.py - a registry that can be written to and lists referrers itself, for push.sh.

usage: registry_store.py PORT-FILE: writes its port when it listens on loopback. Everything is in memory. The first part of
a repository's name says how it behaves as soon as it has the image v1: "good"; "mute" does not know `subject`; "liar"
answers another digest to a push; "elsewhere" sends uploads to a metadata service; "busy" answers 429 to an upload; "race"
loses what is written to a list below a tag the first time; "full" refuses uploads with 413.
"""
import hashlib
import http.server
import json
import pathlib
import re
import sys
import urllib.parse

INDEX = "application/vnd.oci.image.index.v1+json"
blobs, manifests, tags, kinds, met = {}, {}, {}, {}, {}


def digest_of(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body=b"", kind="application/json", **fields):
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": len(body), **fields}.items():
            self.send_header(name.replace("_", "-"), str(value))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def parts(self):
        url = urllib.parse.urlsplit(self.path)
        match = re.fullmatch(r"/v2/(.+?)/(blobs/uploads|blobs|manifests|referrers)/(.*)", url.path)
        return (*match.groups(), urllib.parse.parse_qs(url.query)) if match else (None, None, None, {})

    def body(self):
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def first(self, what):
        met[what] = met.get(what, 0) + 1
        return met[what] == 1

    def do_HEAD(self):
        self.do_GET()

    def do_GET(self):
        repo, what, name, _ = self.parts()
        if what == "blobs" and (repo, name) in blobs:
            return self.answer(200, blobs[repo, name], "application/octet-stream")
        if what == "manifests":
            digest = tags.get((repo, name), name)
            if (repo, digest) in manifests:
                return self.answer(200, manifests[repo, digest], kinds[digest], Docker_Content_Digest=digest)
        if what == "referrers" and not repo.startswith(("mute", "race")):
            found = []
            for (r, digest), text in manifests.items():
                m = json.loads(text)
                if r == repo and m.get("subject", {}).get("digest") == name:
                    found.append({"mediaType": kinds[digest], "digest": digest, "size": len(text),
                                  "artifactType": m.get("artifactType", m.get("config", {}).get("mediaType"))})
            return self.answer(200, json.dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": found}).encode(),
                               INDEX)
        return self.answer(404)

    def do_POST(self):
        repo, what, _, _ = self.parts()
        self.body()
        if what != "blobs/uploads":
            return self.answer(404)
        there = (repo, "v1") in tags  # the image itself is taken, whoever it is
        if there and repo.startswith("full"):
            return self.answer(413, b'{"errors": [{"code": "SIZE_INVALID", "message": "quota"}]}')
        if there and repo.startswith("busy") and self.first("busy"):
            return self.answer(429, Retry_After="0")
        place = "http://169.254.169.254/" if there and repo.startswith("elsewhere") else f"/v2/{repo}/blobs/uploads/one?state=x"
        return self.answer(202, Location=place)

    def do_PUT(self):
        repo, what, name, query = self.parts()
        data = self.body()
        digest = digest_of(data)
        if what == "blobs/uploads":
            if query.get("digest") != [digest]:
                return self.answer(400)
            blobs[repo, digest] = data
        elif what == "manifests":
            if name.startswith("sha256-") and repo.startswith("race") and self.first("race"):
                return self.answer(201, Docker_Content_Digest=digest)  # another writer replaced it at once
            manifests[repo, digest], kinds[digest] = data, self.headers["Content-Type"]
            if not name.startswith("sha256:"):
                tags[repo, name] = digest
        else:
            return self.answer(404)
        said = "sha256:" + "0" * 64 if repo.startswith("liar") else digest
        subject = what == "manifests" and json.loads(data).get("subject", {}).get("digest")
        fields = {"OCI_Subject": subject} if subject and not repo.startswith(("mute", "race")) else {}
        return self.answer(201, Docker_Content_Digest=said, **fields)


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
pathlib.Path(sys.argv[1]).write_text(str(server.server_address[1]))
server.serve_forever()
