package merlon.controls.rbac_exec_test

import data.merlon.controls.rbac_exec as c
import data.merlon.lib.kit

role(rules) := kit.object_of("rbac.authorization.k8s.io/v1", "Role", "shop", "r", {"rules": rules})

clusterrole(rules) := kit.cluster_object(
	"rbac.authorization.k8s.io/v1",
	"ClusterRole",
	"cr",
	{"rules": rules},
)

binding := kit.object_of("rbac.authorization.k8s.io/v1", "RoleBinding", "shop", "b", {
	"subjects": [{"kind": "ServiceAccount", "name": "web"}],
	"roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "r"},
})

test_roles_of_the_api_server_are_not_applicable if {
	name := {"op": "replace", "path": "/metadata/name", "value": "system:node"}
	r := json.patch(clusterrole([]), [name])
	not c.not_applicable with input as kit.about(r)
	label := {"op": "add", "path": "/metadata/labels", "value": {"kubernetes.io/bootstrapping": "rbac-defaults"}}
	c.not_applicable with input as kit.about(json.patch(r, [label]))
}

test_a_foreign_kind_is_not_applicable if {
	c.not_applicable with input as kit.about({"apiVersion": "iam.example.com/v1", "kind": "Role"})
}

test_hostile_rules_are_unknown if {
	every rules in [
		7, "x", {}, [null], ["x"], [{"verbs": "*"}], [{"verbs": [7]}],
		[{"verbs": ["{{ .verbs }}"], "resources": null}], [{"resources": {}}],
	] {
		count(c.unknown) > 0 with input as kit.about(clusterrole(rules))
			with data.inventory as kit.tree([])
		count(c.violation) == 0 with input as kit.about(clusterrole(rules))
			with data.inventory as kit.tree([])
	}
}

test_an_aggregated_role_is_unknown if {
	r := object.union(clusterrole([]), {"aggregationRule": {"clusterRoleSelectors": []}})
	count(c.unknown) == 1 with input as kit.about(r) with data.inventory as kit.tree([])
}

test_the_tree_is_not_needed if count(c.unknown) == 0 with input as kit.about(role([]))
test_each_subresource_fails if {
	every pair in [
		["pods/exec", "create"], ["pods/attach", "create"], ["*/exec", "get"],
		["pods/ephemeralcontainers", "patch"],
	] {
		r := role([{"apiGroups": [""], "resources": [pair[0]], "verbs": [pair[1]]}])
		count(c.violation) == 1 with input as kit.about(r) with data.inventory as kit.tree([])
	}
}

test_pods_alone_pass if {
	r := role([{"apiGroups": [""], "resources": ["pods", "pods/log"], "verbs": ["get", "create"]}])
	count(c.violation | c.unknown) == 0 with input as kit.about(r)
		with data.inventory as kit.tree([])
}
