# METADATA
# scope: package
# title: Services say when they are ready
# description: >-
#   Without a readiness probe a pod gets requests as soon as it starts and keeps them while it
#   hangs, so a rollout of a broken version takes the service down.
# custom:
#   id: MLN-REL-001
#   severity: low
#   category: reliability
#   kinds: [Deployment, StatefulSet, DaemonSet, ReplicaSet, ReplicationController]
#   stages: [build, deploy]
#   needs: []
#   remediation: >-
#     Add a readinessProbe that asks the program itself.
#   exposes: 1
#   mappings:
#     pss: []
#     nsa: ["Resource policies"]
#     attack: ["T1499"]
#     cis: []
#     k8s_docs:
#       - "https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/"
package merlon.controls.readiness_probe

import data.merlon.lib.k8s

not_applicable if k8s.foreign

unknown contains u if some u in k8s.malformed

violation contains {
	"msg": sprintf("%s has no readiness probe", [c.label]),
	"path": c.path,
	"cause": k8s.cause("probes"),
} if {
	some c in k8s.long_running
	c.list == "containers"
	object.get(c.spec, "readinessProbe", null) in {null, {}}
}

unknown contains {
	"msg": sprintf("%s is %s", [k8s.path_text(path), k8s.described(p)]),
	"path": path,
} if {
	some c in k8s.long_running
	p := c.spec.readinessProbe
	p != null
	not is_object(p)
	path := array.concat(c.path, ["readinessProbe"])
}
