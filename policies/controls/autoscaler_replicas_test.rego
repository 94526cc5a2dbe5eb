package merlon.controls.autoscaler_replicas_test

import data.merlon.controls.autoscaler_replicas as c
import data.merlon.lib.kit

test_a_good_workload_passes if {
	count(c.violation | c.unknown) == 0 with input as kit.about(kit.good) with data.inventory as kit.tree([kit.good])
	not c.not_applicable with input as kit.about(kit.good) with data.inventory as kit.tree([kit.good])
}

test_a_foreign_kind_is_not_applicable if c.not_applicable with input as kit.about(kit.foreign)

scaler := kit.object_of("autoscaling/v2", "HorizontalPodAutoscaler", "shop", "web", {"spec": {
	"scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
	"minReplicas": 2,
	"maxReplicas": 5,
}})

replicas(n) := json.patch(kit.good, [{"op": "replace", "path": "/spec/replicas", "value": n}])

test_a_number_beside_an_autoscaler_fails if {
	some v in c.violation with input as kit.about(replicas(3)) with data.inventory as kit.tree([scaler])
	v.fix.op == "remove"
}

test_zero_and_silence_pass if {
	every n in [0, null] {
		count(c.violation | c.unknown) == 0 with input as kit.about(replicas(n)) with data.inventory as kit.tree([scaler])
	}
}

test_without_the_tree_nobody_knows if count(c.unknown) == 1 with input as kit.about(kit.good)

test_a_broken_specification_is_unknown if {
	every shape in kit.hostile_specs_of("apps/v1", "Deployment") {
		count(c.unknown) > 0 with input as kit.about(shape) with data.inventory as kit.tree([])
	}
}
