# METADATA
# scope: package
# title: Autoscalers scale what exists
# description: >-
#   An autoscaler whose target is not there scales nothing, and the service falls over under the
#   load that it was written for.
# custom:
#   id: MLN-REL-007
#   severity: low
#   category: reliability
#   kinds: [HorizontalPodAutoscaler]
#   stages: [build, deploy]
#   needs: [inventory]
#   remediation: >-
#     Correct the kind and name in scaleTargetRef.
#   exposes: 1
#   mappings:
#     pss: []
#     nsa: ["Resource policies"]
#     attack: ["T1499"]
#     cis: []
#     k8s_docs:
#       - "https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/"
package merlon.controls.autoscaler_target

import data.merlon.lib.k8s
import data.merlon.lib.tree

not_applicable if k8s.foreign

unknown contains {"msg": tree.absent_message} if tree.absent
target := object.get(input.object, ["spec", "scaleTargetRef"], null)

violation contains {
	"msg": sprintf("%s %s/%s is not in the tree", [target.kind, k8s.namespace, target.name]),
	"path": ["spec", "scaleTargetRef"],
	"value": target.name,
	"cause": k8s.cause("target"),
} if {
	not tree.absent
	not k8s.foreign
	readable
	k8s.pod_paths[target.kind]
	count(tree.workloads(k8s.namespace)) > 0
	count(tree.named(tree.in_namespace(k8s.namespace, target.kind), target.name)) == 0
}

readable if {
	is_string(target.kind)
	is_string(target.name)
	not k8s.placeholder(target.name)
}

unknown contains {
	"msg": "the target cannot be read",
	"path": k8s.nearest(["spec", "scaleTargetRef"]),
} if not readable

unknown contains {
	"msg": sprintf("the kind %s is not one that we can look up", [target.kind]),
	"path": ["spec", "scaleTargetRef", "kind"],
} if {
	readable
	not k8s.pod_paths[target.kind]
}

unknown contains {
	"msg": sprintf("the tree shows no workloads of namespace %s", [k8s.namespace]),
	"path": ["spec", "scaleTargetRef"],
} if {
	not tree.absent
	not k8s.foreign
	readable
	k8s.pod_paths[target.kind]
	count(tree.workloads(k8s.namespace)) == 0
}
