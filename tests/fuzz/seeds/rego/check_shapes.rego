package p
a if { [x, {"k": y}] = [1, {"k": 2}]; {k: [u]} = {k: [w]} }
b.c[x].d := 1 if some x in [1]
b.c.e := 2
