# METADATA
# scope: package
# title: Ingress names its hosts
# description: >-
#   A rule without a host, or with a star, answers for every name that points at the cluster, also
#   for those of other applications.
# custom:
#   id: MLN-NET-008
#   severity: low
#   category: network
#   kinds: [Ingress]
#   stages: [build, deploy]
#   needs: []
#   remediation: >-
#     Write the full host name into each rule.
#   exposes: 2
#   mappings:
#     pss: []
#     nsa: ["Network separation and hardening"]
#     attack: ["T1190"]
#     cis: []
#     k8s_docs:
#       - "https://kubernetes.io/docs/concepts/services-networking/ingress/#hostname-wildcards"
package merlon.controls.ingress_host

import data.merlon.lib.k8s

not_applicable if k8s.foreign

violation contains {
	"msg": sprintf("a rule answers for %s", [whom(host)]),
	"path": k8s.nearest(["spec", "rules", i, "host"]),
	"value": host,
	"cause": k8s.cause("hosts"),
} if {
	not k8s.foreign
	is_array(input.object.spec.rules)
	some i, rule in input.object.spec.rules
	host := object.get(rule, "host", "")
	loose(host)
}

loose(host) if host in {"", "*", null}

loose(host) if {
	is_string(host)
	startswith(host, "*.")
}

whom(host) := "every host name" if {
	host in {"", "*", null}
} else := sprintf("every name of the form %s", [host])

unknown contains {
	"msg": "the rules of the Ingress cannot be read",
	"path": k8s.nearest(["spec", "rules"]),
} if {
	not k8s.foreign
	not readable
}

readable if {
	is_object(input.object.spec)
	list := object.get(input.object.spec, "rules", null)
	readable_rules(list)
}

readable_rules(null)

readable_rules(list) if {
	is_array(list)
	every rule in list {
		is_object(rule)
		readable_host(object.get(rule, "host", null))
	}
}

readable_host(null)

readable_host(host) if {
	is_string(host)
	not k8s.placeholder(host)
}
