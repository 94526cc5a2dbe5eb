package merlon.controls.disruption_blocked_test

import data.merlon.controls.disruption_blocked as c
import data.merlon.lib.kit

budget(spec) := kit.object_of("policy/v1", "PodDisruptionBudget", "shop", "p", {"spec": spec})

test_blocking_fails if {
	every spec in [{"maxUnavailable": 0}, {"maxUnavailable": "0%"}, {"minAvailable": "100%"}] {
		count(c.violation) == 1 with input as kit.about(budget(spec))
	}
}

test_leaving_room_passes if {
	every spec in [{"maxUnavailable": 1}, {"minAvailable": "50%"}, {}] {
		count(c.violation | c.unknown) == 0 with input as kit.about(budget(spec))
	}
}

test_other_types_are_unknown if {
	every spec in [null, 7, [], {"maxUnavailable": "{{ .x }}"}, {"minAvailable": []}] {
		p := {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "spec": spec}
		count(c.unknown) == 1 with input as kit.about(p)
		count(c.violation) == 0 with input as kit.about(p)
	}
}

test_foreign_kinds_are_not_applicable if {
	c.not_applicable with input as kit.about({"apiVersion": "x.example.com/v1", "kind": "PodDisruptionBudget"})
}
