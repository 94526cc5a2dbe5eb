# METADATA
# scope: package
# title: Services have a disruption budget
# description: >-
#   Without a PodDisruptionBudget a node drain may stop all replicas of a service at once.
# custom:
#   id: MLN-REL-004
#   severity: low
#   category: reliability
#   kinds: [Deployment, StatefulSet]
#   stages: [build, deploy]
#   needs: [inventory]
#   remediation: >-
#     Add a PodDisruptionBudget with maxUnavailable 1 that selects the pods.
#   exposes: 1
#   mappings:
#     pss: []
#     nsa: ["Resource policies"]
#     attack: ["T1499"]
#     cis: []
#     k8s_docs:
#       - "https://kubernetes.io/docs/tasks/run-application/configure-pdb/"
package merlon.controls.disruption_budget

import data.merlon.lib.k8s
import data.merlon.lib.tree

not_applicable if k8s.foreign

unknown contains {"msg": tree.absent_message} if tree.absent
replicas := object.get(input.object, ["spec", "replicas"], 1)

# One replica cannot be kept up through a drain.
not_applicable if replicas in {0, 1, null}

violation contains {
	"msg": sprintf("no PodDisruptionBudget of namespace %s selects these pods", [k8s.namespace]),
	"path": k8s.nearest(["spec", "replicas"]),
	"cause": k8s.cause("disruption"),
} if {
	not tree.absent
	not not_applicable
	is_number(replicas)
	k8s.pod_spec
	not protected
}

protected if {
	some b in tree.in_namespace(k8s.namespace, "PodDisruptionBudget")
	tree.selects(b.spec.selector, k8s.pod_labels)
}

unknown contains {
	"msg": sprintf("spec.replicas is %s", [k8s.described(replicas)]),
	"path": ["spec", "replicas"],
} if {
	not is_number(replicas)
}

unknown contains u if some u in k8s.malformed
