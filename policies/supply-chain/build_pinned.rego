# METADATA
# scope: package
# title: Build steps of others are pinned by digest
# description: >-
#   A tag or branch of an action, an image or an include can be moved by its owner or a thief, and
#   then runs with the build's secrets. Only a commit or a digest says what runs.
# custom:
#   id: MLN-BLD-001
#   severity: high
#   category: supply-chain
#   kinds:
#     - merlon/GitHubWorkflow
#     - merlon/GitHubAction
#     - merlon/GitLabPipeline
#   stages: [build]
#   needs: []
#   remediation: >-
#     Name the full commit (owner/action@<40 digits>, with the tag as a comment), the image's
#     digest (image@sha256:…), or the include's commit as its ref.
#   exposes: 7
#   mappings:
#     attack: ["T1195.001", "T1195.002"]
#     slsa: ["Build L3: isolated"]
#     scorecard: ["Pinned-Dependencies"]
#     docs:
#       - "https://docs.github.com/en/actions/security-for-github-actions/security-guides/security-hardening-for-github-actions#using-third-party-actions"
#       - "https://docs.gitlab.com/ci/yaml/#include"
package merlon.controls.build_pinned

import data.merlon.lib.build

unknown contains u if some u in build.malformed

violation contains {
	"msg": sprintf("%s can be moved to other code by whoever owns it", [u.value]),
	"path": u.path,
	"value": u.value,
	"cause": sprintf("action:%s", [split(u.value, "@")[0]]),
} if {
	some u in build.uses
	is_string(u.value)
	not build.placeholder(u.value)
	not local(u.value)
	not pinned(u.value)
}

unknown contains {"msg": "what it uses cannot be read", "path": u.path} if {
	some u in build.uses
	not is_string(u.value)
}

local(uses) if startswith(uses, "./")

pinned(uses) if regex.match(`^[^@]+@([0-9a-f]{40}|[0-9a-f]{64})$`, uses)

pinned(uses) if {
	startswith(uses, "docker://")
	build.image_digest(uses)
}

violation contains {
	"msg": sprintf("%s runs in the build and has no digest", [i.value]),
	"path": i.path,
	"value": i.value,
	"cause": sprintf("image:%s", [i.value]),
} if {
	some i in build.images
	is_string(i.value)
	i.value != ""
	not build.placeholder(i.value)
	not build.image_digest(i.value)
}

violation contains {
	"msg": sprintf("the include of %s is not pinned to a commit", [i.name]),
	"path": i.path,
	"value": i.name,
	"cause": sprintf("include:%s", [i.name]),
} if {
	some i in build.includes
	not i.pinned
	not build.placeholder(i.name)
}

# An expression is filled in later: what it will be is not known here.
unknown contains {"msg": sprintf("%s is filled in when the build runs", [v]), "path": path} if {
	some [path, v] in named
	build.placeholder(v)
}

named contains [u.path, u.value] if {
	some u in build.uses
	is_string(u.value)
}

named contains [i.path, i.value] if {
	some i in build.images
	is_string(i.value)
}

named contains [i.path, i.name] if {
	some i in build.includes
	not i.pinned
}
