# METADATA
# title: Who may do what
# description: >-
#   Joins roles, bindings, subjects and the workloads that run as a service account. A rule that is
#   limited by resourceNames is not counted as a power over the whole resource.
# scope: package
package merlon.lib.rbac

import data.merlon.lib.k8s
import data.merlon.lib.tree

# ---- the role under judgement -------------------------------------------------------------------

# Roles that the API server makes by itself and keeps as they are: it marks them with a label. The
# label alone is not believed, as anybody can write it.
bootstrapped if {
	k8s.labels_of(input.object)["kubernetes.io/bootstrapping"] == "rbac-defaults"
	bootstrap_name(input.object.metadata.name)
}

bootstrap_name(name) if startswith(name, "system:")

bootstrap_name(name) if name in {"cluster-admin", "admin", "edit", "view"}

rules := input.object.rules if is_array(input.object.rules)

# What of a role cannot be read; controls of roles answer `unknown` for these.
malformed contains {
	"msg": sprintf("rules is %s where a list is expected", [k8s.described(input.object.rules)]),
	"path": ["rules"],
	"cause": k8s.cause("malformed"),
} if {
	input.object.rules != null
	not is_array(input.object.rules)
}

malformed contains {"msg": "the rules of this role are missing", "path": []} if {
	not k8s.exists(["rules"])
	not input.object.aggregationRule
}

malformed contains {
	"msg": "the rules of this role are gathered from other roles by their labels in the cluster",
	"path": ["aggregationRule"],
} if {
	input.object.aggregationRule
	count(k8s.as_array(object.get(input.object, "rules", []))) == 0
}

malformed contains {
	"msg": sprintf("%s is %s where a mapping is expected", [
		k8s.path_text(["rules", i]),
		k8s.described(rule),
	]),
	"path": ["rules", i],
	"cause": k8s.cause("malformed"),
} if {
	some i, rule in rules
	not is_object(rule)
}

malformed contains {
	"msg": sprintf("%s is not a readable list of strings", [k8s.path_text(["rules", i, key])]),
	"path": ["rules", i, key],
	"cause": k8s.cause("malformed"),
} if {
	some i, rule in rules
	some key in ["apiGroups", "resources", "verbs", "resourceNames", "nonResourceURLs"]
	list := rule[key]
	list != null
	not readable_strings(list)
}

readable_strings(list) if {
	is_array(list)
	every s in list {
		is_string(s)
		not k8s.placeholder(s)
	}
}

# ---- rules --------------------------------------------------------------------------------------

# One rule allows the verb on all objects of the resource ("pods" or "pods/exec").
grants(rule, group, resource, verb) if {
	some g in {group, "*"}
	g in rule.apiGroups
	some v in {verb, "*"}
	v in rule.verbs
	covers(rule.resources, resource)
	unnamed(rule)
}

covers(resources, _) if "*" in resources

covers(resources, resource) if resource in resources

covers(resources, resource) if {
	parts := split(resource, "/")
	count(parts) == 2
	sprintf("*/%s", [parts[1]]) in resources
}

unnamed(rule) if count(k8s.as_array(object.get(rule, "resourceNames", []))) == 0

wildcard(rule) if {
	"*" in rule.verbs
	"*" in rule.resources
	"*" in rule.apiGroups
}

# What makes a role worth stealing: power → what it does for an attacker.
powers(list) := {power |
	some rule in list
	some power, cases in dangerous
	some [group, resource, verbs] in cases
	some verb in verbs
	grants(rule, group, resource, verb)
}

dangerous := {
	"read secrets": [["", "secrets", ["get", "list", "watch"]]],
	"run commands in pods": [["", "pods/exec", ["create", "get"]], ["", "pods/attach", ["create", "get"]]],
	"create workloads": [
		["", "pods", ["create"]],
		["apps", "deployments", ["create", "update", "patch"]],
		["apps", "daemonsets", ["create", "update", "patch"]],
		["apps", "statefulsets", ["create", "update", "patch"]],
		["batch", "jobs", ["create"]],
		["batch", "cronjobs", ["create", "update", "patch"]],
	],
	"act as others": [
		["", "serviceaccounts", ["impersonate"]],
		["", "users", ["impersonate"]],
		["", "groups", ["impersonate"]],
		["", "serviceaccounts/token", ["create"]],
	],
	"give itself rights": [
		["rbac.authorization.k8s.io", "roles", ["escalate", "bind"]],
		["rbac.authorization.k8s.io", "clusterroles", ["escalate", "bind"]],
	],
	"reach the kubelet": [["", "nodes/proxy", ["get", "create"]]],
}

