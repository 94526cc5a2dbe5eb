# METADATA
# scope: package
# title: Ingress speaks TLS
# description: >-
#   Without TLS everybody on the way reads and changes what users send, sessions and passwords
#   included.
# custom:
#   id: MLN-NET-004
#   severity: medium
#   category: network
#   kinds: [Ingress]
#   stages: [build, deploy]
#   needs: []
#   remediation: >-
#     Add a tls entry that names the host and the Secret with its certificate.
#   exposes: 5
#   mappings:
#     pss: []
#     nsa: ["Network separation and hardening"]
#     attack: ["T1557", "T1040"]
#     cis: []
#     k8s_docs:
#       - "https://kubernetes.io/docs/concepts/services-networking/ingress/#tls"
package merlon.controls.ingress_tls

import data.merlon.lib.k8s

not_applicable if k8s.foreign
hosts := {h | some rule in input.object.spec.rules; h := object.get(rule, "host", "")}

covered := {h | some t in input.object.spec.tls; some h in t.hosts}

# A tls entry without hosts takes the certificate's names, for any host.
covers_all if {
	some t in input.object.spec.tls
	count(k8s.as_array(object.get(t, "hosts", []))) == 0
}

violation contains {
	"msg": "the Ingress has no TLS at all",
	"path": k8s.nearest(["spec", "tls"]),
	"cause": k8s.cause("tls"),
} if {
	readable
	count(k8s.as_array(object.get(input.object.spec, "tls", []))) == 0
}

violation contains {
	"msg": sprintf("no certificate is named for the host %q", [h]),
	"path": ["spec", "tls"],
	"value": h,
	"cause": k8s.cause("tls"),
} if {
	readable
	count(k8s.as_array(object.get(input.object.spec, "tls", []))) > 0
	not covers_all
	some h in hosts
	is_string(h)
	h != ""
	not served(h)
}

served(h) if h in covered

served(h) if {
	parts := split(h, ".")
	sprintf("*.%s", [concat(".", array.slice(parts, 1, count(parts)))]) in covered
}

readable if {
	not k8s.foreign
	is_object(input.object.spec)
	count(unreadable) == 0
}

unreadable contains key if {
	some key in ["tls", "rules"]
	v := input.object.spec[key]
	v != null
	not readable_list(v)
}

readable_list(v) if {
	is_array(v)
	every e in v {
		is_object(e)
		is_string(object.get(e, "host", ""))
		is_array(object.get(e, "hosts", []))
	}
}

unknown contains {
	"msg": sprintf("spec.%s cannot be read", [key]),
	"path": ["spec", key],
} if some key in unreadable

unknown contains {"msg": "spec is missing or not a mapping", "path": k8s.nearest(["spec"])} if {
	not is_object(object.get(input.object, "spec", null))
}
