# METADATA
# scope: package
# title: Pods that do not call the API carry no token
# description: >-
#   Kubernetes mounts a token of the service account into every pod unless told not to. Whoever
#   reads a file in the pod can then speak to the API server in the workload's name.
# custom:
#   id: MLN-SA-001
#   severity: medium
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
#   needs: [inventory]
#   remediation: >-
#     Set automountServiceAccountToken to false for the pod or its service account. A workload that
#     calls the API says true itself and has a service account with a binding of its own.
#   exposes: 5
#   mappings:
#     pss: []
#     nsa: ["Authentication and authorization"]
#     attack: ["T1528", "T1552.001"]
#     cis: ["5.1.6"]
#     k8s_docs:
#       - "https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/"
package merlon.controls.service_account_token

import data.merlon.lib.k8s
import data.merlon.lib.rbac
import data.merlon.lib.tree

not_applicable if k8s.foreign

unknown contains u if some u in k8s.malformed
account := rbac.account_of(k8s.pod_spec)

asked := object.get(k8s.pod_spec, "automountServiceAccountToken", null)

found := rbac.accounts(k8s.namespace, account)

path := array.concat(k8s.pod_path, ["automountServiceAccountToken"])

fix := {"op": "set", "path": path, "value": false, "safe": idle}

# Nobody asked for the token, and nothing in the tree gives it a right.
default idle := false

idle if {
	asked == null
	count(rbac.bindings_of(k8s.namespace, account)) == 0
}

cause := sprintf("service-account:%s/%s", [k8s.namespace, account])

# The pod says nothing, so its service account decides.
decided := object.get(found[0], "automountServiceAccountToken", null) if asked == null

violation contains {
	"msg": sprintf("the pod carries a token of service account %s/%s by default", [k8s.namespace, account]),
	"path": k8s.nearest(path),
	"fix": fix,
	"cause": cause,
} if {
	asked == null
	not tree.absent
	decided in {null, true}
}

# The default account exists in every namespace, and mounts its token.
violation contains {
	"msg": sprintf("the pod carries a token of service account %s/default by default", [k8s.namespace]),
	"path": k8s.nearest(path),
	"fix": fix,
	"cause": cause,
} if {
	asked == null
	not tree.absent
	account == "default"
	count(found) == 0
}

violation contains {
	"msg": sprintf("the pod asks for a token of %s/%s, which nothing here gives a right", [
		k8s.namespace,
		account,
	]),
	"path": path,
	"value": true,
	"fix": fix,
	"cause": cause,
} if {
	asked == true
	not tree.absent
	count(rbac.bindings_of(k8s.namespace, account)) == 0
}

violation contains {
	"msg": "the pod asks for a token of the default service account, which all pods of the namespace share",
	"path": path,
	"value": true,
	"fix": fix,
	"cause": cause,
} if {
	asked == true
	not tree.absent
	account == "default"
	count(rbac.bindings_of(k8s.namespace, account)) > 0
}

unknown contains {
	"msg": sprintf("service account %s/%s is not in the tree; it may switch the token off", [
		k8s.namespace,
		account,
	]),
	"path": k8s.nearest(array.concat(k8s.pod_path, ["serviceAccountName"])),
	"cause": cause,
} if {
	asked == null
	not tree.absent
	account != "default"
	count(found) == 0
}

unknown contains {"msg": tree.absent_message} if {
	tree.absent
	asked in {null, true}
}

unknown contains u if {
	u := k8s.unreadable_flag(k8s.pod_spec, k8s.pod_path, "automountServiceAccountToken")
}

unknown contains {
	"msg": sprintf("service account %s/%s has an automountServiceAccountToken that is no boolean", [
		k8s.namespace,
		account,
	]),
	"cause": cause,
} if {
	not decided in {null, true, false}
}
