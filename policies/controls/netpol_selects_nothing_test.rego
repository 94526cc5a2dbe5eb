package merlon.controls.netpol_selects_nothing_test

import data.merlon.controls.netpol_selects_nothing as c
import data.merlon.lib.kit

policy(selector) := kit.object_of("networking.k8s.io/v1", "NetworkPolicy", "shop", "p", {"spec": {"podSelector": selector}})

test_expressions_are_understood if {
	every e in [
		{"key": "app", "operator": "In", "values": ["web", "api"]},
		{"key": "app", "operator": "NotIn", "values": ["db"]},
		{"key": "tier", "operator": "NotIn", "values": ["db"]},
		{"key": "app", "operator": "Exists"},
		{"key": "tier", "operator": "DoesNotExist"},
	] {
		p := policy({"matchExpressions": [e]})
		count(c.violation) == 0 with input as kit.about(p) with data.inventory as kit.tree([kit.good])
	}
	every e in [
		{"key": "app", "operator": "In", "values": ["db"]},
		{"key": "app", "operator": "DoesNotExist"},
		{"key": "tier", "operator": "Exists"},
		{"key": "app", "operator": "Equals", "values": ["web"]},
	] {
		p := policy({"matchExpressions": [e]})
		count(c.violation) == 1 with input as kit.about(p) with data.inventory as kit.tree([kit.good])
	}
}

test_labels_of_nobody_fail if {
	p := policy({"matchLabels": {"app": "wbe"}})
	count(c.violation) == 1 with input as kit.about(p) with data.inventory as kit.tree([kit.good])
}

test_everybody_passes if {
	count(c.violation) == 0 with input as kit.about(policy({})) with data.inventory as kit.tree([])
}

test_without_the_tree_nobody_knows if count(c.unknown) == 1 with input as kit.about(policy({}))

test_other_types_are_unknown if {
	every s in [null, 7, "x", [], {"matchLabels": "x"}, {"matchLabels": {"a": 7}}, {"matchExpressions": {}}] {
		count(c.unknown) == 1 with input as kit.about(policy(s)) with data.inventory as kit.tree([])
		count(c.violation) == 0 with input as kit.about(policy(s)) with data.inventory as kit.tree([])
	}
}

test_foreign_kinds_are_not_applicable if {
	c.not_applicable with input as kit.about({"apiVersion": "crd.projectcalico.org/v1", "kind": "NetworkPolicy"})
}

test_a_tree_without_workloads_is_unknown if {
	p := policy({"matchLabels": {"app": "web"}})
	count(c.unknown) == 1 with input as kit.about(p) with data.inventory as kit.tree([p])
	count(c.violation) == 0 with input as kit.about(p) with data.inventory as kit.tree([p])
}
