package merlon.controls.image_level_test

import data.merlon.controls.image_level as c
import data.merlon.lib.image_kit as kit

passes(i) if {
	count(c.violation) == 0 with input as i
	count(c.unknown) == 0 with input as i
	not c.not_applicable with input as i
}

fails(i) if {
	count(c.violation) == 1 with input as i
	every v in c.violation { is_string(v.cause) } with input as i
}

test_what_nobody_knows_is_unknown if {
	every i in kit.unknowable {
		count(c.violation) == 0 with input as i
		count(c.unknown) > 0 with input as i
	}
}

summary(result, level) := {
	"from": "c", "signers": ["ci"], "predicateType": "https://slsa.dev/verification_summary/v1",
	"provenance": {"result": result, "levels": [level]},
}

asked(n, attestation) := kit.attested(
	{
		"type": "https://slsa.dev/verification_summary/v1", "builders": null, "sources": null, "refs": null,
		"level": n,
	},
	[attestation],
)

test_a_level_that_is_reached_passes if {
	passes(asked(2, summary("PASSED", "SLSA_BUILD_LEVEL_2")))
	passes(asked(2, summary("PASSED", "SLSA_BUILD_LEVEL_3")))
}

test_a_lower_level_fails if {
	fails(asked(2, summary("PASSED", "SLSA_BUILD_LEVEL_1")))
	fails(asked(2, summary("FAILED", "SLSA_BUILD_LEVEL_3")))
	fails(asked(2, summary("PASSED", "SLSA_SOURCE_LEVEL_3")))
}

test_not_asked_is_not_applicable if c.not_applicable with input as kit.attested({}, [])
