package merlon.controls.secrets_in_env_test

import data.merlon.controls.secrets_in_env as c
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

env(list) := kit.deployment({"env": list}, {})

test_telling_names_fail if {
	every name in ["DB_PASSWORD", "api-key", "STRIPE_SECRET", "authToken_secret", "PGPASSWORD"] {
		some v in c.violation with input as kit.about(env([{"name": name, "value": "hunter2000"}]))
		not contains(v.value, "hunter2000")
	}
}

test_telling_forms_fail if {
	every value in [
		"postgres://shop:s3cr3t@db:5432/shop",
		"-----BEGIN RSA PRIVATE KEY-----",
		"AKIAABCDEFGHIJKLMNOP",
	] {
		count(c.violation) == 1 with input as kit.about(env([{"name": "X", "value": value}]))
	}
}

test_references_and_plain_settings_pass if {
	list := [
		{"name": "DB_PASSWORD", "valueFrom": {"secretKeyRef": {"name": "db", "key": "password"}}},
		{"name": "DB_PASSWORD_FILE", "value": "/run/secrets/db"},
		{"name": "PASSWORD_MIN_LENGTH", "value": "12"},
		{"name": "TOKEN_TTL", "value": "3600s"},
		{"name": "DB_URL", "value": "postgres://db:5432/shop"},
		{"name": "DSN", "value": "postgres://shop:$(DB_PASSWORD)@db/shop"},
		{"name": "KEYBOARD", "value": "german"},
		{"name": "DB_PASSWORD_2", "value": null},
	]
	count(c.violation | c.unknown) == 0 with input as kit.about(env(list))
}

test_other_types_are_unknown if {
	every list in ["x", {}, [null], ["x"], [{"name": 5, "value": "x"}], [{"name": "A", "value": {}}]] {
		count(c.unknown) == 1 with input as kit.about(env(list))
	}
}
