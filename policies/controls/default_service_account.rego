# METADATA
# scope: package
# title: Workloads have a service account of their own
# description: >-
#   All pods of a namespace that name no service account share the one called default. A right that
#   one of them needs is then a right of all, and the audit log cannot tell them apart.
# custom:
#   id: MLN-SA-002
#   severity: low
#   category: identity
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
#     Make a ServiceAccount for the workload and name it in serviceAccountName.
#   exposes: 3
#   mappings:
#     pss: []
#     nsa: ["Authentication and authorization"]
#     attack: ["T1078.001"]
#     cis: ["5.1.5"]
#     k8s_docs:
#       - "https://kubernetes.io/docs/concepts/security/service-accounts/"
package merlon.controls.default_service_account

import data.merlon.lib.k8s
import data.merlon.lib.rbac

not_applicable if k8s.foreign

unknown contains u if some u in k8s.malformed

violation contains {
	"msg": "the pod runs as the service account default, which all pods of the namespace share",
	"path": k8s.nearest(array.concat(k8s.pod_path, ["serviceAccountName"])),
	"cause": sprintf("service-account:%s/default", [k8s.namespace]),
} if {
	not unreadable
	rbac.account_of(k8s.pod_spec) == "default"
	mounts
}

# With the token switched off the account is only a name.
mounts if object.get(k8s.pod_spec, "automountServiceAccountToken", true) != false

unreadable if not readable(object.get(k8s.pod_spec, "serviceAccountName", null))

readable(name) if name == null

readable(name) if {
	is_string(name)
	not k8s.placeholder(name)
}

unknown contains {
	"msg": "the name of the service account cannot be read",
	"path": array.concat(k8s.pod_path, ["serviceAccountName"]),
} if {
	name := k8s.pod_spec.serviceAccountName
	not readable(name)
}
