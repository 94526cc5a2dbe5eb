# METADATA
# scope: package
# title: No Secret is kept in the source tree
# description: >-
#   The data of a Secret is only encoded, not encrypted. Whoever can read the repository, or any old
#   copy of it, can read the value.
# custom:
#   id: MLN-SEC-004
#   severity: high
#   category: secrets
#   kinds: [Secret]
#   stages: [build]
#   needs: []
#   remediation: >-
#     Keep only a reference in the tree (an external secret, a sealed or SOPS-encrypted one), remove
#     the value from the history, and rotate it.
#   exposes: 7
#   mappings:
#     pss: []
#     nsa: ["Secrets"]
#     attack: ["T1552.001"]
#     cis: []
#     k8s_docs:
#       - "https://kubernetes.io/docs/concepts/security/secrets-good-practices/"
package merlon.controls.secret_in_tree

import data.merlon.lib.k8s

not_applicable if k8s.foreign

violation contains {
	"msg": sprintf("the Secret's %s of %q is in the tree for everybody to read", [part, key]),
	"path": [part, key],
	"cause": k8s.cause("secrets"),
} if {
	input.stage == "build"
	not k8s.foreign
	not encrypted
	some part in ["data", "stringData"]
	some key, value in input.object[part]
	is_string(key)
	is_string(value)
	value != ""
	not k8s.placeholder(value)
	not public(key)
}

# Certificates without their keys are public.
public(key) if key in {"ca.crt", "tls.crt"}

# SOPS leaves the shape alone and encrypts the values.
encrypted if is_object(input.object.sops)

not_applicable if input.stage != "build"

unknown contains {
	"msg": sprintf("%s is %s where a mapping is expected", [part, k8s.described(value)]),
	"path": [part],
} if {
	some part in ["data", "stringData"]
	value := input.object[part]
	value != null
	not is_object(value)
}

unknown contains {
	"msg": sprintf("the value of %q is %s", [key, k8s.described(value)]),
	"path": [part, key],
} if {
	some part in ["data", "stringData"]
	is_object(input.object[part])
	some key, value in input.object[part]
	not readable(value)
}

readable(value) if {
	is_string(value)
	not k8s.placeholder(value)
}
