package merlon.controls.service_account_token_test

import data.merlon.controls.service_account_token as c
import data.merlon.lib.kit

test_a_good_workload_passes if {
	count(c.violation) == 0 with input as kit.about(kit.good) with data.inventory as kit.tree([])
	count(c.unknown) == 0 with input as kit.about(kit.good) with data.inventory as kit.tree([])
	not c.not_applicable with input as kit.about(kit.good) with data.inventory as kit.tree([])
}

test_a_foreign_kind_is_not_applicable if c.not_applicable with input as kit.about(kit.foreign)

test_hostile_shapes_never_pass if {
	every shape in kit.hostile_pods {
		count(c.unknown) > 0 with input as kit.about(shape) with data.inventory as kit.tree([])
	}
}

silent := kit.without(["pod/automountServiceAccountToken"])

asking := kit.deployment({}, {"automountServiceAccountToken": true})

sa(rest) := kit.object_of("v1", "ServiceAccount", "shop", "web", rest)

binding := kit.object_of("rbac.authorization.k8s.io/v1", "RoleBinding", "shop", "web", {
	"subjects": [{"kind": "ServiceAccount", "name": "web", "namespace": "shop"}],
	"roleRef": {"kind": "Role", "name": "web"},
})

test_the_default_fails if {
	some v in c.violation with input as kit.about(silent) with data.inventory as kit.tree([sa({})])
	v.fix.path == ["spec", "template", "spec", "automountServiceAccountToken"]
}

test_the_account_may_switch_it_off if {
	tree := kit.tree([sa({"automountServiceAccountToken": false})])
	count(c.violation | c.unknown) == 0 with input as kit.about(silent) with data.inventory as tree
}

test_the_default_account_fails_even_unseen if {
	d := json.remove(silent, ["/spec/template/spec/serviceAccountName"])
	count(c.violation) == 1 with input as kit.about(d) with data.inventory as kit.tree([])
}

test_an_account_out_of_sight_is_unknown if {
	count(c.unknown) == 1 with input as kit.about(silent) with data.inventory as kit.tree([])
	count(c.violation) == 0 with input as kit.about(silent) with data.inventory as kit.tree([])
}

test_asking_needs_a_binding if {
	count(c.violation) == 1 with input as kit.about(asking)
		with data.inventory as kit.tree([sa({})])
	tree := kit.tree([sa({}), binding])
	count(c.violation | c.unknown) == 0 with input as kit.about(asking) with data.inventory as tree
}

test_without_the_tree_nobody_knows if {
	count(c.unknown) == 1 with input as kit.about(silent)
	count(c.unknown) == 1 with input as kit.about(asking)
	count(c.unknown) == 0 with input as kit.about(kit.good)
}

test_other_types_are_unknown if {
	d := kit.deployment({}, {"automountServiceAccountToken": "{{ .x }}"})
	count(c.unknown) == 1 with input as kit.about(d) with data.inventory as kit.tree([])
	tree := kit.tree([sa({"automountServiceAccountToken": "no"})])
	count(c.unknown) == 1 with input as kit.about(silent) with data.inventory as tree
}

test_the_default_account_is_shared_even_with_a_binding if {
	d := kit.deployment({}, {"serviceAccountName": "default", "automountServiceAccountToken": true})
	b := object.union(binding, {"subjects": [{"kind": "ServiceAccount", "name": "default"}]})
	some v in c.violation with input as kit.about(d) with data.inventory as kit.tree([b])
	contains(v.msg, "share")
}

test_the_old_field_names_the_account_too if {
	d := json.remove(kit.deployment({}, {"serviceAccount": "old"}), [
		"/spec/template/spec/serviceAccountName",
		"/spec/template/spec/automountServiceAccountToken",
	])
	t := kit.tree([kit.object_of("v1", "ServiceAccount", "shop", "old", {})])
	some v in c.violation with input as kit.about(d) with data.inventory as t
	v.cause == "service-account:shop/old"
}

test_the_fix_is_safe_where_nobody_needs_the_token if {
	some v in c.violation with input as kit.about(silent) with data.inventory as kit.tree([sa({})])
	v.fix.safe
	tree := kit.tree([sa({}), binding])
	some w in c.violation with input as kit.about(silent) with data.inventory as tree
	not w.fix.safe
}
