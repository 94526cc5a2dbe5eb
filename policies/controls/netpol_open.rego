# METADATA
# scope: package
# title: Network policies do not allow everybody
# description: >-
#   A rule without peers or ports, or one that names all addresses, allows all that the policy was
#   written to stop, and yet makes the namespace look protected.
# custom:
#   id: MLN-NET-009
#   severity: medium
#   category: network
#   kinds: [NetworkPolicy]
#   stages: [build, deploy]
#   needs: []
#   remediation: >-
#     Name the pods, namespaces or address ranges that are meant, and their ports.
#   exposes: 4
#   mappings:
#     pss: []
#     nsa: ["Network separation and hardening"]
#     attack: ["T1046", "T1041"]
#     cis: ["5.3.2"]
#     k8s_docs:
#       - "https://kubernetes.io/docs/concepts/services-networking/network-policies/"
package merlon.controls.netpol_open

import data.merlon.lib.k8s

not_applicable if k8s.foreign
sides := {"ingress": "from", "egress": "to"}

violation contains {
	"msg": sprintf("the %s rule allows everything", [side]),
	"path": ["spec", side, i],
	"cause": k8s.cause("network-policy"),
} if {
	not k8s.foreign
	some side, peers in sides
	is_array(input.object.spec[side])
	some i, rule in input.object.spec[side]
	is_object(rule)
	object.get(rule, peers, null) in {null, []}
	object.get(rule, "ports", null) in {null, []}
}

violation contains {
	"msg": sprintf("the %s rule names all addresses, on every port", [side]),
	"path": ["spec", side, i, peers, j, "ipBlock", "cidr"],
	"value": block.cidr,
	"cause": k8s.cause("network-policy"),
} if {
	not k8s.foreign
	some side, peers in sides
	is_array(input.object.spec[side])
	some i, rule in input.object.spec[side]
	some j, peer in rule[peers]
	block := peer.ipBlock
	block.cidr in {"0.0.0.0/0", "::/0"}
	object.get(block, "except", null) in {null, []}
	object.get(rule, "ports", null) in {null, []}
}

unknown contains {
	"msg": "the rules of the policy cannot be read",
	"path": k8s.nearest(["spec", side]),
} if {
	not k8s.foreign
	some side, peers in sides
	not readable(object.get(input.object, ["spec", side], null), peers)
}

readable(null, _)

readable(list, peers) if {
	is_array(list)
	every rule in list {
		is_object(rule)
		is_list(object.get(rule, peers, null))
		is_list(object.get(rule, "ports", null))
	}
}

is_list(null)

is_list(v) if is_array(v)

unknown contains {"msg": "spec is missing or not a mapping", "path": k8s.nearest(["spec"])} if {
	not is_object(object.get(input.object, "spec", null))
}
