# METADATA
# scope: package
# title: Bindings point at what exists
# description: >-
#   A binding to a role or a service account that is not there waits for whoever creates it: the
#   next object of that name gets rights that nobody decided on.
# custom:
#   id: MLN-RBAC-012
#   severity: low
#   category: access
#   kinds: [ClusterRoleBinding, RoleBinding]
#   stages: [build, deploy]
#   needs: [inventory]
#   remediation: >-
#     Add the missing object to the tree, or remove the binding.
#   exposes: 2
#   mappings:
#     pss: []
#     nsa: ["Authentication and authorization"]
#     attack: ["T1098.006"]
#     cis: []
#     k8s_docs:
#       - "https://kubernetes.io/docs/concepts/security/rbac-good-practices/"
package merlon.controls.dangling_binding

import data.merlon.lib.k8s
import data.merlon.lib.rbac
import data.merlon.lib.tree

not_applicable if k8s.foreign

unknown contains {"msg": tree.absent_message} if tree.absent
role := input.object.roleRef

# A tree that shows Roles of the namespace, but not this one: a mistake.
violation contains {
	"msg": sprintf("Role %s/%s is not in the tree", [k8s.namespace, role.name]),
	"path": ["roleRef", "name"],
	"value": role.name,
	"cause": k8s.cause("binding"),
} if {
	not tree.absent
	not k8s.foreign
	role.kind == "Role"
	is_string(role.name)
	count(roles) > 0
	count(tree.named(roles, role.name)) == 0
}

violation contains {
	"msg": sprintf("service account %s/%s is not in the tree, though its namespace is", [ns, s.name]),
	"path": ["subjects", i, "name"],
	"value": s.name,
	"cause": k8s.cause("binding"),
} if {
	not tree.absent
	not k8s.foreign
	some [i, s, ns] in missing_accounts
	count(tree.workloads(ns)) > 0
}

unknown contains {
	"msg": sprintf("service account %s/%s is not in the tree", [ns, s.name]),
	"path": ["subjects", i, "name"],
	"cause": k8s.cause("binding"),
} if {
	not tree.absent
	not k8s.foreign
	some [i, s, ns] in missing_accounts
	count(tree.workloads(ns)) == 0
}

# The cluster may have a ClusterRole that this tree does not show.
unknown contains {
	"msg": sprintf("ClusterRole %s is not in the tree, so what it grants is not known", [role.name]),
	"path": ["roleRef", "name"],
	"cause": k8s.cause("binding"),
} if {
	not tree.absent
	not k8s.foreign
	role.kind == "ClusterRole"
	is_string(role.name)
	not rbac.well_known[role.name]
	count(tree.named(tree.clusterwide("ClusterRole"), role.name)) == 0
}

missing_accounts contains [i, s, ns] if {
	some i, s in input.object.subjects
	s.kind == "ServiceAccount"
	s.name != "default"
	ns := object.get(s, "namespace", k8s.namespace)
	count(rbac.accounts(ns, s.name)) == 0
}

unknown contains u if some u in rbac.malformed_binding

roles := tree.in_namespace(k8s.namespace, "Role")

unknown contains {
	"msg": sprintf("the tree shows no Roles of namespace %s", [k8s.namespace]),
	"path": ["roleRef", "name"],
	"cause": k8s.cause("binding"),
} if {
	not tree.absent
	not k8s.foreign
	role.kind == "Role"
	is_string(role.name)
	count(roles) == 0
}
