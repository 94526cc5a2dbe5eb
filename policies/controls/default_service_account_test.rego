package merlon.controls.default_service_account_test

import data.merlon.controls.default_service_account as c
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

nameless := kit.without(["pod/serviceAccountName", "pod/automountServiceAccountToken"])

named(name) := object.union(nameless, {"spec": {"template": {"spec": {"serviceAccountName": name}}}})

test_no_name_fails if {
	some v in c.violation with input as kit.about(nameless)
	v.path == ["spec", "template", "spec"]
}

test_the_default_by_name_fails if count(c.violation) == 1 with input as kit.about(named("default"))

test_without_a_token_it_does_not_matter if {
	d := kit.without(["pod/serviceAccountName"])
	count(c.violation) == 0 with input as kit.about(d)
}

test_other_types_are_unknown if {
	every name in ["{{ .x }}", 7, [], {}] {
		count(c.unknown) == 1 with input as kit.about(named(name))
		count(c.violation) == 0 with input as kit.about(named(name))
	}
}
