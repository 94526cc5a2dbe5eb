#!/usr/bin/env python3
"""agreement.py - what merlon and the most used scanners say about the same objects, check by check.

Runs merlon, kube-score and checkov (those that are installed) on folders, joins their checks by the
table below, and prints how many objects both find wrong, only they, only we. For each difference the
first object is named with --verbose, so that a person can judge who is right.

usage: agreement.py MERLON [--verbose] FOLDER...    ($CHECKOV names its command, default checkov)
"""
import collections
import json
import os
import pathlib
import shutil
import subprocess
import sys

# Their check: our controls that find the same. Several of ours may be one of theirs.
PAIRS = {
    "kube-score container-image-pull-policy": ["MLN-IMG-003"],
    "kube-score container-image-tag": ["MLN-IMG-002"],
    "kube-score container-resources": ["MLN-RES-001", "MLN-RES-002"],
    "kube-score container-ephemeral-storage-request-and-limit": ["MLN-RES-003"],
    "kube-score container-security-context-privileged": ["MLN-POD-001"],
    "kube-score container-security-context-readonlyrootfilesystem": ["MLN-POD-010"],
    "kube-score container-security-context-user-group-id": ["MLN-POD-004", "MLN-POD-023"],
    "kube-score deployment-targeted-by-hpa-does-not-have-replicas-configured": ["MLN-REL-009"],
    "kube-score deployment-pod-selector-labels-match-template-metadata-labels": ["MLN-REL-008"],
    "kube-score statefulset-pod-selector-labels-match-template-metadata-labels": ["MLN-REL-008"],
    "kube-score environment-variable-key-duplication": ["MLN-REL-010"],
    "kube-score horizontalpodautoscaler-has-target": ["MLN-REL-007"],
    "kube-score ingress-targets-service": ["MLN-NET-007"],
    "kube-score networkpolicy-targets-pod": ["MLN-NET-010"],
    "kube-score pod-networkpolicy": ["MLN-NET-001", "MLN-NET-002"],
    "kube-score pod-probes": ["MLN-REL-001", "MLN-REL-002"],
    "kube-score service-targets-pod": ["MLN-NET-003"],
    "kube-score service-type": ["MLN-NET-005"],
    "kube-score stable-version": ["MLN-API-001"],
    "checkov CKV_K8S_1": ["MLN-POD-002"],
    "checkov CKV_K8S_8": ["MLN-REL-002"],
    "checkov CKV_K8S_9": ["MLN-REL-001"],
    "checkov CKV_K8S_10": ["MLN-RES-002"],
    "checkov CKV_K8S_11": ["MLN-RES-002"],
    "checkov CKV_K8S_12": ["MLN-RES-001"],
    "checkov CKV_K8S_13": ["MLN-RES-001"],
    "checkov CKV_K8S_14": ["MLN-IMG-002"],
    "checkov CKV_K8S_15": ["MLN-IMG-003"],
    "checkov CKV_K8S_16": ["MLN-POD-001"],
    "checkov CKV_K8S_17": ["MLN-POD-002"],
    "checkov CKV_K8S_18": ["MLN-POD-002"],
    "checkov CKV_K8S_19": ["MLN-POD-002"],
    "checkov CKV_K8S_20": ["MLN-POD-009"],
    "checkov CKV_K8S_21": ["MLN-NS-002"],
    "checkov CKV_K8S_22": ["MLN-POD-010"],
    "checkov CKV_K8S_23": ["MLN-POD-004"],
    "checkov CKV_K8S_25": ["MLN-POD-005", "MLN-POD-006"],
    "checkov CKV_K8S_26": ["MLN-POD-011"],
    "checkov CKV_K8S_27": ["MLN-POD-016"],
    "checkov CKV_K8S_28": ["MLN-POD-006"],
    "checkov CKV_K8S_31": ["MLN-POD-008", "MLN-POD-020"],
    "checkov CKV_K8S_35": ["MLN-SEC-003"],
    "checkov CKV_K8S_37": ["MLN-POD-006"],
    "checkov CKV_K8S_38": ["MLN-SA-001"],
    "checkov CKV_K8S_39": ["MLN-POD-005"],
    "checkov CKV_K8S_40": ["MLN-POD-004", "MLN-POD-023"],
    "checkov CKV_K8S_43": ["MLN-IMG-001"],
    "checkov CKV_K8S_49": ["MLN-RBAC-001"],
    "checkov CKV2_K8S_5": ["MLN-RBAC-003"],
}


