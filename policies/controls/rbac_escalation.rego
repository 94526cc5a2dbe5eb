# METADATA
# scope: package
# title: Roles cannot give themselves more
# description: >-
#   The verbs escalate, bind and impersonate are ways around the rule that nobody grants more than
#   they have. Whoever holds one can become administrator in one step.
# custom:
#   id: MLN-RBAC-002
#   severity: high
#   category: access
#   kinds: [Role, ClusterRole]
#   stages: [build, deploy]
#   needs: []
#   remediation: >-
#     Remove the verb, or restrict the rule with resourceNames to the roles or identities that are
#     meant.
#   exposes: 9
#   mappings:
#     pss: []
#     nsa: ["Authentication and authorization"]
#     attack: ["T1098.006", "T1548"]
#     cis: ["5.1.8"]
#     k8s_docs:
#       - "https://kubernetes.io/docs/concepts/security/rbac-good-practices/"
#       - "https://kubernetes.io/docs/reference/access-authn-authz/user-impersonation/"
package merlon.controls.rbac_escalation

import data.merlon.lib.k8s
import data.merlon.lib.rbac

not_applicable if k8s.foreign

not_applicable if rbac.bootstrapped

judged if not not_applicable

unknown contains u if some u in rbac.malformed
steps := {
	"escalate": [
		["rbac.authorization.k8s.io", "roles"],
		["rbac.authorization.k8s.io", "clusterroles"],
	],
	"bind": [
		["rbac.authorization.k8s.io", "roles"],
		["rbac.authorization.k8s.io", "clusterroles"],
	],
	"impersonate": [["", "users"], ["", "groups"], ["", "serviceaccounts"]],
}

violation contains {
	"msg": sprintf("the role may %s %s%s", [verb, concat(" and ", sort(targets)), rbac.holders]),
	"path": ["rules", i, "verbs"],
	"value": verb,
	"cause": k8s.cause("role"),
} if {
	judged
	some i, rule in rbac.rules
	not rbac.wildcard(rule)
	some verb, cases in steps
	targets := {resource |
		some [group, resource] in cases
		rbac.grants(rule, group, resource, verb)
	}
	count(targets) > 0
}
