# METADATA
# scope: package
# title: Images are pinned by digest
# description: >-
#   A tag can be moved to other bytes at any time, by its owner or by a thief. Only a digest says
#   that what was tested and signed is what runs.
# custom:
#   id: MLN-IMG-001
#   severity: medium
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
#     Add the digest to the reference, as in name:tag@sha256:…; keep the tag for the reader.
#   exposes: 5
#   mappings:
#     pss: []
#     nsa: ["Supply chain"]
#     attack: ["T1525", "T1195.002"]
#     cis: []
#     k8s_docs:
#       - "https://kubernetes.io/docs/concepts/containers/images/"
package merlon.controls.image_digest

import data.merlon.lib.k8s

not_applicable if k8s.foreign

unknown contains u if some u in k8s.malformed

violation contains {
	"msg": sprintf("%s runs %s, which a push can change", [c.label, image]),
	"path": path,
	"value": image,
	"cause": sprintf("image:%s", [image]),
} if {
	some c in k8s.containers
	image := c.spec.image
	k8s.image_known(image)
	not k8s.image_digest(image)
	path := array.concat(c.path, ["image"])
}

unknown contains u if some u in k8s.image_unknown
