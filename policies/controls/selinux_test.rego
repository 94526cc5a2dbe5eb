package merlon.controls.selinux_test

import data.merlon.controls.selinux as c
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

test_windows_pods_are_not_applicable if c.not_applicable with input as kit.about(kit.windows)
options(value) := kit.deployment({}, {"securityContext": {"seLinuxOptions": value}})

test_user_role_and_type_fail if {
	d := options({"user": "system_u", "role": "sysadm_r", "type": "spc_t"})
	count(c.violation) == 3 with input as kit.about(d)
}

test_container_types_pass if {
	d := options({"type": "container_t", "level": "s0:c1,c2"})
	count(c.violation | c.unknown) == 0 with input as kit.about(d)
}

test_other_types_are_unknown if {
	every value in ["x", 7, [], {"type": 5}, {"type": "{{ .x }}"}] {
		count(c.unknown) == 1 with input as kit.about(options(value))
	}
}
