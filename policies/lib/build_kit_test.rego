# METADATA
# title: What the tests of controls of build files share
# scope: package
package merlon.lib.build_kit

about(kind, o) := {"subject": {"id": "test", "kind": kind}, "object": o, "stage": "build"}

workflow(o) := about("merlon/GitHubWorkflow", o)

action(o) := about("merlon/GitHubAction", o)

pipeline(o) := about("merlon/GitLabPipeline", o)

sha := "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b"

digest := "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

checkout := {"uses": sprintf("actions/checkout@%s", [sha]), "with": {"persist-credentials": false}}

# A workflow that every control is content with, and one with other triggers and steps.
good := on("push", [checkout, {"run": "make test", "env": {"TITLE": "${{ github.event.issue.title }}"}}])

on(triggers, steps) := {
	"true": triggers,
	"permissions": {"contents": "read"},
	"jobs": {"test": {"runs-on": "ubuntu-24.04", "steps": steps}},
}

composite(steps) := {"name": "x", "runs": {"using": "composite", "steps": steps}}

good_pipeline := {
	"image": sprintf("ruby:3.1@%s", [digest]),
	"variables": {"DEPTH": 5},
	"test": {"script": ["make", ["make test"]]},
}

# Shapes that no build service would take: none may pass, none may raise an error.
hostile := array.concat([workflow(o) | some o in bad_workflows], [action(o) | some o in bad_actions])

bad_workflows := [
	{}, {"jobs": null}, {"on": "push", "jobs": 7}, {"on": "push", "jobs": {"a": 7}}, {"on": 5, "jobs": {}},
	{"on": [7], "jobs": {}}, {"on": "push", "jobs": {"a": {"steps": 7}}}, {"on": "push", "jobs": {"a": {}}},
	{"on": "push", "jobs": {"a": {"steps": [7]}}}, {"on": "push", "jobs": {"a": {"steps": [{"run": 7}]}}},
	{"on": "push", "jobs": {"a": {"steps": [{"uses": []}]}}},
	{"on": "push", "jobs": {"a": {"steps": [{"uses": "x", "with": "y"}]}}},
	null, 7, "x", [],
]

bad_actions := [
	{}, {"runs": 7}, {"runs": {"steps": {}}}, {"runs": {"steps": ["x"]}}, {"runs": {"steps": [{"run": []}]}},
]

bad_pipelines := [null, 7, [], {"a": {"script": 7}}, {"a": {"script": [7]}}, {"before_script": {"x": 1}}]
