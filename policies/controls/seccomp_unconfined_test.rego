package merlon.controls.seccomp_unconfined_test

import data.merlon.controls.seccomp_unconfined as c
import data.merlon.lib.kit

test_a_foreign_kind_is_not_applicable if c.not_applicable with input as kit.about(kit.foreign)

test_hostile_shapes_never_pass if {
	every shape in kit.hostile_pods {
		count(c.unknown) > 0 with input as kit.about(shape)
	}
}

test_windows_pods_are_not_applicable if c.not_applicable with input as kit.about(kit.windows)

test_a_good_workload_passes if {
	count(c.violation | c.unknown) == 0 with input as kit.about(kit.good)
	not c.not_applicable with input as kit.about(kit.good)
}

test_unconfined_fails_where_it_is_said if {
	d := kit.deployment({}, {"securityContext": {"seccompProfile": {"type": "Unconfined"}}})
	some v in c.violation with input as kit.about(d)
	v.path == ["spec", "template", "spec", "securityContext", "seccompProfile", "type"]
	v.fix.value == "RuntimeDefault"
}

test_a_container_may_not_switch_it_off if {
	d := kit.deployment({"securityContext": {"seccompProfile": {"type": "Unconfined"}}}, {})
	some v in c.violation with input as kit.about(d)
	array.slice(v.path, 3, 5) == ["containers", 0]
}

test_no_profile_is_another_control_s_business if {
	d := kit.without(["pod/securityContext/seccompProfile"])
	count(c.violation | c.unknown) == 0 with input as kit.about(d)
}

test_other_types_are_unknown if {
	every value in ["x", 7, [], {"type": "{{ .x }}"}, {"type": 5}, {"type": "Nonsense"}] {
		d := kit.deployment({}, {"securityContext": {"seccompProfile": value}})
		count(c.unknown) == 1 with input as kit.about(d)
	}
}
