package merlon.controls.secrets_in_config_test

import data.merlon.controls.secrets_in_config as c
import data.merlon.lib.kit

config(map) := kit.object_of("v1", "ConfigMap", "shop", "web", {"data": map})

test_a_telling_key_fails if {
	some v in c.violation with input as kit.about(config({"db.password": "hunter2000"}))
	v.path == ["data", "db.password"]
	not contains(v.value, "hunter2000")
}

test_a_line_of_a_file_fails if {
	file := "host = db\npassword = hunter2000\n"
	count(c.violation) == 1 with input as kit.about(config({"app.ini": file}))
}

test_two_lines_of_a_file_do_not_conflict if {
	file := "password = hunter2000\napi_key: abcdefgh\n"
	count(c.violation) > 0 with input as kit.about(config({"app.ini": file}))
}

test_plain_settings_pass if {
	map := {"LOG_LEVEL": "info", "password.file": "/run/secrets/db", "app.ini": "host = db\nport = 5432\n"}
	count(c.violation | c.unknown) == 0 with input as kit.about(config(map))
}

test_no_data_passes if {
	count(c.violation | c.unknown) == 0 with input as kit.about({"apiVersion": "v1", "kind": "ConfigMap"})
}

test_other_types_are_unknown if {
	every map in ["x", 7, [], {"a": 7}, {"a": null}, {"a": []}] {
		o := {"apiVersion": "v1", "kind": "ConfigMap", "data": map}
		count(c.unknown) == 1 with input as kit.about(o)
	}
}

test_foreign_kinds_are_not_applicable if {
	c.not_applicable with input as kit.about({"apiVersion": "x.example.com/v1", "kind": "ConfigMap"})
}

test_a_telling_form_fails_under_any_key if {
	some v in c.violation with input as kit.about(config({"url": "amqp://shop:hunter2000@mq:5672/"}))
	contains(v.msg, "a URL with a password in it")
}
