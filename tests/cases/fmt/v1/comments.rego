package comments
# one

# two
a := [ # behind the bracket
  1, # behind one
  2
  # before the end
]
b := {"k": # behind the key
  "v"}
c := [ 1, # inside one line
  ]
d if {
  # first
  x := [1,
    # between
    2] # after

  # alone

  y == x with input as { # clash
    "a": 1, # again
  } with data.z as 2
  not y
  # last
}
e := f(
  # argument
  1) if {
  g == [ # right
   1, # clash
  ]
}
# trailing	
