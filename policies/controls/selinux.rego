# METADATA
# scope: package
# title: SELinux labels are not weakened
# description: >-
#   A custom SELinux user or role, or a type outside the container types, can take a container out
#   of the confinement that the node's policy gives it.
# custom:
#   id: MLN-POD-014
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
#     Remove seLinuxOptions, or use only a container type such as container_t and a level.
#   exposes: 4
#   mappings:
#     pss: ["baseline"]
#     nsa: ["Pod security enforcement"]
#     attack: ["T1611"]
#     cis: []
#     k8s_docs:
#       - "https://kubernetes.io/docs/concepts/security/pod-security-standards/"
package merlon.controls.selinux

import data.merlon.lib.k8s

not_applicable if k8s.foreign

not_applicable if k8s.windows

unknown contains u if some u in k8s.malformed
types := {"", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"}

holders := array.concat([{"spec": k8s.pod_spec, "path": k8s.pod_path, "label": "the pod"}], k8s.linux_containers)

violation contains {
	"msg": sprintf("%s sets the SELinux %s %q", [h.label, key, v]),
	"path": path,
	"value": v,
	"fix": {"op": "remove", "path": path},
	"cause": k8s.cause("selinux"),
} if {
	some h in holders
	some key in ["user", "role"]
	v := h.spec.securityContext.seLinuxOptions[key]
	is_string(v)
	v != ""
	path := array.concat(h.path, ["securityContext", "seLinuxOptions", key])
}

violation contains {
	"msg": sprintf("%s sets the SELinux type %q", [h.label, v]),
	"path": path,
	"value": v,
	"fix": {"op": "set", "path": path, "value": "container_t"},
	"cause": k8s.cause("selinux"),
} if {
	some h in holders
	v := h.spec.securityContext.seLinuxOptions.type
	is_string(v)
	not k8s.placeholder(v)
	not v in types
	path := array.concat(h.path, ["securityContext", "seLinuxOptions", "type"])
}

unknown contains {
	"msg": sprintf("%s has SELinux options that cannot be read", [h.label]),
	"path": path,
} if {
	some h in holders
	options := h.spec.securityContext.seLinuxOptions
	unreadable(options)
	path := array.concat(h.path, ["securityContext", "seLinuxOptions"])
}

unreadable(options) if {
	options != null
	not is_object(options)
}

unreadable(options) if {
	some key in ["user", "role", "type"]
	v := options[key]
	v != null
	not is_string(v)
}

unreadable(options) if k8s.placeholder(options.type)
