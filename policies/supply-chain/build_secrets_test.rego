package merlon.controls.build_secrets_test

import data.merlon.controls.build_secrets as c
import data.merlon.lib.build_kit as kit

passes(i) if {
	count(c.violation) == 0 with input as i
	count(c.unknown) == 0 with input as i
}

fails(i) if {
	count(c.violation) > 0 with input as i
	every v in c.violation { is_string(v.cause) } with input as i
}

test_good_files_pass if {
	passes(kit.workflow(kit.good))
	passes(kit.workflow({"on": "push", "permissions": {}, "jobs": {}}))
	passes(kit.action(kit.composite([kit.checkout, {"run": "make"}])))
	passes(kit.pipeline(kit.good_pipeline))
}

test_hostile_shapes_never_pass if {
	every shape in kit.hostile {
		count(c.unknown) > 0 with input as shape
	}
	every shape in kit.bad_pipelines {
		count(c.unknown) > 0 with input as kit.pipeline(shape)
	}
}

token := concat("", ["ghp_", "abcdefghijklmnopqrstuvwxyz0123456789"])

test_literals_fail if {
	fails(kit.workflow(object.union(kit.good, {"env": {"API_TOKEN": "hunter2hunter2"}})))
	fails(kit.workflow(kit.on("push", [{"run": "x", "env": {"X": token}}])))
	fails(kit.workflow(kit.on("push", [{"uses": "a/b@v1", "with": {"password": "hunter2hunter2"}}])))
	fails(kit.workflow(kit.on("push", [{"run": sprintf("curl -H 'Authorization: %s'", [token])}])))
	fails(kit.action(kit.composite([{"run": "x", "env": {"DB_PASSWORD": "hunter2hunter2"}}])))
	fails(kit.pipeline({"variables": {"DB_PASSWORD": "hunter2hunter2"}}))
	fails(kit.pipeline({"a": {"variables": {"DB_PASSWORD": {"value": "hunter2hunter2"}}}}))
	fails(kit.pipeline({"a": {"script": [sprintf("x %s", [token])]}}))
}

test_references_pass if {
	passes(kit.workflow(kit.on("push", [{"run": "x", "env": {"API_TOKEN": "${{ secrets.T }}"}}])))
	passes(kit.pipeline({"variables": {"DB_PASSWORD": "$MASKED"}}))
}

test_the_secret_is_not_repeated if {
	i := kit.pipeline({"variables": {"DB_PASSWORD": "hunter2hunter2"}})
	every v in c.violation { not contains(json.marshal(v), "hunter2") } with input as i
}
