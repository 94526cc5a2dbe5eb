package merlon.controls.share_process_namespace_test

import data.merlon.controls.share_process_namespace as c
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
two := [kit.good_container, object.union(kit.good_container, {"name": "side"})]

test_sharing_fails if {
	d := kit.deployment({}, {"shareProcessNamespace": true, "containers": two})
	count(c.violation) == 1 with input as kit.about(d)
}

test_one_container_has_nobody_to_share_with if {
	d := kit.deployment({}, {"shareProcessNamespace": true})
	count(c.violation) == 0 with input as kit.about(d)
}

test_other_types_are_unknown if {
	d := kit.deployment({}, {"shareProcessNamespace": "{{ .x }}"})
	count(c.unknown) == 1 with input as kit.about(d)
}
