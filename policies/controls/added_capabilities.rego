# METADATA
# scope: package
# title: No dangerous capabilities are added
# description: >-
#   Capabilities such as SYS_ADMIN, SYS_PTRACE or NET_ADMIN are parts of root's power. Many of them
#   are enough to leave the container. Only the runtime's default set is accepted here.
# custom:
#   id: MLN-POD-005
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
#     Remove the capability from capabilities.add, or do the privileged work in a separate, narrow
#     component.
#   exposes: 7
#   mappings:
#     pss: ["baseline"]
#     nsa: ["Pod security enforcement"]
#     attack: ["T1611"]
#     cis: ["5.2.8", "5.2.9"]
#     k8s_docs:
#       - "https://kubernetes.io/docs/tasks/configure-pod-container/security-context/"
#       - "https://kubernetes.io/docs/concepts/security/pod-security-standards/"
package merlon.controls.added_capabilities

import data.merlon.lib.k8s

not_applicable if k8s.foreign

not_applicable if k8s.windows

unknown contains u if some u in k8s.malformed

# The set that container runtimes grant by default; adding one of these gives nothing new. Spelled
# otherwise ("chown", "CAP_CHOWN") they are refused, as Pod Security compares the very text.
harmless := {
	"AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD",
	"NET_BIND_SERVICE", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
}

violation contains {
	"msg": sprintf("%s gets the capability %s", [c.label, name]),
	"path": path,
	"value": name,
	"fix": {"op": "remove", "path": path},
	"cause": k8s.cause("capabilities"),
} if {
	some c in k8s.linux_containers
	is_array(c.spec.securityContext.capabilities.add)
	some i, name in c.spec.securityContext.capabilities.add
	is_string(name)
	not k8s.placeholder(name)
	not name in harmless
	path := array.concat(c.path, ["securityContext", "capabilities", "add", i])
}

unknown contains {
	"msg": sprintf("%s is %s, so the capabilities are not known", [
		k8s.path_text(path),
		k8s.described(value),
	]),
	"path": path,
} if {
	some c in k8s.linux_containers
	some [rest, value] in unreadable(c.spec.securityContext.capabilities)
	path := array.concat(c.path, array.concat(["securityContext", "capabilities"], rest))
}

unreadable(caps) := [[[], caps]] if {
	caps != null
	not is_object(caps)
} else := [[["add"], caps.add]] if {
	caps.add != null
	not is_array(caps.add)
} else := [[["add", i], name] |
	some i, name in caps.add
	unreadable_name(name)
]

unreadable_name(name) if not is_string(name)

unreadable_name(name) if k8s.placeholder(name)
