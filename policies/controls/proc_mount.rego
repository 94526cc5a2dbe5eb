# METADATA
# scope: package
# title: The kernel's proc files stay masked
# description: >-
#   The runtime hides the parts of /proc through which a container could read or change the node's
#   kernel. procMount Unmasked uncovers them. In a user namespace (hostUsers false) the kernel does
#   not take the pod's root for its own, so there MLN-POD-021 judges.
# custom:
#   id: MLN-POD-012
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
#     Remove procMount, or set it to Default.
#   exposes: 5
#   mappings:
#     pss: ["baseline"]
#     nsa: ["Pod security enforcement"]
#     attack: ["T1611"]
#     cis: []
#     k8s_docs:
#       - "https://kubernetes.io/docs/concepts/security/pod-security-standards/"
package merlon.controls.proc_mount

import data.merlon.lib.k8s

not_applicable if k8s.foreign

not_applicable if k8s.windows

unknown contains u if some u in k8s.malformed

violation contains {
	"msg": sprintf("%s sees the kernel's unmasked /proc", [c.label]),
	"path": path,
	"value": "Unmasked",
	"fix": {"op": "remove", "path": path},
	"cause": k8s.cause("proc-mount"),
} if {
	some c in k8s.linux_containers
	c.spec.securityContext.procMount == "Unmasked"
	not k8s.user_namespace
	path := array.concat(c.path, ["securityContext", "procMount"])
}

unknown contains {
	"msg": sprintf("%s is %s, which is no type of proc mount", [k8s.path_text(path), k8s.described(v)]),
	"path": path,
} if {
	some c in k8s.linux_containers
	v := c.spec.securityContext.procMount
	not v in {null, "Default", "Unmasked"}
	path := array.concat(c.path, ["securityContext", "procMount"])
}
