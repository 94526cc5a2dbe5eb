package merlon.controls.image_source_test

import data.merlon.controls.image_source as c
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

test_the_expected_source_passes if passes(kit.attested({}, [kit.attestation(["ci"], {})]))

test_a_fork_fails if {
	fails(kit.attested({}, [kit.attestation(["ci"], {"repository": "https://git.example.com/fork/web"})]))
	fails(kit.attested({}, [kit.attestation(["ci"], {"repository": "https://git.example.com/shop/a/b"})]))
	fails(kit.attested({}, [kit.attestation(["ci"], {"repository": ""})]))
}

# The right builder of one and the right source of another do not add up.
test_conditions_are_of_one_attestation if {
	fails(kit.attested({}, [
		kit.attestation(["ci"], {"repository": "https://git.example.com/fork/web"}),
		kit.attestation(["ci"], {"builder": "https://laptop"}),
	]))
}

test_not_asked_is_not_applicable if c.not_applicable with input as kit.attested({"sources": null}, [])
