# METADATA
# title: What the tests of controls share
# description: Builds subjects, trees and hostile shapes.
# scope: package
package merlon.lib.kit

# The input of a control for one object.
about(o) := {"subject": {"id": "test"}, "object": o, "stage": "build"}

deployed(o) := object.union(about(o), {"stage": "deploy"})

# A container that every control of containers is content with.
good_container := {
	"name": "web",
	"image": sprintf("registry.example.com/shop/web:1.4.2@sha256:%s", [digest]),
	"imagePullPolicy": "IfNotPresent",
	"ports": [{"name": "http", "containerPort": 8080}],
	"resources": {
		"requests": {"cpu": "100m", "memory": "64Mi", "ephemeral-storage": "64Mi"},
		"limits": {"cpu": "1", "memory": "128Mi", "ephemeral-storage": "256Mi"},
	},
	"readinessProbe": {"httpGet": {"path": "/ready", "port": "http"}},
	"livenessProbe": {"httpGet": {"path": "/live", "port": "http"}},
	"securityContext": {
		"allowPrivilegeEscalation": false,
		"privileged": false,
		"readOnlyRootFilesystem": true,
		"capabilities": {"drop": ["ALL"]},
	},
}

digest := "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

good_pod_spec := {
	"serviceAccountName": "web",
	"automountServiceAccountToken": false,
	"securityContext": {
		"runAsNonRoot": true,
		"runAsUser": 10001,
		"seccompProfile": {"type": "RuntimeDefault"},
	},
	"containers": [good_container],
}

good := deployment({}, {})

# A good Deployment with parts of its container and of its pod specification replaced.
deployment(container, spec) := with_spec(object.union(
	object.union(good_pod_spec, {"containers": [object.union(good_container, container)]}),
	spec,
))

with_spec(spec) := {
	"apiVersion": "apps/v1",
	"kind": "Deployment",
	"metadata": {"name": "web", "namespace": "shop", "labels": {"app": "web"}},
	"spec": {
		"replicas": 2,
		"selector": {"matchLabels": {"app": "web"}},
		"template": {"metadata": {"labels": {"app": "web"}}, "spec": spec},
	},
}

# The same, with paths removed: "container/…" from the container, "pod/…" from the specification.
without(paths) := json.remove(good, [p |
	some path in paths
	p := full(path)
])

full(path) := sprintf("/spec/template/spec/containers/0/%s", [rest]) if {
	startswith(path, "container/")
	rest := substring(path, 10, -1)
}

full(path) := sprintf("/spec/template/spec/%s", [rest]) if {
	startswith(path, "pod/")
	rest := substring(path, 4, -1)
}

cronjob(spec) := {
	"apiVersion": "batch/v1",
	"kind": "CronJob",
	"metadata": {"name": "night", "namespace": "shop"},
	"spec": {"schedule": "0 3 * * *", "jobTemplate": {"spec": {"template": {"spec": spec}}}},
}

windows := deployment({}, {"os": {"name": "windows"}})

# Somebody else's kind of the same name.
foreign := {"apiVersion": "batch.volcano.sh/v1alpha1", "kind": "Job", "metadata": {"name": "x"}}

object_of(api_version, kind, ns, name, rest) := object.union(
	{"apiVersion": api_version, "kind": kind, "metadata": {"name": name, "namespace": ns}},
	rest,
)

cluster_object(api_version, kind, name, rest) := object.union(
	{"apiVersion": api_version, "kind": kind, "metadata": {"name": name}},
	rest,
)

# data.inventory out of a list of objects.
tree(objects) := {
	"namespace": {ns: kinds(here) |
		some o in objects
		ns := o.metadata.namespace
		here := [x | some x in objects; x.metadata.namespace == ns]
	},
	"cluster": kinds([x | some x in objects; not x.metadata.namespace]),
}

kinds(objects) := {gv: by_kind |
	some o in objects
	gv := o.apiVersion
	by_kind := {kind: by_name |
		some p in objects
		p.apiVersion == gv
		kind := p.kind
		by_name := {x.metadata.name: x | some x in objects; x.apiVersion == gv; x.kind == kind}
	}
}

# Shapes that no API server would take. None of them may pass, none may raise an error.
hostile_pods := array.concat(hostile_workloads, [with_spec(s) | some s in hostile_specs])

hostile_workloads := [
	{"kind": "Pod"},
	{"kind": "Pod", "apiVersion": 7, "spec": {"containers": "x"}},
	{"apiVersion": "apps/v1", "kind": "Deployment"},
	{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": null, "spec": null},
	{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": [], "spec": "x"},
	{"apiVersion": "apps/v1", "kind": "Deployment", "spec": {"template": null}},
	{"apiVersion": "apps/v1", "kind": "Deployment", "spec": {"template": [{"spec": {}}]}},
	{"apiVersion": null, "kind": "Pod", "spec": 7},
	{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": 5, "namespace": {}}, "spec": []},
	{"apiVersion": "batch/v1", "kind": "CronJob", "spec": {"jobTemplate": "{{ .Values.job }}"}},
	{"apiVersion": "v1", "kind": "PodTemplate", "template": false},
]

hostile_specs := [
	{},
	{"containers": null},
	{"containers": []},
	{"containers": {}},
	{"containers": {"0": {"name": "x"}}},
	{"containers": "{{ .Values.containers }}"},
	{"containers": [null]},
	{"containers": ["x"]},
	{"containers": [[{"name": "x"}]]},
	{"containers": [good_container, 7]},
	{"containers": [good_container], "initContainers": "x"},
	{"containers": [good_container], "initContainers": [null]},
	{"containers": [good_container], "ephemeralContainers": {}},
	{"containers": [good_container], "securityContext": "x"},
	{"containers": [good_container], "securityContext": []},
	{"containers": [object.union(good_container, {"securityContext": 5})]},
	{"containers": [good_container], "volumes": "x"},
	{"containers": [good_container], "volumes": [null]},
]

# Values of every type, to be put where another type is expected.
junk := [null, true, 7, "x", "{{ .Values.x }}", [], [null], {}, {"x": null}]

# Objects of a kind whose specification has a type that no API server would take.
hostile_specs_of(api_version, kind) := [{"apiVersion": api_version, "kind": kind, "spec": value} |
	some value in [null, true, 7, "x", "{{ .Values.x }}", []]
]
