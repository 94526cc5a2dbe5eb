package merlon.controls.default_deny_egress_test

import data.merlon.controls.default_deny_egress as c
import data.merlon.lib.kit

namespace := kit.cluster_object("v1", "Namespace", "shop", {})

netpol(spec) := kit.object_of("networking.k8s.io/v1", "NetworkPolicy", "shop", "deny", {"spec": spec})

test_ingress_alone_fails if {
	t := kit.tree([namespace, netpol({"podSelector": {}})])
	count(c.violation) == 1 with input as kit.about(namespace) with data.inventory as t
}

test_default_deny_passes if {
	t := kit.tree([namespace, netpol({"podSelector": {}, "policyTypes": ["Ingress", "Egress"]})])
	count(c.violation | c.unknown) == 0 with input as kit.about(namespace) with data.inventory as t
}

test_rules_with_targets_still_deny_the_rest if {
	spec := {"podSelector": {}, "policyTypes": ["Egress"], "egress": [{"to": [{"podSelector": {}}]}]}
	t := kit.tree([namespace, netpol(spec)])
	count(c.violation) == 0 with input as kit.about(namespace) with data.inventory as t
}

test_without_the_tree_nobody_knows if count(c.unknown) == 1 with input as kit.about(namespace)

test_the_workload_is_not_applicable_beside_its_namespace if {
	t := kit.tree([kit.good, namespace])
	c.not_applicable with input as kit.about(kit.good) with data.inventory as t
}

test_hostile_subjects_do_not_pass if {
	every shape in kit.hostile_workloads {
		count(c.violation | c.unknown) > 0 with input as kit.about(shape)
			with data.inventory as kit.tree([])
	}
}

test_an_egress_list_implies_the_type if {
	t := kit.tree([namespace, netpol({"podSelector": {}, "egress": []})])
	count(c.violation) == 0 with input as kit.about(namespace) with data.inventory as t
}

test_a_foreign_kind_is_not_applicable if c.not_applicable with input as kit.about(kit.foreign)

test_an_unreadable_rule_list_is_not_trusted if {
	t := kit.tree([namespace, netpol({"podSelector": {}, "policyTypes": ["Egress"], "egress": "x"})])
	count(c.violation) == 1 with input as kit.about(namespace) with data.inventory as t
}
