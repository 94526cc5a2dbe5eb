# METADATA
# scope: package
# title: Containers drop all capabilities
# description: >-
#   The default set of capabilities lets a container forge packets, take over files and create
#   device nodes. Nearly no service needs any of them, so drop all and add back what is needed.
# custom:
#   id: MLN-POD-006
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
#     Set capabilities.drop to [ALL]. The only capability to add back is NET_BIND_SERVICE.
#   exposes: 4
#   mappings:
#     pss: ["restricted"]
#     nsa: ["Pod security enforcement"]
#     attack: ["T1611", "T1557"]
#     cis: ["5.2.8", "5.2.10"]
#     k8s_docs:
#       - "https://kubernetes.io/docs/tasks/configure-pod-container/security-context/"
#       - "https://kubernetes.io/docs/concepts/security/pod-security-standards/"
package merlon.controls.drop_capabilities

import data.merlon.lib.k8s

not_applicable if k8s.foreign

not_applicable if k8s.windows

unknown contains u if some u in k8s.malformed

violation contains {
	"msg": sprintf("%s keeps the runtime's default capabilities", [c.label]),
	"path": k8s.nearest(path),
	"fix": fix(c, path),
	"cause": k8s.cause("security-context"),
} if {
	some c in k8s.linux_containers
	not drops_all(c)
	not unreadable(c)
	path := array.concat(c.path, ["securityContext", "capabilities", "drop"])
}

violation contains {
	"msg": sprintf("%s adds back %s; only NET_BIND_SERVICE may be added", [c.label, name]),
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
	trim_prefix(upper(name), "CAP_") != "NET_BIND_SERVICE"
	path := array.concat(c.path, ["securityContext", "capabilities", "add", i])
}

fix(c, path) := {"op": "append", "path": path, "value": "ALL", "safe": harmless(c)} if {
	is_array(c.spec.securityContext.capabilities.drop)
} else := {"op": "set", "path": path, "value": ["ALL"], "safe": harmless(c)}

# The default capabilities work for root alone. A program that starts as root may need them to
# become somebody else, as the entry points of many databases do.
default harmless(_) := false

harmless(c) if k8s.never_root(c)

drops_all(c) if {
	is_array(c.spec.securityContext.capabilities.drop)
	some name in c.spec.securityContext.capabilities.drop
	is_string(name)
	upper(name) in {"ALL", "CAP_ALL"}
}

unreadable(c) if {
	caps := c.spec.securityContext.capabilities
	caps != null
	not is_object(caps)
}

unreadable(c) if {
	some key in ["add", "drop"]
	value := c.spec.securityContext.capabilities[key]
	value != null
	not is_array(value)
}

unreadable(c) if {
	some key in ["add", "drop"]
	is_array(c.spec.securityContext.capabilities[key])
	some name in c.spec.securityContext.capabilities[key]
	unreadable_name(name)
}

unreadable_name(name) if not is_string(name)

unreadable_name(name) if k8s.placeholder(name)

unknown contains {
	"msg": sprintf("%s has capabilities that cannot be read", [c.label]),
	"path": k8s.nearest(array.concat(c.path, ["securityContext", "capabilities"])),
} if {
	some c in k8s.linux_containers
	unreadable(c)
}
