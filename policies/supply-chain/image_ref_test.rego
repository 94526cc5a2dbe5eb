package merlon.controls.image_ref_test

import data.merlon.controls.image_ref as c
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

test_the_expected_tag_passes if passes(kit.attested({}, [kit.attestation(["ci"], {})]))

test_another_branch_fails if {
	fails(kit.attested({}, [kit.attestation(["ci"], {"ref": "refs/heads/x"})]))
	fails(kit.attested({}, [kit.attestation(["ci"], {"ref": ""})]))
}

test_not_asked_is_not_applicable if c.not_applicable with input as kit.attested({"refs": null}, [])
