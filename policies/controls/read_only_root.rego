# METADATA
# scope: package
# title: The root file system is read-only
# description: >-
#   An attacker who gets into a container wants to drop tools and change programs. A read-only root
#   file system stops both, and makes every change that does happen worth an alert.
# custom:
#   id: MLN-POD-010
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
#     Set readOnlyRootFilesystem to true and mount an emptyDir where the program writes.
#   exposes: 3
#   mappings:
#     pss: []
#     nsa: ["Immutable container file systems"]
#     attack: ["T1059", "T1525"]
#     cis: ["5.7.3"]
#     k8s_docs:
#       - "https://kubernetes.io/docs/tasks/configure-pod-container/security-context/"
package merlon.controls.read_only_root

import data.merlon.lib.k8s

not_applicable if k8s.foreign

not_applicable if k8s.windows

unknown contains u if some u in k8s.malformed

violation contains {
	"msg": sprintf("%s has a writable root file system", [c.label]),
	"path": k8s.nearest(path),
	"fix": {"op": "set", "path": path, "value": true},
	"cause": k8s.cause("security-context"),
} if {
	some c in k8s.linux_containers
	writable(c)
	path := array.concat(c.path, ["securityContext", "readOnlyRootFilesystem"])
}

value_of(c) := v if {
	v := c.spec.securityContext.readOnlyRootFilesystem
	v != null
} else := false

writable(c) if value_of(c) == false

unknown contains u if {
	some c in k8s.linux_containers
	path := array.concat(c.path, ["securityContext"])
	u := k8s.unreadable_flag(c.spec.securityContext, path, "readOnlyRootFilesystem")
}
