#!/usr/bin/env python3
"""check_layers.py - includes point left only: base <- formats <- engines <- services <- cli.

Sibling folders may include each other only along the edges listed in tools/layers.txt. A library's
headers may be included by its one wrapper module only (tools/wrappers.txt: HEADER-PREFIX FILE...).
Exits 1 and names each bad include.
"""
import pathlib
import re
import sys

ORDER = ["base", "formats", "engines", "services", "cli"]
INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]', re.M)


def read_pairs(path):
    for line in pathlib.Path(path).read_text().splitlines():
        line = line.split("#")[0].strip()
        if line:
            yield line.split()


def unit(rel):
    """The sibling unit of a file: 'base', 'formats/json', 'engines/policy', 'cli'."""
    parts = rel.parts
    if parts[0] in ("base", "cli"):
        return parts[0]
    return "/".join(parts[:2])


def check(root):
    src = root / "src"
    edges = {(a, c) for a, arrow, c in (p for p in read_pairs(root / "tools/layers.txt"))}
    wrappers = {p[0]: set(p[1:]) for p in read_pairs(root / "tools/wrappers.txt")}
    bad = []
    for f in sorted(src.rglob("*.[ch]")):
        rel = f.relative_to(src)
        if rel.parts[0] not in ORDER:
            continue
        me = unit(rel)
        for kind, target in INCLUDE.findall(f.read_text(errors="replace")):
            if kind == "<":
                for prefix, owners in wrappers.items():
                    if target.startswith(prefix) and str(rel) not in owners:
                        bad.append(f"{f}: <{target}> belongs to {', '.join(sorted(owners))}")
                continue
            top = target.split("/")[0]
            if top not in ORDER:
                if not (f.parent / target).exists() and not target.endswith(".gen.h"):
                    bad.append(f'{f}: "{target}": write includes from src/')
                continue
            there = unit(pathlib.PurePath(target))
            if ORDER.index(top) > ORDER.index(rel.parts[0]):
                bad.append(f'{f}: "{target}" points up')
            elif top == rel.parts[0] and there != me and (me, there) not in edges:
                bad.append(f'{f}: "{target}": {me} may not use its sibling {there}')
    return bad


if __name__ == "__main__":
    problems = check(pathlib.Path(__file__).resolve().parent.parent)
    print("\n".join(problems))
    sys.exit(1 if problems else 0)
