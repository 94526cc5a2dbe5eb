package merlon.controls.build_cache_test

import data.merlon.controls.build_cache as c
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
}

test_hostile_shapes_never_pass if {
	every shape in kit.hostile {
		count(c.unknown) > 0 with input as shape
	}
}

used(triggers, uses, inputs) := kit.workflow(kit.on(triggers, [{"uses": uses, "with": inputs}]))

test_caches_of_strangers_fail if {
	fails(used("pull_request_target", "actions/cache@v4", {"path": "x"}))
	fails(used("issue_comment", "actions/cache/restore@v4", {}))
	passes(used("pull_request", "actions/cache@v4", {}))
}

test_untrusted_artifacts_fail if {
	fails(used("workflow_run", "actions/download-artifact@v4", {}))
	fails(used("workflow_run", "dawidd6/action-download-artifact@v6", {"path": "."}))
	passes(used("workflow_run", "actions/download-artifact@v4", {"path": "${{ runner.temp }}/pr"}))
	passes(used("push", "actions/download-artifact@v4", {}))
}

upload := {"uses": "actions/upload-artifact@v4", "with": {"path": "."}}

test_uploads_with_the_token_fail if {
	fails(kit.workflow(kit.on("push", [{"uses": "actions/checkout@v4"}, upload])))
	fails(kit.workflow(kit.on("push", [{"uses": "actions/checkout@v4", "with": {"persist-credentials": true}}, upload])))
	passes(kit.workflow(kit.on("push", [kit.checkout, upload])))
	passes(kit.workflow(kit.on("push", [upload])))
}
