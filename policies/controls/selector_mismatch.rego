# METADATA
# scope: package
# title: Workloads select the pods that they make
# description: >-
#   A workload whose selector does not fit the labels of its own template is refused by the API
#   server, or, changed later, leaves pods that nobody looks after.
# custom:
#   id: MLN-REL-008
#   severity: medium
#   category: reliability
#   kinds: [Deployment, StatefulSet, DaemonSet, ReplicaSet]
#   stages: [build, deploy]
#   needs: []
#   remediation: >-
#     Give the template every label that spec.selector asks for.
#   exposes: 1
#   mappings:
#     pss: []
#     nsa: ["Resource policies"]
#     attack: ["T1499"]
#     cis: []
#     k8s_docs:
#       - "https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#selector"
package merlon.controls.selector_mismatch

import data.merlon.lib.k8s
import data.merlon.lib.tree

not_applicable if k8s.foreign

selector := object.get(input.object, ["spec", "selector"], null)

labels := object.get(input.object, array.concat(k8s.template_path, ["metadata", "labels"]), {})

violation contains {
	"msg": "the selector does not fit the labels of the template",
	"path": ["spec", "selector"],
	"value": selector,
	"cause": k8s.cause("selector"),
} if {
	readable
	not tree.selects(selector, labels)
}

readable if {
	is_object(selector)
	is_object(labels)
	not templated
}

templated if {
	walk([selector, labels], [_, v])
	k8s.placeholder(v)
}

unknown contains {
	"msg": "the selector or the labels of the template cannot be read",
	"path": k8s.nearest(["spec", "selector"]),
	"cause": k8s.cause("malformed"),
} if not readable
