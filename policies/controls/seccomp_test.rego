package merlon.controls.seccomp_test

import data.merlon.controls.seccomp as c
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

test_no_profile_fails if {
	some v in c.violation with input as kit.about(kit.without(["pod/securityContext/seccompProfile"]))
	v.path == ["spec", "template", "spec", "securityContext"]
	v.fix.value == {"type": "RuntimeDefault"}
}

test_unconfined_is_another_control_s_business if {
	d := kit.deployment({}, {"securityContext": {"seccompProfile": {"type": "Unconfined"}}})
	count(c.violation | c.unknown) == 0 with input as kit.about(d)
}

test_the_old_annotation_is_no_profile if {
	d := object.union(kit.without(["pod/securityContext"]), {"spec": {"template": {"metadata": {
		"annotations": {"seccomp.security.alpha.kubernetes.io/pod": "runtime/default"},
	}}}})
	some v in c.violation with input as kit.about(d)
	contains(v.msg, "since 1.27")
}

test_other_types_are_unknown if {
	every value in ["x", 7, [], {"type": "{{ .x }}"}, {"type": 5}, {"type": "Nonsense"}] {
		d := kit.deployment({}, {"securityContext": {"seccompProfile": value}})
		count(c.unknown) == 1 with input as kit.about(d)
	}
}
