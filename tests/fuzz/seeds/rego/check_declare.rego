package p
a if { x := 1; x := 2; some y; [z, 1] := [1]; every k, v in input { v } }
b if { count := 1; count(1) }
