package main_test

import data.main

deployment(labels) := {"kind": "Deployment", "metadata": {"name": "web", "labels": labels}}

test_an_owner_is_needed if {
	main.deny == {"Deployment/web: the label app.kubernetes.io/part-of is missing"} with input as deployment({})
	count(main.deny) == 0 with input as deployment({"app.kubernetes.io/part-of": "shop"})
}

test_foreign_names_are_denied if {
	ingress := {"kind": "Ingress", "metadata": {"name": "i"}, "spec": {"rules": [{"host": "shop.test"}]}}
	count(main.deny) == 1 with input as ingress
}

test_many_replicas_warn if {
	scaler := {"kind": "HorizontalPodAutoscaler", "metadata": {"name": "h"}, "spec": {"maxReplicas": 12}}
	count(main.warn) == 1 with input as scaler
	count(main.deny) == 0 with input as scaler
}
