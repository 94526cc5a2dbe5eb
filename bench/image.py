#!/usr/bin/env python3
"""image.py - `merlon image verify` by key over loopback, beside cosign, in one run.

usage: image.py MERLON [RUNS]: starts docker-registry, puts in one image that cosign signs (without cosign: one that
tests/e2e/make_layout.py signs), and measures whole commands: median and least wall time, processor time of the
command and its children, and the largest process. The last row is what the registry itself takes to answer merlon's
requests over one open connection: no client can be faster.
"""
import http.client
import os
import pathlib
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

merlon, runs = str(pathlib.Path(sys.argv[1]).resolve()), int(sys.argv[2]) if len(sys.argv) > 2 else 31
here = pathlib.Path(__file__).resolve().parent.parent / "tests/e2e"
quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


def row(label, command):
    walls, cpus = [], []
    for _ in range(runs):
        begin = time.perf_counter()
        process = subprocess.Popen(command, **quiet)
        _, status, used = os.wait4(process.pid, 0)
        walls.append((time.perf_counter() - begin) * 1e3)
        cpus.append((used.ru_utime + used.ru_stime) * 1e3)
        if status != 0:
            sys.exit(f"{label}: failed")
    # By a small program: a process that this one starts begins with this one's size.
    peak = int(subprocess.run(["/usr/bin/time", "-f", "%M", *command], capture_output=True, text=True).stderr.split()[-1])
    print(f"{label:34} {statistics.median(walls):7.1f} ms median {min(walls):7.1f} ms least "
          f"{statistics.median(cpus):7.1f} ms CPU {peak / 1024:6.1f} MiB")


def floor(host, paths):
    walls = []
    for _ in range(runs):
        connection = http.client.HTTPConnection(host)
        begin = time.perf_counter()
        for path in paths:
            connection.request("GET", path)
            connection.getresponse().read()
        walls.append((time.perf_counter() - begin) * 1e3)
    print(f"{'the registry alone, %d requests' % len(paths):34} {statistics.median(walls):7.1f} ms median {min(walls):7.1f} ms least")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def sign(host):
    """An image shop/web:1 with a signature by key.pub. True when cosign made it."""
    subprocess.run("openssl ecparam -name prime256v1 -genkey -noout -out k && openssl ec -in k -pubout -out key.pub",
                   shell=True, check=True, **quiet)
    subprocess.run([here / "make_layout.py", "layout", "k"] + ([] if shutil.which("cosign") else ["bundle"]), check=True)
    (pathlib.Path("layout/index.json")).write_text(pathlib.Path("layout/index.json").read_text().replace('"v1"', '"1"'))
    subprocess.run([here / "registry_push.py", "layout", host, "shop/web"], check=True)
    if not shutil.which("cosign"):
        return False
    subprocess.run("cosign generate-key-pair && mv cosign.pub key.pub && cosign signing-config create --out none.json && "
                   f"cosign sign -y --key cosign.key --signing-config none.json --allow-insecure-registry {host}/shop/web:1",
                   shell=True, check=True, env={**os.environ, "COSIGN_PASSWORD": ""}, **quiet)
    return True


def main():
    if not shutil.which("docker-registry"):
        return print("image: docker-registry is not installed")
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        port = free_port()
        pathlib.Path("r.yml").write_text("version: 0.1\nlog: {level: error, accesslog: {disabled: true}}\nstorage: {filesystem: {rootdirectory: %s/data}}\n"
                                         "http: {addr: '127.0.0.1:%d'}\n" % (folder, port))
        server = subprocess.Popen(["docker-registry", "serve", "r.yml"], **quiet)
        try:
            time.sleep(1)
            host = f"127.0.0.1:{port}"
            by_cosign = sign(host)
            key = ["image", "verify", "--key", "key.pub"]
            row("merlon image verify, registry", [merlon, *key, f"{host}/shop/web:1"])
            if by_cosign:
                row("cosign verify, registry", ["cosign", "verify", "--key", "key.pub", "--insecure-ignore-tlog=true",
                                                "--allow-http-registry", f"{host}/shop/web:1"])
            log = subprocess.run([merlon, *key, "--log-level", "debug", f"{host}/shop/web:1"], capture_output=True, text=True).stderr
            paths = [w.split(host)[1].strip('"}') for line in log.splitlines() for w in line.split() if f"http://{host}/" in w]
            floor(host, paths)
        finally:
            server.terminate()
            server.wait()


main()
