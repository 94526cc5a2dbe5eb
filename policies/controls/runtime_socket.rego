# METADATA
# scope: package
# title: The container runtime's socket is not mounted
# description: >-
#   Whoever can write to the socket of Docker, containerd or CRI-O can start a privileged container,
#   so a pod that has it owns the node. Read-only mounts do not help, as a socket is written to by
#   connecting.
# custom:
#   id: MLN-POD-016
#   severity: critical
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
#     Remove the volume. Build images with a builder that needs no daemon, and read container states
#     from the Kubernetes API.
#   exposes: 10
#   mappings:
#     pss: ["baseline"]
#     nsa: ["Pod security enforcement"]
#     attack: ["T1610", "T1611", "T1609"]
#     cis: ["5.2.12"]
#     k8s_docs:
#       - "https://kubernetes.io/docs/concepts/storage/volumes/#hostpath"
package merlon.controls.runtime_socket

import data.merlon.lib.k8s

not_applicable if k8s.foreign

unknown contains u if some u in k8s.malformed
sockets := {
	"/var/run/docker.sock", "/run/docker.sock",
	"/var/run/containerd/containerd.sock", "/run/containerd/containerd.sock",
	"/var/run/crio/crio.sock", "/run/crio/crio.sock",
	"/var/run/cri-dockerd.sock", "/run/cri-dockerd.sock",
	"/run/k3s/containerd/containerd.sock", "/var/run/dockershim.sock",
	"/run/podman/podman.sock", "/var/run/podman/podman.sock",
}

violation contains {
	"msg": sprintf("the volume gives the pod %s, which is as good as root on the node", [s]),
	"path": path,
	"value": host,
	"cause": sprintf("host-path:%s", [host]),
} if {
	is_array(k8s.pod_spec.volumes)
	some i, v in k8s.pod_spec.volumes
	host := v.hostPath.path
	is_string(host)
	wanted := tidy(host)
	reached := [s | some s in sockets; reaches(wanted, s)]
	s := sort(reached)[0]
	path := array.concat(k8s.pod_path, ["volumes", i, "hostPath"])
}

# The path without doubled and trailing slashes; "" is the root directory.
tidy(path) := trim_suffix(regex.replace(path, `/+`, "/"), "/")

# The socket itself, or a directory that holds it, short of those that are host_path's business.
reaches(path, socket) if path == socket

reaches(path, socket) if {
	path != ""
	startswith(socket, sprintf("%s/", [path]))
}

reaches("", "/run/docker.sock")

unknown contains {
	"msg": "the path of a hostPath volume cannot be read",
	"path": array.concat(k8s.pod_path, ["volumes", i, "hostPath"]),
} if {
	is_array(k8s.pod_spec.volumes)
	some i, v in k8s.pod_spec.volumes
	v.hostPath != null
	not readable(v.hostPath)
}

readable(h) if {
	is_string(h.path)
	not k8s.placeholder(h.path)
}
