# METADATA
# scope: package
# title: Roles do not reach the kubelet
# description: >-
#   The right nodes/proxy speaks to the kubelet directly, which runs commands in every pod of the
#   node and leaves no trace in the audit log of the API server.
# custom:
#   id: MLN-RBAC-008
#   severity: high
#   category: access
#   kinds: [ClusterRole]
#   stages: [build, deploy]
#   needs: []
#   remediation: >-
#     Replace nodes/proxy by nodes/metrics, nodes/stats or nodes/log, whichever the holder reads.
#   exposes: 8
#   mappings:
#     pss: []
#     nsa: ["Authentication and authorization"]
#     attack: ["T1609", "T1613"]
#     cis: ["5.1.10"]
#     k8s_docs:
#       - "https://kubernetes.io/docs/concepts/security/rbac-good-practices/"
package merlon.controls.rbac_node_proxy

import data.merlon.lib.k8s
import data.merlon.lib.rbac

not_applicable if k8s.foreign

not_applicable if rbac.bootstrapped

judged if not not_applicable

unknown contains u if some u in rbac.malformed

violation contains {
	"msg": sprintf("the role may reach the kubelet through nodes/proxy%s", [rbac.holders]),
	"path": ["rules", i, "resources"],
	"value": "nodes/proxy",
	"cause": k8s.cause("role"),
} if {
	judged
	some i, rule in rbac.rules
	not rbac.wildcard(rule)
	proxies(rule)
}

proxies(rule) if {
	some verb in ["get", "create", "update", "patch", "delete"]
	rbac.grants(rule, "", "nodes/proxy", verb)
}
