#!/usr/bin/env python3
"""gen_constraints.py - the first test of each suite below a library as one flat folder.

usage: gen_constraints.py LIBRARY OUT. Writes OUT/policies with a template and a constraint a suite, and
OUT/pod.yaml: a pod as teams write them, which several of the constraints refuse.
"""
import os
import re
import shutil
import sys

POD = """\
apiVersion: v1
kind: Pod
metadata:
  name: checkout-7d9c
  namespace: shop
  labels: {app.kubernetes.io/name: checkout, app.kubernetes.io/part-of: shop, owner: payments}
  annotations: {prometheus.io/scrape: "true"}
spec:
  serviceAccountName: checkout
  initContainers:
    - name: migrate
      image: registry.example.com/shop/migrate:1.4.2
      command: [/bin/migrate, up]
  containers:
    - name: app
      image: registry.example.com/shop/checkout:2.19.0
      ports: [{name: http, containerPort: 8080}, {name: metrics, containerPort: 9090}]
      env:
        - {name: LOG_LEVEL, value: info}
        - {name: DB_PASSWORD, valueFrom: {secretKeyRef: {name: db, key: password}}}
      resources:
        requests: {cpu: 100m, memory: 128Mi}
        limits: {cpu: 500m, memory: 256Mi}
      securityContext: {runAsNonRoot: true, allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
      livenessProbe: {httpGet: {path: /live, port: http}}
      readinessProbe: {httpGet: {path: /ready, port: http}}
      volumeMounts: [{name: tmp, mountPath: /tmp}]
    - name: log-shipper
      image: registry.example.com/platform/shipper:latest
      resources: {limits: {memory: 64Mi}}
      volumeMounts: [{name: logs, mountPath: /var/log/host}]
  volumes:
    - {name: tmp, emptyDir: {}}
    - {name: logs, hostPath: {path: /var/log}}
"""


def first(name, text):
    return re.search(rf"^\s*(?:- )?{name}: *(\S+)", text, re.M).group(1)


def main(library, out):
    os.makedirs(f"{out}/policies")
    n = 0
    for folder, _, files in sorted(os.walk(library)):
        if "suite.yaml" not in files:
            continue
        suite = open(f"{folder}/suite.yaml").read()
        for what in ("template", "constraint"):
            shutil.copy(f"{folder}/{first(what, suite)}", f"{out}/policies/{n:02}-{what}.yaml")
        n += 1
    open(f"{out}/pod.yaml", "w").write(POD)
    return n


if __name__ == "__main__":
    print(main(*sys.argv[1:3]))
