# METADATA
# scope: package
# title: Ingress leads to Services that exist
# description: >-
#   An Ingress that names a Service which is not there answers with errors, and hands the host to
#   whoever creates a Service of that name.
# custom:
#   id: MLN-NET-007
#   severity: low
#   category: network
#   kinds: [Ingress]
#   stages: [build, deploy]
#   needs: [inventory]
#   remediation: >-
#     Correct the name of the Service, or remove the rule.
#   exposes: 2
#   mappings:
#     pss: []
#     nsa: ["Network separation and hardening"]
#     attack: ["T1557"]
#     cis: []
#     k8s_docs:
#       - "https://kubernetes.io/docs/concepts/services-networking/ingress/"
package merlon.controls.ingress_backend

import data.merlon.lib.k8s
import data.merlon.lib.tree

not_applicable if k8s.foreign

unknown contains {"msg": tree.absent_message} if tree.absent
backends contains {"name": b.service.name, "path": ["spec", "defaultBackend", "service", "name"]} if {
	b := input.object.spec.defaultBackend
}

backends contains {"name": p.backend.service.name, "path": path} if {
	some i, rule in input.object.spec.rules
	some j, p in rule.http.paths
	path := ["spec", "rules", i, "http", "paths", j, "backend", "service", "name"]
}

violation contains {
	"msg": sprintf("Service %s/%s is not in the tree", [k8s.namespace, b.name]),
	"path": b.path,
	"value": b.name,
	"cause": sprintf("service:%s/%s", [k8s.namespace, b.name]),
} if {
	not tree.absent
	not k8s.foreign
	some b in backends
	is_string(b.name)
	not k8s.placeholder(b.name)
	count(services) > 0
	count(tree.named(services, b.name)) == 0
}

unknown contains {"msg": "the name of a backend cannot be read", "path": b.path} if {
	some b in backends
	not readable(b.name)
}

readable(name) if {
	is_string(name)
	not k8s.placeholder(name)
}

unknown contains {
	"msg": "the Ingress names no backend that can be read",
	"path": k8s.nearest(["spec"]),
} if {
	count(backends) == 0
	not k8s.foreign
}

services := tree.in_namespace(k8s.namespace, "Service")

unknown contains {
	"msg": sprintf("the tree shows no Services of namespace %s", [k8s.namespace]),
	"path": b.path,
} if {
	not tree.absent
	not k8s.foreign
	some b in backends
	readable(b.name)
	count(services) == 0
}
