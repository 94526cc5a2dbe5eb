# METADATA
# scope: package
# title: Aggregated APIs are reached over verified TLS
# description: >-
#   With insecureSkipTLSVerify the API server sends requests and the callers' identities to whoever
#   answers in the network under that name.
# custom:
#   id: MLN-ADM-002
#   severity: high
#   category: admission
#   kinds: [APIService]
#   stages: [build, deploy]
#   needs: []
#   remediation: >-
#     Set caBundle and remove insecureSkipTLSVerify.
#   exposes: 6
#   mappings:
#     pss: []
#     nsa: ["Network separation and hardening"]
#     attack: ["T1557"]
#     cis: []
#     k8s_docs:
#       - "https://kubernetes.io/docs/tasks/extend-kubernetes/configure-aggregation-layer/"
package merlon.controls.apiservice_tls

import data.merlon.lib.k8s

not_applicable if k8s.foreign

violation contains {
	"msg": "the API server does not check the certificate of this API",
	"path": ["spec", "insecureSkipTLSVerify"],
	"value": true,
	"fix": {"op": "remove", "path": ["spec", "insecureSkipTLSVerify"]},
	"cause": k8s.cause("tls"),
} if {
	not k8s.foreign
	input.object.spec.insecureSkipTLSVerify == true
}

unknown contains k8s.unreadable_flag(input.object.spec, ["spec"], "insecureSkipTLSVerify")

unknown contains {"msg": "spec is missing or not a mapping", "path": k8s.nearest(["spec"])} if {
	not is_object(object.get(input.object, "spec", null))
}
