# METADATA
# scope: package
# title: Roles do not change admission
# description: >-
#   Whoever changes webhook configurations or admission policies can switch off every check of the
#   cluster, or read and rewrite each object on its way in.
# custom:
#   id: MLN-RBAC-010
#   severity: high
#   category: access
#   kinds: [ClusterRole]
#   stages: [build, deploy]
#   needs: []
#   remediation: >-
#     Leave these rights to the installer; a controller that must refresh its certificate names its
#     own configuration in resourceNames.
#   exposes: 7
#   mappings:
#     pss: []
#     nsa: ["Authentication and authorization"]
#     attack: ["T1562.001", "T1546"]
#     cis: ["5.1.12"]
#     k8s_docs:
#       - "https://kubernetes.io/docs/concepts/security/rbac-good-practices/"
package merlon.controls.rbac_admission

import data.merlon.lib.k8s
import data.merlon.lib.rbac

not_applicable if k8s.foreign

not_applicable if rbac.bootstrapped

judged if not not_applicable

unknown contains u if some u in rbac.malformed
resources := [
	"validatingwebhookconfigurations", "mutatingwebhookconfigurations",
	"validatingadmissionpolicies", "validatingadmissionpolicybindings",
	"mutatingadmissionpolicies", "mutatingadmissionpolicybindings",
]

violation contains {
	"msg": sprintf("the role may change %s%s", [concat(", ", sort(found)), rbac.holders]),
	"path": ["rules", i, "resources"],
	"value": concat(", ", sort(found)),
	"cause": k8s.cause("role"),
} if {
	judged
	some i, rule in rbac.rules
	not rbac.wildcard(rule)
	found := {resource |
		some resource in resources
		some verb in ["create", "update", "patch", "delete", "deletecollection"]
		rbac.grants(rule, "admissionregistration.k8s.io", resource, verb)
	}
	count(found) > 0
}
