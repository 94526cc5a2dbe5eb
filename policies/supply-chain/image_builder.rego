# METADATA
# scope: package
# title: Images come from the expected builder
# description: >-
#   Provenance that anybody may write on a laptop proves nothing of the build. The builder that the team
#   trusts is named, and provenance of any other does not count.
# custom:
#   id: MLN-SIG-003
#   severity: high
#   category: supply-chain
#   kinds:
#     - merlon/Image
#   stages: [build]
#   needs: [signatures, attestations]
#   remediation: >-
#     Build the image where the rule of merlon.yaml expects it, or add the builder to its builders.
#   exposes: 7
#   mappings:
#     attack: ["T1195.002", "T1525"]
#     slsa: ["Build L2: hosted build platform"]
#     scorecard: ["Signed-Releases"]
#     docs:
#       - "https://slsa.dev/spec/v1.0/verifying-artifacts"
package merlon.controls.image_builder

import data.merlon.lib.image

not_applicable if not image.asked(1)

violation contains {
	"msg": sprintf("%s was built by %s; expected is one of %s", [
		input.object.reference, image.said(wanted, 1, "builder"),
		concat(", ", wanted.builders),
	]),
	"path": [],
	"cause": image.cause,
} if {
	some wanted in image.failing(1)
	count(image.partial) == 0
}

unknown contains u if some u in image.unsure(1)
