package merlon.controls.service_selects_nothing_test

import data.merlon.controls.service_selects_nothing as c
import data.merlon.lib.kit

service(spec) := kit.object_of("v1", "Service", "shop", "web", {"spec": spec})

test_a_match_in_another_file_passes if {
	s := service({"selector": {"app": "web"}})
	count(c.violation | c.unknown) == 0 with input as kit.about(s)
		with data.inventory as kit.tree([kit.good])
}

test_no_match_fails if {
	s := service({"selector": {"app": "wbe"}})
	count(c.violation) == 1 with input as kit.about(s) with data.inventory as kit.tree([kit.good])
}

test_another_namespace_does_not_count if {
	d := object.union(kit.good, {"metadata": {"namespace": "other"}})
	s := service({"selector": {"app": "web"}})
	t := kit.tree([d, kit.cronjob(kit.good_pod_spec)])
	count(c.violation) == 1 with input as kit.about(s) with data.inventory as t
}

test_a_tree_without_workloads_is_unknown if {
	s := service({"selector": {"app": "web"}})
	count(c.unknown) == 1 with input as kit.about(s) with data.inventory as kit.tree([s])
	count(c.violation) == 0 with input as kit.about(s) with data.inventory as kit.tree([s])
}

test_services_without_selector_are_not_applicable if {
	c.not_applicable with input as kit.about(service({"type": "ExternalName", "externalName": "x.example"}))
	c.not_applicable with input as kit.about(service({"ports": []}))
}

test_other_types_are_unknown if {
	every spec in [null, 7, "x", [], {"selector": "x"}, {"selector": {"app": 7}}, {"selector": {"a": "{{ .x }}"}}] {
		s := {"apiVersion": "v1", "kind": "Service", "spec": spec}
		count(c.unknown) > 0 with input as kit.about(s) with data.inventory as kit.tree([])
		count(c.violation) == 0 with input as kit.about(s) with data.inventory as kit.tree([])
	}
}

test_without_the_tree_nobody_knows if {
	count(c.unknown) == 1 with input as kit.about(service({"selector": {"app": "web"}}))
}

test_foreign_kinds_are_not_applicable if {
	c.not_applicable with input as kit.about({"apiVersion": "serving.knative.dev/v1", "kind": "Service"})
}
