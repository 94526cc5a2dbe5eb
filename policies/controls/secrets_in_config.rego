# METADATA
# scope: package
# title: No secrets are kept in ConfigMaps
# description: >-
#   ConfigMaps are readable by everybody with the view role, are not encrypted at rest where Secrets
#   are, and end up in version control.
# custom:
#   id: MLN-SEC-002
#   severity: high
#   category: secrets
#   kinds: [ConfigMap]
#   stages: [build, deploy]
#   needs: []
#   remediation: >-
#     Move the value into a Secret that comes from a secret store, mount that, and rotate the value.
#   exposes: 7
#   mappings:
#     pss: []
#     nsa: ["Secrets"]
#     attack: ["T1552.001", "T1552.007"]
#     cis: ["5.4.1"]
#     k8s_docs:
#       - "https://kubernetes.io/docs/concepts/configuration/secret/"
#       - "https://kubernetes.io/docs/concepts/configuration/configmap/"
package merlon.controls.secrets_in_config

import data.merlon.lib.k8s
import data.merlon.lib.secrets

not_applicable if k8s.foreign

violation contains {
	"msg": sprintf("the key %q holds %s", [key, what]),
	"path": ["data", key],
	"value": secrets.masked(value),
	"cause": k8s.cause("secrets"),
} if {
	not k8s.foreign
	some key, value in input.object.data
	is_string(key)
	is_string(value)
	what := judged(key, value)
}

judged(_, value) := secrets.form(value)

judged(key, value) := "a literal secret" if {
	not secrets.form(value)
	secrets.telling(key)
	secrets.literal(value)
}

# A file inside the ConfigMap: lines of the form name = value or name: value.
judged(key, value) := sprintf("a literal secret in the line of %q", [names[0]]) if {
	not secrets.form(value)
	not secrets.telling(key)
	contains(value, "\n")
	names := [name |
		some line in array.slice(split(value, "\n"), 0, 2000)
		found := regex.find_all_string_submatch_n(assignment, line, 1)
		[_, name, literal] := found[0]
		secrets.telling(name)
		secrets.literal(literal)
	]
}

assignment := `^\s*([A-Za-z0-9_.-]+)\s*[=:]\s*["']?([^\s"'#]+)`

unknown contains {
	"msg": sprintf("%s is %s where a mapping is expected", [key, k8s.described(value)]),
	"path": [key],
} if {
	some key in ["data", "binaryData"]
	value := input.object[key]
	value != null
	not is_object(value)
}

unknown contains {
	"msg": sprintf("the value of %q is %s where a string is expected", [key, k8s.described(value)]),
	"path": ["data", key],
} if {
	is_object(input.object.data)
	some key, value in input.object.data
	not is_string(value)
}
