package merlon.controls.removed_api_test

import data.merlon.controls.removed_api as c
import data.merlon.lib.kit

of(version, kind) := {"apiVersion": version, "kind": kind, "metadata": {"name": "x"}}

test_removed_versions_fail if {
	every o in [
		of("extensions/v1beta1", "Ingress"), of("apps/v1beta2", "Deployment"),
		of("policy/v1beta1", "PodDisruptionBudget"), of("batch/v1beta1", "CronJob"),
	] {
		some v in c.violation with input as kit.about(o)
		v.path == ["apiVersion"]
	}
}

test_living_versions_pass if {
	every o in [of("apps/v1", "Deployment"), of("autoscaling/v2", "HorizontalPodAutoscaler")] {
		count(c.violation | c.unknown) == 0 with input as kit.about(o)
	}
}

test_other_types_are_unknown if {
	every version in [null, 7, "", [], {}, "{{ .x }}"] {
		count(c.unknown) == 1 with input as kit.about(of(version, "Ingress"))
		count(c.violation) == 0 with input as kit.about(of(version, "Ingress"))
	}
	count(c.unknown) == 1 with input as kit.about({"kind": "Ingress"})
}

test_foreign_kinds_are_not_applicable if {
	c.not_applicable with input as kit.about(of("config.openshift.io/v1", "Ingress"))
}

test_all_removed_versions_are_applicable if {
	every version, kinds in c.removed {
		every kind, _ in kinds {
			not c.not_applicable with input as kit.about(of(version, kind))
		}
	}
}
