package merlon.controls.default_account_binding_test

import data.merlon.controls.default_account_binding as c
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

binding(subject) := kit.object_of("rbac.authorization.k8s.io/v1", "RoleBinding", "shop", "b", {
	"subjects": [subject],
	"roleRef": {"kind": "Role", "name": "reader"},
})

test_the_default_account_fails if {
	some v in c.violation with input as kit.about(binding({"kind": "ServiceAccount", "name": "default"}))
	contains(v.msg, "of shop")
}

test_others_pass if {
	every s in [{"kind": "ServiceAccount", "name": "web"}, {"kind": "User", "name": "default"}] {
		count(c.violation | c.unknown) == 0 with input as kit.about(binding(s))
	}
}
