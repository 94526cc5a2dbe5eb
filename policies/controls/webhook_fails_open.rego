# METADATA
# scope: package
# title: Validating webhooks fail closed
# description: >-
#   With failurePolicy Ignore, whoever can make the webhook slow or unreachable switches the check
#   off, and nobody sees that it did not run.
# custom:
#   id: MLN-ADM-001
#   severity: medium
#   category: admission
#   kinds: [ValidatingWebhookConfiguration]
#   stages: [build, deploy]
#   needs: []
#   remediation: >-
#     Set failurePolicy to Fail, give the webhook two replicas and a short timeout, and exclude only
#     its own namespace.
#   exposes: 5
#   mappings:
#     pss: []
#     nsa: ["Audit and logging"]
#     attack: ["T1562.001"]
#     cis: []
#     k8s_docs:
#       - "https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/"
package merlon.controls.webhook_fails_open

import data.merlon.lib.k8s

not_applicable if k8s.foreign

violation contains {
	"msg": sprintf("the webhook %s lets objects through when it does not answer", [webhook_name(w)]),
	"path": path,
	"value": "Ignore",
	"fix": {"op": "set", "path": path, "value": "Fail"},
	"cause": k8s.cause("failure-policy"),
} if {
	not k8s.foreign
	some i, w in input.object.webhooks
	w.failurePolicy == "Ignore"
	path := ["webhooks", i, "failurePolicy"]
}

webhook_name(w) := w.name if {
	is_string(w.name)
} else := "(no name)"

unknown contains {"msg": "webhooks cannot be read", "path": k8s.nearest(["webhooks"])} if {
	list := object.get(input.object, "webhooks", [])
	not is_array(list)
}

unknown contains {
	"msg": "the failurePolicy cannot be read",
	"path": k8s.nearest(["webhooks", i, "failurePolicy"]),
} if {
	is_array(input.object.webhooks)
	some i, w in input.object.webhooks
	not readable(w)
}

readable(w) if {
	is_object(w)
	object.get(w, "failurePolicy", null) in {null, "Fail", "Ignore"}
}
