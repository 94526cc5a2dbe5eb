package merlon.controls.image_tag_test

import data.merlon.controls.image_tag as c
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

test_latest_and_no_tag_fail if {
	every i in ["nginx", "nginx:latest", "registry:5000/shop/web"] {
		count(c.violation) == 1 with input as kit.about(image(i))
	}
}

test_versions_and_digests_pass if {
	every i in ["nginx:1.27", "registry:5000/web:v1", sprintf("web:latest@sha256:%s", [kit.digest])] {
		count(c.violation | c.unknown) == 0 with input as kit.about(image(i))
	}
}

test_unreadable_images_are_unknown if {
	every i in ["{{ .Values.image }}", "", 7, null, []] {
		count(c.unknown) == 1 with input as kit.about(image(i))
	}
}
