package merlon.controls.cluster_admin_binding_test

import data.merlon.controls.cluster_admin_binding as c
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

binding(role) := kit.cluster_object("rbac.authorization.k8s.io/v1", "ClusterRoleBinding", "b", {
	"subjects": [{"kind": "ServiceAccount", "name": "ci", "namespace": "build"}],
	"roleRef": {"kind": "ClusterRole", "name": role},
})

test_cluster_admin_fails if {
	some v in c.violation with input as kit.about(binding("cluster-admin"))
	contains(v.msg, "service account build/ci gets cluster-admin over the whole cluster")
}

test_in_a_namespace_too if {
	b := object.union(binding("cluster-admin"), {"kind": "RoleBinding", "metadata": {"namespace": "shop"}})
	some v in c.violation with input as kit.about(b)
	contains(v.msg, "over namespace shop")
}

test_other_roles_pass if count(c.violation | c.unknown) == 0 with input as kit.about(binding("view"))

test_the_one_of_the_api_server_is_not_applicable if {
	b := json.patch(binding("cluster-admin"), [
		{"op": "replace", "path": "/metadata", "value": {
			"name": "cluster-admin",
			"labels": {"kubernetes.io/bootstrapping": "rbac-defaults"},
		}},
		{"op": "replace", "path": "/subjects", "value": [{"kind": "Group", "name": "system:masters"}]},
	])
	c.not_applicable with input as kit.about(b)
	worse := object.union(b, {"subjects": [{"kind": "User", "name": "eve"}]})
	count(c.violation) == 1 with input as kit.about(worse)
}
