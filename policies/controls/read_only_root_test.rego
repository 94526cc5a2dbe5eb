package merlon.controls.read_only_root_test

import data.merlon.controls.read_only_root as c
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
flag(value) := kit.deployment({}, {"containers": [object.union(
	kit.good_container,
	{"securityContext": {"readOnlyRootFilesystem": value}},
)]})

test_false_and_silence_fail if {
	count(c.violation) == 1 with input as kit.about(flag(false))
	count(c.violation) == 1 with input as kit.about(flag(null))
	count(c.violation) == 1 with input as kit.about(kit.without(["container/securityContext"]))
}

test_other_types_are_unknown if {
	every value in ["{{ .x }}", "true", 1, [], {}] {
		count(c.unknown) == 1 with input as kit.about(flag(value))
		count(c.violation) == 0 with input as kit.about(flag(value))
	}
}
