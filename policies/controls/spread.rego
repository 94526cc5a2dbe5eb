# METADATA
# scope: package
# title: Replicas are spread over nodes
# description: >-
#   Replicas that may all land on one node are lost with that node.
# custom:
#   id: MLN-REL-006
#   severity: low
#   category: reliability
#   kinds: [Deployment, StatefulSet]
#   stages: [build, deploy]
#   needs: []
#   remediation: >-
#     Add topologySpreadConstraints over kubernetes.io/hostname, or a pod anti-affinity.
#   exposes: 1
#   mappings:
#     pss: []
#     nsa: ["Resource policies"]
#     attack: ["T1499"]
#     cis: []
#     k8s_docs:
#       - "https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/"
package merlon.controls.spread

import data.merlon.lib.k8s

not_applicable if k8s.foreign
replicas := object.get(input.object, ["spec", "replicas"], 1)

not_applicable if replicas in {0, 1, null}

violation contains {
	"msg": "nothing keeps the replicas off the same node",
	"path": k8s.pod_path,
	"fix": {
		"op": "set",
		"path": array.concat(k8s.pod_path, ["topologySpreadConstraints"]),
		"value": [{
			"maxSkew": 1,
			"topologyKey": "kubernetes.io/hostname",
			"whenUnsatisfiable": "ScheduleAnyway",
			"labelSelector": {"matchLabels": k8s.pod_labels},
		}],
	},
	"cause": k8s.cause("spread"),
} if {
	not not_applicable
	k8s.pod_spec
	not spread
	not unreadable
}

spread if count(k8s.pod_spec.topologySpreadConstraints) > 0

spread if count(k8s.pod_spec.affinity.podAntiAffinity) > 0

unreadable if {
	c := k8s.pod_spec.topologySpreadConstraints
	c != null
	not is_array(c)
}

unreadable if {
	a := k8s.pod_spec.affinity
	a != null
	not is_object(a)
}

unknown contains {
	"msg": "the rules of placement cannot be read",
	"path": k8s.pod_path,
} if unreadable

unknown contains u if some u in k8s.malformed
