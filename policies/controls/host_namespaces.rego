# METADATA
# scope: package
# title: Pods stay out of the node's namespaces
# description: >-
#   With hostPID a pod sees and can signal every process of the node, with hostIPC it reads their
#   shared memory, with hostNetwork it listens on the node's addresses, reaches services bound to
#   localhost and escapes network policies.
# custom:
#   id: MLN-POD-002
#   severity: high
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
#     Remove hostPID, hostIPC and hostNetwork. Node agents that need one belong in their own
#     namespace with an accepted exception.
#   exposes: 8
#   mappings:
#     pss: ["baseline"]
#     nsa: ["Pod security enforcement"]
#     attack: ["T1611", "T1040"]
#     cis: ["5.2.3", "5.2.4", "5.2.5"]
#     k8s_docs:
#       - "https://kubernetes.io/docs/concepts/security/pod-security-standards/"
package merlon.controls.host_namespaces

import data.merlon.lib.k8s

not_applicable if k8s.foreign

unknown contains u if some u in k8s.malformed
reasons := {
	"hostPID": "it sees and can signal every process of the node",
	"hostIPC": "it shares memory with the processes of the node",
	"hostNetwork": "it uses the node's network and escapes network policies",
}

violation contains {
	"msg": sprintf("%s is on: %s", [key, why]),
	"path": path,
	"value": true,
	"fix": {"op": "remove", "path": path},
	"cause": k8s.cause("host-namespaces"),
} if {
	some key, why in reasons
	k8s.pod_spec[key] == true
	path := array.concat(k8s.pod_path, [key])
}

unknown contains u if {
	some key, _ in reasons
	u := k8s.unreadable_flag(k8s.pod_spec, k8s.pod_path, key)
}
