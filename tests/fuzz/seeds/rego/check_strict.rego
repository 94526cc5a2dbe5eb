package p
import data.a
import data.b as a
input := 1
q(x, y) := x if { z := 1 }
r if all([true])
