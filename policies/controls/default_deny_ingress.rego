# METADATA
# scope: package
# title: Namespaces deny incoming traffic by default
# description: >-
#   Without a policy every pod of the cluster may connect to every other. One stolen pod then
#   reaches the databases of all. A default-deny policy makes each open path a decision that
#   somebody wrote down.
# custom:
#   id: MLN-NET-001
#   severity: high
#   category: network
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
#     - Namespace
#   stages: [build, deploy]
#   needs: [inventory]
#   remediation: >-
#     Add a NetworkPolicy to the namespace with an empty podSelector and policyTypes [Ingress], then
#     allow what is needed.
#   exposes: 6
#   mappings:
#     pss: []
#     nsa: ["Network separation and hardening"]
#     attack: ["T1046", "T1021"]
#     cis: ["5.3.2"]
#     k8s_docs:
#       - "https://kubernetes.io/docs/concepts/services-networking/network-policies/"
package merlon.controls.default_deny_ingress

import data.merlon.lib.k8s
import data.merlon.lib.netpol

not_applicable if k8s.foreign

not_applicable if netpol.judged_elsewhere

violation contains {
	"msg": sprintf("namespace %s lets every pod of the cluster connect to its pods", [netpol.place]),
	"path": netpol.pointer,
	"cause": sprintf("namespace:%s", [netpol.place]),
} if {
	netpol.judged
	not netpol.denies_by_default("Ingress")
	not netpol.other_dialects
}

unknown contains u if some u in netpol.reasons_unknown("Ingress")
