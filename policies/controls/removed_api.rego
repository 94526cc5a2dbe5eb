# METADATA
# scope: package
# title: No API versions that are gone
# description: >-
#   An object in a version that Kubernetes has removed cannot be applied, so the security settings
#   in it do not reach the cluster, and the upgrade that removes it waits.
# custom:
#   id: MLN-API-001
#   severity: medium
#   category: lifecycle
#   kinds:
#     - Deployment
#     - DaemonSet
#     - StatefulSet
#     - ReplicaSet
#     - CronJob
#     - Ingress
#     - IngressClass
#     - NetworkPolicy
#     - PodDisruptionBudget
#     - PodSecurityPolicy
#     - HorizontalPodAutoscaler
#     - Role
#     - ClusterRole
#     - RoleBinding
#     - ClusterRoleBinding
#     - ValidatingWebhookConfiguration
#     - MutatingWebhookConfiguration
#     - CustomResourceDefinition
#     - APIService
#     - CertificateSigningRequest
#     - Lease
#     - PriorityClass
#     - StorageClass
#     - CSIDriver
#     - CSINode
#     - VolumeAttachment
#     - CSIStorageCapacity
#     - EndpointSlice
#     - Event
#     - RuntimeClass
#     - FlowSchema
#     - PriorityLevelConfiguration
#   stages: [build, deploy]
#   needs: []
#   remediation: >-
#     Move the object to the version that the message names.
#   exposes: 2
#   mappings:
#     pss: []
#     nsa: ["Upgrading and application security practices"]
#     attack: []
#     cis: []
#     k8s_docs:
#       - "https://kubernetes.io/docs/reference/using-api/deprecation-guide/"
package merlon.controls.removed_api

import data.merlon.lib.k8s

not_applicable if k8s.foreign

# API version → kinds ("*" means all) → [gone since, use instead].
removed := {
	"extensions/v1beta1": {
		"Deployment": ["1.16", "apps/v1"],
		"DaemonSet": ["1.16", "apps/v1"],
		"ReplicaSet": ["1.16", "apps/v1"],
		"NetworkPolicy": ["1.16", "networking.k8s.io/v1"],
		"PodSecurityPolicy": ["1.16", "Pod Security admission"],
		"Ingress": ["1.22", "networking.k8s.io/v1"],
	},
	"apps/v1beta1": {"*": ["1.16", "apps/v1"]},
	"apps/v1beta2": {"*": ["1.16", "apps/v1"]},
	"networking.k8s.io/v1beta1": {
		"Ingress": ["1.22", "networking.k8s.io/v1"],
		"IngressClass": ["1.22", "networking.k8s.io/v1"],
	},
	"rbac.authorization.k8s.io/v1alpha1": {"*": ["1.22", "rbac.authorization.k8s.io/v1"]},
	"rbac.authorization.k8s.io/v1beta1": {"*": ["1.22", "rbac.authorization.k8s.io/v1"]},
	"admissionregistration.k8s.io/v1beta1": {
		"ValidatingWebhookConfiguration": ["1.22", "admissionregistration.k8s.io/v1"],
		"MutatingWebhookConfiguration": ["1.22", "admissionregistration.k8s.io/v1"],
	},
	"apiextensions.k8s.io/v1beta1": {"*": ["1.22", "apiextensions.k8s.io/v1"]},
	"apiregistration.k8s.io/v1beta1": {"*": ["1.22", "apiregistration.k8s.io/v1"]},
	"certificates.k8s.io/v1beta1": {"CertificateSigningRequest": ["1.22", "certificates.k8s.io/v1"]},
	"coordination.k8s.io/v1beta1": {"Lease": ["1.22", "coordination.k8s.io/v1"]},
	"scheduling.k8s.io/v1beta1": {"*": ["1.22", "scheduling.k8s.io/v1"]},
	"storage.k8s.io/v1beta1": {
		"StorageClass": ["1.22", "storage.k8s.io/v1"],
		"CSIDriver": ["1.22", "storage.k8s.io/v1"],
		"CSINode": ["1.22", "storage.k8s.io/v1"],
		"VolumeAttachment": ["1.22", "storage.k8s.io/v1"],
		"CSIStorageCapacity": ["1.27", "storage.k8s.io/v1"],
	},
	"batch/v1beta1": {"CronJob": ["1.25", "batch/v1"]},
	"discovery.k8s.io/v1beta1": {"EndpointSlice": ["1.25", "discovery.k8s.io/v1"]},
	"events.k8s.io/v1beta1": {"Event": ["1.25", "events.k8s.io/v1"]},
	"node.k8s.io/v1beta1": {"RuntimeClass": ["1.25", "node.k8s.io/v1"]},
	"policy/v1beta1": {
		"PodDisruptionBudget": ["1.25", "policy/v1"],
		"PodSecurityPolicy": ["1.25", "Pod Security admission"],
	},
	"autoscaling/v2beta1": {"*": ["1.25", "autoscaling/v2"]},
	"autoscaling/v2beta2": {"*": ["1.26", "autoscaling/v2"]},
	"flowcontrol.apiserver.k8s.io/v1beta1": {"*": ["1.26", "flowcontrol.apiserver.k8s.io/v1"]},
	"flowcontrol.apiserver.k8s.io/v1beta2": {"*": ["1.29", "flowcontrol.apiserver.k8s.io/v1"]},
	"flowcontrol.apiserver.k8s.io/v1beta3": {"*": ["1.32", "flowcontrol.apiserver.k8s.io/v1"]},
}

violation contains {
	"msg": sprintf("%s of %s is gone since Kubernetes %s; use %s", [
		input.object.kind,
		input.object.apiVersion,
		since,
		instead,
	]),
	"path": ["apiVersion"],
	"value": input.object.apiVersion,
	"cause": sprintf("api:%s", [input.object.apiVersion]),
} if {
	some kind in [input.object.kind, "*"]
	[since, instead] := removed[input.object.apiVersion][kind]
}

unknown contains {"msg": "apiVersion cannot be read", "path": k8s.nearest(["apiVersion"])} if {
	version := object.get(input.object, "apiVersion", null)
	not readable(version)
}

readable(version) if {
	is_string(version)
	not k8s.placeholder(version)
	version != ""
}
