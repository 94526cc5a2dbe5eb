package merlon.controls.secret_in_tree_test

import data.merlon.controls.secret_in_tree as c
import data.merlon.lib.kit

secret(rest) := kit.object_of("v1", "Secret", "shop", "db", rest)

test_values_fail if {
	s := secret({"data": {"password": "aHVudGVyMg=="}, "stringData": {"user": "shop"}})
	paths := {v.path | some v in c.violation} with input as kit.about(s)
	paths == {["data", "password"], ["stringData", "user"]}
}

test_public_and_empty_parts_pass if {
	s := secret({"data": {"ca.crt": "LS0t", "password": ""}})
	count(c.violation | c.unknown) == 0 with input as kit.about(s)
}

test_encrypted_ones_pass if {
	s := secret({"data": {"password": "ENC[AES256_GCM,data:x]"}, "sops": {"version": "3.9"}})
	count(c.violation) == 0 with input as kit.about(s)
}

test_a_cluster_holds_secrets if {
	c.not_applicable with input as kit.deployed(secret({"data": {"password": "aHVudGVyMg=="}}))
	count(c.violation) == 0 with input as kit.deployed(secret({"data": {"password": "aHVudGVyMg=="}}))
}

test_other_types_are_unknown if {
	every value in ["x", 7, [], {"a": 7}, {"a": "{{ .Values.password }}"}] {
		count(c.unknown) == 1 with input as kit.about(secret({"data": value}))
	}
}

test_foreign_kinds_are_not_applicable if {
	c.not_applicable with input as kit.about({"apiVersion": "vault.example.com/v1", "kind": "Secret"})
}
