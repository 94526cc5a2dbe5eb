package merlon.controls.ingress_backend_test

import data.merlon.controls.ingress_backend as c
import data.merlon.lib.kit

ingress(name) := kit.object_of("networking.k8s.io/v1", "Ingress", "shop", "web", {"spec": {"rules": [{
	"host": "shop.example.com",
	"http": {"paths": [{"path": "/", "backend": {"service": {"name": name, "port": {"number": 80}}}}]},
}]}})

service := kit.object_of("v1", "Service", "shop", "web", {"spec": {}})

test_a_service_in_another_file_passes if {
	t := kit.tree([service])
	count(c.violation | c.unknown) == 0 with input as kit.about(ingress("web"))
		with data.inventory as t
}

test_a_missing_service_fails if {
	t := kit.tree([service])
	some v in c.violation with input as kit.about(ingress("wbe")) with data.inventory as t
	v.path[8] == "name"
}

test_without_the_tree_nobody_knows if count(c.unknown) == 1 with input as kit.about(ingress("web"))

test_other_types_are_unknown if {
	every name in ["{{ .x }}", 7, null, [], {}] {
		count(c.unknown) == 1 with input as kit.about(ingress(name))
			with data.inventory as kit.tree([])
	}
	every i in kit.hostile_specs_of("networking.k8s.io/v1", "Ingress") {
		count(c.unknown) == 1 with input as kit.about(i) with data.inventory as kit.tree([])
	}
}

test_foreign_kinds_are_not_applicable if {
	c.not_applicable with input as kit.about({"apiVersion": "x.example.com/v1", "kind": "Ingress"})
}

test_a_tree_without_services_is_unknown if {
	i := ingress("web")
	count(c.unknown) == 1 with input as kit.about(i) with data.inventory as kit.tree([i])
	count(c.violation) == 0 with input as kit.about(i) with data.inventory as kit.tree([i])
}

test_the_default_backend_counts if {
	i := object.union(ingress("web"), {"spec": {"defaultBackend": {"service": {"name": "rest"}}}})
	some v in c.violation with input as kit.about(i) with data.inventory as kit.tree([service])
	v.path == ["spec", "defaultBackend", "service", "name"]
}
