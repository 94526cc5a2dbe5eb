# METADATA
# scope: package
# title: Probes and hooks stay within the pod
# description: >-
#   A probe or a lifecycle hook with a host field makes the kubelet itself send requests to any
#   address it can reach, which a pod's author can use to look around in the node's network.
# custom:
#   id: MLN-POD-007
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
#     Remove the host field; the kubelet then asks the pod.
#   exposes: 2
#   mappings:
#     pss: ["baseline"]
#     nsa: ["Network separation and hardening"]
#     attack: ["T1046"]
#     cis: []
#     k8s_docs:
#       - "https://kubernetes.io/docs/concepts/security/pod-security-standards/"
#       - "https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/"
package merlon.controls.host_probes

import data.merlon.lib.k8s

not_applicable if k8s.foreign

unknown contains u if some u in k8s.malformed
places := [
	["livenessProbe"], ["readinessProbe"], ["startupProbe"],
	["lifecycle", "postStart"], ["lifecycle", "preStop"],
]

asked contains {"label": c.label, "path": path, "host": host} if {
	some c in k8s.containers
	some place in places
	some action in ["httpGet", "tcpSocket"]
	host := object.get(c.spec, array.concat(place, [action, "host"]), null)
	not host in {null, ""}
	path := array.concat(array.concat(c.path, place), [action, "host"])
}

violation contains {
	"msg": sprintf("%s makes the kubelet ask %s", [a.label, a.host]),
	"path": a.path,
	"value": a.host,
	"fix": {"op": "remove", "path": a.path},
	"cause": k8s.cause("host-probes"),
} if {
	some a in asked
	is_string(a.host)
	not k8s.placeholder(a.host)
}

unknown contains {
	"msg": sprintf("%s is %s", [k8s.path_text(a.path), k8s.described(a.host)]),
	"path": a.path,
} if {
	some a in asked
	not readable(a.host)
}

readable(host) if {
	is_string(host)
	not k8s.placeholder(host)
}
