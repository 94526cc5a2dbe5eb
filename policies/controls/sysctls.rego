# METADATA
# scope: package
# title: Only safe kernel settings are changed
# description: >-
#   Most sysctls change the node for every pod, so one pod can starve or open up the others. Only
#   those that Kubernetes isolates by namespace are accepted.
# custom:
#   id: MLN-POD-013
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
#     Remove the sysctl from the pod, and set it on the node if it is really needed.
#   exposes: 5
#   mappings:
#     pss: ["baseline"]
#     nsa: ["Pod security enforcement"]
#     attack: ["T1499"]
#     cis: []
#     k8s_docs:
#       - "https://kubernetes.io/docs/tasks/administer-cluster/sysctl-cluster/"
#       - "https://kubernetes.io/docs/concepts/security/pod-security-standards/"
package merlon.controls.sysctls

import data.merlon.lib.k8s

not_applicable if k8s.foreign

not_applicable if k8s.windows

unknown contains u if some u in k8s.malformed

# The ones that the baseline Pod Security Standard lists as safe.
safe := {
	"kernel.shm_rmid_forced",
	"net.ipv4.ip_local_port_range",
	"net.ipv4.ip_local_reserved_ports",
	"net.ipv4.ip_unprivileged_port_start",
	"net.ipv4.ping_group_range",
	"net.ipv4.tcp_fin_timeout",
	"net.ipv4.tcp_keepalive_intvl",
	"net.ipv4.tcp_keepalive_probes",
	"net.ipv4.tcp_keepalive_time",
	"net.ipv4.tcp_notsent_lowat",
	"net.ipv4.tcp_rmem",
	"net.ipv4.tcp_slow_start_after_idle",
	"net.ipv4.tcp_syncookies",
	"net.ipv4.tcp_wmem",
}

list_path := array.concat(k8s.pod_path, ["securityContext", "sysctls"])

list := k8s.pod_spec.securityContext.sysctls if not k8s.windows

violation contains {
	"msg": sprintf("the pod sets %s, which is not isolated from the node", [s.name]),
	"path": path,
	"value": s.name,
	"fix": {"op": "remove", "path": path},
	"cause": k8s.cause("sysctls"),
} if {
	is_array(list)
	some i, s in list
	is_string(s.name)
	not k8s.placeholder(s.name)

	# The kernel takes slashes for dots, and so does Kubernetes.
	not replace(s.name, "/", ".") in safe
	path := array.concat(list_path, [i])
}

unknown contains {"msg": "the list of sysctls cannot be read", "path": list_path} if {
	list != null
	not is_array(list)
}

unknown contains {
	"msg": "a sysctl without a readable name",
	"path": array.concat(list_path, [i]),
} if {
	is_array(list)
	some i, s in list
	not readable(s)
}

readable(s) if {
	is_string(s.name)
	not k8s.placeholder(s.name)
}
