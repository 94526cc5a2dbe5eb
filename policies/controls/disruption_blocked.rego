# METADATA
# scope: package
# title: Disruption budgets let nodes be drained
# description: >-
#   A budget that allows no disruption at all blocks node drains, so security updates of the nodes
#   wait or are forced.
# custom:
#   id: MLN-REL-005
#   severity: low
#   category: reliability
#   kinds: [PodDisruptionBudget]
#   stages: [build, deploy]
#   needs: []
#   remediation: >-
#     Set maxUnavailable to 1, or minAvailable below the number of replicas.
#   exposes: 1
#   mappings:
#     pss: []
#     nsa: ["Upgrading and application security practices"]
#     attack: ["T1499"]
#     cis: []
#     k8s_docs:
#       - "https://kubernetes.io/docs/tasks/run-application/configure-pdb/"
package merlon.controls.disruption_blocked

import data.merlon.lib.k8s

not_applicable if k8s.foreign
limit(key) := object.get(input.object, ["spec", key], null)

violation contains {
	"msg": sprintf("%s is %v: no pod may ever be moved", [key, limit(key)]),
	"path": ["spec", key],
	"value": limit(key),
	"cause": k8s.cause("disruption"),
} if {
	not k8s.foreign
	some key, values in {"maxUnavailable": {0, "0", "0%"}, "minAvailable": {"100%"}}
	limit(key) in values
}

unknown contains {
	"msg": sprintf("spec.%s is %s", [key, k8s.described(limit(key))]),
	"path": ["spec", key],
} if {
	some key in ["maxUnavailable", "minAvailable"]
	not readable(limit(key))
}

readable(null)

readable(v) if is_number(v)

readable(v) if regex.match(`^[0-9]{1,9}%?$`, v)

unknown contains {"msg": "spec is missing or not a mapping", "path": k8s.nearest(["spec"])} if {
	not is_object(object.get(input.object, "spec", null))
}
