package merlon.controls.image_builder_test

import data.merlon.controls.image_builder as c
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

test_the_expected_builder_passes if passes(kit.attested({}, [kit.attestation(["ci"], {})]))

test_another_builder_fails if {
	fails(kit.attested({}, [kit.attestation(["ci"], {"builder": "https://laptop"})]))
	fails(kit.attested({}, [kit.attestation(["ci"], {"builder": ""})]))
	fails(kit.attested({}, [object.remove(kit.attestation(["ci"], {}), ["provenance"])]))
}

# Without an attestation of its signers the control of attestations says so, and this one is silent.
test_what_others_attest_is_not_this_controls_business if {
	i := kit.attested({}, [kit.attestation(["lead"], {"builder": "https://laptop"})])
	count(c.violation) == 0 with input as i
}

test_not_asked_is_not_applicable if c.not_applicable with input as kit.attested({"builders": null}, [])
