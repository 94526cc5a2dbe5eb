# METADATA
# scope: package
# title: Moving images are always pulled
# description: >-
#   With IfNotPresent or Never, a node keeps running an old copy of a tag that has moved, and a pod
#   may use a private image that another tenant pulled. A digest cannot move, so it is content with
#   any policy.
# custom:
#   id: MLN-IMG-003
#   severity: low
#   category: supply-chain
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
#     Pin the image by digest, or set imagePullPolicy to Always.
#   exposes: 2
#   mappings:
#     pss: []
#     nsa: ["Supply chain"]
#     attack: ["T1525"]
#     cis: []
#     k8s_docs:
#       - "https://kubernetes.io/docs/concepts/containers/images/#image-pull-policy"
package merlon.controls.image_pull_policy

import data.merlon.lib.k8s

not_applicable if k8s.foreign

unknown contains u if some u in k8s.malformed

violation contains {
	"msg": sprintf("%s may run a stale copy of %s: imagePullPolicy is %s", [c.label, image, policy]),
	"path": path,
	"value": policy,
	"fix": {"op": "set", "path": path, "value": "Always"},
	"cause": sprintf("image:%s", [image]),
} if {
	some c in k8s.containers
	image := c.spec.image
	k8s.image_known(image)
	not k8s.image_digest(image)
	k8s.image_tag(image) in {"", "latest"}
	policy := c.spec.imagePullPolicy
	policy in {"IfNotPresent", "Never"}
	path := array.concat(c.path, ["imagePullPolicy"])
}

unknown contains {
	"msg": sprintf("%s is %s, which is no pull policy", [k8s.path_text(path), k8s.described(policy)]),
	"path": path,
} if {
	some c in k8s.containers
	policy := c.spec.imagePullPolicy
	not policy in {null, "Always", "IfNotPresent", "Never"}
	path := array.concat(c.path, ["imagePullPolicy"])
}

unknown contains u if some u in k8s.image_unknown
