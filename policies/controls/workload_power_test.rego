package merlon.controls.workload_power_test

import data.merlon.controls.workload_power as c
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

binding(role) := kit.object_of("rbac.authorization.k8s.io/v1", "RoleBinding", "shop", "b", {
	"subjects": [{"kind": "ServiceAccount", "name": "web"}],
	"roleRef": role,
})

role(rules) := kit.object_of("rbac.authorization.k8s.io/v1", "Role", "shop", "r", {"rules": rules})

own := {"kind": "Role", "name": "r"}

test_a_power_through_a_role_fails if {
	r := role([{"apiGroups": [""], "resources": ["secrets"], "verbs": ["list"]}])
	t := kit.tree([binding(own), r])
	some v in c.violation with input as kit.about(kit.good) with data.inventory as t
	contains(v.msg, "may read secrets, in namespace shop, through RoleBinding b")
	v.cause == "binding:shop/RoleBinding/b"
}

test_a_power_through_a_well_known_role_fails if {
	b := kit.cluster_object("rbac.authorization.k8s.io/v1", "ClusterRoleBinding", "b", {
		"subjects": [{"kind": "Group", "name": "system:serviceaccounts:shop"}],
		"roleRef": {"kind": "ClusterRole", "name": "cluster-admin"},
	})
	some v in c.violation with input as kit.about(kit.good) with data.inventory as kit.tree([b])
	contains(v.msg, "in the whole cluster")
}

test_harmless_rights_pass if {
	r := role([{"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get"]}])
	t := kit.tree([binding(own), r])
	count(c.violation | c.unknown) == 0 with input as kit.about(kit.good) with data.inventory as t
}

test_somebody_elses_binding_passes if {
	b := object.union(binding({"kind": "ClusterRole", "name": "cluster-admin"}), {"subjects": [{
		"kind": "ServiceAccount",
		"name": "web",
		"namespace": "other",
	}]})
	count(c.violation) == 0 with input as kit.about(kit.good) with data.inventory as kit.tree([b])
}

test_a_role_out_of_sight_is_unknown if {
	t := kit.tree([binding({"kind": "ClusterRole", "name": "things"})])
	count(c.unknown) == 1 with input as kit.about(kit.good) with data.inventory as t
	count(c.violation) == 0 with input as kit.about(kit.good) with data.inventory as t
}

test_hostile_bindings_do_not_disturb if {
	every b in [{"subjects": "x"}, {"subjects": [null]}, {"roleRef": null}, {"subjects": [{"kind": 5}]}] {
		t := kit.tree([object.union(binding(own), b)])
		count(c.violation) == 0 with input as kit.about(kit.good) with data.inventory as t
	}
}

test_without_the_tree_nobody_knows if count(c.unknown) == 1 with input as kit.about(kit.good)

test_a_cluster_role_of_the_tree_is_followed if {
	r := kit.cluster_object("rbac.authorization.k8s.io/v1", "ClusterRole", "ops", {"rules": [{
		"apiGroups": [""],
		"resources": ["*/exec"],
		"verbs": ["create"],
	}]})
	t := kit.tree([r, binding({"kind": "ClusterRole", "name": "ops"})])
	some v in c.violation with input as kit.about(kit.good) with data.inventory as t
	contains(v.msg, "run commands in pods")
}

test_the_account_as_a_user_is_the_same if {
	b := object.union(binding({"kind": "ClusterRole", "name": "edit"}), {"subjects": [{
		"kind": "User",
		"name": "system:serviceaccount:shop:web",
	}]})
	count(c.violation) == 1 with input as kit.about(kit.good) with data.inventory as kit.tree([b])
}

test_names_of_resources_limit_the_power if {
	r := role([{"apiGroups": [""], "resources": ["secrets"], "resourceNames": ["a"], "verbs": ["get"]}])
	t := kit.tree([binding(own), r])
	count(c.violation) == 0 with input as kit.about(kit.good) with data.inventory as t
}
