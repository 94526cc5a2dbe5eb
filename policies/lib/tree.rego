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

# The labels of pods by namespace, label and value: who a selector means is found without reading all.
labelled[ns][key][value] contains labels if {
	some ns, _ in data.inventory.namespace
	some w in workloads(ns)
	labels := w.labels
	some key, value in labels
}

# Some workload of the namespace has all the labels of a plain map.
any_selected_plainly(ns, wanted) if {
	some key, value in wanted
	some labels in labelled[ns][key][value]
	selects_plainly(wanted, labels)
}

# Some workload of the namespace is selected; without matchLabels all of them have to be looked at.
any_selected(ns, selector) if {
	some key, value in selector.matchLabels
	some labels in labelled[ns][key][value]
	selects(selector, labels)
}

any_selected(ns, selector) if {
	count(k8s.as_object(object.get(selector, "matchLabels", {}))) == 0
	some w in workloads(ns)
	selects(selector, w.labels)
}

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
	not object.get(labels, e.key, k8s.missing) in k8s.as_array(object.get(e, "values", []))
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

# ---- resources, which a LimitRange of the namespace may fill in ----------------------------------

words := {"requests": "request", "limits": "limit"}

range_keys := {"requests": "defaultRequest", "limits": "default"}

ranges := in_namespace(k8s.namespace, "LimitRange")

filled_in(part, name) if {
	some range in ranges
	some l in range.spec.limits
	l.type == "Container"
	some key in {range_keys[part], "default"}
	l[key][name]
}

# [container, "request" or "limit", path] for each that is neither set nor filled in. Ephemeral
# containers may not set resources at all.
unset_resources(name, parts) := {[c, words[part], path] |
	not absent
	some c in k8s.containers
	c.list != "ephemeralContainers"
	not unreadable_resource(c, name)
	some part in parts
	not is_set(c.spec, part, name)
	not filled_in(part, name)
	path := array.concat(c.path, ["resources", part, name])
}

is_set(spec, part, name) if not object.get(spec, ["resources", part, name], null) in {null, ""}

# A limit without a request is the request too.
is_set(spec, "requests", name) if not object.get(spec, ["resources", "limits", name], null) in {null, ""}

unreadable_resource(c, name) if {
	some path in [["resources"], ["resources", "limits"], ["resources", "requests"]]
	v := object.get(c.spec, path, null)
	v != null
	not is_object(v)
	name
}

unreadable_resource(c, name) if {
	some part in ["limits", "requests"]
	v := object.get(c.spec, ["resources", part, name], null)
	v != null
	not is_quantity(v)
}

is_quantity(v) if is_number(v)

is_quantity(v) if {
	is_string(v)
	not k8s.placeholder(v)
}

unreadable_resources(name) := {u |
	some c in k8s.containers
	unreadable_resource(c, name)
	u := {
		"msg": sprintf("the %s resources of the %s cannot be read", [name, c.label]),
		"path": k8s.nearest(array.concat(c.path, ["resources"])),
	}
} | {u |
	# Only where something is unset does the rest of the tree matter.
	absent
	some c in k8s.containers
	not is_set(c.spec, "limits", name)
	u := {"msg": absent_message}
}
