package old
import future.keywords.in
import data.b
import data.a
default p = {"a":1}
p[x] { x = input.y[_] } { x := 1
}
q[k] = v { v = input[k] }
r["s"] = 1
f(x) = y { y = x } else = 2 { true }
t { input.x in [1,2] # why
}
a.b[c] { c = 1 }
u { internal.member_2(1, [1]) }
