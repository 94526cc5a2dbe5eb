package merlon.controls.runtime_socket_test

import data.merlon.controls.runtime_socket as c
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

volume(path) := kit.deployment({}, {"volumes": [{"name": "s", "hostPath": {"path": path}}]})

test_sockets_and_their_directories_fail if {
	every path in ["/var/run/docker.sock", "/run/containerd", "//var/run//docker.sock/", "/run", "/"] {
		count(c.violation) == 1 with input as kit.about(volume(path))
	}
}

test_other_paths_pass if {
	every path in ["/var/log", "/run/containerd2", "/etc"] {
		count(c.violation | c.unknown) == 0 with input as kit.about(volume(path))
	}
}

test_unreadable_paths_are_unknown if {
	every path in ["{{ .Values.socket }}", null, 7, {}] {
		count(c.unknown) == 1 with input as kit.about(volume(path))
	}
}
