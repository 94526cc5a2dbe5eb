# METADATA
# scope: package
# title: Roles do not read all secrets
# description: >-
#   Listing secrets gives every password and every stored token of the namespace, or of the whole
#   cluster where a ClusterRole is bound cluster-wide. The verbs list and watch give the values too.
# custom:
#   id: MLN-RBAC-003
#   severity: high
#   category: access
#   kinds: [Role, ClusterRole]
#   stages: [build, deploy]
#   needs: []
#   remediation: >-
#     Name the secrets in resourceNames with the verb get, or mount them into the pod instead.
#   exposes: 7
#   mappings:
#     pss: []
#     nsa: ["Authentication and authorization", "Secrets"]
#     attack: ["T1552.007", "T1528"]
#     cis: ["5.1.2"]
#     k8s_docs:
#       - "https://kubernetes.io/docs/concepts/security/rbac-good-practices/"
#       - "https://kubernetes.io/docs/concepts/security/secrets-good-practices/"
package merlon.controls.rbac_secrets

import data.merlon.lib.k8s
import data.merlon.lib.rbac

not_applicable if k8s.foreign

not_applicable if rbac.bootstrapped

judged if not not_applicable

unknown contains u if some u in rbac.malformed

violation contains {
	"msg": sprintf("the role may %s all secrets%s%s", [concat(", ", sort(verbs)), reach, rbac.holders]),
	"path": ["rules", i, "resources"],
	"value": "secrets",
	"cause": k8s.cause("role"),
} if {
	judged
	some i, rule in rbac.rules
	not rbac.wildcard(rule)
	verbs := {verb |
		some verb in ["get", "list", "watch"]
		rbac.grants(rule, "", "secrets", verb)
	}
	count(verbs) > 0
}

reach := sprintf(" of namespace %s", [k8s.namespace]) if {
	k8s.kind == "Role"
} else := " of each namespace it is bound to, or of the cluster"
