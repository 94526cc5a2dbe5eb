package merlon.controls.default_deny_ingress_test

import data.merlon.controls.default_deny_ingress as c
import data.merlon.lib.kit

namespace := kit.cluster_object("v1", "Namespace", "shop", {})

deny := netpol({"podSelector": {}, "policyTypes": ["Ingress"]})

netpol(spec) := kit.object_of("networking.k8s.io/v1", "NetworkPolicy", "shop", "deny", {"spec": spec})

test_a_bare_namespace_fails if {
	some v in c.violation with input as kit.about(namespace) with data.inventory as kit.tree([namespace])
	v.cause == "namespace:shop"
}

test_a_policy_in_another_file_counts if {
	t := kit.tree([namespace, deny])
	count(c.violation | c.unknown) == 0 with input as kit.about(namespace) with data.inventory as t
}

test_policy_types_default_to_ingress if {
	t := kit.tree([namespace, netpol({"podSelector": {}})])
	count(c.violation) == 0 with input as kit.about(namespace) with data.inventory as t
}

test_a_policy_that_lets_all_in_does_not_count if {
	open := netpol({"podSelector": {}, "ingress": [{}]})
	t := kit.tree([namespace, open])
	count(c.violation) == 1 with input as kit.about(namespace) with data.inventory as t
	narrow := netpol({"podSelector": {"matchLabels": {"app": "web"}}})
	count(c.violation) == 1 with input as kit.about(namespace)
		with data.inventory as kit.tree([namespace, narrow])
}

test_the_workload_answers_where_the_namespace_is_not_here if {
	count(c.violation) == 1 with input as kit.about(kit.good)
		with data.inventory as kit.tree([kit.good])
	t := kit.tree([kit.good, namespace])
	c.not_applicable with input as kit.about(kit.good) with data.inventory as t
	count(c.violation) == 0 with input as kit.about(kit.good) with data.inventory as t
}

test_system_namespaces_count_too if {
	n := kit.cluster_object("v1", "Namespace", "kube-system", {})
	count(c.violation) == 1 with input as kit.about(n) with data.inventory as kit.tree([n])
}

test_policies_of_other_dialects_are_unknown if {
	cilium := kit.object_of("cilium.io/v2", "CiliumNetworkPolicy", "shop", "x", {"spec": {}})
	t := kit.tree([namespace, cilium])
	count(c.unknown) == 1 with input as kit.about(namespace) with data.inventory as t
	count(c.violation) == 0 with input as kit.about(namespace) with data.inventory as t
}

test_without_the_tree_nobody_knows if {
	count(c.unknown) == 1 with input as kit.about(namespace)
	count(c.violation) == 0 with input as kit.about(namespace)
}

test_hostile_policies_do_not_count if {
	every spec in [null, "x", [], {"podSelector": null}, {"podSelector": "x"}, {"podSelector": {}, "ingress": "x"}] {
		t := kit.tree([namespace, netpol(spec)])
		count(c.violation) == 1 with input as kit.about(namespace) with data.inventory as t
	}
}

test_hostile_subjects_do_not_pass if {
	every n in [null, 7, "x", {"name": null}, {"name": {}}] {
		o := {"apiVersion": "v1", "kind": "Namespace", "metadata": n}
		count(c.unknown) > 0 with input as kit.about(o) with data.inventory as kit.tree([])
	}
}

test_a_foreign_kind_is_not_applicable if c.not_applicable with input as kit.about(kit.foreign)
