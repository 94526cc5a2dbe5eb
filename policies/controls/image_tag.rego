# METADATA
# scope: package
# title: Images name a version
# description: >-
#   With the tag latest, or none, nobody can say what runs, two nodes may run different programs,
#   and there is nothing to roll back to.
# custom:
#   id: MLN-IMG-002
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
#     Name the version that was tested, and best its digest too.
#   exposes: 4
#   mappings:
#     pss: []
#     nsa: ["Supply chain"]
#     attack: ["T1204.003", "T1525"]
#     cis: []
#     k8s_docs:
#       - "https://kubernetes.io/docs/concepts/containers/images/"
#       - "https://kubernetes.io/docs/concepts/configuration/overview/"
package merlon.controls.image_tag

import data.merlon.lib.k8s

not_applicable if k8s.foreign

unknown contains u if some u in k8s.malformed

violation contains {
	"msg": sprintf("%s runs %s %s", [c.label, image, why]),
	"path": path,
	"value": image,
	"cause": sprintf("image:%s", [image]),
} if {
	some c in k8s.containers
	image := c.spec.image
	k8s.image_known(image)
	not k8s.image_digest(image)
	why := moving(k8s.image_tag(image))
	path := array.concat(c.path, ["image"])
}

moving("") := "without a tag, which means latest"

moving("latest") := "by a tag that moves with each release"

unknown contains u if some u in k8s.image_unknown
