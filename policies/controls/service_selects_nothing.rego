# METADATA
# scope: package
# title: Services select pods that exist
# description: >-
#   A Service whose selector matches no workload answers nobody, and it is a trap: the first pod in
#   the namespace that carries the labels receives the traffic, whoever made it.
# custom:
#   id: MLN-NET-003
#   severity: low
#   category: network
#   kinds: [Service]
#   stages: [build, deploy]
#   needs: [inventory]
#   remediation: >-
#     Correct the selector or the labels of the pods, or delete the Service.
#   exposes: 2
#   mappings:
#     pss: []
#     nsa: ["Network separation and hardening"]
#     attack: ["T1557"]
#     cis: []
#     k8s_docs:
#       - "https://kubernetes.io/docs/concepts/services-networking/service/"
package merlon.controls.service_selects_nothing

import data.merlon.lib.k8s
import data.merlon.lib.tree

not_applicable if k8s.foreign

unknown contains {"msg": tree.absent_message} if tree.absent
selector := object.get(input.object, ["spec", "selector"], null)

not_applicable if input.object.spec.type == "ExternalName"

# Without a selector somebody else keeps the endpoints.
not_applicable if {
	is_object(input.object.spec)
	selector in [null, {}]
}

violation contains {
	"msg": sprintf("no workload of namespace %s has the labels that the Service selects", [k8s.namespace]),
	"path": ["spec", "selector"],
	"value": selector,
	"cause": k8s.cause("selector"),
} if {
	not tree.absent
	not not_applicable
	readable
	count(tree.workloads(k8s.namespace)) > 0
	not matched
}

matched if tree.any_selected_plainly(k8s.namespace, selector)

readable if {
	is_object(selector)
	every v in selector {
		is_string(v)
		not k8s.placeholder(v)
	}
}

unknown contains {
	"msg": "the selector of the Service cannot be read",
	"path": k8s.nearest(["spec", "selector"]),
} if {
	not readable
	not not_applicable
}

unknown contains {
	"msg": sprintf("the tree shows no workloads of namespace %s", [k8s.namespace]),
	"path": k8s.nearest(["spec", "selector"]),
} if {
	not tree.absent
	not not_applicable
	readable
	count(tree.workloads(k8s.namespace)) == 0
}
