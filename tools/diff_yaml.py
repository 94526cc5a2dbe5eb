#!/usr/bin/env python3
"""diff_yaml.py - compares our YAML reader with the one of Kubernetes (sigs.k8s.io/yaml).

usage: diff_yaml.py [--count N] [--seed S] [--files DIR...] [--keep DIR]
Makes N manifests with odd scalars, styles and layouts, takes all manifests below DIR (as they are, and
changed at random), and asks a Go program (tools/diff_yaml/main.go) what Kubernetes reads. It must be the
same. Skipped with a message where Go or its modules are absent. The three kinds of difference:
  values    both read it, the values differ                        must be 0
  strict    we refuse what Kubernetes reads                        must be 0
  lenient   we read what Kubernetes refuses                        counted; the verdict is on values
  known     listed with its reason in tests/cases/yaml/kubernetes_differences.txt
  hidden    we differ in what a repeated key replaces (1 and "1" too)  counted; Go picks one at random
"""
import argparse
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
MODULES = "require (\n\tsigs.k8s.io/yaml v1.6.0\n\tgo.yaml.in/yaml/v2 v2.4.2\n)\n"

ODD = """on off yes no y n Y N Yes True TRUE true False null Null ~ NULL nULL tRUE 0 -0 +1 00 010 0o17 0O17 0x1F 0X1f
-0x1 0b101 -0b11 0b12 08 1_000 1__0 _1 1_ 0x_1 1e3 1E+3 1e 1.e3 .5 -.5 . .. 1. 1.0 -1.50 +.5 1e400 1e-400 .inf -.inf +.Inf .nan
12:30 1:2:3 190:20:30 2001-12-14 2001-12-14T21:59:43.10-05:00 2001-1-1 9223372036854775807 9223372036854775808
-9223372036854775808 -9223372036854775809 18446744073709551615 18446744073709551616 123456789012345678901234567890 0.1
1.7976931348623157e308 5e-324 3.14159265358979 100000000000000000000.5 << = ! - ? : --- ... a:b a#b a\u00a0b \u2028 \u0085
http://x.y/z?a=b&c=[d] v1 app.kubernetes.io/name 500m 64Mi 1Gi 10% *.example.com @x `x` %x !x &x |x >x -x ?x :x ,x [x {x ]x }x #x
'it''s' "q" a,b a]b a}b null: true: 0x 0b 0o 1e3e 1-1 +- -+1 ++1 1e+ 1.2.3 1,000 0.0 -0.0 1e0 0e0 00.5 0_7 07_0 .1_0 1_0.5 é 日本""".split()

CORE = ["", "!!str ", "!!int ", "!!float ", "!!bool ", "!!null ", "!!binary ", "!custom ", "! ", "!!map ", "!!seq "]


