# METADATA
# scope: package
# title: Caches and artifacts carry nothing across trust
# description: >-
#   A cache that a stranger's pull request writes is read by later trusted builds; an artifact of
#   an untrusted run is untrusted input; and an upload of the whole checkout takes the token in
#   .git with it.
# custom:
#   id: MLN-BLD-008
#   severity: high
#   category: supply-chain
#   kinds:
#     - merlon/GitHubWorkflow
#   stages: [build]
#   needs: []
#   remediation: >-
#     Do not use caches under pull_request_target; unpack artifacts of other runs into a folder of
#     their own and check what they hold; set persist-credentials: false, and upload single
#     folders.
#   exposes: 7
#   mappings:
#     attack: ["T1195.002", "T1552"]
#     slsa: ["Build L3: isolated"]
#     scorecard: ["Dangerous-Workflow"]
#     docs:
#       - "https://securitylab.github.com/resources/github-actions-preventing-pwn-requests/"
package merlon.controls.build_cache

import data.merlon.lib.build

unknown contains u if some u in build.malformed

violation contains {
	"msg": "a cache that strangers can fill is shared with trusted builds",
	"path": s.path,
	"value": s.step.uses,
	"cause": "cache:shared",
} if {
	count(build.triggers & {"pull_request_target", "issue_comment"}) > 0
	some s in build.steps
	is_string(s.step.uses)
	regex.match(`^actions/cache(/(restore|save))?@`, lower(s.step.uses))
}

violation contains {
	"msg": "an artifact of an untrusted run is unpacked over the workspace",
	"path": s.path,
	"value": s.step.uses,
	"cause": "artifact:untrusted",
} if {
	"workflow_run" in build.triggers
	some s in build.steps
	is_string(s.step.uses)
	regex.match(`^[a-z0-9_.-]+/(download-artifact|action-download-artifact)@`, lower(s.step.uses))
	not own_folder(s.step)
}

own_folder(step) if {
	is_string(step["with"].path)
	not step["with"].path in {"", ".", "./", "${{ github.workspace }}"}
}

violation contains {
	"msg": "the upload takes .git with the token that checkout left there",
	"path": s.path,
	"value": path,
	"cause": "artifact:token",
} if {
	some s in build.steps
	is_string(s.step.uses)
	startswith(lower(s.step.uses), "actions/upload-artifact@")
	path := s.step["with"].path
	path in {".", "./", "${{ github.workspace }}"}
	leaves_token(s.job)
}

leaves_token(job) if {
	some s in build.steps
	s.job == job
	is_string(s.step.uses)
	startswith(lower(s.step.uses), "actions/checkout@")
	not object.get(object.get(s.step, "with", {}), "persist-credentials", true) in {false, "false"}
}
