# METADATA
# scope: package
# title: Dependencies have a lock file
# description: >-
#   Without a lock file each build takes what is newest at that moment, also a release that was
#   taken over an hour ago. Nobody can say afterwards what went in.
# custom:
#   id: MLN-DEP-001
#   severity: medium
#   category: supply-chain
#   kinds:
#     - merlon/Dependencies
#   stages: [build]
#   needs: []
#   remediation: >-
#     Let the package manager write its lock file, keep it in the repository, and build with the
#     option that refuses to change it (npm ci, --frozen-lockfile, --locked, -mod=readonly).
#   exposes: 6
#   mappings:
#     attack: ["T1195.001"]
#     slsa: ["Build L3: isolated"]
#     scorecard: ["Pinned-Dependencies"]
#     docs:
#       - "https://github.com/ossf/scorecard/blob/main/docs/checks.md#pinned-dependencies"
package merlon.controls.dependency_lock

not_applicable if input.object.role == "lock"

not_applicable if input.object.packages == 0

# A library may leave the choice to the programs that use it.
not_applicable if {
	input.object.library
	count(input.object.beside) == 0
}

violation contains {
	"msg": sprintf("%s has none of its lock files beside it (%s)", [input.object.file, concat(", ", input.object.locks)]),
	"path": [],
	"cause": sprintf("lock:%s", [input.object.ecosystem]),
} if {
	not not_applicable
	count(input.object.beside) == 0
}
