package p
f(x) := x + 1
a := f("a")
b := {"x": 1}.y
c if null == "x"
d := sum({1, "a"})
