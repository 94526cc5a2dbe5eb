# METADATA
# scope: package
# title: Roles do not open shells in pods
# description: >-
#   With pods/exec or pods/attach the holder runs commands in any pod it covers, with that pod's
#   secrets and its service account; pods/ephemeralcontainers adds a container of the attacker's
#   choice.
# custom:
#   id: MLN-RBAC-004
#   severity: high
#   category: access
#   kinds: [Role, ClusterRole]
#   stages: [build, deploy]
#   needs: []
#   remediation: >-
#     Remove the subresource, and give people who debug a role that is bound for a limited time.
#   exposes: 7
#   mappings:
#     pss: []
#     nsa: ["Authentication and authorization"]
#     attack: ["T1609", "T1552.007"]
#     cis: []
#     k8s_docs:
#       - "https://kubernetes.io/docs/concepts/security/rbac-good-practices/"
package merlon.controls.rbac_exec

import data.merlon.lib.k8s
import data.merlon.lib.rbac

not_applicable if k8s.foreign

not_applicable if rbac.bootstrapped

judged if not not_applicable

unknown contains u if some u in rbac.malformed
cases := [
	["pods/exec", ["create", "get"]],
	["pods/attach", ["create", "get"]],
	["pods/portforward", ["create", "get"]],
	["pods/ephemeralcontainers", ["update", "patch"]],
]

violation contains {
	"msg": sprintf("the role may use %s%s", [concat(", ", sort(found)), rbac.holders]),
	"path": ["rules", i, "resources"],
	"value": concat(", ", sort(found)),
	"cause": k8s.cause("role"),
} if {
	judged
	some i, rule in rbac.rules
	not rbac.wildcard(rule)
	found := {resource |
		some [resource, verbs] in cases
		some verb in verbs
		rbac.grants(rule, "", resource, verb)
	}
	count(found) > 0
}
