# METADATA
# scope: package
# title: Nobody is bound to cluster-admin
# description: >-
#   cluster-admin may do everything to everything. A workload or a person that holds it turns any
#   mistake or stolen token into the loss of the cluster.
# custom:
#   id: MLN-RBAC-006
#   severity: critical
#   category: access
#   kinds: [ClusterRoleBinding, RoleBinding]
#   stages: [build, deploy]
#   needs: []
#   remediation: >-
#     Bind a role that names what the holder does. Keep one break-glass identity outside the tree.
#   exposes: 10
#   mappings:
#     pss: []
#     nsa: ["Authentication and authorization"]
#     attack: ["T1098.006", "T1078"]
#     cis: ["5.1.1"]
#     k8s_docs:
#       - "https://kubernetes.io/docs/concepts/security/rbac-good-practices/"
package merlon.controls.cluster_admin_binding

import data.merlon.lib.k8s
import data.merlon.lib.rbac

not_applicable if k8s.foreign

# kubeadm and the API server make this one; without it nobody administers the cluster.
not_applicable if {
	input.object.metadata.name == "cluster-admin"
	k8s.labels_of(input.object)["kubernetes.io/bootstrapping"] == "rbac-defaults"
	{s.name | some s in input.object.subjects} == {"system:masters"}
}

violation contains {
	"msg": sprintf("%s gets cluster-admin over %s", [who, scope]),
	"path": ["roleRef", "name"],
	"value": "cluster-admin",
	"cause": k8s.cause("binding"),
} if {
	not k8s.foreign
	not not_applicable
	input.object.roleRef.kind == "ClusterRole"
	input.object.roleRef.name == "cluster-admin"
}

who := concat(", ", array.slice(sort(names), 0, 4)) if {
	names := {rbac.subject_words(s, k8s.namespace) |
		some s in k8s.as_array(object.get(input.object, "subjects", []))
	}
	count(names) > 0
} else := "nobody yet"

scope := "the whole cluster" if {
	k8s.kind == "ClusterRoleBinding"
} else := sprintf("namespace %s", [k8s.namespace])

unknown contains u if some u in rbac.malformed_binding
