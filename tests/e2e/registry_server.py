#!/usr/bin/env python3
"""registry_server.py - a registry with referrers that serves one OCI layout, honestly or not, for registry.sh.

usage: registry_server.py LAYOUT PORT-FILE [CERT KEY]: writes its port to PORT-FILE when it listens on loopback. The
first part of a repository's name says how it behaves (BEHAVIOURS below); "plain" is an honest one. The other host is
"localhost" where the registry is "127.0.0.1": it answers 500 to anybody who brings it credentials.
"""
import http.server
import json
import pathlib
import ssl
import sys
import time
import urllib.parse

LAYOUT = pathlib.Path(sys.argv[1])
INDEX = "application/vnd.oci.image.index.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
SECRET = "Basic dXNlcjpwYXNz"  # user:pass
seen = {}  # how often a behaviour was met


def blob(digest):
    path = LAYOUT / "blobs" / digest.replace(":", "/")
    return path.read_bytes() if path.exists() else None


def listed():
    return json.loads((LAYOUT / "index.json").read_text())["manifests"]


def digest_of(tag):
    for d in listed():
        if d.get("annotations", {}).get("org.opencontainers.image.ref.name") == tag:
            return d["digest"]
    return None


def referrers(digest):
    found = []
    for d in listed():
        m = json.loads(blob(d["digest"]))
        if m.get("subject", {}).get("digest") == digest:
            found.append({**d, "artifactType": m.get("artifactType", m["config"]["mediaType"])})
    return found


