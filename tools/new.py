#!/usr/bin/env python3
"""new.py - makes the files of a new part: usage: new.py control|command|adr NAME"""
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent


def write(path, text):
    path = ROOT / path
    if path.exists():
        sys.exit(f"{path.relative_to(ROOT)} is there already")
    path.write_text(text)
    print("wrote", path.relative_to(ROOT))


def control(name):
    write(f"policies/controls/{name}.rego", f"""# METADATA
# scope: package
# title: TITLE
# description: WHY
# custom:
#   id: MLN-AREA-NNN
#   severity: medium
#   category: pod-security
#   kinds: [Pod]
#   stages: [build, deploy]
#   needs: []
#   remediation: WHAT TO DO
#   exposes: 3
#   mappings: {{}}
package merlon.controls.{name}

violation contains {{"msg": "say what is wrong", "path": ["spec"]}} if {{
	input.object.spec.wrong == true
}}
""")
    write(f"policies/controls/{name}_test.rego", f"""package merlon.controls.{name}_test

import data.merlon.controls.{name}

test_fails if count({name}.violation) == 1 with input.object as {{"kind": "Pod", "spec": {{"wrong": true}}}}
""")


def command(name):
    symbol = name.replace(" ", "_")
    write(f"src/cli/cmd_{symbol}.c", f"""/* cmd_{symbol}.c - `merlon {name}`: SAY WHAT IT DOES. */
#include "cli/cli.h"

static int run_{symbol}(struct mrl_cli *cli) {{
    return mrl_cli_usage(cli, "not written yet");
}}

const struct mrl_cmd mrl_cmd_{symbol} = {{
    .name = "{name}",
    .args = "",
    .summary = "SAY WHAT IT DOES",
    .text = "",
    .run = run_{symbol},
}};
""")
    print(f'add C(mrl_cmd_{symbol}, "GROUP", "0.1") to src/cli/commands.def, the file to src/cli/meson.build')


def adr(name):
    numbers = [int(p.name[:4]) for p in (ROOT / "docs/adr").glob("[0-9]*.md")]
    write(f"docs/adr/{max(numbers, default=0) + 1:04d}-{name}.md",
          f"# {max(numbers, default=0) + 1:04d} {name}\n\n**Decided**: \n**Why**: \n**Price**: \n")


if __name__ == "__main__":
    kinds = {"control": control, "command": command, "adr": adr}
    if len(sys.argv) != 3 or sys.argv[1] not in kinds:
        sys.exit(__doc__)
    kinds[sys.argv[1]](sys.argv[2])
