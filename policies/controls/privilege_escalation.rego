# METADATA
# scope: package
# title: Privileges cannot grow inside the container
# description: >-
#   Unless allowPrivilegeEscalation is false, a set-user-id program in the image can give a process
#   more power than the container started with. Kubernetes allows it by default.
# custom:
#   id: MLN-POD-009
#   severity: medium
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
#     Set allowPrivilegeEscalation to false in each container's security context.
#   exposes: 4
#   mappings:
#     pss: ["restricted"]
#     nsa: ["Pod security enforcement"]
#     attack: ["T1548", "T1068"]
#     cis: ["5.2.6"]
#     k8s_docs:
#       - "https://kubernetes.io/docs/tasks/configure-pod-container/security-context/"
#       - "https://kubernetes.io/docs/concepts/security/pod-security-standards/"
package merlon.controls.privilege_escalation

import data.merlon.lib.k8s

not_applicable if k8s.foreign

not_applicable if k8s.windows

unknown contains u if some u in k8s.malformed

violation contains {
	"msg": sprintf("%s %s", [c.label, how(c)]),
	"path": k8s.nearest(path),
	"fix": fix(c, path),
	"cause": k8s.cause("security-context"),
} if {
	some c in k8s.linux_containers
	permits(c)
	path := array.concat(c.path, ["securityContext", "allowPrivilegeEscalation"])
}

# The API server refuses false beside privileged or SYS_ADMIN, which imply it.
fix(c, path) := null if {
	c.spec.securityContext.privileged == true
} else := null if {
	some name in c.spec.securityContext.capabilities.add
	name in {"SYS_ADMIN", "CAP_SYS_ADMIN"}
} else := {"op": "set", "path": path, "value": false, "safe": value_of(c) == "unset"}

value_of(c) := v if {
	v := c.spec.securityContext.allowPrivilegeEscalation
	v != null
} else := "unset"

permits(c) if value_of(c) in {true, "unset"}

how(c) := "lets processes gain privileges" if {
	value_of(c) == true
} else := "does not forbid that processes gain privileges, and the default allows it"

unknown contains u if {
	some c in k8s.linux_containers
	path := array.concat(c.path, ["securityContext"])
	u := k8s.unreadable_flag(c.spec.securityContext, path, "allowPrivilegeEscalation")
}
