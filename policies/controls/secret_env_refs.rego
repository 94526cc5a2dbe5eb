# METADATA
# scope: package
# title: Secrets are mounted as files, not as environment variables
# description: >-
#   The environment is inherited by every child process and printed by crash reports and debug
#   pages. A file is read once by who needs it, and changes when the Secret does.
# custom:
#   id: MLN-SEC-003
#   severity: low
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
#     Mount the Secret as a volume and let the program read the file.
#   exposes: 2
#   mappings:
#     pss: []
#     nsa: ["Secrets"]
#     attack: ["T1552.001"]
#     cis: ["5.4.1"]
#     k8s_docs:
#       - "https://kubernetes.io/docs/concepts/security/secrets-good-practices/"
package merlon.controls.secret_env_refs

import data.merlon.lib.k8s

not_applicable if k8s.foreign

unknown contains u if some u in k8s.malformed

violation contains {
	"msg": sprintf("%s reads the Secret %s into the environment", [c.label, secret_name(ref)]),
	"path": path,
	"value": secret_name(ref),
	"cause": k8s.cause("secret-env"),
} if {
	some c in k8s.containers
	is_array(c.spec.env)
	some i, e in c.spec.env
	ref := e.valueFrom.secretKeyRef
	ref != null
	path := array.concat(c.path, ["env", i, "valueFrom", "secretKeyRef"])
}

violation contains {
	"msg": sprintf("%s reads the whole Secret %s into the environment", [c.label, secret_name(ref)]),
	"path": path,
	"value": secret_name(ref),
	"cause": k8s.cause("secret-env"),
} if {
	some c in k8s.containers
	is_array(c.spec.envFrom)
	some i, e in c.spec.envFrom
	ref := e.secretRef
	ref != null
	path := array.concat(c.path, ["envFrom", i, "secretRef"])
}

secret_name(ref) := ref.name if {
	is_string(ref.name)
} else := "(no name)"

unknown contains {"msg": sprintf("%s cannot be read", [k8s.path_text(path)]), "path": path} if {
	some c in k8s.containers
	some key in ["env", "envFrom"]
	list := c.spec[key]
	list != null
	not readable(list)
	path := array.concat(c.path, [key])
}

readable(list) if {
	is_array(list)
	every e in list {
		is_object(e)
	}
}
