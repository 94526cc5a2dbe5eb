package merlon.controls.webhook_fails_open_test

import data.merlon.controls.webhook_fails_open as c
import data.merlon.lib.kit

hooks(list) := kit.cluster_object("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", "v", {
	"webhooks": list,
})

test_ignore_fails if {
	h := hooks([{"name": "a.example.com", "failurePolicy": "Ignore"}])
	count(c.violation) == 1 with input as kit.about(h)
}

test_fail_and_the_default_pass if {
	h := hooks([{"name": "a", "failurePolicy": "Fail"}, {"name": "b"}])
	count(c.violation | c.unknown) == 0 with input as kit.about(h)
}

test_other_types_are_unknown if {
	every list in ["x", 7, {}, null, [null], [{"failurePolicy": 7}], [{"failurePolicy": "{{ .x }}"}]] {
		count(c.unknown) == 1 with input as kit.about(hooks(list))
		count(c.violation) == 0 with input as kit.about(hooks(list))
	}
}

test_foreign_kinds_are_not_applicable if {
	c.not_applicable with input as kit.about({
		"apiVersion": "x.example.com/v1",
		"kind": "ValidatingWebhookConfiguration",
	})
}
