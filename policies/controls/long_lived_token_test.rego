package merlon.controls.long_lived_token_test

import data.merlon.controls.long_lived_token as c
import data.merlon.lib.kit

secret(type) := kit.object_of("v1", "Secret", "shop", "s", {"type": type})

test_a_token_fails if {
	s := object.union(secret("kubernetes.io/service-account-token"), {"metadata": {"annotations": {
		"kubernetes.io/service-account.name": "robot",
	}}})
	some v in c.violation with input as kit.about(s)
	contains(v.msg, "robot")
}

test_others_pass if {
	every type in ["Opaque", "kubernetes.io/tls", null] {
		count(c.violation | c.unknown) == 0 with input as kit.about(secret(type))
	}
}

test_other_types_are_unknown if {
	every type in ["{{ .x }}", 7, [], {}] {
		count(c.unknown) == 1 with input as kit.about(secret(type))
	}
}

test_foreign_kinds_are_not_applicable if {
	c.not_applicable with input as kit.about({"apiVersion": "vault.example.com/v1", "kind": "Secret"})
}
