package merlon.controls.duplicate_env_test

import data.merlon.controls.duplicate_env as c
import data.merlon.lib.kit

test_a_good_workload_passes if {
	count(c.violation | c.unknown) == 0 with input as kit.about(kit.good) with data.inventory as kit.tree([kit.good])
	not c.not_applicable with input as kit.about(kit.good) with data.inventory as kit.tree([kit.good])
}

test_a_foreign_kind_is_not_applicable if c.not_applicable with input as kit.about(kit.foreign)

test_hostile_shapes_never_pass if {
	every shape in kit.hostile_pods {
		count(c.unknown) > 0 with input as kit.about(shape)
	}
}

env(value) := kit.deployment({"env": value}, {})

test_the_second_one_fails if {
	some v in c.violation with input as kit.about(env([{"name": "A", "value": "1"}, {"name": "B"}, {"name": "A", "value": "2"}]))
	array.slice(v.path, 5, 8) == ["env", 2, "name"]
}

test_different_names_pass if {
	count(c.violation | c.unknown) == 0 with input as kit.about(env([{"name": "A"}, {"name": "a"}]))
}

test_other_types_are_unknown if {
	every value in ["x", 7, {}] {
		count(c.unknown) == 1 with input as kit.about(env(value))
	}
}
