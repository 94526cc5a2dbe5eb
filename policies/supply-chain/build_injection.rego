# METADATA
# scope: package
# title: No untrusted text is pasted into scripts
# description: >-
#   An expression in a script is replaced by its text before the shell reads it. A title, a branch
#   name or a comment that a stranger wrote then runs as code, with the token and the secrets of
#   the build.
# custom:
#   id: MLN-BLD-002
#   severity: critical
#   category: supply-chain
#   kinds:
#     - merlon/GitHubWorkflow
#     - merlon/GitHubAction
#   stages: [build]
#   needs: []
#   remediation: >-
#     Hand the text over in the environment (env: TITLE: ${{ … }}) and write "$TITLE" in the
#     script.
#   exposes: 9
#   mappings:
#     attack: ["T1059.004", "T1195.002"]
#     slsa: ["Build L3: isolated"]
#     scorecard: ["Dangerous-Workflow"]
#     docs:
#       - "https://docs.github.com/en/actions/security-for-github-actions/security-guides/security-hardening-for-github-actions#understanding-the-risk-of-script-injections"
package merlon.controls.build_injection

import data.merlon.lib.build

unknown contains u if some u in build.malformed

violation contains {
	"msg": sprintf("the script pastes in %s, which a stranger writes", [found]),
	"path": s.path,
	"value": found,
	"cause": sprintf("injection:%s", [found]),
} if {
	some s in build.pasted
	some expression in regex.find_n(`(?s)\$\{\{.*?\}\}`, s.text, 200)
	some found in regex.find_n(untrusted, expression, 20)
}

# What the event says in words of others; numbers, hashes and logins cannot carry a command.
untrusted := concat("|", [
	`github\.event\.(issue|pull_request|discussion|review|comment|release|milestone)\.(title|body|name|tag_name)`,
	`github\.event\.pull_request\.head\.(ref|label|repo\.default_branch)`,
	`github\.event\.review_comment\.body`,
	`github\.event\.pages[^ }]*page_name`,
	`github\.event\.commits[^ }]*(message|author\.(email|name))`,
	`github\.event\.head_commit\.(message|author\.(email|name)|committer\.(email|name))`,
	`github\.event\.workflow_run\.(head_branch|display_title|head_commit\.message|head_commit\.author\.(email|name)|head_repository\.description)`,
	`github\.event\.inputs\.[A-Za-z0-9_-]+`,
	`github\.event\.client_payload[^ })]*`,
	`github\.head_ref`,
])
