package merlon.controls.image_pull_policy_test

import data.merlon.controls.image_pull_policy as c
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

pull(image, policy) := kit.deployment({"image": image, "imagePullPolicy": policy}, {})

test_a_stale_latest_fails if {
	count(c.violation) == 1 with input as kit.about(pull("web:latest", "IfNotPresent"))
	count(c.violation) == 1 with input as kit.about(pull("web", "Never"))
}

test_always_and_versions_pass if {
	count(c.violation) == 0 with input as kit.about(pull("web:latest", "Always"))
	count(c.violation) == 0 with input as kit.about(pull("web:1.0", "IfNotPresent"))
	count(c.violation | c.unknown) == 0 with input as kit.about(pull("web:latest", null))
}

test_other_types_are_unknown if {
	every policy in ["{{ .x }}", "Sometimes", 7, [], {}] {
		count(c.unknown) == 1 with input as kit.about(pull("web:1", policy))
	}
}
