# METADATA
# scope: package
# title: Workloads hold no dangerous rights
# description: >-
#   A pod whose account may read secrets, create workloads or act as others is the step from one
#   hacked program to the namespace or the cluster. This joins workload, service account, binding
#   and role.
# custom:
#   id: MLN-RBAC-013
#   severity: high
#   category: access
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
#     Take the power out of the role, or give the part that needs it a workload and a service
#     account of its own.
#   exposes: 9
#   mappings:
#     pss: []
#     nsa: ["Authentication and authorization"]
#     attack: ["T1528", "T1078", "T1098.006"]
#     cis: ["5.1.1", "5.1.3"]
#     k8s_docs:
#       - "https://kubernetes.io/docs/concepts/security/rbac-good-practices/"
#       - "https://kubernetes.io/docs/concepts/security/service-accounts/"
package merlon.controls.workload_power

import data.merlon.lib.k8s
import data.merlon.lib.rbac
import data.merlon.lib.tree

not_applicable if k8s.foreign

unknown contains u if some u in k8s.malformed

unknown contains {"msg": tree.absent_message} if tree.absent
account := rbac.account_of(k8s.pod_spec)

bindings := rbac.bindings_of(k8s.namespace, account)

violation contains {
	"msg": sprintf("as service account %s/%s this pod may %s, %s, through %s %s", [
		k8s.namespace,
		account,
		concat(", ", sort(powers)),
		reach(b),
		k8s.kind_of(b),
		k8s.name_of(b),
	]),
	"path": k8s.nearest(array.concat(k8s.pod_path, ["serviceAccountName"])),
	"value": account,
	"cause": rbac.cause_of(b),
} if {
	not tree.absent
	some b in bindings
	powers := rbac.powers(rbac.rules_behind(b))
	count(powers) > 0
}

reach(b) := "in the whole cluster" if {
	b.kind == "ClusterRoleBinding"
} else := sprintf("in namespace %s", [k8s.namespace_of(b)])

unknown contains {
	"msg": sprintf("%s %s gives service account %s/%s a role that is not in the tree", [
		k8s.kind_of(b),
		k8s.name_of(b),
		k8s.namespace,
		account,
	]),
	"path": k8s.nearest(array.concat(k8s.pod_path, ["serviceAccountName"])),
	"cause": rbac.cause_of(b),
} if {
	not tree.absent
	some b in bindings
	not rbac.role_behind(b)
}
