# METADATA
# scope: package
# title: Services survive the loss of a pod
# description: >-
#   With one replica each node drain, eviction or rollout of the node pool is an outage.
# custom:
#   id: MLN-REL-003
#   severity: low
#   category: reliability
#   kinds: [Deployment, StatefulSet]
#   stages: [build, deploy]
#   needs: [inventory]
#   remediation: >-
#     Set spec.replicas to 2 or more, or let an autoscaler with minReplicas of 2 or more decide.
#   exposes: 1
#   mappings:
#     pss: []
#     nsa: ["Resource policies"]
#     attack: ["T1499"]
#     cis: []
#     k8s_docs:
#       - "https://kubernetes.io/docs/concepts/workloads/controllers/deployment/"
#       - "https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/"
package merlon.controls.replicas

import data.merlon.lib.k8s
import data.merlon.lib.tree

not_applicable if k8s.foreign

unknown contains {"msg": tree.absent_message} if tree.absent
path := ["spec", "replicas"]

asked := object.get(input.object, path, null)

# An autoscaler owns the number, so the one written down does not count.
scalers := [h |
	some h in tree.in_namespace(k8s.namespace, "HorizontalPodAutoscaler")
	h.spec.scaleTargetRef.kind == k8s.kind
	h.spec.scaleTargetRef.name == k8s.name
]

not_applicable if asked == 0

violation contains {
	"msg": "there is one replica, and no autoscaler that asks for more",
	"path": k8s.nearest(path),
	"value": asked,
	"fix": {"op": "set", "path": path, "value": 2},
	"cause": k8s.cause("replicas"),
} if {
	not tree.absent
	not k8s.foreign
	is_object(input.object.spec)
	asked in {null, 1}
	count(scalers) == 0
}

violation contains {
	"msg": sprintf("the autoscaler %s may go down to one replica", [k8s.name_of(h)]),
	"path": k8s.nearest(path),
	"cause": k8s.cause("replicas"),
} if {
	not tree.absent
	not k8s.foreign
	some h in scalers
	object.get(h, ["spec", "minReplicas"], 1) in {null, 0, 1}
}

unknown contains {
	"msg": sprintf("spec.replicas is %s", [k8s.described(asked)]),
	"path": path,
} if {
	asked != null
	not is_number(asked)
}

unknown contains {"msg": "spec is missing or not a mapping", "path": k8s.nearest(["spec"])} if {
	not is_object(object.get(input.object, "spec", null))
}
