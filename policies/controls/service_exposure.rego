# METADATA
# scope: package
# title: Services open to the world are limited
# description: >-
#   A NodePort listens on every node, a LoadBalancer usually on a public address. Without source
#   ranges the whole internet may try the program behind it, past the Ingress and its TLS.
# custom:
#   id: MLN-NET-005
#   severity: medium
#   category: network
#   kinds: [Service]
#   stages: [build, deploy]
#   needs: []
#   remediation: >-
#     Use ClusterIP behind an Ingress or Gateway, or set loadBalancerSourceRanges.
#   exposes: 5
#   mappings:
#     pss: []
#     nsa: ["Network separation and hardening"]
#     attack: ["T1190", "T1133"]
#     cis: []
#     k8s_docs:
#       - "https://kubernetes.io/docs/concepts/services-networking/service/#publishing-services-service-types"
package merlon.controls.service_exposure

import data.merlon.lib.k8s

not_applicable if k8s.foreign
type := object.get(k8s.as_object(object.get(input.object, "spec", null)), "type", null)

violation contains {
	"msg": "the Service listens on a port of every node",
	"path": ["spec", "type"],
	"value": type,
	"fix": {"op": "set", "path": ["spec", "type"], "value": "ClusterIP"},
	"cause": k8s.cause("exposure"),
} if {
	not k8s.foreign
	type == "NodePort"
}

violation contains {
	"msg": "the load balancer takes connections from anywhere",
	"path": k8s.nearest(["spec", "loadBalancerSourceRanges"]),
	"value": ranges,
	"cause": k8s.cause("exposure"),
} if {
	not k8s.foreign
	type == "LoadBalancer"
	not inside
	open(ranges)
}

ranges := object.get(input.object, ["spec", "loadBalancerSourceRanges"], null)

open(list) if list in [null, []]

open(list) if {
	some r in list
	r in {"0.0.0.0/0", "::/0"}
}

# Cloud providers take the word internal from annotations of their own.
inside if {
	some key, value in k8s.annotations_of(input.object)
	key in {
		"service.beta.kubernetes.io/aws-load-balancer-internal",
		"service.beta.kubernetes.io/azure-load-balancer-internal",
		"service.beta.kubernetes.io/aws-load-balancer-scheme",
		"networking.gke.io/load-balancer-type",
		"cloud.google.com/load-balancer-type",
	}
	is_string(value)
	lower(value) in {"true", "internal"}
}

unknown contains {"msg": "spec is missing or not a mapping", "path": k8s.nearest(["spec"])} if {
	not is_object(object.get(input.object, "spec", null))
}

unknown contains {
	"msg": sprintf("the type of the Service is %s", [k8s.described(type)]),
	"path": ["spec", "type"],
} if {
	not type in {null, "ClusterIP", "NodePort", "LoadBalancer", "ExternalName"}
}

unknown contains {
	"msg": "the source ranges cannot be read",
	"path": ["spec", "loadBalancerSourceRanges"],
} if {
	ranges != null
	not is_array(ranges)
}

unknown contains {
	"msg": "the source ranges cannot be read",
	"path": ["spec", "loadBalancerSourceRanges"],
} if {
	some r in ranges
	not is_string(r)
}
