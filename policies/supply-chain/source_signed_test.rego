package merlon.controls.source_signed_test

import data.merlon.controls.source_signed as c

about(evidence) := {
	"subject": {"id": "source:x@y", "kind": "merlon/Source"}, "stage": "build",
	"object": {"repository": "x", "commit": "y"}, "evidence": evidence,
}

passes(i) if {
	count(c.violation) == 0 with input as i
	count(c.unknown) == 0 with input as i
}

row(verdict) := {"kind": "commit", "verdict": verdict, "id": "0123456789abcdef", "reason": "why"}

test_signed_source_passes if passes(about({"verdict": "pass", "rows": [row("pass"), row("pass")]}))

test_one_unsigned_commit_fails if {
	count(c.violation) == 1 with input as about({"verdict": "fail", "rows": [row("pass"), row("fail")]})
	count(c.violation) == 1 with input as about({"verdict": "fail", "rows": [{"verdict": "fail"}]})
	count(c.violation) == 1 with input as about({"verdict": "fail", "rows": []})
}

test_what_nobody_knows_is_unknown if {
	every e in [
		{}, {"verdict": "pass"}, {"verdict": "pass", "rows": []}, {"verdict": "pass", "rows": "x"},
		{"rows": [row("pass")]}, {"verdict": "unknown", "rows": [row("unknown")]}, {"verdict": "pass", "rows": [{}]},
	] {
		count(c.unknown) > 0 with input as about(e)
	}
}
