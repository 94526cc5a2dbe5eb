package merlon.controls.secret_env_refs_test

import data.merlon.controls.secret_env_refs as c
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

test_both_ways_fail if {
	d := kit.deployment(
		{
			"env": [{"name": "A", "valueFrom": {"secretKeyRef": {"name": "db", "key": "k"}}}],
			"envFrom": [{"configMapRef": {"name": "c"}}, {"secretRef": {"name": "db"}}],
		},
		{},
	)
	count(c.violation) == 2 with input as kit.about(d)
}

test_other_types_are_unknown if {
	every list in ["x", 7, {}, [null], ["x"]] {
		count(c.unknown) == 1 with input as kit.about(kit.deployment({"envFrom": list}, {}))
	}
}

test_a_reference_without_a_name_still_fails if {
	d := kit.deployment({"envFrom": [{"secretRef": {}}]}, {})
	count(c.violation) == 1 with input as kit.about(d)
	count(c.violation | c.unknown) == 0 with input as kit.about(kit.deployment({"env": null}, {}))
}
