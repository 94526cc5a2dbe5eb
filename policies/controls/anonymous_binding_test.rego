package merlon.controls.anonymous_binding_test

import data.merlon.controls.anonymous_binding as c
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

binding(subject) := kit.cluster_object("rbac.authorization.k8s.io/v1", "ClusterRoleBinding", "b", {
	"subjects": [subject],
	"roleRef": {"kind": "ClusterRole", "name": "view"},
})

test_everybody_fails if {
	every s in [
		{"kind": "User", "name": "system:anonymous"},
		{"kind": "Group", "name": "system:unauthenticated"},
		{"kind": "Group", "name": "system:authenticated"},
		{"kind": "Group", "name": "system:serviceaccounts"},
	] {
		some v in c.violation with input as kit.about(binding(s))
		v.path == ["subjects", 0, "name"]
	}
}

test_named_subjects_pass if {
	every s in [
		{"kind": "User", "name": "ana"},
		{"kind": "Group", "name": "system:serviceaccounts:shop"},
		{"kind": "ServiceAccount", "name": "system:anonymous", "namespace": "x"},
	] {
		count(c.violation | c.unknown) == 0 with input as kit.about(binding(s))
	}
}

test_discovery_passes if {
	b := object.union(
		binding({"kind": "Group", "name": "system:unauthenticated"}),
		{"roleRef": {"name": "system:public-info-viewer"}},
	)
	count(c.violation) == 0 with input as kit.about(b)
}
