package merlon.controls.apparmor_test

import data.merlon.controls.apparmor as c
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
profile(value) := kit.deployment({"securityContext": {"appArmorProfile": value}}, {})

test_unconfined_fails if {
	count(c.violation) == 1 with input as kit.about(profile({"type": "Unconfined"}))
}

test_the_annotation_fails if {
	key := "container.apparmor.security.beta.kubernetes.io/web"
	d := object.union(kit.good, {"spec": {"template": {"metadata": {"annotations": {key: "unconfined"}}}}})
	some v in c.violation with input as kit.about(d)
	v.path == ["spec", "template", "metadata", "annotations", key]
}

test_other_types_are_unknown if {
	every value in ["x", 7, [], {}, {"type": "{{ .x }}"}] {
		count(c.unknown) == 1 with input as kit.about(profile(value))
	}
}
