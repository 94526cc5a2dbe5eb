package merlon.controls.service_exposure_test

import data.merlon.controls.service_exposure as c
import data.merlon.lib.kit

service(spec) := kit.object_of("v1", "Service", "shop", "web", {"spec": spec})

test_open_types_fail if {
	every spec in [
		{"type": "NodePort"}, {"type": "LoadBalancer"},
		{"type": "LoadBalancer", "loadBalancerSourceRanges": ["0.0.0.0/0"]},
	] {
		count(c.violation) == 1 with input as kit.about(service(spec))
	}
}

test_limited_ones_pass if {
	every spec in [
		{}, {"type": "ClusterIP"}, {"type": null},
		{"type": "LoadBalancer", "loadBalancerSourceRanges": ["198.51.100.0/24"]},
	] {
		count(c.violation | c.unknown) == 0 with input as kit.about(service(spec))
	}
	s := object.union(service({"type": "LoadBalancer"}), {"metadata": {"annotations": {
		"service.beta.kubernetes.io/azure-load-balancer-internal": "true",
	}}})
	count(c.violation) == 0 with input as kit.about(s)
}

test_other_types_are_unknown if {
	every spec in [
		null, 7, [], {"type": "{{ .x }}"}, {"type": []},
		{"type": "LoadBalancer", "loadBalancerSourceRanges": "x"},
		{"type": "LoadBalancer", "loadBalancerSourceRanges": [7]},
	] {
		s := {"apiVersion": "v1", "kind": "Service", "spec": spec}
		count(c.unknown) == 1 with input as kit.about(s)
		count(c.violation) == 0 with input as kit.about(s)
	}
}

test_foreign_kinds_are_not_applicable if {
	c.not_applicable with input as kit.about({"apiVersion": "serving.knative.dev/v1", "kind": "Service"})
}
