# METADATA
# title: Images and what stands proved about them
# description: >-
#   The rule of merlon.yaml that an image falls under, and the signatures and attestations that hold.
#   Conditions of an attestation are asked for one after another, each of those that met the ones
#   before: so one attestation must meet them all, and exactly one control says which one fails.
# scope: package
package merlon.lib.image

rule := object.get(input, "parameters", null)

evidence := object.get(input, "evidence", {})

# Nothing to prove: the rule takes what comes.
anything if rule.accept == "anything"

is_signed if rule.accept == "signed"

# Why nobody knows what holds for the image. Empty when it is known.
unknown contains "no rule of merlon.yaml is about this image: write one, with accept: anything if that is meant" if {
	rule == null
	not evidence.problem
}

unknown contains evidence.problem if rule == null

unknown contains "its rule cannot be read" if {
	rule != null
	not object.get(rule, "accept", null) in {"signed", "anything", "nothing"}
}

unknown contains reason if {
	is_signed
	not evidence.asked
	reason := object.get(evidence, "problem", "its signatures were not asked for: --verify-images, --image or --evidence gives them")
}

unknown contains reason if {
	is_signed
	evidence.asked
	reason := evidence.problem
}

# Some of what is stored for the image could not be had, so what is missing may be there.
partial contains sprintf("%d of its signatures could not be read", [evidence.unread]) if evidence.unread > 0

partial contains sprintf("%d more signatures were not looked at", [evidence.leftOut]) if evidence.leftOut > 0

known if {
	is_signed
	evidence.asked
	not evidence.problem
	not evidence.broken
}

# Each signature counts for the first of the names that are asked for, so that one signer with two
# names is one signer.
counted(facts, names) := {first |
	some fact in facts
	first := [name | some name in names; name in fact.signers][0]
}

enough(facts, wanted) if count(counted(facts, wanted.signers)) >= wanted.threshold

# The reasons of those that do not hold, for messages.
refused := concat("; ", [sprintf("%s: %s", [r.from, r.reason]) |
	some i, r in object.get(evidence, "refused", [])
	i < 5
])

# What there is besides: who else signed, and why the others do not hold.
found(facts) := concat("; ", [text | some text in [others(facts), failed]; text != ""])

others(facts) := sprintf("what holds is by %s", [concat(", ", sort({name | some f in facts; some name in f.signers}))]) if {
	count(facts) > 0
} else := ""

failed := "nothing else is stored for it" if {
	count(object.get(evidence, "refused", [])) == 0
} else := sprintf("found and refused: %s", [refused])

# ---- attestations -------------------------------------------------------------------------------

stages := ["signers", "builders", "sources", "refs", "level"]

# The attestations of the type that met every condition up to a stage.
met(wanted, 0) := by_signers(wanted)

met(wanted, 1) := by_builders(wanted)

met(wanted, 2) := by_sources(wanted)

met(wanted, 3) := by_refs(wanted)

met(wanted, 4) := {a |
	some a in by_refs(wanted)
	level_reached(wanted.level, a)
}

by_signers(wanted) := {a |
	some a in evidence.attestations
	a.predicateType == wanted.type
	some name in wanted.signers
	name in a.signers
}

by_builders(wanted) := {a |
	some a in by_signers(wanted)
	one_fits(wanted.builders, builder(a))
}

by_sources(wanted) := {a |
	some a in by_builders(wanted)
	one_fits(wanted.sources, repository(a))
}

by_refs(wanted) := {a |
	some a in by_sources(wanted)
	one_fits(wanted.refs, ref(a))
}

builder(a) := object.get(a, ["provenance", "builder"], "")

repository(a) := object.get(a, ["provenance", "repository"], "")

ref(a) := object.get(a, ["provenance", "ref"], "")

one_fits(null, _)

one_fits(globs, text) if {
	text != ""
	some g in globs
	glob.match(g, ["/"], text)
}

level_reached(null, _)

level_reached(level, a) if {
	is_number(level)
	a.provenance.result == "PASSED"
	some text in a.provenance.levels
	some n in numbers.range(level, 3)
	text == sprintf("SLSA_BUILD_LEVEL_%d", [n])
}

# The wanted attestations that fail at this stage and not before.
failing(stage) := {wanted |
	known
	some wanted in rule.attestations
	not enough(met(wanted, stage), wanted)
	every before in numbers.range(0, stage) {
		reached(wanted, before, stage)
	}
}

reached(_, before, stage) if before >= stage

reached(wanted, before, stage) if {
	before < stage
	enough(met(wanted, before), wanted)
}

# What the attestations say that met all that came before, for messages.
said(wanted, stage, what) := concat(", ", sort({text |
	some a in met(wanted, stage - 1)
	text := object.get(a, ["provenance", what], "nothing")
}))

# A condition of this stage is asked for.
asked(stage) if {
	is_signed
	some wanted in rule.attestations
	wanted[stages[stage]] != null
}

asked(0) if {
	is_signed
	count(rule.attestations) > 0
}

cause := sprintf("image:%s", [object.get(input.object, "name", "")])

# Why a control of that stage cannot tell: nobody knows what holds, or what is missing may be there.
unsure(stage) := {item(reason) | some reason in unknown} | {item(reason) |
	count(failing(stage)) > 0
	some reason in partial
}

item(reason) := {"msg": sprintf("%s: %s", [object.get(input.object, "reference", ""), reason]), "path": []}
