package merlon.controls.selector_mismatch_test

import data.merlon.controls.selector_mismatch as c
import data.merlon.lib.kit

test_a_good_workload_passes if {
	count(c.violation | c.unknown) == 0 with input as kit.about(kit.good) with data.inventory as kit.tree([kit.good])
	not c.not_applicable with input as kit.about(kit.good) with data.inventory as kit.tree([kit.good])
}

test_a_foreign_kind_is_not_applicable if c.not_applicable with input as kit.about(kit.foreign)

labelled(labels) := object.union(kit.good, {"spec": {"template": {"metadata": {"labels": labels}}}})

test_other_labels_fail if {
	some v in c.violation with input as kit.about(labelled({"app": "other"}))
	v.path == ["spec", "selector"]
}

test_more_labels_pass if {
	count(c.violation | c.unknown) == 0 with input as kit.about(labelled({"version": "2"}))
}

test_expressions_are_read if {
	d := object.union(kit.good, {"spec": {"selector": {"matchExpressions": [
		{"key": "app", "operator": "In", "values": ["shop"]},
	]}}})
	count(c.violation) == 1 with input as kit.about(d)
}

test_what_cannot_be_read_is_unknown if {
	every value in [null, "x", [], 7] {
		d := json.patch(kit.good, [{"op": "replace", "path": "/spec/selector", "value": value}])
		count(c.unknown) == 1 with input as kit.about(d)
		count(c.violation) == 0 with input as kit.about(d)
	}
	count(c.unknown) == 1 with input as kit.about(labelled({"app": "{{ .Values.name }}"}))
}
