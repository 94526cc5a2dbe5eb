package merlon.controls.sysctls_test

import data.merlon.controls.sysctls as c
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

test_windows_pods_are_not_applicable if c.not_applicable with input as kit.about(kit.windows)
pod(list) := kit.deployment({}, {"securityContext": {"sysctls": list}})

test_an_unsafe_one_fails if {
	d := pod([
		{"name": "net.ipv4.tcp_syncookies", "value": "1"},
		{"name": "kernel.msgmax", "value": "65536"},
	])
	some v in c.violation with input as kit.about(d)
	v.path == ["spec", "template", "spec", "securityContext", "sysctls", 1]
}

test_slashes_are_dots if {
	d := pod([{"name": "net/ipv4/tcp_syncookies", "value": "1"}])
	count(c.violation) == 0 with input as kit.about(d)
}

test_other_types_are_unknown if {
	every value in ["x", 7, {}, [null], ["x"], [{"name": 5}], [{"name": "{{ .x }}"}]] {
		count(c.unknown) == 1 with input as kit.about(pod(value))
	}
}
