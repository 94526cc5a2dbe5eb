# METADATA
# scope: package
# title: Windows pods are no HostProcess pods
# description: >-
#   A HostProcess container runs straight on the Windows node with its accounts; it is the Windows
#   form of privileged.
# custom:
#   id: MLN-POD-018
#   severity: critical
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
#     Remove windowsOptions.hostProcess.
#   exposes: 10
#   mappings:
#     pss: ["baseline"]
#     nsa: ["Pod security enforcement"]
#     attack: ["T1611"]
#     cis: ["5.2.11"]
#     k8s_docs:
#       - "https://kubernetes.io/docs/tasks/configure-pod-container/create-hostprocess-pod/"
#       - "https://kubernetes.io/docs/concepts/security/pod-security-standards/"
package merlon.controls.host_process

import data.merlon.lib.k8s

not_applicable if k8s.foreign

unknown contains u if some u in k8s.malformed
holders := array.concat([{"spec": k8s.pod_spec, "path": k8s.pod_path, "label": "the pod"}], k8s.containers)

violation contains {
	"msg": sprintf("%s runs as a process of the Windows node", [h.label]),
	"path": path,
	"value": true,
	"fix": {"op": "remove", "path": path},
	"cause": k8s.cause("host-process"),
} if {
	some h in holders
	h.spec.securityContext.windowsOptions.hostProcess == true
	path := array.concat(h.path, ["securityContext", "windowsOptions", "hostProcess"])
}

unknown contains u if {
	some h in holders
	path := array.concat(h.path, ["securityContext", "windowsOptions"])
	u := k8s.unreadable_flag(h.spec.securityContext.windowsOptions, path, "hostProcess")
}

unknown contains {
	"msg": sprintf("%s has Windows options that cannot be read", [h.label]),
	"path": path,
} if {
	some h in holders
	options := h.spec.securityContext.windowsOptions
	options != null
	not is_object(options)
	path := array.concat(h.path, ["securityContext", "windowsOptions"])
}
