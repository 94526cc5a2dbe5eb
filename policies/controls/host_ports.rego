# METADATA
# scope: package
# title: Containers take no ports of the node
# description: >-
#   A host port is reachable on the node's address, past Services, Ingress and most network
#   policies, and it ties the pod to nodes where the port is free.
# custom:
#   id: MLN-POD-011
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
#     Remove hostPort and reach the pod through a Service.
#   exposes: 4
#   mappings:
#     pss: ["baseline"]
#     nsa: ["Network separation and hardening"]
#     attack: ["T1133"]
#     cis: ["5.2.13"]
#     k8s_docs:
#       - "https://kubernetes.io/docs/concepts/configuration/overview/"
#       - "https://kubernetes.io/docs/concepts/security/pod-security-standards/"
package merlon.controls.host_ports

import data.merlon.lib.k8s

not_applicable if k8s.foreign

unknown contains u if some u in k8s.malformed

violation contains {
	"msg": sprintf("%s takes port %v of the node", [c.label, port.hostPort]),
	"path": path,
	"value": port.hostPort,
	"fix": {"op": "remove", "path": path},
	"cause": k8s.cause("host-ports"),
} if {
	some c in k8s.containers
	is_array(c.spec.ports)
	some i, port in c.spec.ports
	is_number(port.hostPort)
	port.hostPort != 0
	path := array.concat(c.path, ["ports", i, "hostPort"])
}

unknown contains {
	"msg": sprintf("%s is %s where a list is expected", [
		k8s.path_text(path),
		k8s.described(c.spec.ports),
	]),
	"path": path,
} if {
	some c in k8s.containers
	c.spec.ports != null
	not is_array(c.spec.ports)
	path := array.concat(c.path, ["ports"])
}

unknown contains {"msg": sprintf("%s cannot be read", [k8s.path_text(path)]), "path": path} if {
	some c in k8s.containers
	is_array(c.spec.ports)
	some i, port in c.spec.ports
	not readable(port)
	path := array.concat(c.path, ["ports", i])
}

readable(port) if {
	is_object(port)
	is_number(object.get(port, "hostPort", 0))
}

readable(port) if port.hostPort == null
