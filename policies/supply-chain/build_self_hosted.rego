# METADATA
# scope: package
# title: Strangers' changes are not built on own machines
# description: >-
#   A pull request changes what the build runs. On a machine of one's own it can stay there, read
#   what later builds leave, and reach the network behind it.
# custom:
#   id: MLN-BLD-006
#   severity: high
#   category: supply-chain
#   kinds:
#     - merlon/GitHubWorkflow
#   stages: [build]
#   needs: []
#   remediation: >-
#     Build pull requests on hosted or throw-away runners; keep own machines for branches that
#     only members push to.
#   exposes: 8
#   mappings:
#     attack: ["T1195.002", "T1053"]
#     slsa: ["Build L3: isolated"]
#     scorecard: ["Dangerous-Workflow"]
#     docs:
#       - "https://docs.github.com/en/actions/security-for-github-actions/security-guides/security-hardening-for-github-actions#hardening-for-self-hosted-runners"
package merlon.controls.build_self_hosted

import data.merlon.lib.build

unknown contains u if some u in build.malformed

violation contains {
	"msg": sprintf("the job %s runs on a machine of one's own under %s", [name, concat(", ", sort(build.triggers & public))]),
	"path": ["jobs", name, "runs-on"],
	"value": job["runs-on"],
	"cause": "runner:self-hosted",
} if {
	count(build.triggers & public) > 0
	some name, job in build.jobs
	own(job["runs-on"])
}

public := {"pull_request", "pull_request_target", "issue_comment", "issues", "discussion", "discussion_comment", "fork", "watch"}

own(labels) if names_own(labels)

own(labels) if {
	is_object(labels)
	names_own(labels.labels)
}

names_own(labels) if labels == "self-hosted"

names_own(labels) if {
	is_array(labels)
	"self-hosted" in labels
}

# Who is in a group of runners is not written here.
unknown contains {
	"msg": sprintf("which machines the job %s may run on is decided elsewhere", [name]),
	"path": ["jobs", name, "runs-on"],
} if {
	count(build.triggers & public) > 0
	some name, job in build.jobs
	object.get(job, "runs-on", null) != null
	elsewhere(job["runs-on"])
}

elsewhere(labels) if {
	is_string(labels)
	build.placeholder(labels)
}

elsewhere(labels) if {
	is_object(labels)
	not own(labels)
}
