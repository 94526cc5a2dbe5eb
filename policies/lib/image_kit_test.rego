# METADATA
# title: What the tests of images share
# description: An image with a rule and evidence, and changes of both.
# scope: package
package merlon.lib.image_kit

rule := {
	"match": ["registry.example.com/shop/*"], "accept": "signed", "signers": ["ci", "lead"], "threshold": 1,
	"attestations": [],
}

slsa := "https://slsa.dev/provenance/v1"

wanted := {
	"type": slsa, "signers": ["ci"], "threshold": 1, "builders": ["https://build.example.com/**"],
	"sources": ["https://git.example.com/shop/*"], "refs": ["refs/tags/v*"], "level": null,
}

signature(signers) := {"from": "a", "signers": signers, "by": "key", "identity": "", "issuer": "", "predicateType": ""}

provenance := {
	"builder": "https://build.example.com/hosted/1", "repository": "https://git.example.com/shop/web",
	"ref": "refs/tags/v1.4",
}

attestation(signers, facts) := {
	"from": "b", "signers": signers, "predicateType": slsa,
	"provenance": object.union(provenance, facts),
}

evidence := {
	"asked": true, "digest": "sha256:00", "signatures": [signature(["ci"])], "attestations": [], "refused": [],
	"unread": 0, "leftOut": 0,
}

image(r, e) := {
	"subject": {"id": "image:x", "kind": "merlon/Image", "path": "d.yaml"}, "stage": "build",
	"object": {"reference": "registry.example.com/shop/web:1.4", "name": "registry.example.com/shop/web"},
	"evidence": object.union(evidence, e), "parameters": object.union(rule, r),
}

attested(w, attestations) := image(
	{"attestations": [object.union(wanted, w)]},
	{"attestations": attestations},
)

# Nobody asked, nobody could reach it, or no rule is about it: never a pass.
unknowable := [
	object.union(object.remove(image({}, {}), ["evidence"]), {"evidence": {}}),
	object.remove(image({}, {}), ["evidence"]), image({}, {"asked": false}),
	image({}, {"problem": "no answer in time"}), object.remove(image({}, {}), ["parameters"]),
	object.union(image({}, {}), {"parameters": null}),
]
