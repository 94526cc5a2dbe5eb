#!/usr/bin/env python3
"""Compares `merlon policy fmt` with `opa fmt`, module by module.

usage: tools/fmt_diff.py [-v] [-k KNOWN] [MERLON] PATH...

A PATH is a .rego file, a .jsonl file of cases with `modules` (file names with v0 mean v0 Rego), a YAML
file that holds Rego in block literals (Gatekeeper's templates), or a folder of those. In OPA's own
test folders v0, v0_to_v1 and v1 say the dialect. Closes with `N same, N different`; KNOWN lists the
differences that have a reason, one "sha256-prefix reason" a line, and a listed one does not fail. Needs
opa on the PATH; says so and exits 0 when there is none.
"""
import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

FLAGS = {"v0": ["--v0-compatible"], "v1": [], "v0_to_v1": ["--v0-v1"]}


def literals(text):
    """Rego in YAML block literals: `rego: |` and items of `libs: - |`."""
    lines = text.split("\n")
    for i, line in enumerate(lines):
        found = re.match(r"^(\s*)(?:- )?(?:rego: |-? ?)?\|[-+]?\s*$", line)
        found = found or re.match(r"^(\s*)(?:- )?[A-Za-z]*: \|[-+]?\s*$", line)
        if not found:
            continue
        body, indent = [], None
        for inner in lines[i + 1:]:
            if inner.strip() == "":
                body.append("")
                continue
            width = len(inner) - len(inner.lstrip(" "))
            if indent is None:
                indent = width
            if width < indent or width <= len(found.group(1)):
                break
            body.append(inner[indent:])
        module = "\n".join(body) + "\n"
        if re.search(r"^package ", module, re.M):
            yield module


def dialect_of(path):
    parts = path.split("/")
    for part in reversed(parts):
        if part in FLAGS:
            return part
    return "v1"


def modules(path):
    """(name, dialect, text) of every module that the file holds."""
    if path.endswith(".jsonl"):
        dialect = "v0" if "v0" in os.path.basename(path) else "v1"
        with open(path, encoding="utf-8") as f:
            for line in f:
                case = json.loads(line)
                for i, module in enumerate(case.get("modules") or []):
                    yield "%s:%s/%d" % (os.path.basename(path), case["note"], i), dialect, module
    elif path.endswith((".yaml", ".yml")):
        with open(path, encoding="utf-8") as f:
            for i, module in enumerate(literals(f.read())):
                yield "%s#%d" % (path, i), "v1" if "import rego.v1" in module else "v0", module
    elif path.endswith((".rego", ".formatted", ".raw")):
        with open(path, encoding="utf-8") as f:
            yield path, dialect_of(path), f.read()


def walk(paths):
    for path in paths:
        if os.path.isfile(path):
            yield from modules(path)
        for folder, folders, files in os.walk(path):
            folders.sort()
            for name in sorted(files):
                yield from modules(os.path.join(folder, name))


def run(command, text):
    p = subprocess.run(command, input=text.encode(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    return p.returncode, p.stdout.decode("utf-8", "replace"), p.stderr.decode("utf-8", "replace")


def batch(command, texts, folder):
    """Formats many files with one run a file, in place; None where a file was refused."""
    out = []
    for i, text in enumerate(texts):
        name = os.path.join(folder, "m%d.rego" % i)
        with open(name, "w", encoding="utf-8") as f:
            f.write(text)
        code, _, _ = run(command + ["-w", name], "")
        with open(name, encoding="utf-8") as f:
            out.append(f.read() if code == 0 else None)
    return out


def main():
    p = argparse.ArgumentParser()
    p.add_argument("-v", action="store_true", help="show each difference")
    p.add_argument("-k", metavar="KNOWN", help="list of known differences")
    p.add_argument("-m", metavar="MERLON", default="build/src/cli/merlon")
    p.add_argument("paths", nargs="+")
    o = p.parse_args()
    if shutil.which("opa") is None:
        print("skip opa is not installed\n0 same, 0 different, 1 skipped")
        return 0
    known = {}
    if o.k:
        with open(o.k, encoding="utf-8") as f:
            known = dict(line.split(None, 1) for line in f if line.strip() and line[0] != "#")
    same = different = listed = refused = 0
    seen = set()
    for name, dialect, text in walk(o.paths):
        key = hashlib.sha256((dialect + "\0" + text).encode()).hexdigest()[:12]
        if key in seen:
            continue
        seen.add(key)
        opa_flags = FLAGS[dialect] + ["--check-result=false"]
        with tempfile.TemporaryDirectory() as folder:
            theirs = batch(["opa", "fmt"] + opa_flags, [text], folder)[0]
            ours = batch([o.m, "policy", "fmt"] + FLAGS[dialect], [text], folder)[0]
        if theirs is None:
            refused += ours is None
            if ours is not None and o.v:
                print("note opa refuses, we format: %s" % name)
            continue
        if ours == theirs:
            same += 1
        elif key in known:
            listed += 1
        else:
            different += 1
            print("DIFFERENT %s %s%s" % (key, name, " (refused)" if ours is None else ""))
            if o.v:
                with tempfile.TemporaryDirectory() as folder:
                    for who, what in (("opa", theirs), ("merlon", ours or "")):
                        with open(os.path.join(folder, who), "w", encoding="utf-8") as f:
                            f.write(what)
                    subprocess.run(["diff", "-u", "opa", "merlon"], cwd=folder, check=False)
                    sys.stdout.flush()
    print("%d same, %d different, %d different and listed with a reason; opa refused %d more" %
          (same, different, listed, refused))
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
