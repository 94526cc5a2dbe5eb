# METADATA
# scope: package
# title: Not running as root is a promise that the kubelet checks
# description: >-
#   runAsUser above 0 keeps a container from root as long as nobody overrides it. With runAsNonRoot
#   true the kubelet refuses to start one that would be root all the same, and Pod Security asks for
#   that very field.
# custom:
#   id: MLN-POD-022
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
#     Set runAsNonRoot to true in the security context of the pod, beside runAsUser.
#   exposes: 2
#   mappings:
#     pss: ["restricted"]
#     nsa: ["Non-root containers"]
#     attack: ["T1611", "T1068"]
#     cis: ["5.2.7"]
#     k8s_docs:
#       - "https://kubernetes.io/docs/tasks/configure-pod-container/security-context/"
#       - "https://kubernetes.io/docs/concepts/security/pod-security-standards/"
package merlon.controls.run_as_non_root

import data.merlon.lib.k8s

not_applicable if k8s.foreign

not_applicable if k8s.windows

# Root in a user namespace is nobody outside of it.
not_applicable if k8s.user_namespace

unknown contains u if some u in k8s.malformed

# Containers that may run as root at all are the business of MLN-POD-004.
violation contains {
	"msg": sprintf("%s has a user above 0, but does not promise runAsNonRoot", [c.label]),
	"path": k8s.nearest(array.concat(k8s.pod_path, ["securityContext", "runAsNonRoot"])),
	"fix": {"op": "set", "path": array.concat(k8s.pod_path, ["securityContext", "runAsNonRoot"]), "value": true, "safe": true},
	"cause": k8s.cause("security-context"),
} if {
	some c in k8s.linux_containers
	user := k8s.setting(c, "runAsUser").value
	is_number(user)
	user > 0
	not promised(c)
	not c.spec.securityContext.runAsNonRoot == false
}

violation contains {
	"msg": sprintf("%s says runAsNonRoot false", [h.label]),
	"path": path,
	"value": false,
	"fix": {"op": "set", "path": path, "value": true},
	"cause": k8s.cause("security-context"),
} if {
	some h in array.concat([{"spec": k8s.pod_spec, "path": k8s.pod_path, "label": "the pod"}], k8s.linux_containers)
	h.spec.securityContext.runAsNonRoot == false
	path := array.concat(h.path, ["securityContext", "runAsNonRoot"])
}

promised(c) if k8s.setting(c, "runAsNonRoot").value == true

unknown contains u if {
	some h in array.concat([{"spec": k8s.pod_spec, "path": k8s.pod_path}], k8s.linux_containers)
	path := array.concat(h.path, ["securityContext"])
	u := k8s.unreadable_flag(h.spec.securityContext, path, "runAsNonRoot")
}
