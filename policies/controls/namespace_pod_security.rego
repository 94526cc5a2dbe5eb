# METADATA
# scope: package
# title: Namespaces enforce a Pod Security Standard
# description: >-
#   The label pod-security.kubernetes.io/enforce makes the API server itself refuse pods that would
#   take over a node. Without it whoever may create a pod in the namespace may create a privileged
#   one.
# custom:
#   id: MLN-NS-001
#   severity: medium
#   category: namespaces
#   kinds: [Namespace]
#   stages: [build, deploy]
#   needs: []
#   remediation: >-
#     Label the namespace with pod-security.kubernetes.io/enforce: restricted, or baseline where
#     restricted does not fit yet.
#   exposes: 5
#   mappings:
#     pss: ["baseline", "restricted"]
#     nsa: ["Pod security enforcement"]
#     attack: ["T1610", "T1611"]
#     cis: ["5.2.1"]
#     k8s_docs:
#       - "https://kubernetes.io/docs/concepts/security/pod-security-admission/"
#       - "https://kubernetes.io/docs/tasks/configure-pod-container/enforce-standards-namespace-labels/"
package merlon.controls.namespace_pod_security

import data.merlon.lib.k8s

not_applicable if k8s.foreign
label := "pod-security.kubernetes.io/enforce"

path := ["metadata", "labels", label]

level := object.get(k8s.labels_of(input.object), label, null)

violation contains {
	"msg": sprintf("namespace %s enforces no Pod Security Standard", [k8s.name]),
	"path": k8s.nearest(path),
	"fix": {"op": "set", "path": path, "value": "baseline"},
	"cause": sprintf("namespace:%s", [k8s.name]),
} if {
	not k8s.foreign
	level == null
	not malformed
}

violation contains {
	"msg": sprintf("namespace %s lets privileged pods in", [k8s.name]),
	"path": path,
	"value": "privileged",
	"fix": {"op": "set", "path": path, "value": "baseline"},
	"cause": sprintf("namespace:%s", [k8s.name]),
} if {
	not k8s.foreign
	level == "privileged"
}

unknown contains {
	"msg": sprintf("the enforced level is %s, which is none of the standards", [k8s.described(level)]),
	"path": path,
} if {
	not level in {null, "privileged", "baseline", "restricted"}
}

unknown contains {
	"msg": "the labels of the namespace cannot be read",
	"path": k8s.nearest(["metadata", "labels"]),
} if {
	malformed
}

malformed if not is_object(object.get(input.object, "metadata", null))

malformed if not is_object(object.get(input.object, ["metadata", "labels"], {}))
