# METADATA
# scope: package
# title: No secrets are written into build files
# description: >-
#   A literal in a build file is in the version history and in every copy of the repository. It
#   cannot be rotated without a commit, and logs repeat it.
# custom:
#   id: MLN-BLD-005
#   severity: high
#   category: supply-chain
#   kinds:
#     - merlon/GitHubWorkflow
#     - merlon/GitHubAction
#     - merlon/GitLabPipeline
#   stages: [build]
#   needs: []
#   remediation: >-
#     Put the value into the secrets of the build service, read it as ${{ secrets.NAME }} or a
#     masked variable, and rotate it.
#   exposes: 8
#   mappings:
#     attack: ["T1552.001"]
#     slsa: ["Source: secrets"]
#     scorecard: ["Dangerous-Workflow"]
#     docs:
#       - "https://docs.github.com/en/actions/security-for-github-actions/security-guides/using-secrets-in-github-actions"
package merlon.controls.build_secrets

import data.merlon.lib.build
import data.merlon.lib.secrets

unknown contains u if some u in build.malformed

violation contains {
	"msg": sprintf("%s holds %s", [v.name, what]),
	"path": v.path,
	"value": secrets.masked(v.value),
	"cause": sprintf("secret:%s", [v.name]),
} if {
	some v in build.variables
	is_string(v.value)
	what := judged(v.name, v.value)
}

judged(_, value) := secrets.form(value)

judged(name, value) := "a literal secret" if {
	not secrets.form(value)
	secrets.telling(name)
	secrets.literal(value)
	not build.placeholder(value)
}

violation contains {
	"msg": sprintf("the script holds %s", [what]),
	"path": s.path,
	"cause": "secret:script",
} if {
	some s in build.scripts
	what := secrets.form(s.text)
}
