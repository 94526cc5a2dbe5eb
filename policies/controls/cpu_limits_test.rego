package merlon.controls.cpu_limits_test

import data.merlon.controls.cpu_limits as c
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
	{v.msg | some v in vs} == {"container \"web\" has no CPU limit", "container \"web\" has no CPU request"}
}

test_without_the_tree_nobody_knows if {
	count(c.unknown) == 1 with input as kit.about(kit.without(["container/resources"]))
}

test_numbers_are_fine if {
	d := kit.deployment({"resources": {"limits": {"cpu": 1}, "requests": {"cpu": 0.5}}}, {})
	count(c.violation | c.unknown) == 0 with input as kit.about(d)
		with data.inventory as kit.tree([])
}

test_other_types_are_unknown if {
	every value in [true, [], {}, "{{ .x }}"] {
		d := kit.deployment({"resources": {"limits": {"cpu": value}}}, {})
		count(c.unknown) == 1 with input as kit.about(d) with data.inventory as kit.tree([])
	}
}
