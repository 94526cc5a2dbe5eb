package logic
import future.keywords.and
import future.keywords.or
import future.keywords.not
a if { input.x and input.y or not {input.z; input.w} }
b if { (input.x or input.y) and input.z with input.q as 1 }
c if {
  input.x and
  {input.y; input.z} or
  ({1, 2} == input.s)
  not (input.a | input.b)
}
