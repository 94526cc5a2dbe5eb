# METADATA
# scope: package
# title: The build's token may do little
# description: >-
#   Without permissions the token gets what the repository's settings say, often write access to
#   all of it. Any step, also one that was taken over, can then push code and releases.
# custom:
#   id: MLN-BLD-004
#   severity: medium
#   category: supply-chain
#   kinds:
#     - merlon/GitHubWorkflow
#   stages: [build]
#   needs: []
#   remediation: >-
#     Write permissions: {contents: read} at the top, and give single jobs what they need more.
#   exposes: 6
#   mappings:
#     attack: ["T1098", "T1528"]
#     slsa: ["Build L3: isolated"]
#     scorecard: ["Token-Permissions"]
#     docs:
#       - "https://docs.github.com/en/actions/writing-workflows/workflow-syntax-for-github-actions#permissions"
package merlon.controls.build_permissions

import data.merlon.lib.build

unknown contains u if some u in build.malformed

violation contains {
	"msg": "the token may write everything (write-all)",
	"path": path,
	"value": "write-all",
	"cause": "token:write-all",
} if {
	some [path, given] in permissions
	given == "write-all"
}

violation contains {
	"msg": sprintf("the job %s says nothing of what its token may do", [name]),
	"path": ["jobs", name],
	"cause": "token:unsaid",
} if {
	not "permissions" in object.keys(input.object)
	some name, job in build.jobs
	not "permissions" in object.keys(job)
}

# For the whole workflow only reading is right: each job can say what it needs more.
violation contains {
	"msg": sprintf("every job's token may write %s", [scope]),
	"path": ["permissions", scope],
	"value": "write",
	"cause": sprintf("token:%s", [scope]),
} if {
	count(build.jobs) > 1
	is_object(input.object.permissions)
	some scope, level in input.object.permissions
	level == "write"
}

unknown contains {"msg": "the permissions cannot be read", "path": path} if {
	some [path, given] in permissions
	not is_object(given)
	not given in {"write-all", "read-all"}
}

permissions contains [["permissions"], input.object.permissions] if "permissions" in object.keys(input.object)

permissions contains [["jobs", name, "permissions"], job.permissions] if {
	some name, job in build.jobs
	"permissions" in object.keys(job)
}
