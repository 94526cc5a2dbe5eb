package merlon.controls.privileged_test

import data.merlon.controls.privileged as c
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

test_a_privileged_container_fails if {
	some v in c.violation with input as kit.about(privileged(true))
	v.path == ["spec", "template", "spec", "containers", 0, "securityContext", "privileged"]
	v.fix.value == false
}

test_init_containers_count if {
	spec := object.union(kit.good_pod_spec, {"initContainers": [{
		"name": "init",
		"securityContext": {"privileged": true},
	}]})
	some v in c.violation with input as kit.about(kit.cronjob(spec))
	array.slice(v.path, 5, 7) == ["initContainers", 0]
}

test_values_of_another_type_are_unknown if {
	every value in ["{{ .Values.privileged }}", "true", 1, [], {}] {
		count(c.unknown) == 1 with input as kit.about(privileged(value))
		count(c.violation) == 0 with input as kit.about(privileged(value))
	}
}

test_null_is_unset if count(c.unknown) == 0 with input as kit.about(privileged(null))

privileged(value) := kit.deployment({}, {"containers": [object.union(
	kit.good_container,
	{"securityContext": {"privileged": value}},
)]})

test_windows_by_node_selector_is_not_applicable if {
	d := kit.deployment({}, {"nodeSelector": {"kubernetes.io/os": "windows"}})
	c.not_applicable with input as kit.about(d)
}

test_pods_without_a_name_are_judged if {
	o := {"apiVersion": "v1", "kind": "Pod", "metadata": {"generateName": "x-"}, "spec": {"containers": [{
		"securityContext": {"privileged": true},
	}]}}
	some v in c.violation with input as kit.about(o)
	v.cause == "privileged:default/Pod/x-"
}
