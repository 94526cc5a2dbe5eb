package merlon.controls.default_namespace_test

import data.merlon.controls.default_namespace as c
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

within(ns) := object.union(kit.good, {"metadata": {"namespace": ns}})

test_default_fails if count(c.violation) == 1 with input as kit.about(within("default"))

test_silence_is_unknown if {
	o := json.remove(kit.good, ["/metadata/namespace"])
	count(c.unknown) == 1 with input as kit.about(o)
	count(c.violation) == 0 with input as kit.about(o)
}

test_other_types_are_unknown if {
	every ns in ["{{ .Release.Namespace }}", 7, [], {}, null] {
		count(c.unknown) == 1 with input as kit.about(within(ns))
	}
}
