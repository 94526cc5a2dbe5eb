package merlon.controls.autoscaler_target_test

import data.merlon.controls.autoscaler_target as c
import data.merlon.lib.kit

scaler(kind, name) := kit.object_of("autoscaling/v2", "HorizontalPodAutoscaler", "shop", "h", {"spec": {
	"scaleTargetRef": {"kind": kind, "name": name},
}})

test_a_target_in_another_file_passes if {
	h := scaler("Deployment", "web")
	count(c.violation | c.unknown) == 0 with input as kit.about(h)
		with data.inventory as kit.tree([kit.good])
}

test_a_missing_target_fails if {
	h := scaler("Deployment", "wbe")
	count(c.violation) == 1 with input as kit.about(h) with data.inventory as kit.tree([kit.good])
}

test_other_kinds_are_unknown if {
	h := scaler("Rollout", "web")
	count(c.unknown) == 1 with input as kit.about(h) with data.inventory as kit.tree([kit.good])
}

test_without_the_tree_nobody_knows if count(c.unknown) == 1 with input as kit.about(scaler("Deployment", "web"))

test_hostile_shapes_are_unknown if {
	every h in kit.hostile_specs_of("autoscaling/v2", "HorizontalPodAutoscaler") {
		count(c.unknown) == 1 with input as kit.about(h) with data.inventory as kit.tree([])
	}
	every name in [null, 7, [], "{{ .x }}"] {
		h := scaler("Deployment", name)
		count(c.unknown) == 1 with input as kit.about(h) with data.inventory as kit.tree([])
		count(c.violation) == 0 with input as kit.about(h) with data.inventory as kit.tree([])
	}
}

test_foreign_kinds_are_not_applicable if {
	c.not_applicable with input as kit.about({"apiVersion": "x.example.com/v1", "kind": "HorizontalPodAutoscaler"})
}

test_a_tree_without_workloads_is_unknown if {
	h := scaler("Deployment", "web")
	count(c.unknown) == 1 with input as kit.about(h) with data.inventory as kit.tree([h])
	count(c.violation) == 0 with input as kit.about(h) with data.inventory as kit.tree([h])
}
