package merlon.controls.dependency_lock_test

import data.merlon.controls.dependency_lock as c
import data.merlon.lib.build_kit as kit

manifest(o) := kit.about("merlon/Dependencies", object.union(
	{
		"role": "manifest", "file": "package.json", "ecosystem": "npm", "packages": 3,
		"locks": ["package-lock.json", "yarn.lock"], "beside": [], "library": false, "unpinned": [],
	},
	o,
))

test_a_manifest_alone_fails if {
	some v in c.violation with input as manifest({})
	contains(v.msg, "package-lock.json, yarn.lock")
	v.cause == "lock:npm"
}

test_a_manifest_with_a_lock_passes if {
	count(c.violation) == 0 with input as manifest({"beside": ["yarn.lock"]})
	not c.not_applicable with input as manifest({"beside": ["yarn.lock"]})
}

test_what_asks_for_nothing_libraries_and_locks_are_not_applicable if {
	every o in [{"packages": 0}, {"library": true}, {"role": "lock"}] {
		c.not_applicable with input as manifest(o)
		count(c.violation) == 0 with input as manifest(o)
	}
}
