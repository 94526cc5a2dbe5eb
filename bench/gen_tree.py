#!/usr/bin/env python3
"""gen_tree.py - writes FILES manifests with five objects each below FOLDER; the same for the same SEED.

usage: gen_tree.py FOLDER [FILES [SEED]]
"""
import pathlib
import random
import sys

folder = pathlib.Path(sys.argv[1])
files = int(sys.argv[2]) if len(sys.argv) > 2 else 1000
rng = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 1)
folder.mkdir(parents=True, exist_ok=True)
for i in range(files):
    ns, name = f"team-{i % 20}", f"app-{i}"
    context = rng.choice(["privileged: true", "runAsNonRoot: true", "allowPrivilegeEscalation: false"])
    (folder / f"{name}.yaml").write_text(f"""apiVersion: apps/v1
kind: Deployment
metadata: {{name: {name}, namespace: {ns}, labels: {{app: {name}}}}}
spec:
  replicas: {rng.randint(1, 4)}
  selector: {{matchLabels: {{app: {name}}}}}
  template:
    metadata: {{labels: {{app: {name}}}}}
    spec:
      serviceAccountName: {name}
      containers:
        - name: main
          image: registry.example.com/{ns}/{name}:{rng.randint(1, 9)}.0
          ports: [{{containerPort: 8080}}]
          env:
            - {{name: MODE, value: "{rng.choice(['a', 'b'])}"}}
          securityContext: {{{context}}}
          resources: {{limits: {{memory: 128Mi}}, requests: {{cpu: 50m, memory: 64Mi}}}}
---
apiVersion: v1
kind: Service
metadata: {{name: {name}, namespace: {ns}}}
spec: {{selector: {{app: {name}}}, ports: [{{port: 80, targetPort: 8080}}]}}
---
apiVersion: v1
kind: ServiceAccount
metadata: {{name: {name}, namespace: {ns}}}
---
apiVersion: v1
kind: ConfigMap
metadata: {{name: {name}, namespace: {ns}}}
data: {{level: "{rng.choice(['debug', 'info'])}", limit: "{rng.randint(1, 99)}"}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {{name: {name}, namespace: {ns}}}
spec: {{podSelector: {{matchLabels: {{app: {name}}}}}, policyTypes: [Ingress], ingress: [{{from: [{{podSelector: {{}}}}]}}]}}
""")