# The rules of roles that every cluster has, as far as they grant one of the powers above.
well_known := {
	"cluster-admin": [{"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}],
	"admin": array.concat(edit_rules, [{
		"apiGroups": ["rbac.authorization.k8s.io"],
		"resources": ["roles", "rolebindings"],
		"verbs": ["create", "update", "patch", "delete", "get", "list", "watch"],
	}]),
	"edit": edit_rules,
	"view": [],
	"system:auth-delegator": [],
	"system:node-proxier": [],
	"system:discovery": [],
	"system:basic-user": [],
	"system:public-info-viewer": [],
	"system:monitoring": [],
}

edit_rules := [
	{"apiGroups": [""], "resources": ["secrets"], "verbs": ["get", "list", "watch", "create", "update"]},
	{"apiGroups": [""], "resources": ["pods", "pods/exec", "pods/attach"], "verbs": ["get", "create"]},
	{"apiGroups": [""], "resources": ["serviceaccounts"], "verbs": ["impersonate"]},
	{"apiGroups": [""], "resources": ["serviceaccounts/token"], "verbs": ["create"]},
	{
		"apiGroups": ["apps"],
		"resources": ["deployments", "daemonsets", "statefulsets"],
		"verbs": ["create", "update", "patch"],
	},
	{"apiGroups": ["batch"], "resources": ["jobs", "cronjobs"], "verbs": ["create", "update", "patch"]},
]

# ---- bindings -----------------------------------------------------------------------------------

all_bindings := array.concat(tree.everywhere("RoleBinding"), tree.clusterwide("ClusterRoleBinding"))

# The binding's subjects that are a service account, or a group that holds it.
binds_account(binding, ns, account) if {
	some s in binding.subjects
	is_account(s, k8s.namespace_of(binding), ns, account)
}

is_account(s, binding_ns, ns, account) if {
	s.kind == "ServiceAccount"
	s.name == account
	object.get(s, "namespace", binding_ns) == ns
}

is_account(s, _, ns, _) if {
	s.kind == "Group"
	s.name in {
		"system:serviceaccounts",
		sprintf("system:serviceaccounts:%s", [ns]),
		"system:authenticated",
	}
}

is_account(s, _, ns, account) if {
	s.kind == "User"
	s.name == sprintf("system:serviceaccount:%s:%s", [ns, account])
}

# Bindings that reach a service account: in its own namespace, in others, and cluster-wide.
bindings_of(ns, account) := [b |
	some b in all_bindings
	is_array(b.subjects)
	binds_account(b, ns, account)
]

# The root cause of whatever a binding brings: the same string as k8s.cause("binding") for itself.
cause_of(b) := sprintf("binding:%s/%s/%s", [k8s.namespace_of(b), k8s.kind_of(b), k8s.name_of(b)])

# The rules that a binding hands out; undefined where the role is neither here nor well known.
rules_behind(binding) := k8s.as_array(object.get(role_behind(binding), "rules", []))

role_behind(binding) := role if {
	binding.roleRef.kind == "Role"
	found := tree.named(tree.in_namespace(k8s.namespace_of(binding), "Role"), binding.roleRef.name)
	role := found[0]
} else := role if {
	binding.roleRef.kind == "ClusterRole"
	found := tree.named(tree.clusterwide("ClusterRole"), binding.roleRef.name)
	role := found[0]
} else := {"rules": well_known[binding.roleRef.name]} if {
	binding.roleRef.kind == "ClusterRole"
}

# The service account that a pod specification runs as.
account_of(spec) := spec.serviceAccountName if {
	is_string(spec.serviceAccountName)
	spec.serviceAccountName != ""
} else := spec.serviceAccount if {
	is_string(spec.serviceAccount)
	spec.serviceAccount != ""
} else := "default"

accounts(ns, name) := tree.named(tree.in_namespace(ns, "ServiceAccount"), name)

# ---- words for messages -------------------------------------------------------------------------

# Who holds the role under judgement, and what runs as them.
holders := sprintf("; held by %s", [concat(", ", array.slice(sort(names), 0, 4))]) if {
	names := {n |
		some b in all_bindings
		hands_out(b)
		some s in k8s.as_array(object.get(b, "subjects", []))
		n := subject_words(s, k8s.namespace_of(b))
	}
	count(names) > 0
} else := "; bound to nobody in this tree" if {
	not tree.absent
} else := ""

hands_out(b) if {
	b.roleRef.kind == k8s.kind
	b.roleRef.name == k8s.name
	same_place(b)
}

same_place(_) if k8s.kind == "ClusterRole"

same_place(b) if {
	k8s.kind == "Role"
	k8s.namespace_of(b) == k8s.namespace
}

subject_words(s, binding_ns) := sprintf("service account %s/%s%s", [ns, s.name, used_by(ns, s.name)]) if {
	s.kind == "ServiceAccount"
	ns := object.get(s, "namespace", binding_ns)
} else := sprintf("%s %s", [lower(s.kind), s.name])

used_by(ns, account) := sprintf(" (runs %s)", [concat(", ", array.slice(sort(users), 0, 3))]) if {
	users := {tree.describe(w.object) |
		some w in tree.workloads(ns)
		account_of(k8s.pod_spec_of(w.object)) == account
	}
	count(users) > 0
} else := ""

# What of a binding cannot be read.
malformed_binding contains {
	"msg": sprintf("subjects is %s where a list is expected", [k8s.described(subjects)]),
	"path": ["subjects"],
	"cause": k8s.cause("malformed"),
} if {
	subjects := input.object.subjects
	subjects != null
	not is_array(subjects)
}

malformed_binding contains {
	"msg": sprintf("%s has no readable kind and name", [k8s.path_text(["subjects", i])]),
	"path": ["subjects", i],
	"cause": k8s.cause("malformed"),
} if {
	is_array(input.object.subjects)
	some i, s in input.object.subjects
	not readable_subject(s)
}

readable_subject(s) if {
	is_string(s.kind)
	is_string(s.name)
	not k8s.placeholder(s.name)
	is_string(object.get(s, "namespace", ""))
}

malformed_binding contains {
	"msg": "roleRef has no readable kind and name",
	"path": k8s.nearest(["roleRef", "name"]),
	"cause": k8s.cause("malformed"),
} if {
	not readable_subject(object.get(input.object, "roleRef", null))
}
