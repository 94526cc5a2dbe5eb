package old
import future.keywords.every
import data.b
p[x] { x = input.y[_] }
q { p[_] }
r = 1
s["k"] = 2 { every x in input.z { x > 1 } }
f(x) { x } else = 3 { not x }
