package merlon.controls.memory_limits_test

import data.merlon.controls.memory_limits as c
import data.merlon.lib.kit

test_a_good_workload_passes if {
	count(c.violation) == 0 with input as kit.about(kit.good) with data.inventory as kit.tree([])
	count(c.unknown) == 0 with input as kit.about(kit.good) with data.inventory as kit.tree([])
	not c.not_applicable with input as kit.about(kit.good) with data.inventory as kit.tree([])
}

test_a_foreign_kind_is_not_applicable if c.not_applicable with input as kit.about(kit.foreign)

test_hostile_shapes_never_pass if {
	every shape in kit.hostile_pods {
		count(c.unknown) > 0 with input as kit.about(shape) with data.inventory as kit.tree([])
	}
}

test_silence_fails_twice if {
	vs := c.violation with input as kit.about(kit.without(["container/resources"]))
		with data.inventory as kit.tree([])
	count(vs) == 2
}

test_a_limit_alone_is_also_the_request if {
	d := kit.without(["container/resources/requests/memory"])
	count(c.violation) == 0 with input as kit.about(d) with data.inventory as kit.tree([])
}

test_a_limit_range_of_the_namespace_counts if {
	range := kit.object_of("v1", "LimitRange", "shop", "defaults", {"spec": {"limits": [{
		"type": "Container",
		"default": {"memory": "128Mi"},
		"defaultRequest": {"memory": "64Mi"},
	}]}})
	d := kit.without(["container/resources"])
	count(c.violation) == 0 with input as kit.about(d) with data.inventory as kit.tree([range])
	elsewhere := object.union(range, {"metadata": {"namespace": "other"}})
	count(c.violation) == 2 with input as kit.about(d) with data.inventory as kit.tree([elsewhere])
}

test_without_the_tree_nobody_knows if {
	count(c.unknown) == 1 with input as kit.about(kit.without(["container/resources"]))
}

test_other_types_are_unknown if {
	every value in ["x", [], {"limits": "x"}, {"limits": {"memory": []}, "requests": {"memory": 1}}] {
		d := object.union(kit.without(["container/resources"]), {"spec": {"template": {"spec": {
			"containers": [object.union(kit.good_container, {"resources": null})],
		}}}})
		e := json.patch(d, [{
			"op": "replace",
			"path": "/spec/template/spec/containers/0/resources",
			"value": value,
		}])
		count(c.unknown) == 1 with input as kit.about(e) with data.inventory as kit.tree([])
	}
	t := kit.deployment({"resources": {"limits": {"memory": "{{ .Values.mem }}"}}}, {})
	count(c.unknown) == 1 with input as kit.about(t) with data.inventory as kit.tree([])
}
