# METADATA
# title: Kubernetes objects as controls see them
# description: >-
#   Finds the pod specification and the containers of any workload kind, tells what could not be
#   read, and joins objects of the tree. Rules speak of input.object, functions of what they get.
#   Nothing here raises an error on a hostile shape: a wrong type makes the answer undefined, and
#   `malformed` says why.
# scope: package
package merlon.lib.k8s

# Where the pod specification lives, by kind.
pod_paths := {
	"Pod": ["spec"],
	"PodTemplate": ["template", "spec"],
	"Deployment": ["spec", "template", "spec"],
	"StatefulSet": ["spec", "template", "spec"],
	"DaemonSet": ["spec", "template", "spec"],
	"ReplicaSet": ["spec", "template", "spec"],
	"ReplicationController": ["spec", "template", "spec"],
	"Job": ["spec", "template", "spec"],
	"CronJob": ["spec", "jobTemplate", "spec", "template", "spec"],
}

# The API groups that own a kind. The same kind in another group (a Knative Service, a Volcano
# Job) is somebody else's object, and our controls do not apply to it.
home_groups := {
	"Pod": {""},
	"PodTemplate": {""},
	"ReplicationController": {""},
	"Deployment": {"apps", "extensions"},
	"StatefulSet": {"apps"},
	"DaemonSet": {"apps", "extensions"},
	"ReplicaSet": {"apps", "extensions"},
	"Job": {"batch"},
	"CronJob": {"batch"},
	"Service": {""},
	"ConfigMap": {""},
	"Secret": {""},
	"Namespace": {""},
	"ServiceAccount": {""},
	"PersistentVolume": {""},
	"LimitRange": {""},
	"Ingress": {"networking.k8s.io", "extensions"},
	"NetworkPolicy": {"networking.k8s.io", "extensions"},
	"Role": {"rbac.authorization.k8s.io"},
	"ClusterRole": {"rbac.authorization.k8s.io"},
	"RoleBinding": {"rbac.authorization.k8s.io"},
	"ClusterRoleBinding": {"rbac.authorization.k8s.io"},
	"PodDisruptionBudget": {"policy"},
	"HorizontalPodAutoscaler": {"autoscaling"},
	"ValidatingWebhookConfiguration": {"admissionregistration.k8s.io"},
	"MutatingWebhookConfiguration": {"admissionregistration.k8s.io"},
	"APIService": {"apiregistration.k8s.io"},
}

container_lists := ["initContainers", "containers", "ephemeralContainers"]

# ---- any object ---------------------------------------------------------------------------------

group(o) := split(o.apiVersion, "/")[0] if contains(o.apiVersion, "/")

group(o) := "" if {
	is_string(o.apiVersion)
	not contains(o.apiVersion, "/")
}

# The object is of a kind that we know, but of a foreign API group.
foreign_object(o) if {
	g := group(o)
	homes := home_groups[o.kind]
	not g in homes
}

foreign if {
	is_string(input.object.apiVersion)
	foreign_object(input.object)
}

namespace_of(o) := o.metadata.namespace if {
	is_string(o.metadata.namespace)
	o.metadata.namespace != ""
} else := "default"

name_of(o) := o.metadata.name if {
	is_string(o.metadata.name)
} else := o.metadata.generateName if {
	is_string(o.metadata.generateName)
} else := "(no name)"

kind_of(o) := o.kind if {
	is_string(o.kind)
} else := "(no kind)"

namespace := namespace_of(input.object)

name := name_of(input.object)

kind := kind_of(input.object)

# A root cause is a stable string; findings with the same one are shown as one group.
cause(topic) := sprintf("%s:%s/%s/%s", [topic, namespace, kind, name])

# The text still holds a template expression, so nobody knows the value yet.
placeholder(v) if {
	is_string(v)
	regex.match(`\{\{|\$\{|\$\(|^<[^<>]+>$`, v)
}

as_object(v) := v if {
	is_object(v)
} else := {}

as_array(v) := v if {
	is_array(v)
} else := []

labels_of(o) := as_object(object.get(o, ["metadata", "labels"], {})) if {
	is_object(o)
} else := {}

annotations_of(o) := as_object(object.get(o, ["metadata", "annotations"], {})) if {
	is_object(o)
} else := {}

missing := {"merlon/missing": true}

exists(path) if object.get(input.object, path, missing) != missing

# The longest part of the path that is there: what a finding points at.
nearest(path) := array.slice(path, 0, n) if {
	is_object(input.object)
	n := max([i | some i in numbers.range(0, count(path)); exists(array.slice(path, 0, i))])
} else := []

path_text(path) := concat("", [s |
	some i, step in path
	s := step_text(i, step)
])

step_text(_, step) := sprintf("[%d]", [step]) if is_number(step)

step_text(0, step) := step if is_string(step)

step_text(i, step) := sprintf(".%s", [step]) if {
	i > 0
	is_string(step)
}

# holder[key] is there, is not null (null means unset), and is not a boolean.
unreadable_flag(holder, path, key) := {
	"msg": sprintf("%s is %s where true or false is expected, so it cannot be judged", [
		path_text(array.concat(path, [key])),
		described(holder[key]),
	]),
	"path": array.concat(path, [key]),
} if {
	v := holder[key]
	v != null
	not is_boolean(v)
}

# What a value is, in the words of YAML.
described(v) := "a template expression" if {
	placeholder(v)
} else := words[type_name(v)]

words := {
	"null": "null",
	"boolean": "a boolean",
	"number": "a number",
	"string": "a string",
	"array": "a list",
	"object": "a mapping",
}

# ---- pods ---------------------------------------------------------------------------------------

