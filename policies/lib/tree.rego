# METADATA
# title: The rest of the tree
# description: >-
#   Looks things up in data.inventory, which holds the whole tree (or cluster) in Gatekeeper's shape:
#   namespace[ns][groupVersion][kind][name] and cluster[groupVersion][kind][name].
# scope: package
package merlon.lib.tree

import data.merlon.lib.k8s

# No inventory was given: whatever needs the tree must answer `unknown`.
absent if not data.inventory

absent_message := "the rest of the tree was not given, so references cannot be followed"

# All objects of a kind in a namespace, of the groups that own the kind.
in_namespace(ns, kind) := [o |
	some gv, kinds in data.inventory.namespace[ns]
	some o in kinds[kind]
	is_object(o)
	split(gv, "/")[0] in api_groups[kind]
]

clusterwide(kind) := [o |
	some gv, kinds in data.inventory.cluster
	some o in kinds[kind]
	is_object(o)
	split(gv, "/")[0] in api_groups[kind]
]

everywhere(kind) := [o |
	some kinds_by_version in data.inventory.namespace
	some gv, kinds in kinds_by_version
	some o in kinds[kind]
	is_object(o)
	split(gv, "/")[0] in api_groups[kind]
]

# The first part of a groupVersion: the group, or the version where the group is the core one.
api_groups[kind] := groups if {
	some kind, homes in k8s.home_groups
	groups := {g |
		some home in homes
		g := first_part(home)
	}
}

first_part("") := "v1"

first_part(g) := g if g != ""

# Workloads of a namespace with the labels their pods carry.
workloads(ns) := [{"object": o, "labels": k8s.pod_labels_of(o)} |
	some kind, _ in k8s.pod_paths
	some o in in_namespace(ns, kind)
]

named(objects, name) := [o |
	some o in objects
	o.metadata.name == name
]

# Label selectors: an absent one selects nothing, an empty one everything.
selects(selector, labels) if {
	is_object(selector)
	every k, v in k8s.as_object(object.get(selector, "matchLabels", {})) {
		labels[k] == v
	}
	every e in k8s.as_array(object.get(selector, "matchExpressions", [])) {
		expression_holds(e, labels)
	}
}

expression_holds(e, labels) if {
	e.operator == "In"
	labels[e.key] in e.values
}

expression_holds(e, labels) if {
	e.operator == "NotIn"
	not labels[e.key] in e.values
}

expression_holds(e, labels) if {
	e.operator == "Exists"
	_ = labels[e.key]
}

expression_holds(e, labels) if {
	e.operator == "DoesNotExist"
	not labels[e.key]
}

# A plain label map, as Services and ReplicationControllers use it.
selects_plainly(wanted, labels) if {
	is_object(wanted)
	count(wanted) > 0
	every k, v in wanted {
		labels[k] == v
	}
}

describe(o) := sprintf("%s %s/%s", [k8s.kind_of(o), k8s.namespace_of(o), k8s.name_of(o)])
