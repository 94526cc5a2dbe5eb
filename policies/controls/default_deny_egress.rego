# METADATA
# scope: package
# title: Namespaces deny outgoing traffic by default
# description: >-
#   A stolen pod downloads tools, sends data out and asks the cloud's metadata service for
#   credentials. A default-deny policy for egress stops all three, and shows what the application
#   really talks to.
# custom:
#   id: MLN-NET-002
#   severity: medium
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
#     Add a NetworkPolicy to the namespace with an empty podSelector and policyTypes [Egress], then
#     allow DNS and what is needed.
#   exposes: 4
#   mappings:
#     pss: []
#     nsa: ["Network separation and hardening"]
#     attack: ["T1041", "T1552.005"]
#     cis: ["5.3.2"]
#     k8s_docs:
#       - "https://kubernetes.io/docs/concepts/services-networking/network-policies/"
package merlon.controls.default_deny_egress

import data.merlon.lib.k8s
import data.merlon.lib.netpol

not_applicable if k8s.foreign

not_applicable if netpol.judged_elsewhere

violation contains {
	"msg": sprintf("namespace %s lets its pods connect to any address", [netpol.place]),
	"path": netpol.pointer,
	"cause": sprintf("namespace:%s", [netpol.place]),
} if {
	netpol.judged
	not netpol.denies_by_default("Egress")
	not netpol.other_dialects
}

unknown contains u if some u in netpol.reasons_unknown("Egress")
