package merlon.controls.ingress_host_test

import data.merlon.controls.ingress_host as c
import data.merlon.lib.kit

ingress(host) := kit.object_of("networking.k8s.io/v1", "Ingress", "shop", "web", {"spec": {"rules": [{"host": host}]}})

test_loose_hosts_fail if {
	every host in ["", "*", "*.example.com", null] {
		count(c.violation) == 1 with input as kit.about(ingress(host))
	}
}

test_a_full_name_passes if {
	count(c.violation | c.unknown) == 0 with input as kit.about(ingress("shop.example.com"))
}

test_other_types_are_unknown if {
	every host in ["{{ .x }}", 7, [], {}] {
		count(c.unknown) == 1 with input as kit.about(ingress(host))
		count(c.violation) == 0 with input as kit.about(ingress(host))
	}
	every i in kit.hostile_specs_of("networking.k8s.io/v1", "Ingress") {
		count(c.unknown) == 1 with input as kit.about(i)
	}
}

test_foreign_kinds_are_not_applicable if {
	c.not_applicable with input as kit.about({"apiVersion": "x.example.com/v1", "kind": "Ingress"})
}
