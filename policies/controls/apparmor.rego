# METADATA
# scope: package
# title: AppArmor is not switched off
# description: >-
#   On nodes with AppArmor the runtime confines every container. An Unconfined profile takes that
#   away from this one.
# custom:
#   id: MLN-POD-015
#   severity: medium
#   category: pod-security
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
#     Remove the appArmorProfile or the annotation, or set the type RuntimeDefault.
#   exposes: 4
#   mappings:
#     pss: ["baseline"]
#     nsa: ["Pod security enforcement"]
#     attack: ["T1611"]
#     cis: []
#     k8s_docs:
#       - "https://kubernetes.io/docs/tutorials/security/apparmor/"
#       - "https://kubernetes.io/docs/concepts/security/pod-security-standards/"
package merlon.controls.apparmor

import data.merlon.lib.k8s

not_applicable if k8s.foreign

not_applicable if k8s.windows

unknown contains u if some u in k8s.malformed
holders := array.concat([{"spec": k8s.pod_spec, "path": k8s.pod_path, "label": "the pod"}], k8s.linux_containers)

violation contains {
	"msg": sprintf("%s runs unconfined by AppArmor", [h.label]),
	"path": path,
	"value": "Unconfined",
	"fix": {"op": "set", "path": path, "value": "RuntimeDefault"},
	"cause": k8s.cause("apparmor"),
} if {
	some h in holders
	h.spec.securityContext.appArmorProfile.type == "Unconfined"
	path := array.concat(h.path, ["securityContext", "appArmorProfile", "type"])
}

prefix := "container.apparmor.security.beta.kubernetes.io/"

violation contains {
	"msg": sprintf("container %q runs unconfined by AppArmor", [trim_prefix(key, prefix)]),
	"path": path,
	"value": "unconfined",
	"fix": {"op": "remove", "path": path},
	"cause": k8s.cause("apparmor"),
} if {
	some key, "unconfined" in k8s.pod_annotations
	startswith(key, prefix)
	path := array.concat(k8s.template_path, ["metadata", "annotations", key])
}

unknown contains {
	"msg": sprintf("%s has an AppArmor profile that cannot be read", [h.label]),
	"path": path,
} if {
	some h in holders
	profile := h.spec.securityContext.appArmorProfile
	profile != null
	not readable(profile)
	path := array.concat(h.path, ["securityContext", "appArmorProfile"])
}

readable(profile) if profile.type in {"RuntimeDefault", "Localhost", "Unconfined"}
