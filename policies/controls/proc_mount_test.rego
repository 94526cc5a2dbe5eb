package merlon.controls.proc_mount_test

import data.merlon.controls.proc_mount as c
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
mount(value) := kit.deployment({"securityContext": {"procMount": value}}, {})

test_unmasked_fails if {
	some v in c.violation with input as kit.about(mount("Unmasked"))
	v.fix.op == "remove"
}

test_unmasked_in_a_user_namespace_passes if {
	d := kit.deployment({"securityContext": {"procMount": "Unmasked"}}, {"hostUsers": false})
	count(c.violation | c.unknown) == 0 with input as kit.about(d)
}

test_default_and_null_pass if {
	every value in ["Default", null] {
		count(c.violation | c.unknown) == 0 with input as kit.about(mount(value))
	}
}

test_other_values_are_unknown if {
	every value in ["{{ .x }}", "None", 7, [], {}] {
		count(c.unknown) == 1 with input as kit.about(mount(value))
	}
}
