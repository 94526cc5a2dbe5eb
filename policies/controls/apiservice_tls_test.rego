package merlon.controls.apiservice_tls_test

import data.merlon.controls.apiservice_tls as c
import data.merlon.lib.kit

api(spec) := kit.cluster_object("apiregistration.k8s.io/v1", "APIService", "v1.x", {"spec": spec})

test_skipping_fails if {
	count(c.violation) == 1 with input as kit.about(api({"insecureSkipTLSVerify": true}))
}

test_verifying_passes if {
	every spec in [{}, {"insecureSkipTLSVerify": false}, {"insecureSkipTLSVerify": null}] {
		count(c.violation | c.unknown) == 0 with input as kit.about(api(spec))
	}
}

test_other_types_are_unknown if {
	every spec in [null, 7, "x", [], {"insecureSkipTLSVerify": "{{ .x }}"}, {"insecureSkipTLSVerify": 1}] {
		a := {"apiVersion": "apiregistration.k8s.io/v1", "kind": "APIService", "spec": spec}
		count(c.unknown) == 1 with input as kit.about(a)
	}
}

test_foreign_kinds_are_not_applicable if {
	c.not_applicable with input as kit.about({"apiVersion": "x.example.com/v1", "kind": "APIService"})
}
