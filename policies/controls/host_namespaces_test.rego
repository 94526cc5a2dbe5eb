package merlon.controls.host_namespaces_test

import data.merlon.controls.host_namespaces as c
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

test_each_namespace_fails if {
	every key in ["hostPID", "hostIPC", "hostNetwork"] {
		d := kit.deployment({}, {key: true})
		vs := c.violation with input as kit.about(d)
		{v.path | some v in vs} == {["spec", "template", "spec", key]}
	}
}

test_a_system_namespace_is_no_excuse if {
	d := object.union(kit.deployment({}, {"hostPID": true}), {"metadata": {"namespace": "kube-system"}})
	count(c.violation) == 1 with input as kit.about(d)
}

test_false_passes if count(c.violation) == 0 with input as kit.about(kit.deployment({}, {"hostPID": false}))

test_other_types_are_unknown if {
	every value in ["{{ .Values.hostPID }}", 1, [], {}] {
		count(c.unknown) == 1 with input as kit.about(kit.deployment({}, {"hostPID": value}))
	}
}
