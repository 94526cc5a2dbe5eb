# Who is called at night, and may this be public? Rules of one team, in the style of conftest:
# package main, `deny` fails, `warn` only tells, and input is the bare document.
package main

served_kinds := {"Deployment", "StatefulSet", "DaemonSet"}

name := sprintf("%s/%s", [input.kind, input.metadata.name])

# Every service says what it belongs to, so that an alert finds its owner.
deny contains msg if {
	input.kind in served_kinds
	not input.metadata.labels["app.kubernetes.io/part-of"]
	msg := sprintf("%s: the label app.kubernetes.io/part-of is missing", [name])
}

# Public names are ours, and only ours.
deny contains msg if {
	input.kind == "Ingress"
	some rule in input.spec.rules
	not endswith(object.get(rule, "host", ""), ".example.com")
	msg := sprintf("%s: %q is not a name below example.com", [name, object.get(rule, "host", "")])
}

# More than ten replicas are paid for; somebody should know.
warn contains msg if {
	input.kind == "HorizontalPodAutoscaler"
	input.spec.maxReplicas > 10
	msg := sprintf("%s: up to %d replicas", [name, input.spec.maxReplicas])
}