def index(items):
    return json.dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": items}).encode()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body=b"", kind="application/octet-stream", **fields):
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": len(body), **fields}.items():
            self.send_header(name.replace("_", "-"), str(value))
        self.end_headers()
        self.wfile.write(body)

    def origin(self):
        return f"http://127.0.0.1:{self.server.server_port}"

    def do_POST(self):
        form = urllib.parse.parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        good = form.get("refresh_token") == ["refresh"] and form["scope"] == ["repository:refresh/app:pull"]
        self.answer(200 if good else 401, b'{"access_token": "good"}' if good else b"")

    def do_GET(self):
        if self.path.startswith("http://r.example.invalid/"):  # asked as a proxy
            self.path = self.path[len("http://r.example.invalid"):]
        path, _, query = self.path.partition("?")
        if path == "/token":
            return self.token(urllib.parse.parse_qs(query))
        if path.startswith("/cdn/"):
            leaked = self.headers["Authorization"] or not self.headers["Host"].startswith("localhost")
            return self.answer(500 if leaked else 200, b"" if leaked else blob(path[5:]))
        parts = path.split("/")
        if len(parts) != 6 or parts[1] != "v2":
            return self.answer(404)
        way, _, kind, what = parts[2:]
        seen[way] = seen.get(way, 0) + 1
        return getattr(self, "way_" + way.replace("-", "_"), self.plain)(kind, what)

    def token(self, query):
        if query.get("service") != ["test"] or not query.get("scope", [""])[0].endswith("/app:pull"):
            return self.answer(400)
        if query["scope"] == ["repository:private/app:pull"] and self.headers["Authorization"] != SECRET:
            return self.answer(401)
        return self.answer(200, b'{"token": "good"}', "application/json")

    def plain(self, kind, what, note=""):
        if kind == "referrers":
            items = referrers(what)
            return self.answer(200, index(items), INDEX)
        digest = what if ":" in what else digest_of(what)
        body = blob(digest) if digest else None
        if body is None:
            return self.answer(404, b'{"errors": [{"code": "MANIFEST_UNKNOWN", "message": "no such"}]}', "application/json")
        fields = {"Docker_Content_Digest": note or digest} if kind == "manifests" else {}
        return self.answer(200, body, MANIFEST if kind == "manifests" else "application/octet-stream", **fields)

    # --- BEHAVIOURS: way_NAME ---
    def way_zstd(self, kind, what):  # an encoding that nobody asked for
        self.answer(200, b"(\xb5/\xfd", MANIFEST, Transfer_Encoding="zstd")

    def way_negotiate(self, kind, what):
        self.answer(401, b"", WWW_Authenticate="Negotiate")

    def way_fallback(self, kind, what):  # no API, the index is under a tag
        if kind == "referrers":
            return self.answer(404)
        if kind == "manifests" and what.startswith("sha256-") and "." not in what:
            return self.answer(200, index(referrers(what.replace("-", ":"))), INDEX)
        return self.plain(kind, what)

    def way_old(self, kind, what):  # neither API nor 404
        return self.answer(400) if kind == "referrers" else self.way_fallback(kind, what)

    def way_website(self, kind, what):
        return self.answer(200, b"<html>", "text/html") if kind == "referrers" else self.way_fallback(kind, what)

    def way_paged(self, kind, what):  # a page an item
        if kind != "referrers":
            return self.plain(kind, what)
        items = referrers(what)
        page = int(urllib.parse.parse_qs(self.path.partition("?")[2]).get("page", ["0"])[0])
        more = {"Link": f'<{self.path.partition("?")[0]}?page={page + 1}>; rel="next"'} if page + 1 < len(items) else {}
        return self.answer(200, index(items[page:page + 1]), INDEX, **more)

    def way_endless(self, kind, what):  # pages without end
        if kind != "referrers":
            return self.plain(kind, what)
        return self.answer(200, index([]), INDEX, Link=f'<{self.path.partition("?")[0]}?page=1>; rel="next"')

    def way_lying_header(self, kind, what):
        return self.plain(kind, what, note="sha256:" + "0" * 64)

    def way_wrong_bytes(self, kind, what):
        if kind != "blobs":
            return self.plain(kind, what)
        return self.answer(200, blob(what)[::-1])

    def way_wrong_manifest(self, kind, what):
        if kind == "manifests" and ":" in what:
            return self.answer(200, blob(what).replace(b"layers", b"Layers"), MANIFEST)
        return self.plain(kind, what)

    def way_too_long(self, kind, what):
        return self.answer(200, blob(what) + b" " * 100000) if kind == "blobs" else self.plain(kind, what)

    def way_moves(self, kind, what):  # the second look at a tag finds another image
        if kind == "manifests" and ":" not in what and seen["moves"] > 1 and what == "v1":
            return self.answer(200, b'{"schemaVersion": 2}', MANIFEST)
        return self.plain(kind, what)

    def way_metadata(self, kind, what):
        return self.answer(302, Location="http://169.254.169.254/latest/") if kind == "blobs" else self.plain(kind, what)

    def way_metadata_v6(self, kind, what):
        return self.answer(302, Location="http://[::ffff:a9fe:a9fe]/") if kind == "blobs" else self.plain(kind, what)

    def way_octal(self, kind, what):  # 127.0.0.1 as some resolvers read it
        return self.answer(302, Location="http://0x7f.1/") if kind == "blobs" else self.plain(kind, what)

    def way_file(self, kind, what):
        return self.answer(302, Location="file:///etc/passwd") if kind == "blobs" else self.plain(kind, what)

    def way_downgrade(self, kind, what):
        return self.answer(302, Location=f"http://127.0.0.1/{what}") if kind == "blobs" else self.plain(kind, what)

    def way_cdn(self, kind, what):
        if self.headers["Authorization"] != SECRET:
            return self.answer(401, WWW_Authenticate='Basic realm="x"')
        if kind != "blobs":
            return self.plain(kind, what)
        return self.answer(307, Location=f"http://localhost:{self.server.server_port}/cdn/{what}")

    def way_loop(self, kind, what):
        return self.answer(301, Location=self.path)

    def way_busy(self, kind, what):
        if seen["busy"] <= 2:
            return self.answer(429 if seen["busy"] == 1 else 503, Retry_After="0")
        return self.plain(kind, what)

    def way_closed(self, kind, what):
        return self.answer(429, Retry_After="3600")

    def way_slow(self, kind, what):
        time.sleep(5)
        return self.plain(kind, what)

    def way_drip(self, kind, what):  # a byte now and then: no single wait is long
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        for _ in range(50):
            self.wfile.write(b" ")
            time.sleep(0.1)

    def way_huge(self, kind, what):
        self.send_response(200)
        self.send_header("Connection", "close")
        self.end_headers()
        for _ in range(100):
            self.wfile.write(b" " * (1 << 20))

    def way_cut(self, kind, what):
        body = blob(digest_of(what) or what)
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[:10])
        self.close_connection = True

    def way_broken(self, kind, what):
        return self.answer(500, b'{"errors": [{"code": "UNKNOWN", "message": "red \\u001b[31m line\\nnext"}]}')

    def bearer(self, kind, what, realm):
        if self.headers["Authorization"] == "Bearer good":
            return self.plain(kind, what)
        return self.answer(401, WWW_Authenticate=f'Bearer realm="{realm}",service="test",scope="repository:x:push"')

    def way_bearer(self, kind, what):
        return self.bearer(kind, what, self.origin() + "/token")

    way_private = way_refresh = way_bearer

    def way_evil_realm(self, kind, what):
        return self.bearer(kind, what, "http://169.254.169.254/token")

    def way_odd_challenge(self, kind, what):
        return self.answer(401, WWW_Authenticate='Bearer realm="x')

    def way_digest_auth(self, kind, what):
        return self.answer(401, WWW_Authenticate='Digest realm="x", nonce="y"')

    def way_basic(self, kind, what):
        if self.headers["Authorization"] == SECRET:
            return self.plain(kind, what)
        return self.answer(401, WWW_Authenticate='Basic realm="x"')

    def way_forbidden(self, kind, what):
        return self.answer(403, b'{"errors": [{"code": "DENIED", "message": "not you"}]}', "application/json")


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        pass  # clients that hang up are what is tested


server = Server(("127.0.0.1", 0), Handler)
if len(sys.argv) > 4:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[3], sys.argv[4])
    server.socket = context.wrap_socket(server.socket, server_side=True)
part = pathlib.Path(sys.argv[2] + ".part")
part.write_text(str(server.server_port))
part.rename(sys.argv[2])
server.serve_forever()
