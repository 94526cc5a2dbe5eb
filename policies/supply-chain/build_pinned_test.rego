package merlon.controls.build_pinned_test

import data.merlon.controls.build_pinned as c
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

used(uses) := kit.workflow(kit.on("push", [{"uses": uses}]))

test_tags_and_branches_fail if {
	every uses in ["actions/checkout@v4", "a/b@main", "a/b", "a/b@9f86d08", "docker://alpine:3", "a/b/c@"] {
		fails(used(uses))
	}
}

test_commits_digests_and_own_actions_pass if {
	every uses in [
		sprintf("a/b/c@%s", [kit.sha]), "./.github/actions/x", sprintf("docker://alpine@%s", [kit.digest]),
	] {
		passes(used(uses))
	}
}

test_called_workflows_are_looked_at if {
	fails(kit.workflow({"on": "push", "jobs": {"a": {"uses": "o/r/.github/workflows/x.yml@v1"}}}))
}

test_images_of_jobs_and_services_fail_without_digest if {
	every job in [
		{"container": "node:20", "steps": []}, {"container": {"image": "node:20"}, "steps": []},
		{"services": {"db": {"image": "postgres:16"}}, "steps": []},
	] {
		fails(kit.workflow({"on": "push", "jobs": {"a": job}}))
	}
}

test_a_docker_action_is_looked_at if {
	fails(kit.action({"runs": {"using": "docker", "image": "docker://alpine:3"}}))
	passes(kit.action({"runs": {"using": "docker", "image": "Dockerfile"}}))
}

test_gitlab_images_and_includes_fail if {
	every o in [
		{"image": "ruby:3"}, {"a": {"image": {"name": "ruby:3"}}}, {"services": ["postgres:16"]},
		{"default": {"services": [{"name": "postgres:16"}]}}, {"include": "https://example.com/x.yml"},
		{"include": [{"project": "a/b", "ref": "main", "file": "x.yml"}]}, {"include": {"project": "a/b"}},
		{"include": [{"remote": "https://example.com/x.yml"}]}, {"include": {"component": "h/a/b@1.0"}},
	] {
		fails(kit.pipeline(o))
	}
}

test_gitlab_pinned_includes_pass if {
	every o in [
		{"include": ["ci/x.yml", {"local": "/x.yml"}]}, {"include": {"project": "a/b", "ref": kit.sha}},
		{"include": {"remote": "https://example.com/x.yml", "integrity": "sha256-abc"}},
		{"include": {"component": sprintf("h/a/b@%s", [kit.sha])}},
	] {
		passes(kit.pipeline(o))
	}
}

test_what_is_filled_in_later_is_unknown if {
	count(c.unknown) == 1 with input as kit.pipeline({"image": "$CI_REGISTRY_IMAGE/x"})
	count(c.unknown) == 1 with input as kit.workflow({"on": "push", "jobs": {"a": {"container": "${{ matrix.i }}", "steps": []}}})
}
