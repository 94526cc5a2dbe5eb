package merlon.controls.namespace_pod_security_test

import data.merlon.controls.namespace_pod_security as c
import data.merlon.lib.kit

namespace(labels) := kit.cluster_object("v1", "Namespace", "shop", {"metadata": {"labels": labels}})

enforce := "pod-security.kubernetes.io/enforce"

test_no_label_fails if {
	some v in c.violation with input as kit.about(namespace({"team": "shop"}))
	v.path == ["metadata", "labels"]
}

test_privileged_fails if {
	count(c.violation) == 1 with input as kit.about(namespace({enforce: "privileged"}))
}

test_standards_pass if {
	every level in ["baseline", "restricted"] {
		count(c.violation | c.unknown) == 0 with input as kit.about(namespace({enforce: level}))
	}
}

test_other_values_are_unknown if {
	every level in ["{{ .Values.level }}", "strict", 7, [], {}] {
		count(c.unknown) == 1 with input as kit.about(namespace({enforce: level}))
		count(c.violation) == 0 with input as kit.about(namespace({enforce: level}))
	}
	every metadata in [null, 7, "x", [], {"labels": "x"}, {"labels": []}] {
		o := {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}
		count(c.unknown) == 1 with input as kit.about(o)
		count(c.violation) == 0 with input as kit.about(o)
	}
}

test_foreign_kinds_are_not_applicable if {
	c.not_applicable with input as kit.about({"apiVersion": "x.example.com/v1", "kind": "Namespace"})
}
