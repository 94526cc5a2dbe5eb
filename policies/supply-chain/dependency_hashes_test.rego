package merlon.controls.dependency_hashes_test

import data.merlon.controls.dependency_hashes as c
import data.merlon.lib.build_kit as kit

lock(unpinned) := kit.about("merlon/Dependencies", {
	"role": "lock", "file": "yarn.lock", "ecosystem": "npm", "packages": 9, "unpinned": unpinned,
})

test_entries_without_hash_fail if {
	some v in c.violation with input as lock(["a", "b"])
	v.msg == "2 of 9 entries have no hash: a, b"
	v.path == ["unpinned", 0]
	some w in c.violation with input as lock(["a", "b", "c", "d", "e", "f"])
	endswith(w.msg, "a, b, c, d, e, …")
}

test_entries_with_hashes_pass if {
	count(c.violation) == 0 with input as lock([])
	not c.not_applicable with input as lock([])
}

test_manifests_are_not_applicable if {
	c.not_applicable with input as kit.about("merlon/Dependencies", {"role": "manifest"})
}
