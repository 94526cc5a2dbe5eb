# METADATA
# scope: package
# title: Nothing runs in the namespace default
# description: >-
#   The namespace default is where everything lands that names no other. Rights, quotas and network
#   policies cannot tell such workloads apart.
# custom:
#   id: MLN-NS-002
#   severity: low
#   category: namespaces
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
#     Give the application a namespace of its own and set metadata.namespace.
#   exposes: 2
#   mappings:
#     pss: []
#     nsa: ["Network separation and hardening"]
#     attack: ["T1078.001"]
#     cis: ["5.7.1", "5.7.4"]
#     k8s_docs:
#       - "https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/"
package merlon.controls.default_namespace

import data.merlon.lib.k8s

not_applicable if k8s.foreign

unknown contains u if some u in k8s.malformed
value := object.get(k8s.as_object(object.get(input.object, "metadata", {})), "namespace", null)

violation contains {
	"msg": "the workload runs in the namespace default",
	"path": ["metadata", "namespace"],
	"value": "default",
	"cause": "namespace:default",
} if {
	k8s.pod_path
	value == "default"
}

# In a tree the namespace may still be chosen by whoever applies it; in a cluster it is known.
unknown contains {
	"msg": "no namespace is written down; it is chosen when the object is applied",
	"path": k8s.nearest(["metadata"]),
	"cause": "namespace:default",
} if {
	value in {null, ""}
}

unknown contains {
	"msg": sprintf("the namespace is %s", [k8s.described(value)]),
	"path": ["metadata", "namespace"],
} if {
	not readable(value)
}

readable(v) if v in {null, ""}

readable(v) if {
	is_string(v)
	not k8s.placeholder(v)
}
