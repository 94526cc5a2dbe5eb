package p
f() :=x xsum({else1, "a"})
