# METADATA
# scope: package
# title: No tokens that never expire are made
# description: >-
#   A Secret of the type service-account-token holds a token without expiry. Whoever copies it once
#   has access until somebody notices and deletes the Secret.
# custom:
#   id: MLN-SA-003
#   severity: high
#   category: identity
#   kinds: [Secret]
#   stages: [build, deploy]
#   needs: []
#   remediation: >-
#     Delete the Secret and take short-lived tokens from the TokenRequest API (kubectl create token,
#     projected volumes).
#   exposes: 6
#   mappings:
#     pss: []
#     nsa: ["Authentication and authorization"]
#     attack: ["T1528"]
#     cis: []
#     k8s_docs:
#       - "https://kubernetes.io/docs/concepts/configuration/secret/#serviceaccount-token-secrets"
package merlon.controls.long_lived_token

import data.merlon.lib.k8s

not_applicable if k8s.foreign

violation contains {
	"msg": sprintf("the Secret asks for a token of %s that never expires", [account]),
	"path": ["type"],
	"value": input.object.type,
	"cause": k8s.cause("long-lived-token"),
} if {
	not k8s.foreign
	input.object.type == "kubernetes.io/service-account-token"
}

account := sprintf("service account %q", [name]) if {
	name := k8s.annotations_of(input.object)["kubernetes.io/service-account.name"]
} else := "a service account"

unknown contains {"msg": sprintf("type is %s", [k8s.described(type)]), "path": ["type"]} if {
	type := input.object.type
	not readable(type)
}

readable(type) if type == null

readable(type) if {
	is_string(type)
	not k8s.placeholder(type)
}
