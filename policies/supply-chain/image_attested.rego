# METADATA
# scope: package
# title: Images bring the attestations that are asked for
# description: >-
#   Where an image was built, what is in it and what was found in it are claims until somebody who may
#   make them has signed them for this very digest.
# custom:
#   id: MLN-SIG-002
#   severity: high
#   category: supply-chain
#   kinds:
#     - merlon/Image
#   stages: [build]
#   needs: [signatures, attestations]
#   remediation: >-
#     Let the build attest what the rule of merlon.yaml asks for (merlon image attest), signed by one of
#     its signers.
#   exposes: 6
#   mappings:
#     attack: ["T1195.002", "T1525"]
#     slsa: ["Build L1: provenance exists"]
#     scorecard: ["Signed-Releases"]
#     docs:
#       - "https://slsa.dev/spec/v1.0/verifying-artifacts"
package merlon.controls.image_attested

import data.merlon.lib.image

not_applicable if not image.asked(0)

violation contains {
	"msg": sprintf("%s has %d of the %d attestations %s that it needs, by %s; %s", [
		input.object.reference, count(image.counted(image.met(wanted, 0), wanted.signers)), wanted.threshold,
		wanted.type, concat(", ", wanted.signers), image.found(image.evidence.attestations),
	]),
	"path": [],
	"cause": image.cause,
} if {
	some wanted in image.failing(0)
	count(image.partial) == 0
}

unknown contains u if some u in image.unsure(0)
