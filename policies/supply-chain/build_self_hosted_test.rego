package merlon.controls.build_self_hosted_test

import data.merlon.controls.build_self_hosted as c
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

on_machine(triggers, labels) := kit.workflow({"on": triggers, "jobs": {"a": {"runs-on": labels, "steps": []}}})

test_own_machines_for_strangers_fail if {
	every labels in ["self-hosted", ["self-hosted", "linux"], {"labels": "self-hosted"}, {"group": "g", "labels": ["self-hosted"]}] {
		fails(on_machine("pull_request", labels))
		fails(on_machine({"push": null, "issue_comment": null}, labels))
		passes(on_machine("push", labels))
	}
}

test_hosted_machines_pass if passes(on_machine("pull_request", "ubuntu-24.04"))

test_what_is_decided_elsewhere_is_unknown if {
	every labels in ["${{ matrix.os }}", {"group": "builders"}] {
		count(c.unknown) == 1 with input as on_machine("pull_request", labels)
	}
}
