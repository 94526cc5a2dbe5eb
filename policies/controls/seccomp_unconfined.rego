# METADATA
# scope: package
# title: Seccomp is not switched off
# description: >-
#   Unconfined takes away the filter of system calls even where the cluster or the runtime would
#   set one. A process that is taken over may then try every flaw of the kernel.
# custom:
#   id: MLN-POD-020
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
#   stages: [build, deploy]
#   needs: []
#   remediation: >-
#     Set seccompProfile.type to RuntimeDefault, or to Localhost with a profile of your own.
#   exposes: 5
#   mappings:
#     pss: ["baseline"]
#     nsa: ["Pod security enforcement"]
#     attack: ["T1611", "T1068"]
#     cis: ["5.7.2"]
#     k8s_docs:
#       - "https://kubernetes.io/docs/tutorials/security/seccomp/"
#       - "https://kubernetes.io/docs/concepts/security/pod-security-standards/"
package merlon.controls.seccomp_unconfined

import data.merlon.lib.k8s

not_applicable if k8s.foreign

not_applicable if k8s.windows

unknown contains u if some u in k8s.malformed

# The pod is judged beside its containers: its profile is what a later container would get.
holders := array.concat(
	[{"spec": k8s.pod_spec, "path": k8s.pod_path, "label": "the pod"}],
	k8s.linux_containers,
)

violation contains {
	"msg": sprintf("%s runs unconfined by seccomp", [h.label]),
	"path": path,
	"value": "Unconfined",
	"fix": {"op": "set", "path": path, "value": "RuntimeDefault"},
	"cause": k8s.cause("seccomp"),
} if {
	some h in holders
	h.spec.securityContext.seccompProfile.type == "Unconfined"
	path := array.concat(h.path, ["securityContext", "seccompProfile", "type"])
}

unknown contains {
	"msg": sprintf("%s has a seccomp profile of an unreadable type", [h.label]),
	"path": array.concat(h.path, ["securityContext", "seccompProfile"]),
} if {
	some h in holders
	profile := h.spec.securityContext.seccompProfile
	profile != null
	not readable(profile)
}

readable(profile) if profile.type in {"RuntimeDefault", "Localhost", "Unconfined"}
