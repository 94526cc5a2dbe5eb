package merlon.controls.external_ips_test

import data.merlon.controls.external_ips as c
import data.merlon.lib.kit

service(ips) := kit.object_of("v1", "Service", "shop", "web", {"spec": {"externalIPs": ips}})

test_addresses_fail if count(c.violation) == 1 with input as kit.about(service(["203.0.113.7"]))

test_none_pass if {
	every ips in [[], null] {
		count(c.violation | c.unknown) == 0 with input as kit.about(service(ips))
	}
}

test_other_types_are_unknown if {
	every ips in ["x", 7, {}, [null], [7]] {
		count(c.unknown) > 0 with input as kit.about(service(ips))
		count(c.violation) == 0 with input as kit.about(service(ips))
	}
	every s in kit.hostile_specs_of("v1", "Service") {
		count(c.unknown) > 0 with input as kit.about(s)
	}
}

test_foreign_kinds_are_not_applicable if {
	c.not_applicable with input as kit.about({"apiVersion": "serving.knative.dev/v1", "kind": "Service"})
}
