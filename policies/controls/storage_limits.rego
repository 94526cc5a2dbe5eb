# METADATA
# scope: package
# title: Local storage is limited
# description: >-
#   A container that writes logs or scratch files without a limit fills the node's disk, and the
#   kubelet then evicts its neighbours.
# custom:
#   id: MLN-RES-003
#   severity: low
#   category: resources
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
#   needs: [inventory]
#   remediation: >-
#     Set resources.limits.ephemeral-storage, or a LimitRange with a default in the namespace.
#   exposes: 1
#   mappings:
#     pss: []
#     nsa: ["Resource policies"]
#     attack: ["T1499"]
#     cis: []
#     k8s_docs:
#       - "https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/"
package merlon.controls.storage_limits

import data.merlon.lib.k8s
import data.merlon.lib.tree

not_applicable if k8s.foreign

unknown contains u if some u in k8s.malformed
violation contains {
	"msg": sprintf("%s has no limit of ephemeral storage", [c.label]),
	"path": k8s.nearest(path),
	"cause": k8s.cause("resources"),
} if {
	some [c, _, path] in tree.unset_resources("ephemeral-storage", ["limits"])
}

unknown contains u if some u in tree.unreadable_resources("ephemeral-storage")
