package merlon.controls.image_digest_test

import data.merlon.controls.image_digest as c
import data.merlon.lib.kit

test_a_good_workload_passes if {
	count(c.violation) == 0 with input as kit.about(kit.good)
	count(c.unknown) == 0 with input as kit.about(kit.good)
	not c.not_applicable with input as kit.about(kit.good)
}

test_a_foreign_kind_is_not_applicable if c.not_applicable with input as kit.about(kit.foreign)

test_hostile_shapes_never_pass if {
	every shape in kit.hostile_pods {
		count(c.unknown) > 0 with input as kit.about(shape)
	}
}

image(value) := kit.deployment({"image": value}, {})

test_tags_fail if {
	every i in ["nginx", "nginx:1.27", "registry:5000/shop/web:1.0", "web@sha256:123"] {
		some v in c.violation with input as kit.about(image(i))
		v.value == i
		v.cause == sprintf("image:%s", [i])
	}
}

test_digests_pass if {
	every i in ["nginx@sha256:%s", "registry:5000/a/b:1@sha256:%s"] {
		count(c.violation) == 0 with input as kit.about(image(sprintf(i, [kit.digest])))
	}
}

test_unreadable_images_are_unknown if {
	every i in ["{{ .Values.image }}", "repo:{{ .tag }}", "", 7, null, [], {}] {
		count(c.unknown) == 1 with input as kit.about(image(i))
		count(c.violation) == 0 with input as kit.about(image(i))
	}
	count(c.unknown) == 1 with input as kit.about(kit.without(["container/image"]))
}
