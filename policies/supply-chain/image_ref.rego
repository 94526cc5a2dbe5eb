# METADATA
# scope: package
# title: Images are built from the expected branch or tag
# description: >-
#   What is on a feature branch has passed no review. The provenance says which branch or tag was
#   built.
# custom:
#   id: MLN-SIG-005
#   severity: medium
#   category: supply-chain
#   kinds:
#     - merlon/Image
#   stages: [build]
#   needs: [signatures, attestations]
#   remediation: >-
#     Release from the branches and tags that the rule of merlon.yaml expects, or add the ref to its refs.
#   exposes: 5
#   mappings:
#     attack: ["T1195.002", "T1525"]
#     slsa: ["Source: expected branch or tag"]
#     scorecard: ["Signed-Releases"]
#     docs:
#       - "https://slsa.dev/spec/v1.0/verifying-artifacts"
package merlon.controls.image_ref

import data.merlon.lib.image

not_applicable if not image.asked(3)

violation contains {
	"msg": sprintf("%s was built from %s; expected is one of %s", [
		input.object.reference, image.said(wanted, 3, "ref"),
		concat(", ", wanted.refs),
	]),
	"path": [],
	"cause": image.cause,
} if {
	some wanted in image.failing(3)
	count(image.partial) == 0
}

unknown contains u if some u in image.unsure(3)
