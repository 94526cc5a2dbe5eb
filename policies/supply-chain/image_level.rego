# METADATA
# scope: package
# title: Images reach the SLSA level that is asked for
# description: >-
#   A verification summary says which level of the SLSA build track an image reached, as somebody whom
#   the team trusts has verified it.
# custom:
#   id: MLN-SIG-006
#   severity: medium
#   category: supply-chain
#   kinds:
#     - merlon/Image
#   stages: [build]
#   needs: [signatures, attestations]
#   remediation: >-
#     Verify the image to the level that the rule of merlon.yaml asks for, and attach the summary, signed by
#     one of its signers.
#   exposes: 4
#   mappings:
#     attack: ["T1195.002", "T1525"]
#     slsa: ["Build L3: hardened builds"]
#     scorecard: ["Signed-Releases"]
#     docs:
#       - "https://slsa.dev/spec/v1.0/verifying-artifacts"
package merlon.controls.image_level

import data.merlon.lib.image

not_applicable if not image.asked(4)

violation contains {
	"msg": sprintf("%s reaches %s; asked for is SLSA build level %d", [
		input.object.reference, levels(wanted), wanted.level,
	]),
	"path": [],
	"cause": image.cause,
} if {
	some wanted in image.failing(4)
	count(image.partial) == 0
}

unknown contains u if some u in image.unsure(4)

levels(wanted) := concat(", ", sort({text |
	some a in image.met(wanted, 3)
	text := sprintf("%s: %s", [
		object.get(a, ["provenance", "result"], "no result"),
		concat(" ", object.get(a, ["provenance", "levels"], ["no level"])),
	])
}))
