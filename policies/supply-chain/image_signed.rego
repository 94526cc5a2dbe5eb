# METADATA
# scope: package
# title: Images are signed by those who may
# description: >-
#   A tag or a registry that was taken over serves other bytes under the same name. Only a signature of
#   somebody whom the team names says that this is the image that was built and released.
# custom:
#   id: MLN-SIG-001
#   severity: critical
#   category: supply-chain
#   kinds:
#     - merlon/Image
#   stages: [build]
#   needs: [signatures]
#   remediation: >-
#     Sign the image (merlon image sign) with the key or identity that merlon.yaml names, and push the
#     signature beside it; or correct the rule of merlon.yaml when it names the wrong signer.
#   exposes: 9
#   mappings:
#     attack: ["T1195.002", "T1525"]
#     slsa: ["Distribution: provenance verified"]
#     scorecard: ["Signed-Releases"]
#     docs:
#       - "https://slsa.dev/spec/v1.0/verifying-artifacts"
package merlon.controls.image_signed

import data.merlon.lib.image

not_applicable if image.anything

violation contains {
	"msg": sprintf("%s is not to be used: its rule in merlon.yaml accepts nothing", [input.object.reference]),
	"path": [],
	"cause": image.cause,
} if {
	image.rule.accept == "nothing"
}

violation contains {
	"msg": sprintf("%s: what is stored there is not what it says: %s", [input.object.reference, image.evidence.broken]),
	"path": [],
	"cause": image.cause,
} if {
	image.is_signed
	image.evidence.broken
}

violation contains {
	"msg": sprintf("%s has %d of the %d signatures that it needs, by %s; %s", [
		input.object.reference, count(who), image.rule.threshold,
		concat(", ", image.rule.signers), image.found(image.evidence.signatures),
	]),
	"path": [],
	"cause": image.cause,
} if {
	lacking
	count(image.partial) == 0
	who := image.counted(image.evidence.signatures, image.rule.signers)
}

lacking if {
	image.known
	not image.enough(image.evidence.signatures, image.rule)
}

unknown contains image.item(reason) if some reason in image.unknown

unknown contains image.item(reason) if {
	lacking
	some reason in image.partial
}
