# METADATA
# scope: package
# title: Memory is requested and limited
# description: >-
#   A container without a memory limit can take all memory of the node, and the kernel then kills
#   its neighbours. Without a request the scheduler packs nodes blindly.
# custom:
#   id: MLN-RES-001
#   severity: medium
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
#     Set resources.requests.memory and resources.limits.memory, or a LimitRange with defaults in
#     the namespace.
#   exposes: 3
#   mappings:
#     pss: []
#     nsa: ["Resource policies"]
#     attack: ["T1499", "T1496"]
#     cis: []
#     k8s_docs:
#       - "https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/"
#       - "https://kubernetes.io/docs/concepts/policy/limit-range/"
package merlon.controls.memory_limits

import data.merlon.lib.k8s
import data.merlon.lib.tree

not_applicable if k8s.foreign

unknown contains u if some u in k8s.malformed
violation contains {
	"msg": sprintf("%s has no memory %s", [c.label, part]),
	"path": k8s.nearest(path),
	"cause": k8s.cause("resources"),
} if {
	some [c, part, path] in tree.unset_resources("memory", ["requests", "limits"])
}

unknown contains u if some u in tree.unreadable_resources("memory")
