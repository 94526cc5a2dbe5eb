# METADATA
# scope: package
# title: No foreign code runs with the build's secrets
# description: >-
#   pull_request_target, workflow_run and issue_comment run with the secrets and the write token
#   of the repository. Checking out the pull request's head there gives both to whoever opened it.
# custom:
#   id: MLN-BLD-003
#   severity: critical
#   category: supply-chain
#   kinds:
#     - merlon/GitHubWorkflow
#   stages: [build]
#   needs: []
#   remediation: >-
#     Build pull requests under pull_request, which has no secrets; let a second workflow that
#     runs no code of theirs do what needs the token.
#   exposes: 10
#   mappings:
#     attack: ["T1195.002", "T1552"]
#     slsa: ["Build L3: isolated"]
#     scorecard: ["Dangerous-Workflow"]
#     docs:
#       - "https://securitylab.github.com/resources/github-actions-preventing-pwn-requests/"
package merlon.controls.build_target_checkout

import data.merlon.lib.build

unknown contains u if some u in build.malformed

violation contains {
	"msg": sprintf("the code of a stranger's pull request is fetched under %s, with the repository's rights", [concat(", ", sort(build.triggers & powerful))]),
	"path": s.path,
	"value": head,
	"cause": "pull-request-target",
} if {
	count(build.triggers & powerful) > 0
	some s in build.steps
	head := head_of(s.step)
}

powerful := {"pull_request_target", "workflow_run", "issue_comment"}

# The reference that a checkout takes from the event, or the command that fetches it.
head_of(step) := ref if {
	is_string(step.uses)
	contains(lower(step.uses), "/checkout@")
	some key in ["ref", "repository"]
	ref := step["with"][key]
	is_string(ref)
	regex.match(`github\.(head_ref|event\.(pull_request\.head\.|workflow_run\.head_|pull_request\.number|issue\.number|number))|refs/pull/`, ref)
}

head_of(step) := command if {
	is_string(step.run)
	command := regex.find_n(`gh pr checkout|git (fetch|pull|checkout)[^\n]*(refs/pull|pull/|pull_request\.head|head_ref)`, step.run, 1)[0]
}
