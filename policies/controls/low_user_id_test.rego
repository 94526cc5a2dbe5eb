package merlon.controls.low_user_id_test

import data.merlon.controls.low_user_id as c
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

user(id) := kit.deployment({}, {"securityContext": {"runAsUser": id}})

test_a_low_id_fails if {
	some v in c.violation with input as kit.about(user(1000))
	v.fix.value == 11000
}

test_the_first_high_id_passes if {
	count(c.violation | c.unknown) == 0 with input as kit.about(user(10000))
}

test_root_and_silence_are_not_applicable if {
	c.not_applicable with input as kit.about(user(0))
	c.not_applicable with input as kit.about(kit.without(["pod/securityContext/runAsUser"]))
}

test_a_user_namespace_is_not_applicable if {
	c.not_applicable with input as kit.about(kit.deployment({}, {"hostUsers": false}))
}

test_other_types_are_unknown if {
	every id in ["{{ .x }}", "1000", [], {}] {
		count(c.unknown) == 1 with input as kit.about(user(id))
	}
}
