package merlon.controls.volume_types_test

import data.merlon.controls.volume_types as c
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

volume(v) := kit.deployment({}, {"volumes": [v]})

test_inline_servers_fail if {
	d := volume({"name": "x", "nfs": {"server": "files", "path": "/"}})
	some v in c.violation with input as kit.about(d)
	v.path == ["spec", "template", "spec", "volumes", 0, "nfs"]
}

test_managed_ones_pass if {
	count(c.violation) == 0 with input as kit.about(volume({"name": "x", "emptyDir": {}}))
}

test_other_types_are_unknown if {
	count(c.unknown) == 1 with input as kit.about(volume({"name": "x", "nfs": "{{ .x }}"}))
	count(c.unknown) == 1 with input as kit.about(volume({"name": "x", "nfs": []}))
}
