package better

# Operands that bind less tightly keep their parentheses.
precedence if {
	(a in b) == c
	1 - (2 - 3)
	x * (y + z)
	1, (2 in [2]) in [false, true]
	"k", (v in w) in u
}

# What follows a copied operand is not left out, nor a comment behind it.
copied if {
	[ # left
		1, # clash
	] == g
	# still here
}

# A string in the body of an else stays what it is.
text := "x" if {
	input.a
} else := "a" if input.x == "b"

# Two comments on one line of output do not become one.
two if {
	x := 1 - # one
	y # two
	z
}

number := $"{.5} {1}"
