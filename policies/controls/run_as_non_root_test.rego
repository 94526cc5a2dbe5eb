package merlon.controls.run_as_non_root_test

import data.merlon.controls.run_as_non_root as c
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

test_a_user_number_alone_fails if {
	some v in c.violation with input as kit.about(kit.without(["pod/securityContext/runAsNonRoot"]))
	v.fix.path == ["spec", "template", "spec", "securityContext", "runAsNonRoot"]
	v.fix.value == true
}

test_silence_is_another_control_s_business if {
	d := kit.without(["pod/securityContext/runAsNonRoot", "pod/securityContext/runAsUser"])
	count(c.violation | c.unknown) == 0 with input as kit.about(d)
}

test_the_pod_may_not_say_false_even_if_containers_say_true if {
	d := kit.deployment(
		{"securityContext": {"runAsNonRoot": true}},
		{"securityContext": {"runAsNonRoot": false, "runAsUser": 10001}},
	)
	some v in c.violation with input as kit.about(d)
	v.path == ["spec", "template", "spec", "securityContext", "runAsNonRoot"]
}

test_a_user_namespace_makes_it_not_applicable if {
	d := kit.deployment({}, {"hostUsers": false})
	c.not_applicable with input as kit.about(d)
}

test_other_types_are_unknown if {
	d := kit.deployment({}, {"securityContext": {"runAsNonRoot": "{{ .x }}"}})
	count(c.unknown) == 1 with input as kit.about(d)
}
