#!/usr/bin/env python3
"""gen_acl.py N: an HTTP authorisation policy of N rules that differ in method, path and user."""
import sys

print("package acl\n\ndefault allow := false")
for i in range(int(sys.argv[1])):
    method = ("GET", "PUT", "POST")[i % 3]
    users = f'{{"u{i % 50}", "u{(i + 7) % 50}"}}'
    print(f'\nallow if {{\n\tinput.method == "{method}"\n\tinput.path == "/api/v1/r{i}"\n\tinput.user in {users}\n}}')
