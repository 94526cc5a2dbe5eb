package merlon.controls.image_signed_test

import data.merlon.controls.image_signed as c
import data.merlon.lib.image_kit as kit

passes(i) if {
	count(c.violation) == 0 with input as i
	count(c.unknown) == 0 with input as i
	not c.not_applicable with input as i
}

fails(i) if {
	count(c.violation) > 0 with input as i
	every v in c.violation { is_string(v.cause) } with input as i
}

is_unknown(i) if {
	count(c.violation) == 0 with input as i
	count(c.unknown) > 0 with input as i
}

test_a_signature_of_a_signer_passes if passes(kit.image({}, {}))

test_no_signature_fails if {
	fails(kit.image({}, {"signatures": []}))
	fails(kit.image({}, {"signatures": [kit.signature(["stranger"])]}))
	fails(kit.image({}, {"signatures": "x"}))
}

test_an_attestation_is_no_signature if {
	fails(kit.image({}, {"signatures": [], "attestations": [kit.attestation(["ci"], {})]}))
}

test_two_of_two_need_two_signers if {
	two := {"threshold": 2}
	fails(kit.image(two, {}))
	fails(kit.image(two, {"signatures": [kit.signature(["ci"]), kit.signature(["ci"])]}))
	passes(kit.image(two, {"signatures": [kit.signature(["ci"]), kit.signature(["lead"])]}))
}

# One signature that two names fit is of one signer.
test_two_names_of_one_signer_count_once if {
	fails(kit.image({"threshold": 2}, {"signatures": [kit.signature(["ci", "lead"])]}))
	fails(kit.image({"threshold": 2}, {"signatures": [kit.signature(["ci", "lead"]), kit.signature(["lead", "ci"])]}))
}

test_what_nobody_knows_is_unknown if {
	every i in kit.unknowable { is_unknown(i) }
	is_unknown(kit.image({"accept": "whatever"}, {}))
}

test_missing_candidates_are_unknown_where_nothing_holds if {
	is_unknown(kit.image({}, {"signatures": [], "unread": 1}))
	is_unknown(kit.image({}, {"signatures": [], "leftOut": 3}))
	passes(kit.image({}, {"unread": 1}))
}

test_lies_of_a_registry_fail if fails(kit.image({}, {"broken": "it has another digest"}))

test_anything_is_not_applicable if c.not_applicable with input as kit.image({"accept": "anything"}, {})

test_nothing_fails if fails(kit.image({"accept": "nothing"}, {}))
