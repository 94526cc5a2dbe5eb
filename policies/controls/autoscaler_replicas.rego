# METADATA
# scope: package
# title: An autoscaler decides on the replicas alone
# description: >-
#   Where spec.replicas is written down beside an autoscaler, every apply sets the number back, and
#   a busy service loses its replicas until the autoscaler has noticed.
# custom:
#   id: MLN-REL-009
#   severity: low
#   category: reliability
#   kinds: [Deployment, StatefulSet]
#   stages: [build, deploy]
#   needs: [inventory]
#   remediation: >-
#     Remove spec.replicas from the manifest. With client-side apply, first remove it from the
#     last-applied annotation, or the number falls to one once.
#   exposes: 1
#   mappings:
#     pss: []
#     nsa: ["Resource policies"]
#     attack: ["T1499"]
#     cis: []
#     k8s_docs:
#       - "https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#migrating-deployments-and-statefulsets-to-horizontal-autoscaling"
package merlon.controls.autoscaler_replicas

import data.merlon.lib.k8s
import data.merlon.lib.tree

not_applicable if k8s.foreign

unknown contains {"msg": tree.absent_message} if tree.absent

asked := object.get(input.object, ["spec", "replicas"], null)

violation contains {
	"msg": sprintf("replicas is %v, while the autoscaler %s decides on it", [asked, k8s.name_of(h)]),
	"path": ["spec", "replicas"],
	"value": asked,
	"fix": {"op": "remove", "path": ["spec", "replicas"]},
	"cause": k8s.cause("replicas"),
} if {
	not tree.absent
	not k8s.foreign

	# Zero switches the autoscaler off, which is said on purpose.
	not asked in {null, 0}
	some h in tree.in_namespace(k8s.namespace, "HorizontalPodAutoscaler")
	h.spec.scaleTargetRef.kind == k8s.kind
	h.spec.scaleTargetRef.name == k8s.name
}

unknown contains {
	"msg": sprintf("spec is %s where a mapping is expected", [k8s.found_at(["spec"])]),
	"path": k8s.nearest(["spec"]),
} if {
	not is_object(object.get(input.object, "spec", null))
}
