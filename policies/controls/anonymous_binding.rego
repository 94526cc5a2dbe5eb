# METADATA
# scope: package
# title: No rights for everybody
# description: >-
#   The groups system:unauthenticated and system:authenticated and the user system:anonymous are
#   whoever reaches the API server; system:serviceaccounts is every pod of the cluster.
#   system:masters cannot be taken away again, since its members bypass every check.
# custom:
#   id: MLN-RBAC-007
#   severity: critical
#   category: access
#   kinds: [ClusterRoleBinding, RoleBinding]
#   stages: [build, deploy]
#   needs: []
#   remediation: >-
#     Name the users, groups or service accounts that need the role.
#   exposes: 10
#   mappings:
#     pss: []
#     nsa: ["Authentication and authorization"]
#     attack: ["T1078.001", "T1190"]
#     cis: ["5.1.7"]
#     k8s_docs:
#       - "https://kubernetes.io/docs/concepts/security/rbac-good-practices/"
#       - "https://kubernetes.io/docs/reference/access-authn-authz/rbac/"
package merlon.controls.anonymous_binding

import data.merlon.lib.k8s
import data.merlon.lib.rbac

not_applicable if k8s.foreign
everybody := {
	"system:anonymous": "anybody without a name",
	"system:unauthenticated": "anybody without a name",
	"system:authenticated": "anybody with any credential",
	"system:serviceaccounts": "every pod of the cluster",
	"system:masters": "the group that bypasses every check",
}

# What every cluster shows to everybody: the version and the list of APIs.
harmless_roles := {
	"system:public-info-viewer", "system:discovery", "system:basic-user",
	"system:service-account-issuer-discovery",
}

violation contains {
	"msg": sprintf("%s (%s) gets %s", [s.name, why, role]),
	"path": ["subjects", i, "name"],
	"value": s.name,
	"cause": k8s.cause("binding"),
} if {
	not k8s.foreign
	some i, s in input.object.subjects
	why := everybody[s.name]
	s.kind in {"User", "Group"}
	role := role_name
	not role in harmless_roles
}

role_name := input.object.roleRef.name if {
	is_string(input.object.roleRef.name)
} else := "an unreadable role"

unknown contains u if some u in rbac.malformed_binding
