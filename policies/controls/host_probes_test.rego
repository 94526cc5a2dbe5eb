package merlon.controls.host_probes_test

import data.merlon.controls.host_probes as c
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

probe(host) := kit.deployment({"livenessProbe": {"httpGet": {"host": host, "port": 80}}}, {})

test_a_host_fails if count(c.violation) == 1 with input as kit.about(probe("169.254.169.254"))

test_a_hook_fails if {
	d := kit.deployment({"lifecycle": {"preStop": {"tcpSocket": {"host": "db", "port": 1}}}}, {})
	count(c.violation) == 1 with input as kit.about(d)
}

# The kubelet asks from the node, so that localhost is the node.
test_localhost_fails if {
	every host in ["127.0.0.1", "::1", "localhost"] {
		count(c.violation) == 1 with input as kit.about(probe(host))
	}
}

test_no_host_passes if {
	every host in ["", null] {
		count(c.violation | c.unknown) == 0 with input as kit.about(probe(host))
	}
}

test_other_types_are_unknown if {
	every host in ["{{ .x }}", 7, [], {}] {
		count(c.unknown) == 1 with input as kit.about(probe(host))
	}
}
