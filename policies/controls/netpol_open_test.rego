package merlon.controls.netpol_open_test

import data.merlon.controls.netpol_open as c
import data.merlon.lib.kit

policy(spec) := kit.object_of("networking.k8s.io/v1", "NetworkPolicy", "shop", "p", {"spec": spec})

test_open_rules_fail if {
	every spec in [
		{"ingress": [{}]}, {"egress": [{"to": []}]}, {"ingress": [{"from": null, "ports": null}]},
		{"egress": [{"to": [{"ipBlock": {"cidr": "0.0.0.0/0"}}]}]},
	] {
		count(c.violation) == 1 with input as kit.about(policy(spec))
	}
}

test_narrow_rules_pass if {
	every spec in [
		{"podSelector": {}}, {"ingress": []}, {"ingress": [{"from": [{"podSelector": {}}]}]},
		{"egress": [{"to": [{"ipBlock": {"cidr": "0.0.0.0/0"}}], "ports": [{"port": 443}]}]},
		{"egress": [{"ports": [{"port": 53}]}]},
	] {
		count(c.violation | c.unknown) == 0 with input as kit.about(policy(spec))
	}
}

test_other_types_are_unknown if {
	every spec in [null, 7, [], {"ingress": "x"}, {"egress": [null]}, {"ingress": [{"from": "x"}]}] {
		o := {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "spec": spec}
		count(c.unknown) == 1 with input as kit.about(o)
		count(c.violation) == 0 with input as kit.about(o)
	}
}

test_foreign_kinds_are_not_applicable if {
	c.not_applicable with input as kit.about({"apiVersion": "crd.projectcalico.org/v1", "kind": "NetworkPolicy"})
}
