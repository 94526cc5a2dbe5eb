# METADATA
# scope: package
# title: Hung programs are restarted
# description: >-
#   Without a liveness probe a program that hangs stays as it is until a person notices.
# custom:
#   id: MLN-REL-002
#   severity: low
#   category: reliability
#   kinds: [Deployment, StatefulSet, DaemonSet, ReplicaSet, ReplicationController]
#   stages: [build, deploy]
#   needs: []
#   remediation: >-
#     Add a livenessProbe that does not depend on other services, and a startupProbe where the start
#     is slow.
#   exposes: 1
#   mappings:
#     pss: []
#     nsa: ["Resource policies"]
#     attack: ["T1499"]
#     cis: []
#     k8s_docs:
#       - "https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/"
package merlon.controls.liveness_probe

import data.merlon.lib.k8s

not_applicable if k8s.foreign

unknown contains u if some u in k8s.malformed

violation contains {
	"msg": sprintf("%s has no liveness probe", [c.label]),
	"path": c.path,
	"cause": k8s.cause("probes"),
} if {
	some c in k8s.long_running
	c.list == "containers"
	object.get(c.spec, "livenessProbe", null) in {null, {}}
}

unknown contains {
	"msg": sprintf("%s is %s", [k8s.path_text(path), k8s.described(p)]),
	"path": path,
} if {
	some c in k8s.long_running
	p := c.spec.livenessProbe
	p != null
	not is_object(p)
	path := array.concat(c.path, ["livenessProbe"])
}
