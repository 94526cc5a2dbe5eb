# METADATA
# scope: package
# title: Volumes are of types that Kubernetes manages
# description: >-
#   Volumes that name a server or a disk inside the pod specification (nfs, iscsi, cephfs, rbd and
#   so on) let whoever writes a pod reach storage that nobody granted through a claim.
# custom:
#   id: MLN-POD-019
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
#     Put the storage behind a PersistentVolumeClaim.
#   exposes: 3
#   mappings:
#     pss: ["restricted"]
#     nsa: ["Pod security enforcement"]
#     attack: ["T1610"]
#     cis: []
#     k8s_docs:
#       - "https://kubernetes.io/docs/concepts/security/pod-security-standards/"
#       - "https://kubernetes.io/docs/concepts/storage/volumes/"
package merlon.controls.volume_types

import data.merlon.lib.k8s

not_applicable if k8s.foreign

unknown contains u if some u in k8s.malformed
accepted := {
	"configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "image",
	"persistentVolumeClaim", "projected", "secret",
}

# hostPath has a control of its own.
violation contains {
	"msg": sprintf("a volume of type %s is mounted without a claim", [type]),
	"path": array.concat(k8s.pod_path, ["volumes", i, type]),
	"cause": k8s.cause("volumes"),
} if {
	is_array(k8s.pod_spec.volumes)
	some i, v in k8s.pod_spec.volumes
	some type, source in v
	is_object(source)
	not type in accepted
	type != "hostPath"
}

unknown contains {
	"msg": sprintf("%s is %s where a mapping is expected", [k8s.path_text(path), k8s.described(source)]),
	"path": path,
} if {
	is_array(k8s.pod_spec.volumes)
	some i, v in k8s.pod_spec.volumes
	some type, source in v
	type != "name"
	source != null
	not is_object(source)
	path := array.concat(k8s.pod_path, ["volumes", i, type])
}
