# METADATA
# title: a package
# METADATA
# title: another block
package shop.orders["eu-west"]


import data.shop.prices as p
import data.lib # helpers
import input.order as o

import data.zone
import rego.v1
# about late
late := 1
early := 2 # on its line
default allow = false
allow if { o.paid }
allow := true if { o.paid; not o.blocked
  some item in o.items } else := false if o.blocked else := true if {
  # nobody knows

  o.free # really
}
total := sum([(x * (1+2) - 3) | some i; x := o.items[i].price]) +  -o.discount

names contains n if some n, _ in o.items
names contains "x" if true
nested[a][b].c := d if { some a, b, d
 a == b }
f(x, [y, {"k": z},
  _]) := {x,x, y,
  z} if every k, v in x { k != v; v > 0 }
g(1)
texts := ["plain", `raw \d`, "esc\u0041\n", $"sum {1 + 2} of {o.n with input as 1} \{braces}",
  $`raw {x}
more`]
refs := o["name"].a["b c"]["if"].if[p[0]][[1,2]]
ops if {
  (a | b) == c
  {1 | x := 2} & {2}
  x = plus(1, 2)
  a in b; (a, b in c)
  walk(o, [path, value]) with input as {"a": 1} with data.x as 2
    with time.now_ns as 3
  startswith(
    x,
    "y")
}
# the end


