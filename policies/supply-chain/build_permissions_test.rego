package merlon.controls.build_permissions_test

import data.merlon.controls.build_permissions as c
import data.merlon.lib.build_kit as kit

passes(i) if {
	count(c.violation) == 0 with input as i
	count(c.unknown) == 0 with input as i
}

fails(i) if {
	count(c.violation) > 0 with input as i
	every v in c.violation { is_string(v.cause) } with input as i
}

test_good_files_pass if {
	passes(kit.workflow(kit.good))
	passes(kit.workflow({"on": "push", "permissions": {}, "jobs": {}}))
}

test_hostile_shapes_never_pass if {
	every shape in kit.hostile {
		count(c.unknown) > 0 with input as shape
	}
}

with_permissions(o) := kit.workflow(object.union(object.remove(kit.good, ["permissions"]), o))

two := {"a": {"steps": []}, "b": {"steps": []}}

test_nothing_said_or_everything_fails if {
	fails(with_permissions({}))
	fails(with_permissions({"permissions": "write-all"}))
	fails(with_permissions({"jobs": {"a": {"steps": [], "permissions": "write-all"}}}))
	fails(with_permissions({"jobs": two, "permissions": {"packages": "write"}}))
}

test_little_passes if {
	passes(with_permissions({"permissions": {}}))
	passes(with_permissions({"permissions": "read-all"}))
	passes(kit.workflow({"on": "push", "jobs": {"a": {"steps": [], "permissions": {"contents": "write"}}}}))
	passes(with_permissions({"permissions": {"packages": "write"}}))
}

test_unreadable_permissions_are_unknown if {
	every p in [null, 7, "x", ["write"]] {
		count(c.unknown) == 1 with input as with_permissions({"permissions": p})
	}
}
