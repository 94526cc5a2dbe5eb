#!/usr/bin/env python3
"""ci_steps.py FILE: the shell steps of a CI file of examples/ci/, as one script on stdout.

Reads the few forms that those files use: `run: |` (GitHub), `script:` lists (GitLab), sh '''...''' (Jenkins), `entry:`
(pre-commit). A file without a step is an error, so that a test cannot pass by running nothing.
"""
import pathlib
import re
import sys
import textwrap


def below(lines, at):
    """The lines behind `at` that stand deeper than it."""
    depth = len(lines[at]) - len(lines[at].lstrip())
    for line in lines[at + 1:]:
        if line.strip() and len(line) - len(line.lstrip()) <= depth:
            return
        yield line


def steps(name, text):
    lines = text.splitlines()
    if name == "Jenkinsfile":
        yield from (textwrap.dedent(s) for s in re.findall(r"sh '''(.*?)'''", text, re.S))
    for i, line in enumerate(lines):
        if re.fullmatch(r"\s*run: \|", line):
            yield textwrap.dedent("\n".join(below(lines, i)))
        elif re.fullmatch(r"\s*script:", line):
            yield "\n".join(l.strip().removeprefix("- ") for l in below(lines, i))
        elif m := re.fullmatch(r"\s*entry: (.*)", line):
            yield m.group(1)


path = pathlib.Path(sys.argv[1])
found = list(steps(path.name, path.read_text()))
if not found:
    sys.exit(f"{path}: no steps")
print("set -e")
print("\n".join(found))
