package merlon.controls.storage_limits_test

import data.merlon.controls.storage_limits as c
import data.merlon.lib.kit

test_a_good_workload_passes if {
	count(c.violation) == 0 with input as kit.about(kit.good) with data.inventory as kit.tree([])
	count(c.unknown) == 0 with input as kit.about(kit.good) with data.inventory as kit.tree([])
	not c.not_applicable with input as kit.about(kit.good) with data.inventory as kit.tree([])
}

test_a_foreign_kind_is_not_applicable if c.not_applicable with input as kit.about(kit.foreign)

test_hostile_shapes_never_pass if {
	every shape in kit.hostile_pods {
		count(c.unknown) > 0 with input as kit.about(shape) with data.inventory as kit.tree([])
	}
}

test_silence_fails if {
	d := kit.without(["container/resources/limits/ephemeral-storage"])
	some v in c.violation with input as kit.about(d) with data.inventory as kit.tree([])
	v.path == ["spec", "template", "spec", "containers", 0, "resources", "limits"]
}

test_without_the_tree_nobody_knows if {
	count(c.unknown) == 1 with input as kit.about(kit.without(["container/resources"]))
}

test_other_types_are_unknown if {
	d := kit.deployment({"resources": {"limits": {"ephemeral-storage": "{{ .x }}"}}}, {})
	count(c.unknown) == 1 with input as kit.about(d) with data.inventory as kit.tree([])
}
