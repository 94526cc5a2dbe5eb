#!/usr/bin/env python3
"""net_worker.py - speaks to merlon-net as merlon does, to try the rules that only it can keep: which addresses a
request may reach once names are resolved, which schemes, how much of an answer. For registry.sh.

usage: net_worker.py MERLON-NET PORT: a server of registry_server.py listens on that port. Prints a line a failure and
"N passed, N failed".
"""
import os
import socket
import struct
import sys

START, READY, CALL, RESULT, FAILED = 1, 2, 3, 4, 5
NONE, LOOPBACK, ORDINARY = 0, 1, 2  # guards of http.h
GET = 0
DENIED, SYNTAX = 7, 3  # statuses of base/status.h, without their sign
program, port = sys.argv[1], sys.argv[2]
counts = [0, 0]


class Worker:
    def __init__(self):
        self.channel, theirs = socket.socketpair()
        self.pid = os.fork()
        if self.pid == 0:
            os.dup2(theirs.fileno(), 3, inheritable=True)
            os.execve(program, ["merlon", "worker"], {})
        theirs.close()
        self.number = 0

    def send(self, kind, body):
        self.number += 1
        self.channel.sendall(struct.pack("<IHHII", 0x574C524D, kind, 0, self.number, len(body)) + body)

    def receive(self):
        magic, kind, _, number, length = struct.unpack("<IHHII", self.take(16))
        assert magic == 0x574C524D and number == self.number
        return kind, self.take(length)

    def take(self, n):
        data = b""
        while len(data) < n:
            more = self.channel.recv(n - len(data))
            assert more, "the worker is gone"
            data += more
        return data


def text(b):
    return struct.pack("<I", len(b)) + b


def request(url, guard, body_max=1 << 20):
    return text(url.encode()) + text(b"*/*") + text(b"") * 7 + struct.pack("<IIQI", GET, guard, body_max, 5000)


def check(name, good):
    counts[0 if good else 1] += 1
    if not good:
        print(f"FAIL merlon-net: {name}")


worker = Worker()
worker.send(START, struct.pack("<QI", 1 << 30, 60))
kind, body = worker.receive()
check("it gets ready", kind == READY and len(body) == 4)
layers = struct.unpack("<I", body)[0]  # those that this kernel has


def ask(body):
    worker.send(CALL, text(b"http") + body)
    kind, answer = worker.receive()
    return kind, struct.unpack("<I", answer[:4])[0], answer


for host in ("127.0.0.1", "localhost"):
    url = f"http://{host}:{port}/v2/plain/app/manifests/v1"
    check(f"{host} when the user named it", ask(request(url, NONE))[:2] == (RESULT, 200))
    check(f"{host} from a loopback registry", ask(request(url, LOOPBACK))[:2] == (RESULT, 200))
    kind, status, answer = ask(request(url, ORDINARY))
    check(f"{host} from any other", (kind, status) == (FAILED, DENIED) and b"may not send us" in answer)
for url in ("http://169.254.169.254/", "http://[::ffff:169.254.169.254]/", "http://0.0.0.0:%s/" % port):
    kind, status, answer = ask(request(url, LOOPBACK))
    check(url, (kind, status) == (FAILED, DENIED) and b"may not send us" in answer)
for url in ("file:///etc/hosts", "ftp://127.0.0.1/", "gopher://127.0.0.1/", "nonsense"):
    check(url, ask(request(url, NONE))[0] == FAILED)
kind, status, answer = ask(request(f"http://127.0.0.1:{port}/v2/plain/app/manifests/v1", NONE, 10))
check("no more than was asked for", kind == RESULT and answer[4] == 1 and len(answer) < 1000)
good = request(f"http://127.0.0.1:{port}/", NONE)
for cut in (0, 1, 10, len(good) - 1):
    check(f"a request cut at {cut}", ask(good[:cut])[:2] == (FAILED, SYNTAX))
check("and it still answers", ask(good)[0] == RESULT)
with open(f"/proc/{worker.pid}/status", encoding="ascii") as f:
    state = dict(line.rstrip("\n").split(":\t", 1) for line in f if ":\t" in line)
check("it has a filter and no privileges to gain", state["NoNewPrivs"] == "1" and (state["Seccomp"] == "2" or not layers & 8))
worker.channel.close()
os.waitpid(worker.pid, 0)
print(f"{counts[0]} passed, {counts[1]} failed")
