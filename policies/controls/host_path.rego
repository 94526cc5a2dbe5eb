# METADATA
# scope: package
# title: No files of the node are mounted
# description: >-
#   A hostPath volume opens a part of the node's file system to the pod. With a writable or a
#   sensitive path (/, /etc, /var/lib/kubelet, /proc) a pod takes over the node; even read-only it
#   may read the secrets of other pods.
# custom:
#   id: MLN-POD-003
#   severity: high
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
#     - PersistentVolume
#   stages: [build, deploy]
#   needs: []
#   remediation: >-
#     Use a volume type that Kubernetes manages (emptyDir, configMap, secret, a claim). A node agent
#     that must read the node mounts the narrowest path with readOnly true, as an accepted
#     exception.
#   exposes: 8
#   mappings:
#     pss: ["baseline"]
#     nsa: ["Pod security enforcement"]
#     attack: ["T1611", "T1552.001"]
#     cis: ["5.2.12"]
#     k8s_docs:
#       - "https://kubernetes.io/docs/concepts/storage/volumes/#hostpath"
#       - "https://kubernetes.io/docs/concepts/security/pod-security-standards/"
package merlon.controls.host_path

import data.merlon.lib.k8s

not_applicable if k8s.foreign

unknown contains u if some u in k8s.malformed

violation contains {
	"msg": sprintf("volume %s mounts %s of the node", [volume_name(v), host_path(v.hostPath)]),
	"path": path,
	"value": v.hostPath,
	"cause": sprintf("host-path:%s", [host_path(v.hostPath)]),
} if {
	is_array(k8s.pod_spec.volumes)
	some i, v in k8s.pod_spec.volumes
	v.hostPath != null
	path := array.concat(k8s.pod_path, ["volumes", i, "hostPath"])
}

violation contains {
	"msg": sprintf("the volume keeps its data in %s of one node", [host_path(v)]),
	"path": ["spec", "hostPath"],
	"value": v,
	"cause": sprintf("host-path:%s", [host_path(v)]),
} if {
	volume
	v := input.object.spec.hostPath
	v != null
}

unknown contains {"msg": "spec is missing or not a mapping", "path": k8s.nearest(["spec"])} if {
	volume
	not is_object(object.get(input.object, "spec", null))
}

volume if {
	k8s.kind == "PersistentVolume"
	not k8s.foreign
}

volume_name(v) := sprintf("%q", [v.name]) if {
	is_string(v.name)
} else := "(no name)"

host_path(h) := h.path if {
	is_string(h.path)
} else := "an unreadable path"
