# METADATA
# title: Network policies of a namespace
# description: >-
#   What the two default-deny controls share. A namespace that is in the tree answers for itself; one
#   that is not is answered for by its workloads, with the namespace as the root cause.
# scope: package
package merlon.lib.netpol

import data.merlon.lib.k8s
import data.merlon.lib.tree

is_namespace if k8s.kind == "Namespace"

place := input.object.metadata.name if {
	is_namespace
	is_string(input.object.metadata.name)
}

place := k8s.namespace if not is_namespace

pointer := ["metadata", "name"] if is_namespace

pointer := k8s.nearest(["metadata", "namespace"]) if not is_namespace

# The workload's namespace is in the tree, and is judged there.
judged_elsewhere if {
	not is_namespace
	count(tree.named(tree.clusterwide("Namespace"), place)) > 0
}

judged if {
	not k8s.foreign
	not tree.absent
	not judged_elsewhere
	place
}

# A policy that selects all pods of the namespace, and does not let everything through again.
denies_by_default(direction) if denies_in(place, direction)

denies_in(ns, direction) if {
	some p in tree.in_namespace(ns, "NetworkPolicy")
	selects_all(p.spec.podSelector)
	direction in policy_types(p.spec)
	not opens(p.spec, direction)
}

selects_all(selector) if {
	is_object(selector)
	count(k8s.as_object(object.get(selector, "matchLabels", {}))) == 0
	count(k8s.as_array(object.get(selector, "matchExpressions", []))) == 0
}

policy_types(spec) := {t | some t in spec.policyTypes} if {
	is_array(spec.policyTypes)
	count(spec.policyTypes) > 0
} else := {"Ingress", "Egress"} if {
	is_array(spec.egress)
} else := {"Ingress"}

rule_keys := {"Ingress": ["ingress", "from"], "Egress": ["egress", "to"]}

# A rule without peers lets everybody through; rules that cannot be read are trusted no further.
opens(spec, direction) if {
	[key, peers] := rule_keys[direction]
	some rule in spec[key]
	count(k8s.as_array(object.get(rule, peers, []))) == 0
	count(k8s.as_array(object.get(rule, "ports", []))) == 0
}

opens(spec, direction) if {
	[key, _] := rule_keys[direction]
	rules := spec[key]
	rules != null
	not is_array(rules)
}

# Policies in languages that we do not judge yet.
dialects := {
	"CiliumNetworkPolicy", "CiliumClusterwideNetworkPolicy", "GlobalNetworkPolicy",
	"AdminNetworkPolicy", "BaselineAdminNetworkPolicy", "ClusterNetworkPolicy",
}

other_dialects := other_dialects_in(place)

other_dialects_in(ns) := found if {
	found := {kind |
		some scope in [
			object.get(data.inventory, ["namespace", ns], {}),
			object.get(data.inventory, "cluster", {}),
		]
		some kinds in scope
		some kind, _ in kinds
		foreign_policy(kind)
	}
	count(found) > 0
}

foreign_policy(kind) if kind in dialects

reasons_unknown(_) := {{"msg": tree.absent_message}} if {
	tree.absent
}

reasons_unknown(direction) := {{
	"msg": sprintf("namespace %s has policies of the kind %s, which are not judged yet", [
		place,
		concat(", ", sort(other_dialects)),
	]),
	"path": pointer,
}} if {
	judged
	not denies_by_default(direction)
	other_dialects
}

reasons_unknown(_) := {{"msg": "the namespace has no readable name", "path": k8s.nearest(["metadata"])}} if {
	not tree.absent
	is_namespace
	not place
}
