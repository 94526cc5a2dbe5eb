package merlon.controls.run_as_root_test

import data.merlon.controls.run_as_root as c
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

test_silence_fails if {
	d := kit.without(["pod/securityContext/runAsNonRoot", "pod/securityContext/runAsUser"])
	some v in c.violation with input as kit.about(d)
	v.path == ["spec", "template", "spec", "containers", 0, "securityContext"]
	v.fix.path == ["spec", "template", "spec", "securityContext", "runAsNonRoot"]
}

test_user_zero_fails_even_with_the_promise if {
	d := kit.deployment({}, {"securityContext": {"runAsUser": 0}})
	some v in c.violation with input as kit.about(d)
	v.path == ["spec", "template", "spec", "securityContext", "runAsUser"]
}

test_root_of_a_user_namespace_is_not_applicable if {
	d := kit.deployment({}, {"hostUsers": false, "securityContext": {"runAsUser": 0}})
	c.not_applicable with input as kit.about(d)
}

test_the_container_overrides_the_pod if {
	container := object.union(kit.good_container, {"securityContext": {"runAsUser": 0}})
	some v in c.violation with input as kit.about(kit.deployment({}, {"containers": [container]}))
	v.path == ["spec", "template", "spec", "containers", 0, "securityContext", "runAsUser"]
}

test_a_user_number_is_enough if {
	d := kit.without(["pod/securityContext/runAsNonRoot"])
	count(c.violation | c.unknown) == 0 with input as kit.about(d)
}

test_other_types_are_unknown if {
	d := kit.deployment({}, {"securityContext": {"runAsUser": "{{ .Values.uid }}"}})
	count(c.unknown) == 1 with input as kit.about(d)
	e := kit.deployment({}, {"securityContext": {"runAsNonRoot": "yes"}})
	count(c.unknown) == 1 with input as kit.about(e)
}

test_saying_false_fails_where_it_is_said if {
	d := json.remove(
		kit.deployment({"securityContext": {"runAsNonRoot": false}}, {}),
		["/spec/template/spec/securityContext/runAsUser"],
	)
	some v in c.violation with input as kit.about(d)
	v.fix.path == ["spec", "template", "spec", "containers", 0, "securityContext", "runAsNonRoot"]
	contains(v.msg, "runAsNonRoot is false")
}
