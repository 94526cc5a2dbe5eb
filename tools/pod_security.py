#!/usr/bin/env python3
"""pod_security.py - do our controls say what Kubernetes' Pod Security says?

Builds tools/pod_security/oracle.go against the module k8s.io/pod-security-admission in a folder of its
own, lets it judge the pods of that module's test data, and compares pod by pod: the verdict of the
levels baseline and restricted (all of our controls that map to the level), and each check with the
controls that stand for it. Without Go or the module in its cache the suite is skipped;
MERLON_FETCH=1 lets Go fetch it.

usage: pod_security.py MERLON. Ends with "N passed, N failed[, N skipped]".
"""
import collections
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
MODULE = "k8s.io/pod-security-admission"
VERSION = "v0.37.2"

# Check of Kubernetes: our controls that fail where it forbids. runAsUser and runAsNonRoot are one
# question for us: may a process be root?
CHECKS = {
    ("allowPrivilegeEscalation",): ["MLN-POD-009"],
    ("appArmorProfile",): ["MLN-POD-015"],
    ("capabilities_baseline",): ["MLN-POD-005"],
    ("capabilities_restricted",): ["MLN-POD-006"],
    ("hostNamespaces",): ["MLN-POD-002"],
    ("hostPathVolumes",): ["MLN-POD-003"],
    ("hostPorts",): ["MLN-POD-011"],
    ("hostProbesAndHostLifecycle",): ["MLN-POD-007"],
    ("privileged",): ["MLN-POD-001"],
    ("procMount",): ["MLN-POD-012"],
    ("procMount_restricted",): ["MLN-POD-012", "MLN-POD-021"],
    ("restrictedVolumes",): ["MLN-POD-003", "MLN-POD-019"],
    ("runAsNonRoot", "runAsUser"): ["MLN-POD-004", "MLN-POD-022"],
    ("seLinuxOptions",): ["MLN-POD-014"],
    ("seccompProfile_baseline",): ["MLN-POD-020"],
    ("seccompProfile_restricted",): ["MLN-POD-008", "MLN-POD-020"],
    ("sysctls",): ["MLN-POD-013"],
    ("windowsHostProcess",): ["MLN-POD-018"],
}


def skip(why):
    print(f"skip Pod Security: {why}")
    print("0 passed, 0 failed, 1 skipped")
    sys.exit(0)


def go(folder, *args):
    env = dict(os.environ, GOFLAGS="-mod=mod", GOWORK="off")
    if os.environ.get("MERLON_FETCH") != "1":
        env["GOPROXY"] = "off"
    return subprocess.run(["go", *args], cwd=folder, env=env, capture_output=True, text=True)


def oracle(folder):
    """The folder of fixtures, and what the library says: file to checks by level."""
    shutil.copy(ROOT / "tools/pod_security/oracle.go", folder / "main.go")
    (folder / "go.mod").write_text(f"module oracle\n\ngo 1.24\n\nrequire {MODULE} {VERSION}\n")
    built = go(folder, "build", "-o", "oracle", ".")
    if built.returncode != 0:
        skip(f"{MODULE} {VERSION} cannot be built (MERLON_FETCH=1 fetches it)")
    fixtures = go(folder, "list", "-m", "-f", "{{.Dir}}", MODULE).stdout.strip() + "/test/testdata"
    text = subprocess.run([folder / "oracle", fixtures], capture_output=True, text=True, check=True).stdout
    return fixtures, {row["file"]: row for row in map(json.loads, text.splitlines())}


def ours(merlon, fixtures):
    """Our failed controls by file, and the levels that each control maps to."""
    text = subprocess.run([merlon, "check", "--gate", "none", "--format", "json", fixtures],
                          capture_output=True, text=True).stdout
    answer = json.loads(text)
    levels = {c["id"]: c.get("mappings", {}).get("pss", []) for c in answer["controls"]}
    failed = collections.defaultdict(set)
    for f in answer["findings"]:
        if f["verdict"] == "fail":
            failed[f["location"]["file"][len(fixtures) + 1:]].add(f["control"])
    return failed, levels


def main():
    merlon = pathlib.Path(sys.argv[1]).resolve()
    if not shutil.which("go"):
        skip("Go is not installed")
    with tempfile.TemporaryDirectory() as tmp:
        fixtures, wanted = oracle(pathlib.Path(tmp))
        failed, levels = ours(merlon, fixtures)
    wrong, passed = collections.defaultdict(list), 0

    def compare(what, file, want, got):
        nonlocal passed
        if want == got:
            passed += 1
        else:
            wrong[f"{what}: Kubernetes {'forbids' if want else 'allows'}, we say otherwise"].append(file)

    for file, row in wanted.items():
        for level, counts in (("baseline", {"baseline"}), ("restricted", {"baseline", "restricted"})):
            ids = [c for c in failed[file] if counts & set(levels[c])]
            compare(level, file, bool(row[level]), bool(ids))
        checks = set(row["baseline"]) | set(row["restricted"])
        for names, ids in CHECKS.items():
            compare("/".join(names), file, bool(checks & set(names)), bool(failed[file] & set(ids)))
    for what, files in sorted(wrong.items()):
        print(f"FAIL {what}: {len(files)} pods, such as {files[0]}")
    print(f"note {len(wanted)} pods, 2 levels and {len(CHECKS)} checks each")
    print(f"{passed} passed, {sum(map(len, wrong.values()))} failed")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
