# METADATA
# scope: package
# title: The source is signed by those who may change it
# description: >-
#   Whoever pushes with a stolen token writes any name into a commit. A signature by an allowed
#   signer, a history that still holds and pinned submodules say that the source is what the team
#   reviewed.
# custom:
#   id: MLN-SRC-001
#   severity: high
#   category: supply-chain
#   kinds:
#     - merlon/Source
#   stages: [build]
#   needs: [source]
#   remediation: >-
#     Sign commits and tags (git commit -S with gpg.format ssh), keep the allowed signers in the
#     repository, and run merlon source verify to see which commit is not.
#   exposes: 7
#   mappings:
#     attack: ["T1195.001", "T1195.002"]
#     slsa: ["Source L2: controls"]
#     scorecard: ["Code-Review"]
#     docs:
#       - "https://slsa.dev/spec/v1.2/source-requirements"
package merlon.controls.source_signed

evidence := object.get(input, "evidence", {})

default rows := []

rows := evidence.rows if is_array(evidence.rows)

says(row, otherwise) := sprintf("%s %s: %s", [
	object.get(row, "kind", "something"),
	substring(object.get(row, "id", "without a name"), 0, 12),
	object.get(row, "reason", otherwise),
])

failing := [row | some row in rows; row.verdict == "fail"]

violation contains {
	"msg": says(row, "it does not hold"),
	"path": [],
	"cause": sprintf("source:%s", [object.get(row, "kind", "")]),
} if {
	some row in failing
}

violation contains {"msg": "the source does not hold", "path": [], "cause": "source:verdict"} if {
	evidence.verdict == "fail"
	count(failing) == 0
}

unknown contains {"msg": says(row, "nobody knows"), "path": []} if {
	some row in rows
	not object.get(row, "verdict", null) in {"pass", "fail"}
}

unknown contains {"msg": "nothing was verified of this source", "path": []} if count(rows) == 0

unknown contains {"msg": "the answer has no verdict", "path": []} if {
	not object.get(evidence, "verdict", null) in {"pass", "fail"}
}
