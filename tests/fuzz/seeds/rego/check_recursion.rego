package p
a := b with data.p.c as 1
b := data.p
c := 1
