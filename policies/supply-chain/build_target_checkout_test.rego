package merlon.controls.build_target_checkout_test

import data.merlon.controls.build_target_checkout as c
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

fetched(triggers, ref) := kit.workflow(kit.on(triggers, [{"uses": "actions/checkout@v4", "with": {"ref": ref}}]))

head := "${{ github.event.pull_request.head.sha }}"

test_the_head_under_rights_fails if {
	fails(fetched("pull_request_target", head))
	fails(fetched(["push", "pull_request_target"], "${{ github.head_ref }}"))
	fails(fetched({"workflow_run": {"workflows": ["x"]}}, "${{ github.event.workflow_run.head_sha }}"))
	fails(fetched({"issue_comment": null}, "refs/pull/${{ github.event.issue.number }}/merge"))
	fails(kit.workflow(kit.on("issue_comment", [{"run": "gh pr checkout 7"}])))
	fails(kit.workflow(kit.on("pull_request_target", [{"run": "git fetch origin pull/7/head"}])))
}

test_the_base_or_no_rights_pass if {
	passes(fetched("pull_request", head))
	passes(fetched("pull_request_target", "main"))
	passes(kit.workflow(kit.on("pull_request_target", [kit.checkout])))
}