pod_path_of(o) := pod_paths[o.kind] if not foreign_object(o)

pod_spec_of(o) := spec if {
	is_object(o)
	spec := object.get(o, pod_path_of(o), null)
	is_object(spec)
}

# The labels that the pods of a workload carry.
pod_labels_of(o) := as_object(object.get(o, path, {})) if {
	is_object(o)
	spec_path := pod_path_of(o)
	path := array.concat(array.slice(spec_path, 0, count(spec_path) - 1), ["metadata", "labels"])
}

pod_path := pod_path_of(input.object)

pod_spec := pod_spec_of(input.object)

template_path := array.slice(pod_path, 0, count(pod_path) - 1)

pod_labels := pod_labels_of(input.object)

pod_annotations := as_object(object.get(
	input.object,
	array.concat(template_path, ["metadata", "annotations"]),
	{},
))

# Every container, init and ephemeral ones too: {"spec", "path", "list", "label"}.
containers := [{
	"spec": c,
	"path": array.concat(pod_path, [list, i]),
	"list": list,
	"label": container_label(c, list, i),
} |
	some list in container_lists
	is_array(pod_spec[list])
	some i, c in pod_spec[list]
	is_object(c)
]

container_label(c, list, _) := sprintf("%s %q", [list_words[list], c.name]) if {
	is_string(c.name)
} else := list_words[list]

list_words := {
	"initContainers": "init container",
	"containers": "container",
	"ephemeralContainers": "ephemeral container",
}

# The containers that serve for the life of the pod: sidecars are init containers that restart.
long_running := [c |
	some c in containers
	runs_on(c)
]

runs_on(c) if c.list == "containers"

runs_on(c) if {
	c.list == "initContainers"
	c.spec.restartPolicy == "Always"
}

# Windows nodes have no Linux security features to set.
windows if pod_spec.os.name == "windows"

windows if pod_spec.nodeSelector["kubernetes.io/os"] == "windows"

# The pod's users are mapped to powerless ones of the node.
user_namespace if pod_spec.hostUsers == false

linux_containers := [c |
	not windows
	some c in containers
]

# Nothing in the container ever is root, whatever the image says.
never_root(c) if setting(c, "runAsNonRoot").value == true

never_root(c) if {
	user := setting(c, "runAsUser").value
	is_number(user)
	user > 0
}

# A field of a container's security context, or the pod's where the container leaves it unset.
setting(c, key) := {"value": v, "path": array.concat(c.path, ["securityContext", key])} if {
	v := c.spec.securityContext[key]
	v != null
} else := {"value": v, "path": array.concat(pod_path, ["securityContext", key])} if {
	v := pod_spec.securityContext[key]
	v != null
}

# What of a workload cannot be read. A control that judges pods answers `unknown` for these.
malformed contains {
	"msg": sprintf("%s is %s, so the pods cannot be judged", [path_text(pod_path), found_at(pod_path)]),
	"path": nearest(pod_path),
	"cause": cause("malformed"),
} if {
	pod_path
	not pod_spec
}

malformed contains {
	"msg": sprintf("%s is %s, so the containers cannot be judged", [path_text(path), found_at(path)]),
	"path": nearest(path),
	"cause": cause("malformed"),
} if {
	pod_spec
	path := array.concat(pod_path, ["containers"])
	not has_containers
}

has_containers if {
	is_array(pod_spec.containers)
	count(pod_spec.containers) > 0
}

malformed contains {
	"msg": sprintf("%s is %s where a list is expected", [path_text(path), described(v)]),
	"path": path,
	"cause": cause("malformed"),
} if {
	some key in ["initContainers", "ephemeralContainers", "volumes"]
	v := pod_spec[key]
	v != null
	not is_array(v)
	path := array.concat(pod_path, [key])
}

malformed contains {
	"msg": sprintf("%s is %s where a mapping is expected", [path_text(path), described(v)]),
	"path": path,
	"cause": cause("malformed"),
} if {
	some key in ["initContainers", "containers", "ephemeralContainers", "volumes"]
	is_array(pod_spec[key])
	some i, v in pod_spec[key]
	not is_object(v)
	path := array.concat(pod_path, [key, i])
}

malformed contains {
	"msg": sprintf("%s is %s where a mapping is expected", [path_text(path), described(v)]),
	"path": path,
	"cause": cause("malformed"),
} if {
	some holder in array.concat([{"spec": pod_spec, "path": pod_path}], containers)
	v := holder.spec.securityContext
	v != null
	not is_object(v)
	path := array.concat(holder.path, ["securityContext"])
}

found_at(path) := "missing" if {
	not exists(path)
} else := "empty" if {
	object.get(input.object, path, null) in {[], "", {}}
} else := described(object.get(input.object, path, null))

# ---- images -------------------------------------------------------------------------------------

image_known(image) if {
	is_string(image)
	trim_space(image) != ""
	not placeholder(image)
}

image_digest(image) := regex.find_n(`@sha256:[0-9a-f]{64}$|@sha512:[0-9a-f]{128}$`, image, 1)[0]

# The tag, or "" where there is none. A colon before a slash belongs to a registry's port.
image_tag(image) := tag if {
	bare := split(image, "@")[0]
	parts := split(bare, "/")
	last := split(parts[count(parts) - 1], ":")
	count(last) > 1
	tag := last[1]
} else := ""

# Images that cannot be judged, for the controls of images.
image_unknown contains {
	"msg": sprintf("the image of the %s is %s", [c.label, found_at(path)]),
	"path": nearest(path),
	"cause": cause("malformed"),
} if {
	some c in containers
	path := array.concat(c.path, ["image"])
	not image_known(object.get(c.spec, "image", null))
}
