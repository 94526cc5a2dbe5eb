# METADATA
# scope: package
# title: Nothing runs straight from the network
# description: >-
#   curl | sh runs whatever the other side sends today: nothing was compared with what was tested,
#   and the server can tell a pipe from a person.
# custom:
#   id: MLN-BLD-007
#   severity: high
#   category: supply-chain
#   kinds:
#     - merlon/GitHubWorkflow
#     - merlon/GitHubAction
#     - merlon/GitLabPipeline
#   stages: [build]
#   needs: []
#   remediation: >-
#     Download to a file, compare its SHA-256 with one that stands in the repository, then run it;
#     or use a pinned package or image.
#   exposes: 7
#   mappings:
#     attack: ["T1105", "T1195.002"]
#     slsa: ["Build L3: isolated"]
#     scorecard: ["Pinned-Dependencies"]
#     docs:
#       - "https://github.com/ossf/scorecard/blob/main/docs/checks.md#pinned-dependencies"
package merlon.controls.build_download

import data.merlon.lib.build

unknown contains u if some u in build.malformed

violation contains {
	"msg": "what the network sends is run unseen",
	"path": s.path,
	"value": found,
	"cause": "download:run",
} if {
	some s in build.scripts
	some form in forms
	some found in regex.find_n(form, s.text, 20)
}

# Piped into an interpreter; as the text of a command; as a file made on the fly.
forms := [
	`\b(curl|wget)\b[^\n|;&]*(\\\n[^\n|;&]*)*\|\s*(\\\n\s*)?(sudo\s+(-[A-Za-z]+\s+)*)?(env\s+)?(/(usr/)?bin/)?(ba|z|da|k)?sh\b`,
	`\b(curl|wget)\b[^\n|;&]*\|\s*(sudo\s+(-[A-Za-z]+\s+)*)?(python[0-9.]*|perl|ruby|node|php)\b`,
	`\b(ba|z|da|k)?sh\s+(-[a-z]+\s+)*["']?(\$\(|\x60)\s*(curl|wget)\b`,
	`(\bsource|\beval|\.|\b(ba|z|da|k)?sh)\s+["']?(<|\$)\(\s*(curl|wget)\b`,
	`(?i)\b(iex|invoke-expression)\b[^\n]*(iwr|invoke-webrequest|downloadstring)`,
	`(?i)(iwr|invoke-webrequest|downloadstring)[^\n]*\|\s*(iex|invoke-expression)\b`,
]
