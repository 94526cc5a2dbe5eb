# METADATA
# scope: package
# title: Images are built from the expected source
# description: >-
#   A build that is signed and hosted, but of a stranger's fork, brings the stranger's code. The
#   provenance says which repository was built.
# custom:
#   id: MLN-SIG-004
#   severity: high
#   category: supply-chain
#   kinds:
#     - merlon/Image
#   stages: [build]
#   needs: [signatures, attestations]
#   remediation: >-
#     Build from the repository that the rule of merlon.yaml expects, or add it to its sources.
#   exposes: 8
#   mappings:
#     attack: ["T1195.002", "T1525"]
#     slsa: ["Source: expected repository"]
#     scorecard: ["Code-Review"]
#     docs:
#       - "https://slsa.dev/spec/v1.0/verifying-artifacts"
package merlon.controls.image_source

import data.merlon.lib.image

not_applicable if not image.asked(2)

violation contains {
	"msg": sprintf("%s was built from %s; expected is one of %s", [
		input.object.reference, image.said(wanted, 2, "repository"),
		concat(", ", wanted.sources),
	]),
	"path": [],
	"cause": image.cause,
} if {
	some wanted in image.failing(2)
	count(image.partial) == 0
}

unknown contains u if some u in image.unsure(2)
