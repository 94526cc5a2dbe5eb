package merlon.controls.readiness_probe_test

import data.merlon.controls.readiness_probe as c
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

test_none_fails if count(c.violation) == 1 with input as kit.about(kit.without(["container/readinessProbe"]))

test_init_containers_need_none if {
	d := kit.deployment({}, {"initContainers": [{"name": "i", "image": "x"}]})
	count(c.violation) == 0 with input as kit.about(d)
}

test_other_types_are_unknown if {
	every p in ["{{ .x }}", 7, []] {
		count(c.unknown) == 1 with input as kit.about(kit.deployment({"readinessProbe": p}, {}))
	}
}
