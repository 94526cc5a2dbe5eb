package merlon.controls.host_ports_test

import data.merlon.controls.host_ports as c
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

test_a_host_port_fails if {
	d := kit.deployment({"ports": [{"containerPort": 80, "hostPort": 8080}]}, {})
	some v in c.violation with input as kit.about(d)
	array.slice(v.path, 5, 8) == ["ports", 0, "hostPort"]
}

test_other_types_are_unknown if {
	every value in ["x", {}, [null], [{"hostPort": "{{ .x }}"}], [{"hostPort": []}]] {
		d := kit.deployment({"ports": value}, {})
		count(c.unknown) == 1 with input as kit.about(d)
	}
}

test_null_and_zero_pass if {
	d := kit.deployment({"ports": [{"hostPort": null}, {"hostPort": 0}]}, {})
	count(c.violation | c.unknown) == 0 with input as kit.about(d)
}
