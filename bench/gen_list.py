#!/usr/bin/env python3
"""gen_list.py - writes a Kubernetes List of COUNT pods as `kubectl get pods -A -o json` gives it.

usage: gen_list.py json|pretty|yaml|stream COUNT [SEED]
json: one compact line; pretty: four spaces, as kubectl prints; yaml: as `-o yaml`, without the List around it
(documents divided by ---); stream: hand-written manifests (Deployment, Service, ConfigMap) with comments.
The same bytes for the same SEED. Only the standard library: no YAML package is needed.
"""
import json
import random
import sys

mode, count = sys.argv[1], int(sys.argv[2])
rng = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 1)
HEX = "0123456789abcdef"
LOW = "bcdfghjklmnpqrstvwxz2456789"
NAMES = ["checkout", "catalog", "payments", "cart", "search", "ledger", "mailer", "gateway", "profiles", "quotes"]


def text(alphabet, n):
    return "".join(rng.choice(alphabet) for _ in range(n))


def uid():
    return "-".join(text(HEX, n) for n in (8, 4, 4, 4, 12))


def stamp():
    return f"2026-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}T{rng.randint(0, 23):02}:{rng.randint(0, 59):02}:{rng.randint(0, 59):02}Z"


def container(name, n):
    return {
        "name": name if n == 0 else f"sidecar-{n}",
        "image": f"registry.example.com/{name}/{name}:v{rng.randint(1, 9)}.{rng.randint(0, 40)}.{rng.randint(0, 9)}",
        "args": ["serve", f"--listen=:{8080 + n}", "--log-level=info", f"--peers={rng.randint(2, 9)}"],
        "ports": [{"name": "http", "containerPort": 8080 + n, "protocol": "TCP"}],
        "env": [
            {"name": "POD_NAME", "valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.name"}}},
            {"name": "DATABASE_URL", "value": f"postgres://{name}@db.{name}.svc.cluster.local:5432/{name}?sslmode=verify-full"},
            {"name": "GREETING", "value": rng.choice(["hello \"world\"", "gr\u00fc\u00dfe", "a\tb", "plain text value"])},
        ],
        "resources": {"limits": {"cpu": "500m", "memory": f"{rng.choice([128, 256, 512])}Mi"}, "requests": {"cpu": "50m", "memory": "64Mi"}},
        "livenessProbe": {"httpGet": {"path": "/healthz", "port": "http", "scheme": "HTTP"}, "initialDelaySeconds": 5, "timeoutSeconds": 1, "periodSeconds": 10, "successThreshold": 1, "failureThreshold": 3},
        "volumeMounts": [
            {"name": "config", "mountPath": f"/etc/{name}", "readOnly": True},
            {"name": f"kube-api-access-{text(LOW, 5)}", "readOnly": True, "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount"},
        ],
        "terminationMessagePath": "/dev/termination-log",
        "terminationMessagePolicy": "File",
        "imagePullPolicy": "IfNotPresent",
        "securityContext": {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": rng.random() < 0.5, "runAsNonRoot": True, "capabilities": {"drop": ["ALL"]}},
    }


def status(names):
    at = stamp()
    return {
        "phase": "Running",
        "conditions": [{"type": t, "status": "True", "lastProbeTime": None, "lastTransitionTime": at} for t in ("Initialized", "Ready", "ContainersReady", "PodScheduled")],
        "hostIP": f"10.0.{rng.randint(0, 9)}.{rng.randint(1, 250)}",
        "podIP": f"10.42.{rng.randint(0, 99)}.{rng.randint(1, 250)}",
        "startTime": at,
        "containerStatuses": [{
            "name": n, "state": {"running": {"startedAt": at}}, "lastState": {}, "ready": True, "restartCount": rng.randint(0, 4),
            "image": f"registry.example.com/{n}:v1", "imageID": f"registry.example.com/{n}@sha256:{text(HEX, 64)}",
            "containerID": f"containerd://{text(HEX, 64)}", "started": True} for n in names],
        "qosClass": "Burstable",
    }


