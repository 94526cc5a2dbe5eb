package merlon.controls.host_process_test

import data.merlon.controls.host_process as c
import data.merlon.lib.kit

test_a_good_workload_passes if {
	count(c.violation) == 0 with input as kit.about(kit.good)
	count(c.unknown) == 0 with input as kit.about(kit.good)
	not c.not_applicable with input as kit.about(kit.good)
}

test_a_foreign_kind_is_not_applicable if c.not_applicable with input as kit.about(kit.foreign)

test_hostile_shapes_never_pass if {
	every shape in kit.hostile_pods {
		count(c.unknown) > 0 with input as kit.about(shape)
	}
}

options(value) := kit.deployment({}, {"securityContext": {"windowsOptions": value}})

test_host_process_fails if {
	count(c.violation) == 1 with input as kit.about(options({"hostProcess": true}))
	count(c.violation) == 0 with input as kit.about(options({"hostProcess": false}))
}

test_other_types_are_unknown if {
	every value in ["x", 7, [], {"hostProcess": "{{ .x }}"}] {
		count(c.unknown) == 1 with input as kit.about(options(value))
	}
}
