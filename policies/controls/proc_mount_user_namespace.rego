# METADATA
# scope: package
# title: Proc files stay masked in user namespaces, too
# description: >-
#   In a user namespace an unmasked /proc is no way to the node, but still shows more of the kernel
#   than a workload needs. Builders of images use it; others have no reason to.
# custom:
#   id: MLN-POD-021
#   severity: low
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
#   exposes: 1
#   mappings:
#     pss: ["restricted"]
#     nsa: ["Pod security enforcement"]
#     attack: ["T1611"]
#     cis: []
#     k8s_docs:
#       - "https://kubernetes.io/docs/concepts/security/pod-security-standards/"
package merlon.controls.proc_mount_user_namespace

import data.merlon.lib.k8s

not_applicable if k8s.foreign

not_applicable if k8s.windows

# Without a user namespace MLN-POD-012 judges.
not_applicable if {
	k8s.pod_spec
	not k8s.user_namespace
}

unknown contains u if some u in k8s.malformed

violation contains {
	"msg": sprintf("%s sees the unmasked /proc of its user namespace", [c.label]),
	"path": path,
	"value": "Unmasked",
	"fix": {"op": "remove", "path": path},
	"cause": k8s.cause("proc-mount"),
} if {
	some c in k8s.linux_containers
	c.spec.securityContext.procMount == "Unmasked"
	path := array.concat(c.path, ["securityContext", "procMount"])
}
