# METADATA
# title: What looks like a secret
# description: >-
#   Names that promise a secret, and values that have the form of one. A value is judged only by
#   forms that are hard to hit by chance; a reference to a file, a URL without a password or a
#   template expression is no secret.
# scope: package
package merlon.lib.secrets

import data.merlon.lib.k8s

# Names, with everything that is no letter or digit turned into an underscore.
telling(name) if {
	plain := lower(regex.replace(name, `[^A-Za-z0-9]+`, "_"))
	regex.match(`(^|_)(password|passwd|passphrase|secret|token|api_?key|access_?key|private_?key|secret_?key|client_?secret|credentials?|pwd)($|_)|password$|_?apikey$`, plain)
	not regex.match(`_(file|path|dir|name|ref|url|uri|ttl|expiry|expiration|lifetime|timeout|length|min|max|policy|type|id|issuer|audience|header|enabled|rotation|count|limit)s?$`, plain)
}

# A literal that could be the secret itself.
literal(value) if {
	is_string(value)
	count(trim_space(value)) >= 4
	not k8s.placeholder(value)
	not lower(trim_space(value)) in {"true", "false", "none", "null", "disabled", "enabled", "required"}
	not regex.match(`^[0-9]{1,6}[a-z]{0,2}$`, value)
	not startswith(value, "/")
}

# What a value is by its form, whatever it is called.
form(value) := [words |
	some [pattern, words] in forms
	regex.match(pattern, value)
][0] if {
	is_string(value)
} else := "a URL with a password in it" if {
	is_string(value)
	some found in regex.find_n(`[a-z][a-z0-9+.-]*://[^/\s:@]*:[^/\s@]+@`, value, 4)
	not k8s.placeholder(found)
	not contains(found, "<")
}

forms := [
	[`-----BEGIN [A-Z ]*PRIVATE KEY-----`, "a private key"],
	[`\b(AKIA|ASIA)[0-9A-Z]{16}\b`, "an AWS access key"],
	[`\bgh[pousr]_[A-Za-z0-9]{36,}\b`, "a GitHub token"],
	[`\bglpat-[A-Za-z0-9_-]{20,}`, "a GitLab token"],
	[`\bxox[abprs]-[A-Za-z0-9-]{10,}`, "a Slack token"],
	[`\bsk_live_[A-Za-z0-9]{16,}\b`, "a payment provider's key"],
	[`\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}`, "a signed token (JWT)"],
]

# Findings never repeat the secret: its first two letters and its length are enough to know it.
masked(value) := sprintf("%s… (%d characters)", [substring(value, 0, 2), count(value)])
