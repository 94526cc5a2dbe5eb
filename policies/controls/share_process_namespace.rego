# METADATA
# scope: package
# title: Containers of a pod do not share processes
# description: >-
#   With a shared process namespace each container sees the others' processes, environment and files
#   through /proc, so the weakest container of the pod gives away the secrets of all.
# custom:
#   id: MLN-POD-017
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
#     Remove shareProcessNamespace, and use an ephemeral container when you need to debug.
#   exposes: 2
#   mappings:
#     pss: []
#     nsa: ["Pod security enforcement"]
#     attack: ["T1552.001", "T1057"]
#     cis: []
#     k8s_docs:
#       - "https://kubernetes.io/docs/tasks/configure-pod-container/share-process-namespace/"
package merlon.controls.share_process_namespace

import data.merlon.lib.k8s

not_applicable if k8s.foreign

not_applicable if k8s.windows

unknown contains u if some u in k8s.malformed

violation contains {
	"msg": "the containers of the pod see each other's processes",
	"path": path,
	"value": true,
	"fix": {"op": "remove", "path": path},
	"cause": k8s.cause("share-process-namespace"),
} if {
	not k8s.windows
	k8s.pod_spec.shareProcessNamespace == true
	count(k8s.containers) > 1
	path := array.concat(k8s.pod_path, ["shareProcessNamespace"])
}

unknown contains k8s.unreadable_flag(k8s.pod_spec, k8s.pod_path, "shareProcessNamespace")
