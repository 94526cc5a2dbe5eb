# METADATA
# scope: package
# title: Containers do not run privileged
# description: >-
#   A privileged container has every capability and all devices of the node and no seccomp or
#   AppArmor confinement. Whoever gets into it owns the node and every other pod there.
# custom:
#   id: MLN-POD-001
#   severity: critical
#   category: pod-security
#   kinds:
#     - Pod
#     - Deployment
#     - StatefulSet
#     - DaemonSet
#     - ReplicaSet
#     - ReplicationController
#     - Job
#     - CronJob
#     - PodTemplate
#   stages: [build, deploy]
#   needs: []
#   remediation: >-
#     Set securityContext.privileged to false. If the workload needs one power, add that single
#     capability instead.
#   exposes: 10
#   mappings:
#     pss: ["baseline"]
#     nsa: ["Pod security enforcement"]
#     attack: ["T1611", "T1610"]
#     cis: ["5.2.2"]
#     k8s_docs:
#       - "https://kubernetes.io/docs/concepts/security/pod-security-standards/"
#       - "https://kubernetes.io/docs/tasks/configure-pod-container/security-context/"
package merlon.controls.privileged

import data.merlon.lib.k8s

not_applicable if k8s.foreign

not_applicable if k8s.windows

unknown contains u if some u in k8s.malformed

violation contains {
	"msg": sprintf("%s runs privileged: it owns the node", [c.label]),
	"path": path,
	"value": true,
	"fix": {"op": "set", "path": path, "value": false},
	"cause": k8s.cause("privileged"),
} if {
	some c in k8s.linux_containers
	c.spec.securityContext.privileged == true
	path := array.concat(c.path, ["securityContext", "privileged"])
}

unknown contains u if {
	some c in k8s.linux_containers
	path := array.concat(c.path, ["securityContext"])
	u := k8s.unreadable_flag(c.spec.securityContext, path, "privileged")
}
