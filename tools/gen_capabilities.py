#!/usr/bin/env python3
"""Writes src/engines/policy/capabilities.def: the OPA version in which each builtin appeared.

usage: gen_capabilities.py FOLDER, the folder of OPA's capabilities files (v0.17.0.json, …), as a
checkout of OPA of the newest version has it. Names and versions are all that is kept.
"""
import json
import pathlib
import re
import sys

OUT = pathlib.Path(__file__).resolve().parent.parent / "src/engines/policy/capabilities.def"


def main():
    versions = {}
    for f in pathlib.Path(sys.argv[1]).glob("v*.json"):
        if re.fullmatch(r"v\d+\.\d+\.\d+", f.stem):
            versions[f.stem] = tuple(map(int, f.stem[1:].split(".")))
    order = sorted(versions, key=versions.get)
    since = {}
    for v in order:
        names = {b["name"] for b in json.loads((pathlib.Path(sys.argv[1]) / f"{v}.json").read_text())["builtins"]}
        gone = set(since) - names
        if gone:
            sys.exit(f"{v} takes builtins away, which the table cannot say: {sorted(gone)}")
        for n in names:
            since.setdefault(n, v)
    number = {v: "{}, {}, {}".format(*versions[v]) for v in order}
    text = ["/* capabilities.def - OPA's versions, and the one in which each builtin appeared; sorted.",
            " * Made by tools/gen_capabilities.py; not to be edited. */"]
    text += [f"V({number[v]})" for v in order]
    text += [f'S("{n}", {number[since[n]]})' for n in sorted(since)]
    OUT.write_text("\n".join(text) + "\n")


if __name__ == "__main__":
    main()
