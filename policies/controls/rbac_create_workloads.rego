# METADATA
# scope: package
# title: Few may create workloads
# description: >-
#   Whoever creates a pod chooses its service account and mounts any secret of the namespace, so
#   this right includes all rights of all service accounts there.
# custom:
#   id: MLN-RBAC-005
#   severity: medium
#   category: access
#   kinds: [Role, ClusterRole]
#   stages: [build, deploy]
#   needs: []
#   remediation: >-
#     Leave creating to the deployment system; restrict the role to reading, or to updating the
#     scale.
#   exposes: 6
#   mappings:
#     pss: []
#     nsa: ["Authentication and authorization"]
#     attack: ["T1610", "T1053.007"]
#     cis: ["5.1.4"]
#     k8s_docs:
#       - "https://kubernetes.io/docs/concepts/security/rbac-good-practices/"
package merlon.controls.rbac_create_workloads

import data.merlon.lib.k8s
import data.merlon.lib.rbac

not_applicable if k8s.foreign

not_applicable if rbac.bootstrapped

judged if not not_applicable

unknown contains u if some u in rbac.malformed
cases := [
	["", "pods", ["create"]],
	["", "replicationcontrollers", ["create", "update", "patch"]],
	["apps", "deployments", ["create", "update", "patch"]],
	["apps", "daemonsets", ["create", "update", "patch"]],
	["apps", "statefulsets", ["create", "update", "patch"]],
	["apps", "replicasets", ["create", "update", "patch"]],
	["batch", "jobs", ["create"]],
	["batch", "cronjobs", ["create", "update", "patch"]],
]

violation contains {
	"msg": sprintf("the role may create or change %s%s", [concat(", ", sort(found)), rbac.holders]),
	"path": ["rules", i, "resources"],
	"value": concat(", ", sort(found)),
	"cause": k8s.cause("role"),
} if {
	judged
	some i, rule in rbac.rules
	not rbac.wildcard(rule)
	found := {resource |
		some [group, resource, verbs] in cases
		some verb in verbs
		rbac.grants(rule, group, resource, verb)
	}
	count(found) > 0
}
