# METADATA
# scope: package
# title: A seccomp profile is set
# description: >-
#   Without a seccomp profile a container may call any system call, also those that only exploits
#   use. The runtime's default profile blocks dozens of them and disturbs nearly no workload.
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
#     pss: ["baseline", "restricted"]
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
accepted := {"RuntimeDefault", "Localhost"}

violation contains {
	"msg": sprintf("%s runs unconfined by seccomp", [c.label]),
	"path": path,
	"value": "Unconfined",
	"fix": {"op": "set", "path": path, "value": "RuntimeDefault"},
	"cause": k8s.cause("seccomp"),
} if {
	some c in k8s.linux_containers
	profile := k8s.setting(c, "seccompProfile")
	profile.value.type == "Unconfined"
	path := array.concat(profile.path, ["type"])
}

violation contains {
	"msg": sprintf("%s has no seccomp profile", [c.label]),
	"path": k8s.nearest(array.concat(k8s.pod_path, ["securityContext"])),
	"fix": {"op": "set", "path": path, "value": {"type": "RuntimeDefault"}},
	"cause": k8s.cause("security-context"),
} if {
	some c in k8s.linux_containers
	not k8s.setting(c, "seccompProfile")
	not annotated
	path := array.concat(k8s.pod_path, ["securityContext", "seccompProfile"])
}

# The annotations of before 1.19 still work on old clusters; nobody can tell which one this meets.
annotated if k8s.pod_annotations["seccomp.security.alpha.kubernetes.io/pod"]

unknown contains {
	"msg": "the profile is set by an annotation, which clusters since 1.27 ignore",
	"path": k8s.nearest(array.concat(k8s.template_path, ["metadata", "annotations"])),
} if {
	annotated
	some c in k8s.linux_containers
	not k8s.setting(c, "seccompProfile")
}

unknown contains {
	"msg": sprintf("%s has a seccomp profile of an unreadable type", [c.label]),
	"path": profile.path,
} if {
	some c in k8s.linux_containers
	profile := k8s.setting(c, "seccompProfile")
	not readable(profile.value)
}

readable(profile) if profile.type in accepted

readable(profile) if profile.type == "Unconfined"
