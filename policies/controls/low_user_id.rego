# METADATA
# scope: package
# title: User ids are none that the node uses
# description: >-
#   Ids below 10000 are given to accounts of the node and of images, so a process that gets out of
#   its container may own files there. High ids belong to nobody.
# custom:
#   id: MLN-POD-023
#   severity: low
#   category: pod-security
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
#     Set runAsUser to a number of 10000 or more, and let the image own its files by group.
#   exposes: 1
#   mappings:
#     pss: []
#     nsa: ["Non-root containers"]
#     attack: ["T1611"]
#     cis: []
#     k8s_docs:
#       - "https://kubernetes.io/docs/tasks/configure-pod-container/security-context/"
package merlon.controls.low_user_id

import data.merlon.lib.k8s

not_applicable if k8s.foreign

not_applicable if k8s.windows

# In a user namespace ids mean nothing on the node.
not_applicable if k8s.user_namespace

# Without runAsUser the image decides, which the manifest does not show. Root is another control's.
not_applicable if {
	k8s.has_containers
	count(k8s.malformed) == 0
	count(decided) == 0
}

unknown contains u if some u in k8s.malformed

decided := [c |
	some c in k8s.linux_containers
	not k8s.setting(c, "runAsUser").value == 0
	k8s.setting(c, "runAsUser")
]

violation contains {
	"msg": sprintf("%s runs as user %d, which the node may use", [c.label, user.value]),
	"path": user.path,
	"value": user.value,
	"fix": {"op": "set", "path": user.path, "value": user.value + 10000},
	"cause": k8s.cause("user-id"),
} if {
	some c in decided
	user := k8s.setting(c, "runAsUser")
	is_number(user.value)
	user.value < 10000
}

unknown contains {
	"msg": sprintf("%s is %s where a number is expected", [k8s.path_text(user.path), k8s.described(user.value)]),
	"path": user.path,
} if {
	some c in decided
	user := k8s.setting(c, "runAsUser")
	not is_number(user.value)
}
