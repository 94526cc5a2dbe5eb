# METADATA
# scope: package
# title: The default service account has no rights
# description: >-
#   Every pod that names no service account runs as default, so a right bound to it is a right of
#   all pods of the namespace, also of those that come later.
# custom:
#   id: MLN-RBAC-011
#   severity: medium
#   category: access
#   kinds: [ClusterRoleBinding, RoleBinding]
#   stages: [build, deploy]
#   needs: []
#   remediation: >-
#     Bind the role to a service account of the workload's own.
#   exposes: 5
#   mappings:
#     pss: []
#     nsa: ["Authentication and authorization"]
#     attack: ["T1078.001", "T1528"]
#     cis: ["5.1.5"]
#     k8s_docs:
#       - "https://kubernetes.io/docs/concepts/security/service-accounts/"
package merlon.controls.default_account_binding

import data.merlon.lib.k8s
import data.merlon.lib.rbac

not_applicable if k8s.foreign

violation contains {
	"msg": sprintf("the default service account of %s gets a role", [namespace]),
	"path": ["subjects", i, "name"],
	"value": "default",
	"cause": k8s.cause("binding"),
} if {
	not k8s.foreign
	some i, s in input.object.subjects
	s.kind == "ServiceAccount"
	s.name == "default"
	namespace := object.get(s, "namespace", k8s.namespace)
}

unknown contains u if some u in rbac.malformed_binding
