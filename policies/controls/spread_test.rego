package merlon.controls.spread_test

import data.merlon.controls.spread as c
import data.merlon.lib.kit

test_nothing_fails if count(c.violation) == 1 with input as kit.about(kit.good)

test_both_ways_pass if {
	every spec in [
		{"topologySpreadConstraints": [{"maxSkew": 1}]},
		{"affinity": {"podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": []}}},
	] {
		count(c.violation | c.unknown) == 0 with input as kit.about(kit.deployment({}, spec))
	}
}

test_one_replica_is_not_applicable if {
	c.not_applicable with input as kit.about(json.remove(kit.good, ["/spec/replicas"]))
}

test_other_types_are_unknown if {
	every spec in [{"topologySpreadConstraints": "{{ .x }}"}, {"affinity": "x"}, {"affinity": []}] {
		count(c.unknown) == 1 with input as kit.about(kit.deployment({}, spec))
		count(c.violation) == 0 with input as kit.about(kit.deployment({}, spec))
	}
	every s in kit.hostile_pods {
		count(c.unknown) > 0 with input as kit.about(s)
	}
}

test_foreign_kinds_are_not_applicable if {
	c.not_applicable with input as kit.about({"apiVersion": "x.example.com/v1", "kind": "Deployment"})
}
