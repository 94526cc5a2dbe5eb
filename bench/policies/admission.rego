# A small admission policy: what most clusters ask of a pod.
package admission

containers contains c if some c in input.request.object.spec.containers

containers contains c if some c in input.request.object.spec.initContainers

required_labels := {"app", "team"}

registries := ["registry.shop.example/", "registry.k8s.io/"]

deny contains msg if {
	some c in containers
	c.securityContext.privileged
	msg := sprintf("container %s is privileged", [c.name])
}

deny contains msg if {
	some c in containers
	not from_known_registry(c.image)
	msg := sprintf("container %s: image %s is from another registry", [c.name, c.image])
}

deny contains msg if {
	some c in containers
	some kind in ["cpu", "memory"]
	not c.resources.limits[kind]
	msg := sprintf("container %s has no %s limit", [c.name, kind])
}

deny contains msg if {
	some volume in input.request.object.spec.volumes
	volume.hostPath
	msg := sprintf("volume %s mounts the host", [volume.name])
}

deny contains msg if {
	missing := required_labels - {l | some l, _ in input.request.object.metadata.labels}
	count(missing) > 0
	msg := sprintf("labels are missing: %v", [missing])
}

deny contains "host namespaces are shared" if {
	some field in ["hostNetwork", "hostPID", "hostIPC"]
	input.request.object.spec[field]
}

from_known_registry(image) if {
	some prefix in registries
	startswith(image, prefix)
}

allow if count(deny) == 0
