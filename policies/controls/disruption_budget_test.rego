package merlon.controls.disruption_budget_test

import data.merlon.controls.disruption_budget as c
import data.merlon.lib.kit

budget(selector) := kit.object_of("policy/v1", "PodDisruptionBudget", "shop", "web", {"spec": {"selector": selector}})

test_no_budget_fails if {
	count(c.violation) == 1 with input as kit.about(kit.good) with data.inventory as kit.tree([])
	other := budget({"matchLabels": {"app": "db"}})
	count(c.violation) == 1 with input as kit.about(kit.good)
		with data.inventory as kit.tree([other])
}

test_a_budget_in_another_file_passes if {
	t := kit.tree([budget({"matchLabels": {"app": "web"}})])
	count(c.violation | c.unknown) == 0 with input as kit.about(kit.good) with data.inventory as t
}

test_one_replica_is_not_applicable if {
	c.not_applicable with input as kit.about(json.remove(kit.good, ["/spec/replicas"]))
}

test_without_the_tree_nobody_knows if count(c.unknown) == 1 with input as kit.about(kit.good)

test_hostile_shapes_never_pass if {
	every s in kit.hostile_pods {
		hostile := object.union(s, {"spec": "x"})
		count(c.unknown) > 0 with input as kit.about(hostile) with data.inventory as kit.tree([])
	}
	every n in ["{{ .x }}", [], {}] {
		d := json.patch(kit.good, [{"op": "replace", "path": "/spec/replicas", "value": n}])
		count(c.unknown) == 1 with input as kit.about(d) with data.inventory as kit.tree([])
	}
}

test_hostile_budgets_do_not_count if {
	every b in [{"spec": null}, {"spec": {"selector": "x"}}, {"spec": {"selector": null}}] {
		t := kit.tree([object.union(budget({"matchLabels": {"app": "web"}}), b)])
		count(c.violation) == 1 with input as kit.about(kit.good) with data.inventory as t
	}
}

test_foreign_kinds_are_not_applicable if {
	c.not_applicable with input as kit.about({"apiVersion": "x.example.com/v1", "kind": "Deployment"})
}
