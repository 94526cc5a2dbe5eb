#!/usr/bin/env python3
"""check_style.py - measures the shape of the C code against the bars of docs/STYLE.md.

clang-format puts every definition at column 0 and closes it with '}' at column 0, so functions are
found by lines. Generated files (*.gen.[ch]) and the tests are left out; the bytecode dispatch function
is exempt by name from length and complexity. Prints one line a bar and every offender; exits 1 when a
bar is missed.
usage: check_style.py [--all]
"""
import pathlib
import re
import subprocess
import sys

DISPATCH = {"mrl_vm_run"}  # the interpreter loop: exempt by name
BANNED = set(
    "strcpy strcat strncpy strncat sprintf vsprintf strtok strtok_r gets scanf sscanf fscanf atoi atol "
    "atoll strtol strtoul strtoll strtoull strtod alloca gmtime localtime ctime asctime mktemp tmpnam "
    "system popen".split()
)
HEAP = {"malloc", "calloc", "realloc", "free", "strdup", "strndup"}
CHECKS = re.compile(r"\b(MRL_ASSERT|MRL_DASSERT|MRL_CHECK|MRL_TRY|_Static_assert)\b")
ASSERT = re.compile(r"\b(MRL_ASSERT|MRL_DASSERT|_Static_assert)\b")
GUARD = re.compile(r"^\s*(\} else )?if \(.*(==|!=|<|>|!)")
START = re.compile(r"^[A-Za-z_][\w\s\*]*?\b(\w+)\(")
NAME_CALL = re.compile(r"\b([a-z_]\w*)\s*\(")


def strip(text):
    """Blanks comments and literals, keeps the line structure; counts comment lines."""
    out, comment_lines, i = [], set(), 0
    line = 0
    token = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)
    for m in token.finditer(text):
        out.append(text[i : m.start()])
        line += text.count("\n", i, m.start())
        body = m.group()
        if body.startswith("/"):
            comment_lines.update(range(line, line + body.count("\n") + 1))
            out.append("\n" * body.count("\n"))
        else:
            out.append('""' if body[0] == '"' else "' '")
        line += body.count("\n")
        i = m.end()
    out.append(text[i:])
    return "".join(out), comment_lines


class Function:
    def __init__(self, path, name, first, last, lines, static, params, documented):
        self.path, self.name, self.first = path, name, first
        self.length = last - first + 1
        self.static, self.params, self.documented = static, params, documented
        depth = deepest = 0
        for c in "".join(lines[first : last + 1]):
            depth += (c == "{") - (c == "}")
            deepest = max(deepest, depth)
        self.nesting = deepest - 1

    def __str__(self):
        return f"{self.path}:{self.first + 1} {self.name}"


# The one place that may call a banned function, because it wraps it.
WRAPPED = {("src/base/num.c", "strtod")}


def count_params(head):
    inner = head[head.index("(") + 1 :]
    depth, n = 0, 1
    for c in inner:
        if c == "(":
            depth += 1
        elif c == ")":
            if depth == 0:
                break
            depth -= 1
        elif c == "," and depth == 0:
            n += 1
    return 0 if inner.strip().startswith(("void)", ")")) else n


def functions(path, code, comment_lines):
    lines = code.split("\n")
    i = 0
    while i < len(lines):
        m = START.match(lines[i])
        if m and "=" not in lines[i].split("(")[0] and not lines[i].startswith(("typedef", "#")):
            j = i
            while j < len(lines) and j < i + 12 and not re.search(r"[;{]\s*$", lines[j]):
                j += 1
            if j < len(lines) and lines[j].rstrip().endswith("{") and "(" in lines[i]:
                k = j
                while k < len(lines) and not lines[k].startswith("}"):
                    k += 1
                yield Function(path, m.group(1), i, k, [x + "\n" for x in lines],
                               "static" in lines[i], count_params("".join(lines[i : j + 1])),
                               (i - 1) in comment_lines)
                i = k
        i += 1


def percentile(values, q):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * q))] if values else 0


def documented_in_headers(headers):
    """Names declared right below a comment, or in a group whose first line is."""
    names = set()
    for path, (code, comments) in headers.items():
        lines = code.split("\n")
        open_group = False
        for i, line in enumerate(lines):
            if i in comments:
                open_group = True
            elif not line.strip():
                open_group = False
            if open_group:
                names.update(NAME_CALL.findall(line))
                names.update(re.findall(r"\b(mrl_\w+)\(", line))
    return names


def mccabe(files):
    try:
        text = subprocess.run(["pmccabe", *map(str, files)], capture_output=True, text=True).stdout
    except FileNotFoundError:
        return None
    rows = []
    for row in text.splitlines():
        cells = row.split("\t")
        if len(cells) >= 6:
            rows.append((int(cells[0]), cells[5]))
    return rows


class Report:
    def __init__(self):
        self.failed = self.passed = 0

    def bar(self, what, value, ok, offenders=()):
        print(f"{'ok  ' if ok else 'MISS'} {what}: {value}")
        self.passed += ok
        self.failed += not ok
        for o in list(offenders)[:20] if not ok or "--all" in sys.argv else []:
            print(f"       {o}")


