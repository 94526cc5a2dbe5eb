#!/usr/bin/env python3
"""Writes docs/reference/controls.md from the metadata of our controls.

usage: gen_controls_doc.py [--check]

Needs nothing but Python. It reads the part of YAML that our metadata uses: nested mappings, flow
and block lists of plain or quoted scalars, and folded text (>-). Anything else is an error, so the
metadata stays simple enough for every reader. With --check nothing is written, and the exit
status is 1 if the page is out of step.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs/reference/controls.md"
SEVERITIES = ["critical", "high", "medium", "low"]
WORKLOADS = {
    "Pod", "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController",
    "Job", "CronJob", "PodTemplate",
}
CUSTOM_KEYS = {
    "id", "severity", "category", "kinds", "stages", "needs", "remediation", "exposes", "mappings",
}
# What a control is mapped to: of Kubernetes objects, and of build files and lock files.
MAPPING_KEYS = [
    {"pss", "nsa", "attack", "cis", "k8s_docs"},
    {"attack", "slsa", "scorecard", "docs"},
]
FOLDERS = ["controls", "supply-chain"]


class Malformed(Exception):
    """The metadata of a control cannot be used; the text says where and why."""


def scalar(text):
    text = text.strip()
    if len(text) >= 2 and text[0] == text[-1] and text[0] in "\"'":
        return text[1:-1]
    return int(text) if re.fullmatch(r"\d+", text) else text


def flow_list(text):
    inner = text[1:-1].strip()
    return [scalar(part) for part in inner.split(",")] if inner else []


def indent_of(line):
    return len(line) - len(line.lstrip(" "))


def parse_block(lines, at, indent):
    """A mapping or a list whose entries start at `indent`; returns (value, next line)."""
    if lines[at].lstrip().startswith("- "):
        items = []
        while at < len(lines) and indent_of(lines[at]) == indent:
            if not lines[at].lstrip().startswith("- "):
                raise Malformed(f"a list item is expected: {lines[at]!r}")
            items.append(scalar(lines[at].lstrip()[2:]))
            at += 1
        return items, at
    result = {}
    while at < len(lines) and indent_of(lines[at]) == indent:
        found = re.fullmatch(r"([a-z0-9_]+):(?: (.*))?", lines[at].strip())
        if not found:
            raise Malformed(f"`key: value` is expected: {lines[at]!r}")
        key, text = found.group(1), (found.group(2) or "").strip()
        if key in result:
            raise Malformed(f"{key} is there twice")
        at += 1
        result[key], at = parse_value(lines, at, indent, text)
    return result, at


def parse_value(lines, at, indent, text):
    if text == ">-":
        folded = []
        while at < len(lines) and indent_of(lines[at]) > indent:
            folded.append(lines[at].strip())
            at += 1
        return " ".join(folded), at
    if text.startswith("["):
        if not text.endswith("]"):
            raise Malformed(f"a flow list must end on its line: {text!r}")
        return flow_list(text), at
    if text:
        return scalar(text), at
    if at < len(lines) and indent_of(lines[at]) > indent:
        return parse_block(lines, at, indent_of(lines[at]))
    return None, at


def read_control(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    if not lines or lines[0] != "# METADATA":
        raise Malformed("the file does not begin with # METADATA")
    end = next((i for i, l in enumerate(lines) if not l.startswith("#")), len(lines))
    body = [line[2:].rstrip() for line in lines[1:end] if line.strip() != "#"]
    meta, stop = parse_block(body, 0, 0)
    if stop != len(body):
        raise Malformed(f"wrong indentation: {body[stop]!r}")
    if lines[end : end + 1] != [f"package merlon.controls.{path.stem}"]:
        raise Malformed("the package after the metadata is not named as the file")
    check(meta, path)
    return {**meta, "short": path.stem}


def check(meta, path):
    custom = meta.get("custom") or {}
    if set(custom) != CUSTOM_KEYS:
        raise Malformed(f"custom keys differ: {sorted(set(custom) ^ CUSTOM_KEYS)}")
    if set(custom["mappings"]) not in MAPPING_KEYS:
        raise Malformed(f"mapping keys are none of {MAPPING_KEYS}: {sorted(custom['mappings'])}")
    if not re.fullmatch(r"MLN-[A-Z]+-\d{3}", str(custom["id"])):
        raise Malformed(f"id {custom['id']!r} is not of the form MLN-AREA-NNN")
    if custom["severity"] not in SEVERITIES:
        raise Malformed(f"severity {custom['severity']!r} is unknown")
    if not isinstance(custom["exposes"], int) or custom["exposes"] > 10:
        raise Malformed("exposes is not a number from 0 to 10")
    for key in ("title", "description"):
        if not meta.get(key):
            raise Malformed(f"{key} is missing")
    if not path.with_name(f"{path.stem}_test.rego").exists():
        raise Malformed("there is no test beside it")


def kinds_text(kinds):
    rest = [k for k in kinds if k not in WORKLOADS]
    if WORKLOADS <= set(kinds):
        return ", ".join(["every workload"] + rest)
    return ", ".join(kinds)


def mapping_text(mappings):
    names = {
        "pss": "Pod Security Standard", "nsa": "NSA/CISA", "attack": "ATT&CK", "cis": "CIS",
        "slsa": "SLSA", "scorecard": "OpenSSF Scorecard",
    }
    parts = [f"{names[k]}: {', '.join(map(str, mappings[k]))}" for k in names if mappings.get(k)]
    return "; ".join(parts)


def section(control):
    c = control["custom"]
    needs = ", needs the whole tree" if "inventory" in c["needs"] else ""
    links = " ".join(f"<{url}>" for k in ("k8s_docs", "docs") for url in c["mappings"].get(k, []))
    lines = [
        f"### {c['id']} {control['title']}",
        f"`{control['short']}` · {c['severity']} · exposes {c['exposes']} · "
        f"{' and '.join(c['stages'])}{needs}",
        "",
        control["description"],
        "",
        f"- Applies to: {kinds_text(c['kinds'])}",
        f"- Fix: {c['remediation']}",
        f"- {mapping_text(c['mappings'])}",
        f"- See {links}",
        "",
    ]
    return [line for line in lines if line != "- "]


def page(controls):
    counts = {s: sum(c["custom"]["severity"] == s for c in controls) for s in SEVERITIES}
    summary = ", ".join(f"{n} {s}" for s, n in counts.items())
    out = [
        "# Controls",
        "",
        "<!-- Written by tools/gen_controls_doc.py from policies/; do not edit. -->",
        f"{len(controls)} controls: {summary}.",
        "",
        "| id | control | severity | exposes |",
        "|---|---|---|---|",
    ]
    out += [
        f"| {c['custom']['id']} | {c['title']} | {c['custom']['severity']} | "
        f"{c['custom']['exposes']} |"
        for c in controls
    ]
    category = None
    for control in controls:
        if control["custom"]["category"] != category:
            category = control["custom"]["category"]
            out += ["", f"## {category.replace('-', ' ').capitalize()}", ""]
        out += section(control)
    return "\n".join(out).rstrip("\n") + "\n"


def load():
    controls, seen = [], {}
    for path in sorted(p for f in FOLDERS for p in (ROOT / "policies" / f).glob("*.rego")):
        if path.stem.endswith("_test"):
            continue
        try:
            control = read_control(path)
        except Malformed as problem:
            raise SystemExit(f"{path.relative_to(ROOT)}: {problem}")
        other = seen.setdefault(control["custom"]["id"], path.stem)
        if other != path.stem:
            raise SystemExit(f"{control['custom']['id']} is used by {other} and {path.stem}")
        controls.append(control)
    return sorted(controls, key=lambda c: c["custom"]["id"])


def main(arguments):
    if arguments not in ([], ["--check"]):
        print(__doc__.split("\n\n")[1], file=sys.stderr)
        return 2
    text = page(load())
    if arguments:
        if not PAGE.exists() or PAGE.read_text(encoding="utf-8") != text:
            print("docs/reference/controls.md is out of step; run tools/gen_controls_doc.py")
            return 1
        return 0
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
