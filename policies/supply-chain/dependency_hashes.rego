# METADATA
# scope: package
# title: Locked dependencies carry a hash
# description: >-
#   A version names a release, and a registry or a mirror can send other bytes for it. Only a hash
#   in the repository says that what is installed is what was locked.
# custom:
#   id: MLN-DEP-002
#   severity: medium
#   category: supply-chain
#   kinds:
#     - merlon/Dependencies
#   stages: [build]
#   needs: []
#   remediation: >-
#     Write the lock file anew with hashes: npm install --package-lock-only, yarn up, pip-compile
#     --generate-hashes, uv lock, poetry lock, bundle lock --add-checksums, go mod tidy.
#   exposes: 6
#   mappings:
#     attack: ["T1195.001", "T1195.002"]
#     slsa: ["Build L3: isolated"]
#     scorecard: ["Pinned-Dependencies"]
#     docs:
#       - "https://github.com/ossf/scorecard/blob/main/docs/checks.md#pinned-dependencies"
package merlon.controls.dependency_hashes

not_applicable if input.object.role == "manifest"

# A lock file can have thousands of entries: some stand for all, and the first is shown.
violation contains {
	"msg": sprintf("%d of %d entries have no hash: %s%s", [n, input.object.packages, concat(", ", shown), more]),
	"path": ["unpinned", 0],
	"value": input.object.unpinned[0],
	"cause": sprintf("hash:%s", [input.object.ecosystem]),
} if {
	input.object.role == "lock"
	n := count(input.object.unpinned)
	n > 0
	shown := array.slice(input.object.unpinned, 0, 5)
	more := [", …", ""][to_number(n <= 5)]
}
