package merlon.controls.image_attested_test

import data.merlon.controls.image_attested
import data.merlon.controls.image_builder
import data.merlon.controls.image_level
import data.merlon.controls.image_ref
import data.merlon.controls.image_source
import data.merlon.lib.image_kit as kit

# The controls that fail for an input: at most one a condition, so that each says one thing.
failing(i) := {name |
	some name, c in controls with input as i
	count(c.violation) > 0
}

unknowing(i) := {name |
	some name, c in controls with input as i
	count(c.unknown) > 0
}

asked(i) := {name |
	some name, c in controls with input as i
	not c.not_applicable
}

controls := {
	"attested": image_attested, "builder": image_builder, "source": image_source, "ref": image_ref,
	"level": image_level,
}

test_one_that_meets_all_passes if {
	i := kit.attested({}, [kit.attestation(["ci"], {})])
	failing(i) == set()
	unknowing(i) == set()
	asked(i) == {"attested", "builder", "source", "ref"}
}

test_nothing_asked_is_not_applicable if asked(kit.image({}, {})) == set()

test_each_condition_fails_alone if {
	failing(kit.attested({}, [])) == {"attested"}
	failing(kit.attested({}, [kit.attestation(["lead"], {})])) == {"attested"}
	failing(kit.attested({"type": "https://other"}, [kit.attestation(["ci"], {})])) == {"attested"}
	failing(kit.attested({}, [kit.attestation(["ci"], {"builder": "https://laptop"})])) == {"builder"}
	failing(kit.attested({}, [kit.attestation(["ci"], {"repository": "https://git.example.com/fork/web"})])) == {"source"}
	failing(kit.attested({}, [kit.attestation(["ci"], {"ref": "refs/heads/x"})])) == {"ref"}
}

test_a_fact_that_is_not_there_fails if {
	failing(kit.attested({}, [object.remove(kit.attestation(["ci"], {}), ["provenance"])])) == {"builder"}
	failing(kit.attested({}, [kit.attestation(["ci"], {"ref": ""})])) == {"ref"}
}

# The right builder of one and the right source of another do not add up.
test_conditions_are_of_one_attestation if {
	failing(kit.attested({}, [
		kit.attestation(["ci"], {"repository": "https://git.example.com/fork/web"}),
		kit.attestation(["ci"], {"builder": "https://laptop"}),
	])) == {"source"}
}

test_one_good_among_others_passes if {
	failing(kit.attested({}, [
		kit.attestation(["ci"], {"builder": "https://laptop"}), kit.attestation(["ci"], {}),
	])) == set()
}

test_a_star_stays_within_a_part if {
	failing(kit.attested({}, [kit.attestation(["ci"], {"repository": "https://git.example.com/shop/a/b"})])) == {"source"}
}

test_what_nobody_knows_is_unknown if {
	every i in kit.unknowable {
		j := object.union(i, {"parameters": parameters(i)})
		"attested" in unknowing(j)
		failing(j) == set()
	}
}

parameters(i) := object.union(i.parameters, {"attestations": [kit.wanted]}) if is_object(i.parameters)

parameters(i) := null if not is_object(object.get(i, "parameters", null))

test_missing_candidates_are_unknown if {
	i := kit.image({"attestations": [kit.wanted]}, {"unread": 1})
	failing(i) == set()
	unknowing(i) == {"attested"}
}
