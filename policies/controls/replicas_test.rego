package merlon.controls.replicas_test

import data.merlon.controls.replicas as c
import data.merlon.lib.kit

with_replicas(n) := json.patch(kit.good, [{"op": "replace", "path": "/spec/replicas", "value": n}])

scaler(n) := kit.object_of("autoscaling/v2", "HorizontalPodAutoscaler", "shop", "web", {"spec": {
	"scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
	"minReplicas": n,
}})

test_one_fails if {
	every n in [1, null] {
		count(c.violation) == 1 with input as kit.about(with_replicas(n))
			with data.inventory as kit.tree([])
	}
}

test_two_pass if {
	count(c.violation | c.unknown) == 0 with input as kit.about(kit.good)
		with data.inventory as kit.tree([])
}

test_the_autoscaler_decides if {
	t := kit.tree([scaler(2)])
	count(c.violation) == 0 with input as kit.about(with_replicas(1)) with data.inventory as t
	few := kit.tree([scaler(1)])
	count(c.violation) == 1 with input as kit.about(kit.good) with data.inventory as few
}

test_switched_off_is_not_applicable if c.not_applicable with input as kit.about(with_replicas(0))

test_without_the_tree_nobody_knows if count(c.unknown) == 1 with input as kit.about(with_replicas(1))

test_other_types_are_unknown if {
	every n in ["{{ .Values.replicas }}", "2", [], {}, true] {
		d := with_replicas(n)
		count(c.unknown) == 1 with input as kit.about(d) with data.inventory as kit.tree([])
		count(c.violation) == 0 with input as kit.about(d) with data.inventory as kit.tree([])
	}
	every s in kit.hostile_specs_of("apps/v1", "Deployment") {
		count(c.unknown) > 0 with input as kit.about(s) with data.inventory as kit.tree([])
	}
}

test_foreign_kinds_are_not_applicable if {
	c.not_applicable with input as kit.about({"apiVersion": "x.example.com/v1", "kind": "Deployment"})
}
