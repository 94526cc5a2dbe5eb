package merlon.controls.ingress_tls_test

import data.merlon.controls.ingress_tls as c
import data.merlon.lib.kit

ingress(spec) := kit.object_of("networking.k8s.io/v1", "Ingress", "shop", "web", {"spec": spec})

rules := [{"host": "shop.example.com"}]

test_no_tls_fails if count(c.violation) == 1 with input as kit.about(ingress({"rules": rules}))

test_tls_for_another_host_fails if {
	i := ingress({"rules": rules, "tls": [{"hosts": ["api.example.com"], "secretName": "t"}]})
	some v in c.violation with input as kit.about(i)
	v.value == "shop.example.com"
}

test_tls_passes if {
	every hosts in [["shop.example.com"], ["*.example.com"], []] {
		i := ingress({"rules": rules, "tls": [{"hosts": hosts, "secretName": "t"}]})
		count(c.violation | c.unknown) == 0 with input as kit.about(i)
	}
}

test_other_types_are_unknown if {
	every spec in [
		null, 7, [], {"tls": "x"}, {"tls": [null]}, {"rules": {}, "tls": []},
		{"rules": [{"host": 5}]}, {"tls": [{"hosts": "x"}]},
	] {
		i := {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "spec": spec}
		count(c.unknown) == 1 with input as kit.about(i)
		count(c.violation) == 0 with input as kit.about(i)
	}
}

test_foreign_kinds_are_not_applicable if {
	c.not_applicable with input as kit.about({"apiVersion": "config.openshift.io/v1", "kind": "Ingress"})
}