def run(command):
    return subprocess.run(command, capture_output=True, text=True).stdout


def files_of(folders):
    return sorted(str(p) for f in folders for p in pathlib.Path(f).rglob("*.yaml"))


def merlon(binary, folders):
    found, seen = collections.defaultdict(set), set()
    answer = json.loads(run([binary, "check", "--gate", "none", "--format", "json", *folders]))
    for f in answer["findings"]:
        if f["verdict"] == "fail":
            _, kind, _, name = f["subject"].rsplit("/", 3)
            found[f["control"]].add((os.path.realpath(f["location"]["file"]), kind, name))
    return found


def kube_score(folders):
    found = collections.defaultdict(set)
    for folder in folders:  # the whole folder at once, as it follows references, too
        text = run(["kube-score", "score", "--output-format", "json", *files_of([folder])])
        for o in json.loads(text or "[]") or []:
            for check in o["checks"] or []:
                if not check.get("skipped") and check["grade"] < 10:
                    key = (os.path.realpath(o["file_name"]), o["type_meta"]["kind"], o["object_meta"].get("name", ""))
                    found["kube-score " + check["check"]["id"]].add(key)
    return found


def checkov(command, folders):
    found = collections.defaultdict(set)
    for folder in folders:
        answer = json.loads(run([command, "-d", folder, "--framework", "kubernetes", "-o", "json", "--quiet", "--compact"]) or "{}")
        for part in answer if isinstance(answer, list) else [answer]:
            for f in part.get("results", {}).get("failed_checks", []):
                kind, name = f["resource"].split(".")[0], f["resource"].split(".", 2)[-1]
                if kind == "Pod" and "." in name and name.split(".")[0] != name:
                    continue  # the pods that it makes out of templates: their owners are told, too
                file = os.path.realpath(folder + "/" + f["file_path"].lstrip("/"))
                found["checkov " + f["check_id"]].add((file, kind, name))
    return found


def main():
    args = [a for a in sys.argv[1:] if a != "--verbose"]
    verbose = "--verbose" in sys.argv
    binary, folders = args[0], [os.path.realpath(f) for f in args[1:]]
    ours, theirs = merlon(binary, folders), {}
    if shutil.which("kube-score"):
        theirs.update(kube_score(folders))
    command = os.environ.get("CHECKOV", "checkov")
    if shutil.which(command):
        theirs.update(checkov(command, folders))
    total = collections.Counter()
    print("| their check | ours | both | only they | only we |\n|---|---|---|---|---|")
    for check, ids in PAIRS.items():
        mine = set().union(*(ours[i] for i in ids))
        other = theirs.get(check, set())
        both, they, we = len(mine & other), len(other - mine), len(mine - other)
        total.update(both=both, they=they, we=we)
        print(f"| {check} | {', '.join(ids)} | {both} | {they} | {we} |")
        for label, objects in (("only they", other - mine), ("only we", mine - other)):
            for file, kind, name in sorted(objects)[:3] if verbose else []:
                print(f"    {label}: {kind} {name} in {file}")
    print(f"| all | | {total['both']} | {total['they']} | {total['we']} |")
    for check in sorted(set(theirs) - set(PAIRS)):
        print(f"not paired: {check}: {len(theirs[check])}")


if __name__ == "__main__":
    main()
