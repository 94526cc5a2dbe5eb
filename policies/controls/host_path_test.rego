package merlon.controls.host_path_test

import data.merlon.controls.host_path as c
import data.merlon.lib.kit

test_a_good_workload_passes if {
	count(c.violation | c.unknown) == 0 with input as kit.about(kit.good)
	not c.not_applicable with input as kit.about(kit.good)
}

test_a_host_path_fails if {
	d := kit.deployment({}, {"volumes": [
		{"name": "tmp", "emptyDir": {}},
		{"name": "root", "hostPath": {"path": "/"}},
	]})
	some v in c.violation with input as kit.about(d)
	v.path == ["spec", "template", "spec", "volumes", 1, "hostPath"]
	contains(v.msg, "mounts / of the node")
}

test_a_persistent_volume_on_the_node_fails if {
	pv := kit.cluster_object("v1", "PersistentVolume", "p", {"spec": {"hostPath": {"path": "/data"}}})
	count(c.violation) == 1 with input as kit.about(pv)
}

test_a_persistent_volume_elsewhere_passes if {
	pv := kit.cluster_object("v1", "PersistentVolume", "p", {"spec": {"nfs": {"server": "n"}}})
	count(c.violation | c.unknown) == 0 with input as kit.about(pv)
}

test_hostile_shapes_never_pass if {
	every shape in kit.hostile_pods {
		count(c.unknown) > 0 with input as kit.about(shape)
	}
	every rest in [{}, {"spec": null}, {"spec": 7}, {"spec": []}] {
		pv := object.union({"apiVersion": "v1", "kind": "PersistentVolume"}, rest)
		count(c.unknown) > 0 with input as kit.about(pv)
	}
	d := kit.deployment({}, {"volumes": [{"name": null, "hostPath": "{{ .Values.path }}"}]})
	count(c.violation) == 1 with input as kit.about(d)
}

test_a_foreign_kind_is_not_applicable if c.not_applicable with input as kit.about(kit.foreign)
