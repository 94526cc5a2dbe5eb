# METADATA
# scope: package
# title: Containers do not run as root
# description: >-
#   Root in a container is root for the kernel. A flaw in the kernel or the runtime, or a mounted
#   file of the node, then gives root on the node. An image without a USER line runs as root unless
#   the pod says otherwise. In a user namespace (hostUsers false) root is nobody on the node, so
#   the control does not apply there.
# custom:
#   id: MLN-POD-004
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
#     Set runAsNonRoot to true for the pod and give runAsUser a number above 0, or set USER in the
#     image.
#   exposes: 6
#   mappings:
#     pss: ["restricted"]
#     nsa: ["Non-root containers"]
#     attack: ["T1611", "T1068"]
#     cis: ["5.2.7"]
#     k8s_docs:
#       - "https://kubernetes.io/docs/tasks/configure-pod-container/security-context/"
#       - "https://kubernetes.io/docs/concepts/security/pod-security-standards/"
package merlon.controls.run_as_root

import data.merlon.lib.k8s

not_applicable if k8s.foreign

not_applicable if k8s.windows

# Root in a user namespace is nobody outside of it.
not_applicable if k8s.user_namespace

unknown contains u if some u in k8s.malformed

violation contains {
	"msg": sprintf("%s runs as user 0 (root)", [c.label]),
	"path": user.path,
	"value": 0,
	"fix": {"op": "set", "path": user.path, "value": 10001},
	"cause": k8s.cause("security-context"),
} if {
	some c in k8s.linux_containers
	user := k8s.setting(c, "runAsUser")
	user.value == 0
}

violation contains {
	"msg": sprintf("%s may run as root: %s", [c.label, why_not(c)]),
	"path": k8s.nearest(array.concat(c.path, ["securityContext", "runAsNonRoot"])),
	"fix": {"op": "set", "path": array.concat(place(c), ["securityContext", "runAsNonRoot"]), "value": true},
	"cause": k8s.cause("security-context"),
} if {
	some c in k8s.linux_containers
	not k8s.never_root(c)
	not unreadable(c)
	not is_root(c)
}

is_root(c) if k8s.setting(c, "runAsUser").value == 0

why_not(c) := "runAsNonRoot is false and no runAsUser is set" if {
	k8s.setting(c, "runAsNonRoot").value == false
} else := "neither runAsNonRoot nor runAsUser is set"

# Where the container says false itself, only the container can be mended.
place(c) := c.path if {
	c.spec.securityContext.runAsNonRoot == false
} else := k8s.pod_path

unknown contains u if {
	some c in k8s.linux_containers
	some u in complaints(c)
}

unreadable(c) if count(complaints(c)) > 0

complaints(c) := flag_complaints(c) | user_complaints(c)

flag_complaints(c) := {u |
	some holder in [{"spec": k8s.pod_spec, "path": k8s.pod_path}, c]
	path := array.concat(holder.path, ["securityContext"])
	u := k8s.unreadable_flag(holder.spec.securityContext, path, "runAsNonRoot")
}

user_complaints(c) := {u |
	user := k8s.setting(c, "runAsUser")
	not is_number(user.value)
	u := {
		"msg": sprintf("%s is %s where a number is expected", [
			k8s.path_text(user.path),
			k8s.described(user.value),
		]),
		"path": user.path,
	}
}
