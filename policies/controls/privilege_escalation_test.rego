package merlon.controls.privilege_escalation_test

import data.merlon.controls.privilege_escalation as c
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
	{"securityContext": {"allowPrivilegeEscalation": value}},
)]})

test_true_and_silence_fail if {
	count(c.violation) == 1 with input as kit.about(flag(true))
	count(c.violation) == 1 with input as kit.about(flag(null))
	some v in c.violation with input as kit.about(kit.without(["container/securityContext"]))
	v.path == ["spec", "template", "spec", "containers", 0]
}

test_other_types_are_unknown if {
	every value in ["{{ .x }}", "true", 1, [], {}] {
		count(c.unknown) == 1 with input as kit.about(flag(value))
		count(c.violation) == 0 with input as kit.about(flag(value))
	}
}

test_the_fix_is_safe_where_nothing_was_said if {
	some v in c.violation with input as kit.about(flag(null))
	v.fix.safe
	some w in c.violation with input as kit.about(flag(true))
	not w.fix.safe
}

test_there_is_no_fix_beside_privileged_or_sys_admin if {
	every context in [{"privileged": true}, {"capabilities": {"add": ["SYS_ADMIN"]}}] {
		d := kit.deployment({"securityContext": context}, {})
		some v in c.violation with input as kit.about(json.remove(d, [sprintf("%s/allowPrivilegeEscalation", [at])]))
		v.fix == null
	}
}

at := "/spec/template/spec/containers/0/securityContext"
