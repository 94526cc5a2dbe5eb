#!/usr/bin/env python3
"""embed_policies.py - makes a C table of our controls: usage: embed_policies.py OUT.c ROOT FILE..."""
import pathlib
import sys

out, root, files = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3:]


def literal(text):
    for line in text.split("\n"):
        body = "".join(c if c in " !#$%&'()*+,-./:;<=>@[]^_`{|}~" or c.isalnum() and c.isascii()
                       else {'"': '\\"', "\\": "\\\\", "\t": "\\t", "?": "\\?"}.get(c) or
                       "".join("\\%03o" % b for b in c.encode()) for c in line)
        yield '    "%s\\n"' % body


with open(out, "w") as f:
    f.write('/* Made by tools/embed_policies.py: our controls as text. */\n#include "cli/controls_text.h"\n')
    f.write("const struct mrl_control_text mrl_control_texts[] = {\n")
    for name in sorted(files):
        text = pathlib.Path(name).read_text()
        f.write('    {MRL_S_INIT("%s"), MRL_S_INIT(\n%s)},\n' %
                (pathlib.Path(name).relative_to(root), "\n".join(literal(text[:-1] if text.endswith("\n") else text))))
    f.write("};\nconst size_t mrl_control_texts_n = MRL_COUNTOF(mrl_control_texts);\n")