def pod():
    app = rng.choice(NAMES)
    hash_ = text(LOW, 10)
    containers = [container(app, n) for n in range(rng.choice([1, 1, 2]))]
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": f"{app}-{hash_}-{text(LOW, 5)}", "generateName": f"{app}-{hash_}-", "namespace": f"team-{rng.randint(1, 20)}",
            "uid": uid(), "resourceVersion": str(rng.randint(1000, 99999999)), "creationTimestamp": stamp(),
            "labels": {"app.kubernetes.io/name": app, "app.kubernetes.io/part-of": "shop", "pod-template-hash": hash_},
            "annotations": {"checksum/config": text(HEX, 64), "prometheus.io/scrape": "true", "prometheus.io/port": "8080"},
            "ownerReferences": [{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": f"{app}-{hash_}", "uid": uid(), "controller": True, "blockOwnerDeletion": True}],
        },
        "spec": {
            "volumes": [
                {"name": "config", "configMap": {"name": f"{app}-config", "defaultMode": 420}},
                {"name": "kube-api-access", "projected": {"defaultMode": 420, "sources": [
                    {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}},
                    {"configMap": {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}}]}},
            ],
            "containers": containers,
            "restartPolicy": "Always", "terminationGracePeriodSeconds": 30, "dnsPolicy": "ClusterFirst",
            "serviceAccountName": app, "serviceAccount": app, "nodeName": f"node-{rng.randint(1, 40)}.example.internal",
            "securityContext": {"fsGroup": 2000, "seccompProfile": {"type": "RuntimeDefault"}},
            "schedulerName": "default-scheduler",
            "tolerations": [
                {"key": "node.kubernetes.io/not-ready", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300},
                {"key": "node.kubernetes.io/unreachable", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300}],
            "priority": 0, "enableServiceLinks": True, "preemptionPolicy": "PreemptLowerPriority",
        },
        "status": status([c["name"] for c in containers]),
    }


def scalar(v):
    if isinstance(v, str):
        plain = v and v[0].isalpha() and v not in ("true", "false", "null", "yes", "no", "on", "off", "y", "n") and not any(c in v for c in "\t\"#:,[]{}") and v == v.strip()
        return v if plain else json.dumps(v, ensure_ascii=False)
    return json.dumps(v)


def lines(v, indent):
    pad = " " * indent
    if isinstance(v, dict):
        for k, x in v.items():
            if isinstance(x, (dict, list)) and x:
                yield f"{pad}{k}:"
                yield from lines(x, indent + (2 if isinstance(x, dict) else 0))
            else:
                yield f"{pad}{k}: {'{}' if x == {} else '[]' if x == [] else scalar(x)}"
    else:
        for x in v:
            if isinstance(x, (dict, list)) and x:
                inner = list(lines(x, indent + 2))
                yield f"{pad}- {inner[0][indent + 2:]}"
                yield from inner[1:]
            else:
                yield f"{pad}- {scalar(x)}"


def manifest(i):
    app = rng.choice(NAMES)
    ns = f"team-{rng.randint(1, 20)}"
    config = "\n".join(f"    key_{k} = {text(LOW, 12)}  # tuned {stamp()[:10]}" for k in range(12))
    return f"""# {app}: generated for a benchmark, number {i}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {app}-{i}
  namespace: {ns}
  labels: {{app: {app}, tier: "backend"}}
  annotations:
    checksum/config: {text(HEX, 64)}
    description: >-
      The {app} service answers requests of the shop and of its partners,
      and keeps what it learns in its own database.
spec:
  replicas: {rng.randint(1, 5)}
  selector:
    matchLabels:
      app: {app}
  template:
    metadata:
      labels:
        app: {app}
    spec:
      serviceAccountName: {app}
      securityContext:
        runAsNonRoot: true
        seccompProfile:
          type: RuntimeDefault
      containers:
        - name: main
          image: "registry.example.com/{app}/{app}:v{rng.randint(1, 9)}.{rng.randint(0, 40)}"
          args: ["serve", "--listen=:8080", '--peers={rng.randint(2, 9)}']
          ports:
            - name: http
              containerPort: 8080
          env:
            - name: POD_NAME
              valueFrom:
                fieldRef:
                  fieldPath: metadata.name
            # the pool is small on purpose: see the runbook
            - name: POOL_SIZE
              value: "{rng.randint(1, 20)}"
            - name: DATABASE_URL
              value: postgres://{app}@db.{ns}.svc.cluster.local:5432/{app}?sslmode=verify-full
          resources:
            limits:
              cpu: 500m
              memory: 256Mi
            requests:
              cpu: 50m
              memory: 64Mi
          livenessProbe:
            httpGet:
              path: /healthz
              port: http
            initialDelaySeconds: 5
            periodSeconds: 10
          volumeMounts:
            - name: config
              mountPath: /etc/{app}
              readOnly: true
      volumes:
        - name: config
          configMap:
            name: {app}-{i}
---
apiVersion: v1
kind: Service
metadata:
  name: {app}-{i}
  namespace: {ns}
spec:
  type: ClusterIP
  selector:
    app: {app}
  ports:
    - name: http
      port: 80
      targetPort: http
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: {app}-{i}
  namespace: {ns}
data:
  LOG_LEVEL: info
  settings.conf: |
{config}
"""


if mode == "stream":
    print("---\n".join(manifest(i) for i in range(count)), end="")
elif mode == "yaml":
    print("\n---\n".join("\n".join(lines(pod(), 0)) for _ in range(count)))
else:
    body = {"apiVersion": "v1", "items": [pod() for _ in range(count)], "kind": "List", "metadata": {"resourceVersion": ""}}
    print(json.dumps(body, ensure_ascii=False, separators=(",", ":") if mode == "json" else None, indent=None if mode == "json" else 4), end="")
