# METADATA
# scope: package
# title: CPU is requested and limited
# description: >-
#   Without a CPU request a container gets whatever the others leave, and without a limit a stolen
#   container can mine coins at the neighbours' cost.
# custom:
#   id: MLN-RES-002
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
#     Set resources.requests.cpu and resources.limits.cpu, or a LimitRange with defaults in the
#     namespace.
#   exposes: 2
#   mappings:
#     pss: []
#     nsa: ["Resource policies"]
#     attack: ["T1496", "T1499"]
#     cis: []
#     k8s_docs:
#       - "https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/"
#       - "https://kubernetes.io/docs/concepts/policy/limit-range/"
package merlon.controls.cpu_limits

import data.merlon.lib.k8s
import data.merlon.lib.tree

not_applicable if k8s.foreign

unknown contains u if some u in k8s.malformed
violation contains {
	"msg": sprintf("%s has no CPU %s", [c.label, part]),
	"path": k8s.nearest(path),
	"cause": k8s.cause("resources"),
} if {
	some [c, part, path] in tree.unset_resources("cpu", ["requests", "limits"])
}

unknown contains u if some u in tree.unreadable_resources("cpu")
