# METADATA
# scope: package
# title: Network policies select pods that exist
# description: >-
#   A policy whose selector matches no workload protects nobody, and its author believes otherwise.
# custom:
#   id: MLN-NET-010
#   severity: low
#   category: network
#   kinds: [NetworkPolicy]
#   stages: [build, deploy]
#   needs: [inventory]
#   remediation: >-
#     Correct the podSelector or the labels of the pods, or delete the policy.
#   exposes: 2
#   mappings:
#     pss: []
#     nsa: ["Network separation and hardening"]
#     attack: ["T1046"]
#     cis: ["5.3.2"]
#     k8s_docs:
#       - "https://kubernetes.io/docs/concepts/services-networking/network-policies/"
package merlon.controls.netpol_selects_nothing

import data.merlon.lib.k8s
import data.merlon.lib.tree

not_applicable if k8s.foreign

unknown contains {"msg": tree.absent_message} if tree.absent
selector := object.get(input.object, ["spec", "podSelector"], null)

# An empty selector means all pods, also those to come.
violation contains {
	"msg": sprintf("no workload of namespace %s has the labels that the policy selects", [k8s.namespace]),
	"path": ["spec", "podSelector"],
	"value": selector,
	"cause": k8s.cause("selector"),
} if {
	not tree.absent
	not k8s.foreign
	readable(selector)
	selector != {}
	count(tree.workloads(k8s.namespace)) > 0
	not matched
}

matched if tree.any_selected(k8s.namespace, selector)

readable(s) if {
	is_object(s)
	is_object(object.get(s, "matchLabels", {}))
	is_array(object.get(s, "matchExpressions", []))
	every v in object.get(s, "matchLabels", {}) {
		is_string(v)
		not k8s.placeholder(v)
	}
}

unknown contains {
	"msg": "the podSelector cannot be read",
	"path": k8s.nearest(["spec", "podSelector"]),
} if {
	not readable(selector)
}

unknown contains {
	"msg": sprintf("the tree shows no workloads of namespace %s", [k8s.namespace]),
	"path": k8s.nearest(["spec", "podSelector"]),
} if {
	not tree.absent
	not k8s.foreign
	readable(selector)
	selector != {}
	count(tree.workloads(k8s.namespace)) == 0
}
