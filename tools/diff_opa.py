#!/usr/bin/env python3
"""Compares this engine with OPA on random policies.

Makes modules, data and queries from a small grammar (seeded), lets OPA's library answer each
(tools/diff_opa/main.go, built outside the tree with the Go that is installed), and gives the cases
with OPA's answers to `merlon conformance rego`. Every difference is printed with its case.

  tools/diff_opa.py --seed 1 --count 2000            # random cases
  tools/diff_opa.py --fill CASES.jsonl               # cases of that form: fill in what OPA answers
  tools/diff_opa.py --keep DIR                       # keep the files that were compared
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
VERSION = "v1.20.2"
SKIP = {  # answers that depend on the time, on chance or on the environment, or that only print
    "time.now_ns", "rand.intn", "uuid.rfc4122", "opa.runtime", "print", "trace", "http.send",
    "net.lookup_ip_addr", "internal.print", "internal.test_case", "internal.template_string",
    "rego.metadata.chain", "rego.metadata.rule", "internal.member_2", "internal.member_3", "eq",
    "assign", "rego.parse_module", "walk",
}


def builtins():
    text = (ROOT / "src/engines/policy/builtins/builtins.def").read_text()
    rows = re.findall(r'^B\("([^"]+)", (\w+), (\d+), ([\w |]+), (NULL|"[^"]+"),\n\s+"((?:[^"\\]|\\.)*)"',
                      text, re.M)
    return [(n, int(a), i, s) for n, f, a, flags, i, s in rows
            if f != "NONE" and n not in SKIP and "DEPRECATED" not in flags and int(a) > 0]


def split_args(sig):
    """The types of the arguments of "(x: number, y: any<a, b>) => z: t"."""
    depth, start, out, end = 0, 1, [], 0
    for i, ch in enumerate(sig):
        depth += ch in "(<["
        depth -= ch in ")>]" and sig[i - 1:i + 1] != "=>"
        if (ch == "," and depth == 1) or depth == 0:
            part = sig[start:i].strip()
            if part:
                out.append(re.sub(r"^\w+: ", "", part))
            start = i + 1
        if depth == 0:
            end = i
            break
    return out if end else []


class Maker:
    """One random module. Variables in scope are kept so that most bodies are safe; some are not."""

    def __init__(self, rng, table):
        self.r = rng
        self.table = table
        self.vars = []
        self.rules = []
        self.funcs = {}
        self.fresh = 0

    def pick(self, *options):
        return self.r.choice(options)

    def var(self):
        self.fresh += 1
        return f"v{self.fresh}"

    def scalar(self):
        return self.pick("0", "1", "2", "-1", "3.5", "1e2", "10", "true", "false", "null", '"a"',
                         '"b"', '"x y"', '""', '"10"', '"a.b"', '"é"', "1.0")

    def of_type(self, t, depth):
        """A term of the type, mostly."""
        if self.r.random() < 0.08 or t.startswith("any<"):
            inner = re.match(r"any<(.*)>$", t)
            if inner and self.r.random() < 0.9:
                return self.of_type(self.pick(*self.alternatives(inner.group(1))), depth)
            return self.term(depth - 1)
        if depth > 0 and self.vars and self.r.random() < 0.25:
            return self.r.choice(self.vars)
        item = re.match(r"(?:array|set)\[(.*)\]$", t)
        if t == "number":
            return self.pick("0", "1", "2", "3", "-2", "2.5", "7", "100", "1.0")
        if t == "string":
            return self.pick('"a"', '"b"', '"abc"', '"a,b"', '"A b"', '""', '"1"', '"é"', '"a.b.c"',
                             '"[a-z]+"', '"10.0.0.0/8"', '"1.2.3"', '"/a/b"', '"YWJj"')
        if t == "boolean":
            return self.pick("true", "false")
        if t == "null":
            return "null"
        if item and t.startswith("array"):
            return "[" + ", ".join(self.of_type(item.group(1), depth - 1)
                                   for _ in range(self.r.randint(0, 3))) + "]"
        if item:
            n = self.r.randint(0, 3)
            return "{" + ", ".join(self.of_type(item.group(1), depth - 1)
                                   for _ in range(n)) + "}" if n else "set()"
        if t.startswith("object"):
            return "{" + ", ".join(f'"{k}": {self.term(depth - 1)}'
                                   for k in self.r.sample("abcxy", self.r.randint(0, 3))) + "}"
        return self.term(depth - 1)

    @staticmethod
    def alternatives(text):
        depth, start, out = 0, 0, []
        for i, ch in enumerate(text + ","):
            depth += ch in "<["
            depth -= ch in ">]"
            if ch == "," and depth == 0:
                out.append(text[start:i].strip())
                start = i + 1
        return out

    def call(self, depth):
        if self.funcs and self.r.random() < 0.25:
            name = self.r.choice(sorted(self.funcs))
            n = self.funcs[name] + (self.r.random() < 0.03)
            return f"{name}({', '.join(self.term(depth - 1) for _ in range(n))})"
        name, arity, infix, sig = self.r.choice(self.table)
        args = [self.of_type(t, depth - 1) for t in split_args(sig)]
        if infix != "NULL" and len(args) == 2:
            return f"({args[0]} {infix[1:-1]} {args[1]})"
        if self.r.random() < 0.02:
            args.append(self.scalar())
        return f"{name}({', '.join(args)})"

    def ref(self, depth):
        heads = ["input", "input.c", "data.base", "data.base.c"] + self.rules * 2 + self.vars * 2
        if self.r.random() < 0.03:
            heads = ["data.test"]
        text = self.r.choice(heads)
        for _ in range(self.r.randint(0, 2)):
            roll = self.r.random()
            if roll < 0.45:
                text += self.pick(".a", ".b", ".c", ".p1", ".p2")
            elif roll < 0.6:
                text += f"[{self.scalar()}]"
            elif roll < 0.75 and self.vars:
                text += f"[{self.r.choice(self.vars)}]"
            elif roll < 0.85:
                text += "[_]"
            elif depth > 0:
                text += f"[{self.term(depth - 1)}]"
        return text if text not in ("input", "data.base", "data.test") or self.r.random() < 0.3 \
            else text + ".a"

    def comprehension(self, depth):
        keep = list(self.vars)
        body = self.body(depth - 1, self.r.randint(1, 2))
        head = self.term(depth - 1)
        kind = self.r.randint(0, 2)
        key = self.term(depth - 1)
        self.vars = keep
        return (f"[{head} | {body}]", f"{{{head} | {body}}}", f"{{{key}: {head} | {body}}}")[kind]

    def term(self, depth):
        if depth <= 0:
            return self.r.choice(self.vars) if self.vars and self.r.random() < 0.5 else self.scalar()
        roll = self.r.random()
        if roll < 0.2:
            return self.scalar()
        if roll < 0.35 and self.vars:
            return self.r.choice(self.vars)
        if roll < 0.55:
            return self.ref(depth)
        if roll < 0.8:
            return self.call(depth)
        if roll < 0.9:
            parts = [self.term(depth - 1) for _ in range(self.r.randint(0, 3))]
            kind = self.r.randint(0, 2)
            if kind == 0:
                return "[" + ", ".join(parts) + "]"
            if kind == 1:
                return "{" + ", ".join(parts) + "}" if parts else "set()"
            return "{" + ", ".join(f'{self.key()}: {p}' for p in parts) + "}"
        return self.comprehension(depth)

    def key(self):
        return self.r.choice(self.vars) if self.vars and self.r.random() < 0.15 else \
            self.pick('"a"', '"b"', '"c"', "1")

    def pattern(self, new, depth=1, odd=0.01):
        """A pattern; now and then with a constant, which := refuses and = and `some` do not."""
        if depth == 0 or self.r.random() < 0.6:
            if self.r.random() < odd:
                return self.scalar()
            v = self.var()
            new.append(v)
            return v
        parts = [self.pattern(new, depth - 1, odd) for _ in range(2)]
        return f"[{', '.join(parts)}]" if self.r.random() < 0.6 else f'{{"a": {parts[0]}, "b": {parts[1]}}}'

    def literal(self, depth):
        roll = self.r.random()
        new = []
        if roll < 0.3:
            text = self.term(depth)
            op = self.pick(":=", ":=", "=")
            text = f"{self.pattern(new, odd=0.01 if op == ':=' else 0.15)} {op} {text}"
        elif roll < 0.42:
            domain = self.term(depth)
            if self.r.random() < 0.4:
                k, v = self.var(), self.var()
                new = [k, v]
                text = f"some {k}, {v} in {domain}"
            else:
                text = f"some {self.pattern(new, odd=0.1)} in {domain}"
        elif roll < 0.5:
            v = self.var()
            text = f"{self.ref(depth)}[{v}]"
            new = [v]
            text = f"some {v}; {text}" if self.r.random() < 0.5 else text
        elif roll < 0.58:
            domain = self.term(depth)
            keep = list(self.vars)
            k, v = self.var(), self.var()
            two = self.r.random() < 0.4
            self.vars = keep + ([k, v] if two else [v])
            body = self.body(depth - 1, self.r.randint(1, 2))
            self.vars = keep
            use = f"; [{k}, {v}] != 0" if two else f"; {v} != 77"
            text = f"every {k + ', ' if two else ''}{v} in {domain} {{ {body}{use} }}"
        elif roll < 0.68:
            text = "not " + self.pick(self.ref(depth), self.call(depth),
                                      f"{self.term(depth)} == {self.term(depth)}")
        elif roll < 0.85:
            op = self.pick("==", "!=", "<", "<=", ">", ">=", "=", "in")
            text = f"{self.term(depth)} {op} {self.term(depth)}"
        elif roll < 0.93:
            text = self.call(depth)
        else:
            text = self.ref(depth)
        if self.r.random() < 0.08:
            target = self.pick("input", "input.a", "data.base", "data.base.a", "data.test.p1", "count")
            text += f" with {target} as {self.term(max(0, depth - 1))}"
        self.vars += new
        return text

    def body(self, depth, n):
        lits = [self.literal(depth) for _ in range(n)]
        if self.r.random() < 0.15:
            self.r.shuffle(lits)
        return "; ".join(lits)

    def rule(self, name):
        self.vars = []
        kind = self.r.random()
        n = self.r.randint(1, 3)
        if 0.2 <= kind < 0.62 and self.r.random() < 0.4: # two rules that make one document
            again = self.one_rule(name, kind, n)
            self.rules = [r for r in self.rules if r != name]
            return again + "\n" + self.one_rule(name, kind, self.r.randint(1, 2))
        return self.one_rule(name, kind, n)

    def one_rule(self, name, kind, n):
        self.vars = []
        if kind < 0.2:
            args = [self.pattern(self.vars, odd=0.15) for _ in range(self.r.randint(1, 2))]
            body = self.body(2, n)
            head = f"{name}({', '.join(args)}) := {self.term(1)}"
            self.funcs[name] = len(args)
            return f"{head} if {{ {body} }}" + self.otherwise()
        body = self.body(2, n)
        self.rules.append(name)
        if kind < 0.4:
            return f"{name} contains {self.term(1)} if {{ {body} }}"
        if kind < 0.55:
            return f"{name}[{self.term(1)}] := {self.term(1)} if {{ {body} }}"
        if kind < 0.62:
            return f"{name}.a[{self.term(0)}].b := {self.term(1)} if {{ {body} }}"
        if kind < 0.7:
            return f"{name} := {self.term(0)}"
        default = f"default {name} := {self.scalar()}\n" if self.r.random() < 0.3 else ""
        return f"{default}{name} := {self.term(1)} if {{ {body} }}" + self.otherwise()

    def otherwise(self):
        text = ""
        while self.r.random() < 0.2:
            self.vars = []
            text += f" else := {self.scalar()} if {{ {self.body(1, 1)} }}"
        return text

    def module(self):
        names = [f"p{i}" for i in range(1, self.r.randint(2, 5))]
        rules = [self.rule(n) for n in names]
        if self.r.random() < 0.1 and self.rules: # a second rule of a name: often a conflict
            kept, self.rules = self.rules, []
            text = self.rule(names[0])
            self.rules = kept
            rules.append(text)
        return "package test\n\n" + "\n".join(rules) + "\n"

    def value(self, depth):
        r = self.r.random()
        if depth == 0 or r < 0.4:
            return self.r.choice([None, True, False, 0, 1, 2, -3, 2.5, "a", "b", "x", "", [], {}])
        if r < 0.7:
            return [self.value(depth - 1) for _ in range(self.r.randint(0, 3))]
        return {k: self.value(depth - 1) for k in self.r.sample(["a", "b", "c", "x"], self.r.randint(0, 3))}


def cases(seed, count, one):
    table = builtins()
    if one:
        table = [row for row in table if row[0] == one]
    for i in range(count):
        rng = random.Random(f"{seed}/{i}")
        m = Maker(rng, table)
        yield {"note": f"{seed}/{i}", "modules": [m.module()], "query": "x = data.test",
               "data": {"base": {"a": m.value(2), "b": m.value(2), "c": [1, "a", {"a": 2}]}},
               "input": {"a": m.value(2), "b": m.value(1), "c": {"a": [1, 2], "b": "x"}},
               "strict_error": rng.random() < 0.2}


def driver(folder):
    """Builds the Go side once; it is kept between runs beside the Go build cache."""
    home = pathlib.Path(os.environ.get("MERLON_DIFF_OPA", tempfile.gettempdir() + "/merlon-diff-opa"))
    exe = home / f"driver-{VERSION}"
    source = ROOT / "tools/diff_opa/main.go"
    if exe.exists() and exe.stat().st_mtime > source.stat().st_mtime:
        return exe
    home.mkdir(parents=True, exist_ok=True)
    shutil.copy(source, home / "main.go")
    (home / "go.mod").write_text(
        f"module diffopa\n\ngo 1.24\n\nrequire github.com/open-policy-agent/opa {VERSION}\n")
    subprocess.run(["go", "build", "-mod=mod", "-o", exe, "."], cwd=home, check=True)
    return exe


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    p.add_argument("--seed", default="1")
    p.add_argument("--count", type=int, default=2000)
    p.add_argument("--builtin", help="only calls of this builtin")
    p.add_argument("--fill", metavar="FILE", help="cases to answer instead of random ones")
    p.add_argument("--codes", action="store_true", help="compare error codes only, not messages")
    p.add_argument("--keep", metavar="DIR")
    p.add_argument("--merlon", default=str(ROOT / "build/src/cli/merlon"))
    a = p.parse_args()
    with tempfile.TemporaryDirectory() as tmp:
        folder = pathlib.Path(a.keep or tmp)
        folder.mkdir(parents=True, exist_ok=True)
        source = folder / "cases.jsonl"
        with source.open("w") as f:
            for c in cases(a.seed, a.count, a.builtin) if not a.fill else \
                    (json.loads(l) for l in open(a.fill)):
                f.write(json.dumps(c) + "\n")
        answers = folder / "answers.jsonl"
        with source.open() as i, answers.open("w") as o:
            subprocess.run([driver(folder)], stdin=i, stdout=o, check=True)
        if a.codes:
            lines = [json.loads(l) for l in answers.open()]
            for c in lines:
                c.pop("want_error", None)
            answers.write_text("".join(json.dumps(c) + "\n" for c in lines))
        run = subprocess.run([a.merlon, "conformance", "rego", "-v", str(answers)],
                             capture_output=True, text=True)
        sys.stdout.write(run.stdout + run.stderr)
        return run.returncode


if __name__ == "__main__":
    sys.exit(main())
