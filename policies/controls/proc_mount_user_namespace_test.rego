package merlon.controls.proc_mount_user_namespace_test

import data.merlon.controls.proc_mount_user_namespace as c
import data.merlon.lib.kit

test_a_foreign_kind_is_not_applicable if c.not_applicable with input as kit.about(kit.foreign)

test_hostile_shapes_never_pass if {
	every shape in kit.hostile_pods {
		count(c.unknown) > 0 with input as kit.about(shape)
	}
}

test_windows_pods_are_not_applicable if c.not_applicable with input as kit.about(kit.windows)

mount(value) := kit.deployment({"securityContext": {"procMount": value}}, {"hostUsers": false})

test_without_a_user_namespace_it_is_not_applicable if {
	c.not_applicable with input as kit.about(kit.good)
}

test_unmasked_fails if {
	some v in c.violation with input as kit.about(mount("Unmasked"))
	v.fix.op == "remove"
}

test_default_passes if {
	count(c.violation | c.unknown) == 0 with input as kit.about(mount("Default"))
	not c.not_applicable with input as kit.about(mount("Default"))
}
