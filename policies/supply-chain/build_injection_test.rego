package merlon.controls.build_injection_test

import data.merlon.controls.build_injection as c
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
}

test_hostile_shapes_never_pass if {
	every shape in kit.hostile {
		count(c.unknown) > 0 with input as shape
	}
}

ran(text) := kit.workflow(kit.on("issues", [{"run": text}]))

test_untrusted_text_fails if {
	every e in [
		"github.event.issue.title", "github.event.pull_request.body", "github.head_ref",
		"github.event.pull_request.head.ref", "github.event.commits[0].message", "github.event.comment.body",
		"github.event.head_commit.author.name", "github.event.workflow_run.head_branch",
		"github.event.inputs.name", "format('{0}', github.event.review.body)",
	] {
		fails(ran(sprintf("echo a\necho \"${{ %s }}\"", [e])))
		fails(kit.action(kit.composite([{"run": sprintf("echo ${{%s}}", [e])}])))
	}
}

test_scripts_of_actions_fail if {
	fails(kit.workflow(kit.on("issues", [{"uses": "actions/github-script@v7", "with": {"script": "f('${{ github.event.issue.body }}')"}}])))
}

test_trusted_text_passes if {
	every e in ["github.sha", "github.event.pull_request.number", "github.event.pull_request.head.sha", "secrets.X"] {
		passes(ran(sprintf("echo ${{ %s }}", [e])))
	}
	passes(ran("echo github.event.issue.title"))
}
