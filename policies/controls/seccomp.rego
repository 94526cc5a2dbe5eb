# METADATA
# scope: package
# title: A seccomp profile is set
# description: >-
#   Without a seccomp profile a container may call any system call, also those that only exploits
#   use. The runtime's default profile blocks dozens of them and disturbs nearly no workload. A
#   profile that is switched off is judged by MLN-POD-020.
# custom:
#   id: MLN-POD-008
#   severity: medium
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
#     Set seccompProfile.type to RuntimeDefault in the pod's security context.
#   exposes: 4
#   mappings:
#     pss: ["restricted"]
#     nsa: ["Pod security enforcement"]
#     attack: ["T1611", "T1068"]
#     cis: ["5.7.2"]
#     k8s_docs:
#       - "https://kubernetes.io/docs/tutorials/security/seccomp/"
#       - "https://kubernetes.io/docs/concepts/security/pod-security-standards/"
package merlon.controls.seccomp

import data.merlon.lib.k8s

not_applicable if k8s.foreign

not_applicable if k8s.windows

unknown contains u if some u in k8s.malformed

violation contains {
	"msg": sprintf("%s has no seccomp profile%s", [c.label, but]),
	"path": k8s.nearest(array.concat(k8s.pod_path, ["securityContext"])),
	"fix": {"op": "set", "path": path, "value": {"type": "RuntimeDefault"}, "safe": true},
	"cause": k8s.cause("security-context"),
} if {
	some c in k8s.linux_containers
	not k8s.setting(c, "seccompProfile")
	path := array.concat(k8s.pod_path, ["securityContext", "seccompProfile"])
}

but := " but in an annotation, which Kubernetes ignores since 1.27" if {
	k8s.pod_annotations["seccomp.security.alpha.kubernetes.io/pod"]
} else := ""

unknown contains {
	"msg": sprintf("%s has a seccomp profile of an unreadable type", [c.label]),
	"path": profile.path,
} if {
	some c in k8s.linux_containers
	profile := k8s.setting(c, "seccompProfile")
	not readable(profile.value)
}

readable(profile) if profile.type in {"RuntimeDefault", "Localhost", "Unconfined"}