def main():
    root = pathlib.Path(__file__).resolve().parent.parent
    sources = [p for p in sorted(root.glob("src/**/*.[ch]")) + sorted(root.glob("include/**/*.h"))
               if ".gen." not in p.name]
    stripped = {p: strip(p.read_text(errors="replace")) for p in sources}
    headers = {p: v for p, v in stripped.items() if p.suffix == ".h"}
    cfiles = [p for p in sources if p.suffix == ".c"]
    rel = lambda p: str(p.relative_to(root))
    fns = [f for p in sources for f in functions(rel(p), *stripped[p])]
    normal = [f for f in fns if f.name not in DISPATCH]
    lengths = [f.length for f in normal]
    raw = {p: p.read_text(errors="replace").split("\n") for p in sources}
    code_lines = sum(1 for p in sources for l in stripped[p][0].split("\n") if l.strip())
    comment_lines = sum(len(v[1]) for v in stripped.values())
    r = Report()
    r.bar("function length, median (<= 18)", percentile(lengths, 0.5), percentile(lengths, 0.5) <= 18)
    r.bar("function length, p90 (<= 50)", percentile(lengths, 0.9), percentile(lengths, 0.9) <= 50)
    r.bar("function length, p99 (<= 110)", percentile(lengths, 0.99), percentile(lengths, 0.99) <= 110)
    long_ones = [f"{f} {f.length}" for f in sorted(normal, key=lambda f: -f.length) if f.length > 100]
    share = 100 * len(long_ones) / max(1, len(normal))
    r.bar("functions over 100 lines (<= 1.5 %)", f"{share:.2f} %", share <= 1.5, long_ones)
    sizes = {p: len(raw[p]) for p in sources}
    too_long = [f"{rel(p)} {n}" for p, n in sizes.items() if n > (1500 if p.suffix == ".c" else 600)]
    r.bar("files over their ceiling (.c 1500, .h 600)", len(too_long), not too_long, too_long)
    med = percentile([sizes[p] for p in cfiles], 0.5)
    r.bar(".c file length, median (<= 400)", med, med <= 400)
    med = percentile([sizes[p] for p in headers], 0.5)
    r.bar(".h file length, median (<= 120)", med, med <= 120)
    nest = percentile([f.nesting for f in normal], 0.99)
    r.bar("nesting, p99 (<= 5)", nest, nest <= 5, [f"{f} {f.nesting}" for f in normal if f.nesting > 5])
    params = percentile([f.params for f in normal], 0.9)
    r.bar("parameters, p90 (<= 4)", params, params <= 4)
    share = 100 * comment_lines / max(1, code_lines + comment_lines)
    r.bar("comment lines (12-35 %)", f"{share:.1f} %", 12 <= share <= 35)
    wide = [f"{rel(p)}:{i + 1}" for p in sources for i, l in enumerate(raw[p]) if len(l) > 100]
    r.bar("lines over 100 columns", len(wide), len(wide) <= code_lines * 0.002, wide)
    known = documented_in_headers(headers)
    exported = [f for f in normal if not f.static and f.path.endswith(".c") and f.name != "main"]
    # A builtin is documented in its row of builtins.def (lint.py checks the rows).
    bare = [str(f) for f in exported if f.name not in known and not f.documented
            and not (f.name.startswith("mrl_bi_") and "/builtins/" in f.path)]
    share = 100 * (1 - len(bare) / max(1, len(exported)))
    r.bar("exported functions documented (100 %)", f"{share:.1f} %", not bare, bare)
    checks = sum(1 for p in cfiles for l in stripped[p][0].split("\n") if CHECKS.search(l) or GUARD.match(l))
    per_k = 1000 * checks / max(1, code_lines)
    r.bar("checks per 1,000 lines (>= 10)", f"{per_k:.0f}", per_k >= 10)
    asserts = sum(len(ASSERT.findall(l)) for p in sources for l in stripped[p][0].split("\n"))
    per_k = 1000 * asserts / max(1, code_lines)
    r.bar("assertions of invariants per 1,000 lines (>= 9)", f"{per_k:.1f}", per_k >= 9)
    banned = [f"{rel(p)}:{i + 1} {n}" for p in sources for i, l in enumerate(stripped[p][0].split("\n"))
              for n in NAME_CALL.findall(l)
              if (n in BANNED or (n in HEAP and "src/base/" not in rel(p) and not l.startswith("#")))
              and "base/banned.h" not in rel(p) and (rel(p), n) not in WRAPPED]
    r.bar("banned calls (0)", len(banned), not banned, banned)
    todo = [f"{rel(p)}:{i + 1}" for p in sources for i, l in enumerate(raw[p])
            if re.search(r"\b(TODO|FIXME|XXX)\b", l)]
    r.bar("TODO without an issue (0)", len(todo), not todo, todo)
    opening = [rel(p) for p in sources if not "\n".join(raw[p][:3]).lstrip().startswith("/*")]
    r.bar("files that do not open with their idea (0)", len(opening), not opening, opening)
    rows = mccabe(cfiles)
    if rows is None:
        print("skip McCabe: pmccabe is not installed")
    else:
        over = [f"{name} {c}" for c, name in rows if c > 25 and not any(name.endswith(d) for d in DISPATCH)]
        r.bar("McCabe over 25 (0)", len(over), not over, over)
    print(f"{r.passed} passed, {r.failed} failed")
    return 1 if r.failed else 0


if __name__ == "__main__":
    sys.exit(main())
