#!/usr/bin/env python3
"""lint.py - everything about the tree that a program can judge, in one run.

usage: lint.py BUILD-FOLDER. Prints each check and, at the end, "N passed, N failed[, N skipped]".
"""
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
counts = {"ok": 0, "FAIL": 0, "skip": 0}


def report(name, ok, text=""):
    word = "skip" if ok is None else "ok" if ok else "FAIL"
    counts[word] += 1
    print(f"{word} {name}" + (f": {text}" if ok is None else ""))
    if ok is False and text:
        print("\n".join("     " + l for l in text.strip().splitlines()[:40]))


def out(*cmd):
    return subprocess.run(cmd, capture_output=True, text=True, cwd=ROOT)


def tracked(*patterns):
    return [l for l in out("git", "ls-files", *patterns).stdout.split() if (ROOT / l).exists()]


def layers():
    r = out("tools/check_layers.py")
    report("includes point left", r.returncode == 0, r.stdout)


def style():
    r = out("tools/check_style.py")
    for line in r.stdout.splitlines():
        if line.startswith(("ok  ", "MISS")):
            report("style: " + line[5:], line.startswith("ok"))
        elif line.startswith("       "):
            print(line)


def formatting():
    if not shutil.which("clang-format-19"):
        return report("clang-format", None, "clang-format-19 is not installed")
    files = [f for f in tracked("*.c", "*.h") if ".gen." not in f]
    r = out("clang-format-19", "--dry-run", "-Werror", *files)
    report("clang-format", r.returncode == 0, r.stderr)


def readmes():
    missing, long_ones = [], []
    for d in sorted({(ROOT / f).parent for f in tracked("src/*.c", "src/*.rego")}):
        readme = d / "README.md"
        if not readme.exists():
            missing.append(str(d.relative_to(ROOT)))
        elif len(readme.read_text().splitlines()) > 20:
            long_ones.append(str(readme.relative_to(ROOT)))
    report("each source folder has a README of at most 20 lines", not missing and not long_ones,
           "\n".join(missing + long_ones))


def tables(build):
    text = (ROOT / "src/engines/policy/builtins/builtins.def").read_text()
    rows = re.findall(r'^B\("([^"]+)", (\w+),.*?"([^"]*)",\s*"((?:[^"\\]|\\.)*)"\)', text, re.M | re.S)
    names = re.findall(r'^B\("([^"]+)"', text, re.M)
    report("builtins.def is sorted", names == sorted(names))
    chunks = re.split(r"(?m)^(?=B\()", text)[1:]
    bare = [re.match(r'B\("([^"]+)"', c).group(1) for c in chunks
            if not re.match(r'B\("[^"]+", NONE,', c) and re.search(r'"",?\s*(""|"[^"]*")\)\s*$', c.strip())]
    report("every builtin's row is documented", not bare, " ".join(bare))
    merlon = build / "src/cli/merlon"
    fresh = out(str(merlon), "docs", "markdown").stdout
    doc = ROOT / "docs/reference/cli.md"
    report("docs/reference/cli.md is in step with the commands",
           doc.exists() and doc.read_text() == fresh, "run ./x bless")
    schema = ROOT / "docs/reference/merlon.schema.json"
    report("docs/reference/merlon.schema.json is in step with config.def",
           schema.exists() and schema.read_text() == out(str(merlon), "docs", "config-schema").stdout,
           "run ./x bless")
    r = out("python3", "tools/gen_controls_doc.py", "--check")
    report("docs/reference/controls.md is in step with the controls", r.returncode == 0, r.stdout + r.stderr)
    r = out(str(merlon), "policy", "fmt", "--fail", "--diff", "policies", "examples")
    report("our own Rego is formatted", r.returncode == 0, r.stdout + r.stderr + "run merlon policy fmt -w policies examples")
    man = out(str(merlon), "docs", "man")
    if shutil.which("mandoc"):
        r = subprocess.run(["mandoc", "-Tlint", "-Wwarning"], input=man.stdout, capture_output=True, text=True)
        report("the man page passes mandoc", r.returncode == 0 and man.returncode == 0, r.stdout)
    else:
        report("the man page passes mandoc", None, "mandoc is not installed")
    bash = out(str(merlon), "completion", "bash").stdout
    r = subprocess.run(["bash", "-n"], input=bash, capture_output=True, text=True)
    report("the bash completion parses", r.returncode == 0 and len(bash) > 200, r.stderr)


def symbols(build):
    """In a static library the linker takes the first definition and says nothing of the second."""
    text = out("nm", "-g", "--defined-only", str(build / "libmerlon_core.a")).stdout
    names = re.findall(r"^[0-9a-f]+ [TDBR] (\w+)$", text, re.M)
    twice = sorted({n for n in names if names.count(n) > 1}) if len(set(names)) != len(names) else []
    report("no two files define one name", bool(names) and not twice, " ".join(twice))


def documents():
    arch = ROOT / "docs/ARCHITECTURE.md"
    report("docs/ARCHITECTURE.md has at most 200 lines",
           arch.exists() and len(arch.read_text().splitlines()) <= 200)
    gone = []
    for f in tracked("*.md"):
        for target in re.findall(r"\]\(([^)#: ]+)\)", (ROOT / f).read_text()):
            if not ((ROOT / f).parent / target).exists():
                gone.append(f"{f}: {target}")
    report("links between documents lead somewhere", not gone, "\n".join(gone))
    deps = (ROOT / "docs/DEPENDENCIES.md").read_text() if (ROOT / "docs/DEPENDENCIES.md").exists() else ""
    built = re.findall(r"(?:dependency|find_library)\('([^']+)'", (ROOT / "meson.build").read_text())
    missing = [d for d in built if d not in ("threads", "m") and f"`{d}`" not in deps]
    report("every linked library has its line in docs/DEPENDENCIES.md", deps != "" and not missing,
           " ".join(missing))


def main():
    build = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "build").resolve()
    layers()
    style()
    formatting()
    readmes()
    tables(build)
    symbols(build)
    documents()
    print(f"{counts['ok']} passed, {counts['FAIL']} failed, {counts['skip']} skipped")
    return 1 if counts["FAIL"] else 0


if __name__ == "__main__":
    sys.exit(main())