class Maker:
    def __init__(self, rng):
        self.rng = rng
        self.anchors = []

    def chance(self, p):
        return self.rng.random() < p

    def word(self):
        if self.chance(0.55):
            return self.rng.choice(ODD)
        if self.chance(0.1):
            return " ".join(self.rng.choice(ODD) for _ in range(self.rng.randint(2, 4)))
        return self.rng.choice(["name", "spec", "kind", "value", "image", "a b", "x", "labels"])

    def quoted(self):
        text = self.word()
        if self.chance(0.5):
            return "'" + text.replace("'", "''") + self.rng.choice(["", "", " ", "\n\n  next", "\n  next "]) + "'"
        tail = self.rng.choice(["", "", "\\n", "\\t", "\\u00e9", "\\x41", "\\U0001F600", "\\\n  joined", "\\/", "\\e", "\\_", "\\N", "\\L", "\\q", "\\ "])
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + tail + '"'

    def scalar(self, flow=False):
        tag = self.rng.choice(CORE) if self.chance(0.06) else ""
        if self.chance(0.05) and self.anchors:
            return "*" + self.rng.choice(self.anchors)
        if self.chance(0.06):
            name = f"a{len(self.anchors)}"
            tag = f"&{name} " + tag
            self.anchors.append(name)
        if self.chance(0.25):
            return tag + self.quoted()
        return tag + (self.word() if not flow or self.chance(0.3) else self.rng.choice(["a", "1", "yes", "null", "x y"]))

    def key(self):
        return self.quoted() if self.chance(0.15) else self.scalar() if self.chance(0.3) else self.rng.choice(["name", "spec", "a", "b", "kind", "labels", "on", "1", "1.5", "null", "<<"])

    def block_scalar(self, pad):
        header = self.rng.choice("|>") + self.rng.choice(["", "-", "+", "2", "2-", "+1", "4", "-3", "9"][: 9 if self.chance(0.3) else 3])
        header += self.rng.choice(["", "", " # note", " "])
        deep = pad + " " * self.rng.choice([1, 2, 2, 2, 4])
        rows = []
        for _ in range(self.rng.randint(0, 4)):
            rows.append(self.rng.choice([deep + self.word(), deep + self.word(), deep + " " + self.word(), "", deep, deep + "\t" + self.word(), deep + "# no comment", "  " if self.chance(0.2) else ""]))
        return header + "\n" + "".join(r + "\n" for r in rows)

    def flow(self, depth):
        n = self.rng.randint(0, 3)
        gap = lambda: self.rng.choice(["", " ", " ", "\n    "]) if self.chance(0.3) else " "
        def item():
            return self.flow(depth - 1) if depth > 0 and self.chance(0.3) else self.scalar(True)
        if self.chance(0.5):
            body = ("," + gap()).join(item() for _ in range(n))
            return "[" + gap() + body + (","if n and self.chance(0.1) else "") + "]"
        body = ("," + gap()).join((self.key() if self.chance(0.5) else '"k"') + self.rng.choice([": ", ": ", ":", " : ", ""]) + item() for _ in range(n))
        return "{" + body + gap() + "}"

    def value(self, indent, depth):
        """What stands behind `key:` or `-`, with its line end."""
        pad = " " * indent
        r = self.rng.random()
        comment = self.rng.choice([" # note", "\t# tab", ""]) if self.chance(0.15) else ""
        if depth > 0 and r < 0.3:
            return comment + "\n" + self.mapping(indent + self.rng.choice([1, 2, 2, 2, 4]), depth - 1)
        if depth > 0 and r < 0.45:
            return comment + "\n" + self.list(indent + self.rng.choice([0, 2, 2]), depth - 1)
        if r < 0.53:
            return " " + self.block_scalar(pad)
        if r < 0.63:
            return " " + self.flow(2) + comment + "\n"
        if r < 0.68:
            return comment + "\n"
        text = self.scalar()
        if self.chance(0.06):
            text += "\n" + pad + "  " + self.word()
        return " " * self.rng.choice([1, 1, 1, 2]) + text + comment + "\n"

    def mapping(self, indent, depth):
        pad = " " * indent
        out = ""
        for _ in range(self.rng.randint(1, 4)):
            if self.chance(0.05):
                out += self.rng.choice(["\n", pad + "# note\n", "# note\n", "   \n", "\t\n"])
            if self.chance(0.03):
                out += pad + "? " + self.key() + "\n" + pad + ":" + self.value(indent, depth)
            elif self.chance(0.06) and self.anchors:
                out += pad + "<<: " + self.rng.choice(["*" + self.rng.choice(self.anchors), "[*" + self.rng.choice(self.anchors) + "]", "{a: 1}"]) + "\n"
            else:
                anchor = ""
                if self.chance(0.05):
                    name = f"a{len(self.anchors)}"
                    anchor = " &" + name
                    out += pad + self.key() + ":" + anchor + self.value(indent, depth)
                    self.anchors.append(name)
                else:
                    out += pad + self.key() + self.rng.choice([":", ":", ":", " :"]) + self.value(indent, depth)
        return out

    def list(self, indent, depth):
        pad = " " * indent
        out = ""
        for _ in range(self.rng.randint(1, 3)):
            if depth > 0 and self.chance(0.3):
                inner = self.mapping(indent + 2, depth - 1)
                out += pad + "- " + inner[indent + 2:]
            elif depth > 0 and self.chance(0.1):
                inner = self.list(indent + 2, depth - 1)
                out += pad + "- " + inner[indent + 2:]
            else:
                out += pad + "-" + self.value(indent, depth)
        return out

    def stream(self):
        docs = []
        for _ in range(1 if self.chance(0.8) else self.rng.randint(2, 4)):
            self.anchors = []
            docs.append(self.mapping(0, 3) if self.chance(0.85) else self.list(0, 3) if self.chance(0.7) else self.value(0, 2).lstrip(" "))
        text = self.rng.choice(["---\n", "--- # head\n", "---  \n"]).join(docs)
        if self.chance(0.2):
            text = self.rng.choice(["---\n", "# head\n", "\n", "\ufeff", "%YAML 1.2\n---\n", "...\n"]) + text
        if self.chance(0.1):
            text = text.replace("\n", "\r\n")
        if self.chance(0.05):
            text = text.rstrip("\n")
        return text


def mutate(rng, text):
    """A manifest with a few small changes: most stay YAML, many mean something else."""
    for _ in range(rng.randint(1, 3)):
        at = rng.randint(0, len(text))
        kind = rng.randint(0, 6)
        if kind == 0:
            text = text[:at] + text[at + 1:]
        elif kind == 1:
            text = text[:at] + rng.choice(list(" \t\n:-#'\"[]{},&*!|>?%@`\\~")) + text[at:]
        elif kind == 2:
            text = text[:at] + rng.choice(ODD) + text[at:]
        else:
            lines = text.split("\n")
            i = rng.randrange(len(lines))
            if kind == 3:
                lines.insert(i, lines[i])
            elif kind == 4:
                lines[i] = rng.choice([" ", "  ", "\t"]) + lines[i]
            elif kind == 5:
                lines[i] = lines[i][1:]
            else:
                lines[i] = re.sub(r":\s.*", ": " + rng.choice(ODD), lines[i])
            text = "\n".join(lines)
    return text


