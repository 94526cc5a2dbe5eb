# METADATA
# scope: package
# title: No environment variable is set twice
# description: >-
#   Of two values for one name the last one counts, which reviewers miss: a limit or a switch that
#   stands in the manifest has no effect.
# custom:
#   id: MLN-REL-010
#   severity: low
#   category: reliability
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
#     Remove the entry that does not count.
#   exposes: 1
#   mappings:
#     pss: []
#     nsa: ["Resource policies"]
#     attack: ["T1499"]
#     cis: []
#     k8s_docs:
#       - "https://kubernetes.io/docs/tasks/inject-data-application/define-environment-variable-container/"
package merlon.controls.duplicate_env

import data.merlon.lib.k8s

not_applicable if k8s.foreign

unknown contains u if some u in k8s.malformed

violation contains {
	"msg": sprintf("%s sets %s again; only the last value counts", [c.label, e.name]),
	"path": array.concat(c.path, ["env", i, "name"]),
	"value": e.name,
	"cause": k8s.cause("environment"),
} if {
	some c in k8s.containers
	is_array(c.spec.env)
	first := {name: min(places) |
		some earlier in c.spec.env
		name := earlier.name
		places := [k | some k, x in c.spec.env; x.name == name]
	}
	some i, e in c.spec.env
	is_string(e.name)
	first[e.name] < i
}

unknown contains {
	"msg": sprintf("%s is %s where a list is expected", [k8s.path_text(path), k8s.described(c.spec.env)]),
	"path": path,
} if {
	some c in k8s.containers
	not object.get(c.spec, "env", null) == null
	not is_array(c.spec.env)
	path := array.concat(c.path, ["env"])
}
