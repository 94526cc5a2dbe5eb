# METADATA
# scope: package
# title: No secrets are written into the environment
# description: >-
#   A literal in a manifest is in the version history, in every copy of the repository and in the
#   output of kubectl for everybody who may read pods. It cannot be rotated without a release.
# custom:
#   id: MLN-SEC-001
#   severity: high
#   category: secrets
#   kinds:
#     - Pod
#     - Deployment
#     - StatefulSet
#     - DaemonSet
#     - ReplicaSet
#     - ReplicationController
#     - Job
#     - CronJob
#     - PodTemplate
#   stages: [build, deploy]
#   needs: []
#   remediation: >-
#     Put the value into a secret store, and read it through a Secret that is mounted as a file or
#     named by secretKeyRef. Rotate it.
#   exposes: 7
#   mappings:
#     pss: []
#     nsa: ["Secrets"]
#     attack: ["T1552.001"]
#     cis: ["5.4.1"]
#     k8s_docs:
#       - "https://kubernetes.io/docs/concepts/configuration/secret/"
#       - "https://kubernetes.io/docs/concepts/security/secrets-good-practices/"
package merlon.controls.secrets_in_env

import data.merlon.lib.k8s
import data.merlon.lib.secrets

not_applicable if k8s.foreign

unknown contains u if some u in k8s.malformed

violation contains {
	"msg": sprintf("%s has %s in the environment variable %s", [c.label, what, name]),
	"path": path,
	"value": secrets.masked(e.value),
	"cause": k8s.cause("secrets"),
} if {
	some c in k8s.containers
	is_array(c.spec.env)
	some i, e in c.spec.env
	is_string(e.value)
	name := env_name(e)
	what := judged(name, e.value)
	path := array.concat(c.path, ["env", i, "value"])
}

env_name(e) := e.name if {
	is_string(e.name)
} else := "(no name)"

judged(_, value) := secrets.form(value)

judged(name, value) := "a literal secret" if {
	not secrets.form(value)
	secrets.telling(name)
	secrets.literal(value)
}

unknown contains {"msg": sprintf("%s cannot be read", [k8s.path_text(path)]), "path": path} if {
	some c in k8s.containers
	c.spec.env != null
	not is_array(c.spec.env)
	path := array.concat(c.path, ["env"])
}

unknown contains {"msg": sprintf("%s cannot be read", [k8s.path_text(path)]), "path": path} if {
	some c in k8s.containers
	is_array(c.spec.env)
	some i, e in c.spec.env
	not readable(e)
	path := array.concat(c.path, ["env", i])
}

readable(e) if {
	is_string(e.name)
	not object.get(e, "value", "") in {[], {}}
	not is_object(object.get(e, "value", ""))
	not is_array(object.get(e, "value", ""))
}
