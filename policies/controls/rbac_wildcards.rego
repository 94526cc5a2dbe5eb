# METADATA
# scope: package
# title: Roles name what they allow
# description: >-
#   A star in verbs, resources or API groups grants what exists today and what anybody adds
#   tomorrow. Nobody can say what such a role allows, and it nearly always allows reading every
#   secret.
# custom:
#   id: MLN-RBAC-001
#   severity: high
#   category: access
#   kinds: [Role, ClusterRole]
#   stages: [build, deploy]
#   needs: []
#   remediation: >-
#     Write out the verbs, resources and API groups that the holder uses; merlon access least
#     proposes them.
#   exposes: 8
#   mappings:
#     pss: []
#     nsa: ["Authentication and authorization"]
#     attack: ["T1098.006", "T1078"]
#     cis: ["5.1.3"]
#     k8s_docs:
#       - "https://kubernetes.io/docs/concepts/security/rbac-good-practices/"
#       - "https://kubernetes.io/docs/reference/access-authn-authz/rbac/"
package merlon.controls.rbac_wildcards

import data.merlon.lib.k8s
import data.merlon.lib.rbac

not_applicable if k8s.foreign

not_applicable if rbac.bootstrapped

judged if not not_applicable

unknown contains u if some u in rbac.malformed

violation contains {
	"msg": sprintf("the role allows %s%s", [what, rbac.holders]),
	"path": ["rules", i, key],
	"value": "*",
	"cause": k8s.cause("role"),
} if {
	judged
	some i, rule in rbac.rules
	some key, what in stars(rule)
}

# The widest star only: one finding a rule is enough to see it.
stars(rule) := {"verbs": "everything on everything"} if {
	rbac.wildcard(rule)
} else := {"resources": sprintf("%s on every resource of its API groups", [concat(", ", rule.verbs)])} if {
	"*" in rule.resources
} else := {"verbs": sprintf("every verb on %s", [concat(", ", rule.resources)])} if {
	"*" in rule.verbs
	is_array(rule.resources)
} else := {"verbs": "every verb on paths of the API server"} if {
	"*" in rule.verbs
} else := {"apiGroups": sprintf("%s of every API group", [concat(", ", rule.resources)])} if {
	"*" in rule.apiGroups
}
