# METADATA
# scope: package
# title: Services claim no external addresses
# description: >-
#   Whoever sets spec.externalIPs makes the nodes send traffic for those addresses to their pods, so
#   they can intercept what other pods send there (CVE-2020-8554).
# custom:
#   id: MLN-NET-006
#   severity: high
#   category: network
#   kinds: [Service]
#   stages: [build, deploy]
#   needs: []
#   remediation: >-
#     Remove externalIPs and use a LoadBalancer, an Ingress or a Gateway.
#   exposes: 6
#   mappings:
#     pss: []
#     nsa: ["Network separation and hardening"]
#     attack: ["T1557"]
#     cis: []
#     k8s_docs:
#       - "https://kubernetes.io/docs/concepts/services-networking/service/#external-ips"
package merlon.controls.external_ips

import data.merlon.lib.k8s

not_applicable if k8s.foreign
ips := object.get(input.object, ["spec", "externalIPs"], null)

violation contains {
	"msg": sprintf("the Service takes traffic for %s out of the cluster's network", [concat(", ", ips)]),
	"path": ["spec", "externalIPs"],
	"value": ips,
	"fix": {"op": "remove", "path": ["spec", "externalIPs"]},
	"cause": k8s.cause("exposure"),
} if {
	not k8s.foreign
	is_array(ips)
	count(ips) > 0
	every ip in ips {
		is_string(ip)
	}
}

unknown contains {"msg": "spec is missing or not a mapping", "path": k8s.nearest(["spec"])} if {
	not is_object(object.get(input.object, "spec", null))
}

unknown contains {
	"msg": "the external addresses cannot be read",
	"path": ["spec", "externalIPs"],
} if {
	ips != null
	not is_array(ips)
}

unknown contains {
	"msg": "the external addresses cannot be read",
	"path": ["spec", "externalIPs"],
} if {
	some ip in ips
	not is_string(ip)
}