def manifests(folders):
    for folder in folders:
        for path in sorted(pathlib.Path(folder).rglob("*")):
            if path.suffix in (".yaml", ".yml", ".json") and path.is_file() and path.stat().st_size < 65536:
                try:
                    yield str(path.relative_to(folder)), path.read_text()
                except UnicodeDecodeError:
                    pass


def cases(a):
    files = list(manifests(a.files))
    for name, text in files:
        yield {"note": name, "yaml": text}
    for i in range(a.count):
        rng = random.Random(f"{a.seed}/{i}")
        if files and i % 3 == 2:
            yield {"note": f"changed/{a.seed}/{i}", "yaml": mutate(rng, rng.choice(files)[1][:3000])}
        else:
            yield {"note": f"made/{a.seed}/{i}", "yaml": Maker(rng).stream()}


def driver():
    """Builds the Go side once; it is kept between runs."""
    home = pathlib.Path(os.environ.get("MERLON_DIFF_YAML", tempfile.gettempdir() + "/merlon-diff-yaml"))
    exe = home / "driver"
    source = ROOT / "tools/diff_yaml/main.go"
    if exe.exists() and exe.stat().st_mtime > source.stat().st_mtime:
        return exe
    home.mkdir(parents=True, exist_ok=True)
    shutil.copy(source, home / "main.go")
    (home / "go.mod").write_text("module diffyaml\n\ngo 1.23\n\n" + MODULES)
    built = subprocess.run(["go", "build", "-mod=mod", "-o", exe, "."], cwd=home)
    return exe if built.returncode == 0 else None


def known_patterns():
    lines = (ROOT / "tests/cases/yaml/kubernetes_differences.txt").read_text().splitlines()
    return [re.compile(line.split("\t")[0]) for line in lines if line and line[0] != "#"]


def kind_of(line, cases, known):
    case = cases[line[5:].split(": ")[0]]
    if any(p.search(case["yaml"]) for p in known):
        return "known"
    if case.get("repeats"):
        return "hidden"
    return "lenient" if ": accepted, but" in line else "strict" if ": refused:" in line else "values"


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    p.add_argument("--seed", default="1")
    p.add_argument("--count", type=int, default=20000)
    p.add_argument("--files", nargs="*", default=[str(ROOT / "examples"), str(ROOT / "../shared/conformance/gatekeeper-library")])
    p.add_argument("--keep", metavar="DIR", help="leave cases and answers there")
    p.add_argument("--show", type=int, default=20, help="differences of each kind to print")
    p.add_argument("--merlon", default=str(ROOT / "build/src/cli/merlon"))
    a = p.parse_args()
    go = driver() if shutil.which("go") else None
    if go is None:
        print("skip diff_yaml: Go is not installed, or its modules cannot be had\n0 passed, 0 failed, 1 skipped")
        return 0
    with tempfile.TemporaryDirectory() as tmp:
        folder = pathlib.Path(a.keep or tmp)
        folder.mkdir(parents=True, exist_ok=True)
        source, answers = folder / "cases", folder / "answers.jsonl"
        with source.open("w") as f:
            for c in cases(a):
                f.write(json.dumps(c) + "\n")
        with source.open() as i, answers.open("w") as o:
            subprocess.run([go], stdin=i, stdout=o, check=True)
        run = subprocess.run([a.merlon, "conformance", "yaml", "-v", str(answers)], capture_output=True, text=True, errors="replace")
        with answers.open() as i:
            answered = {c["note"]: c for c in map(json.loads, i)}
    found = {"values": [], "strict": [], "lenient": [], "known": [], "hidden": []}
    known = known_patterns()
    for line in run.stdout.splitlines():
        if line.startswith("FAIL "):
            found[kind_of(line, answered, known)].append(line)
    for kind, lines in found.items():
        for line in lines[:a.show]:
            print(f"{kind}: {line[5:]}")
    tally = re.search(r"^(\d+) passed, (\d+) failed", run.stdout, re.M)
    if tally is None:
        print(run.stdout[-2000:], run.stderr[-2000:], "\n0 passed, 1 failed")
        return 1
    print(", ".join(f"{len(v)} {k}" for k, v in found.items()))
    bad = len(found["values"]) + len(found["strict"])
    print(f"{int(tally.group(1)) + sum(len(v) for v in found.values()) - bad} passed, {bad} failed")
    return bad > 0


if __name__ == "__main__":
    sys.exit(main())
