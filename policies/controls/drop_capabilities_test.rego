package merlon.controls.drop_capabilities_test

import data.merlon.controls.drop_capabilities as c
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
	object.union(kit.good_container, {"securityContext": {"capabilities": null}}),
	{"securityContext": {"capabilities": value}},
)]})

test_keeping_the_default_fails if {
	some v in c.violation with input as kit.about(kit.without(["container/securityContext"]))
	v.path == ["spec", "template", "spec", "containers", 0]
	v.fix.op == "set"
	v.fix.value == ["ALL"]
}

test_dropping_one_is_not_enough if {
	some v in c.violation with input as kit.about(caps({"drop": ["NET_RAW"]}))
	v.fix.op == "append"
}

test_adding_back_fails if {
	count(c.violation) == 1 with input as kit.about(caps({"drop": ["ALL"], "add": ["CHOWN"]}))
	count(c.violation) == 0 with input as kit.about(caps({"drop": ["ALL"], "add": ["NET_BIND_SERVICE"]}))
}

test_other_types_are_unknown if {
	every value in ["x", [], 7, {"drop": "ALL"}, {"drop": [null]}, {"drop": ["{{ .x }}"]}, {"add": {}}] {
		count(c.unknown) == 1 with input as kit.about(caps(value))
	}
}

test_the_fix_is_safe_for_who_is_never_root if {
	some v in c.violation with input as kit.about(kit.without(["container/securityContext/capabilities"]))
	v.fix.safe
	some w in c.violation with input as kit.about(kit.without([
		"container/securityContext/capabilities",
		"pod/securityContext/runAsNonRoot",
		"pod/securityContext/runAsUser",
	]))
	not w.fix.safe
}
