package merlon.controls.dangling_binding_test

import data.merlon.controls.dangling_binding as c
import data.merlon.lib.kit

test_a_foreign_kind_is_not_applicable if {
	c.not_applicable with input as kit.about({"apiVersion": "iam.example.com/v1", "kind": "RoleBinding"})
}

test_hostile_bindings_are_unknown if {
	every rest in [
		{}, {"subjects": "x"}, {"subjects": [null], "roleRef": {"kind": "ClusterRole", "name": "view"}},
		{"subjects": [], "roleRef": "x"}, {"subjects": [{"kind": "User", "name": "{{ .u }}"}]},
		{"subjects": {}, "roleRef": null}, {"roleRef": {"kind": 5, "name": []}},
	] {
		b := kit.object_of("rbac.authorization.k8s.io/v1", "RoleBinding", "shop", "b", rest)
		count(c.unknown) > 0 with input as kit.about(b) with data.inventory as kit.tree([])
		count(c.violation) == 0 with input as kit.about(b) with data.inventory as kit.tree([])
	}
}

binding := kit.object_of("rbac.authorization.k8s.io/v1", "RoleBinding", "shop", "b", {
	"subjects": [{"kind": "ServiceAccount", "name": "web"}],
	"roleRef": {"kind": "Role", "name": "reader"},
})

role := kit.object_of("rbac.authorization.k8s.io/v1", "Role", "shop", "reader", {"rules": []})

sa := kit.object_of("v1", "ServiceAccount", "shop", "web", {})

test_whole_passes if {
	t := kit.tree([binding, role, sa, kit.good])
	count(c.violation | c.unknown) == 0 with input as kit.about(binding) with data.inventory as t
}

test_a_missing_role_fails if {
	other := object.union(role, {"metadata": {"name": "writer"}})
	some v in c.violation with input as kit.about(binding) with data.inventory as kit.tree([sa, other])
	v.path == ["roleRef", "name"]
	count(c.unknown) == 1 with input as kit.about(binding)
		with data.inventory as kit.tree([sa, kit.good])
}

test_a_missing_account_fails_beside_its_workloads if {
	t := kit.tree([binding, role, kit.good])
	count(c.violation) == 1 with input as kit.about(binding) with data.inventory as t
	alone := kit.tree([binding, role])
	count(c.unknown) == 1 with input as kit.about(binding) with data.inventory as alone
	count(c.violation) == 0 with input as kit.about(binding) with data.inventory as alone
}

test_a_cluster_role_out_of_sight_is_unknown if {
	b := object.union(binding, {"roleRef": {"kind": "ClusterRole", "name": "things"}})
	t := kit.tree([b, sa, kit.good])
	count(c.unknown) == 1 with input as kit.about(b) with data.inventory as t
	known := object.union(binding, {"roleRef": {"kind": "ClusterRole", "name": "view"}})
	count(c.unknown) == 0 with input as kit.about(known) with data.inventory as t
}

test_without_the_tree_nobody_knows if count(c.unknown) == 1 with input as kit.about(binding)
