# METADATA
# scope: package
# title: Roles do not issue credentials
# description: >-
#   Creating tokens of service accounts, or approving certificate requests, makes credentials for
#   any identity that the rule covers, and with them its rights.
# custom:
#   id: MLN-RBAC-009
#   severity: high
#   category: access
#   kinds: [Role, ClusterRole]
#   stages: [build, deploy]
#   needs: []
#   remediation: >-
#     Name the service accounts in resourceNames, and leave approving certificates to the
#     controllers that do it.
#   exposes: 8
#   mappings:
#     pss: []
#     nsa: ["Authentication and authorization"]
#     attack: ["T1098.001", "T1528"]
#     cis: ["5.1.11", "5.1.13"]
#     k8s_docs:
#       - "https://kubernetes.io/docs/concepts/security/rbac-good-practices/"
package merlon.controls.rbac_tokens

import data.merlon.lib.k8s
import data.merlon.lib.rbac

not_applicable if k8s.foreign

not_applicable if rbac.bootstrapped

judged if not not_applicable

unknown contains u if some u in rbac.malformed
cases := [
	["", "serviceaccounts/token", ["create"]],
	["certificates.k8s.io", "certificatesigningrequests/approval", ["update", "patch"]],
	["certificates.k8s.io", "signers", ["approve", "sign"]],
]

violation contains {
	"msg": sprintf("the role may issue credentials through %s%s", [resource, rbac.holders]),
	"path": ["rules", i, "resources"],
	"value": resource,
	"cause": k8s.cause("role"),
} if {
	judged
	some i, rule in rbac.rules
	not rbac.wildcard(rule)
	some [group, resource, verbs] in cases
	some verb in verbs
	rbac.grants(rule, group, resource, verb)
}
