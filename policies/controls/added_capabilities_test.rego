package merlon.controls.added_capabilities_test

import data.merlon.controls.added_capabilities as c
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
caps(value) := kit.deployment({}, {"containers": [object.union(
	kit.good_container,
	{"securityContext": {"capabilities": value}},
)]})

test_a_dangerous_one_fails if {
	d := caps({"drop": ["ALL"], "add": ["NET_BIND_SERVICE", "SYS_ADMIN"]})
	some v in c.violation with input as kit.about(d)
	array.slice(v.path, 5, 9) == ["securityContext", "capabilities", "add", 1]
}

test_a_harmless_one_passes_as_kubernetes_spells_it if {
	count(c.violation) == 1 with input as kit.about(caps({"add": ["CAP_SYS_PTRACE"]}))
	count(c.violation) == 1 with input as kit.about(caps({"add": ["CAP_CHOWN"]}))
	count(c.violation) == 1 with input as kit.about(caps({"add": ["chown"]}))
	count(c.violation) == 0 with input as kit.about(caps({"add": ["CHOWN"]}))
}

test_all_fails if count(c.violation) == 1 with input as kit.about(caps({"add": ["ALL"]}))

test_other_types_are_unknown if {
	every value in ["x", [], 7, {"add": "SYS_ADMIN"}, {"add": {}}, {"add": [7]}, {"add": ["{{ .x }}"]}] {
		count(c.unknown) == 1 with input as kit.about(caps(value))
	}
}
