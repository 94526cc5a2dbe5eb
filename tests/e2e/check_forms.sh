#!/bin/sh
# check_forms.sh - the forms of `merlon check`: screens of any width, JSON by its schema, SARIF, JUnit.
# usage: check_forms.sh MERLON. With MERLON_SLOW=1 also sarif-multitool (npm @microsoft/sarif-multitool)
# where it is installed: the command `Sarif.Multitool` or $SARIF_MULTITOOL.
set -u
merlon=$(realpath "$1")
root=$(cd "$(dirname "$0")/../.." && pwd)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp" || exit 1
passed=0
failed=0
skipped=0
ok() { passed=$((passed + 1)); }
bad() {
    failed=$((failed + 1))
    echo "FAIL $1"
    head -n 20 out err 2>/dev/null
}
holds() { # NAME COMMAND...
    name=$1
    shift
    if "$@" >out 2>err; then ok; else bad "$name"; fi
}
skip() {
    skipped=$((skipped + 1))
    echo "skip $1"
}

cp -r "$root/examples/shop" shop
printf 'kind: [\n' >shop/broken.yaml
# Names that would move the cursor, turn the text, or fill two columns a character.
python3 - >shop/hostile.yaml <<'P'
print("""apiVersion: v1
kind: Pod
metadata: {name: "\\e[31mred\\e]0;title\\a\\u202eevil", namespace: "日本語日本語日本語日本語日本語"}
spec:
  containers:
    - name: "名前の長いコンテナ名前の長いコンテナ名前の長いコンテナ名前の長いコンテナ"
      image: "x"
      args: ["%s"]
      securityContext: {privileged: true, aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa: 1}
      e\u0301: 1""" % ("long " * 100))
P

# A terminal of each width; without one the width is 80.
cat >screen.py <<'P'
"""screen.py MERLON: runs it on terminals of many widths, and reads what a terminal would show."""
import fcntl, os, pty, re, struct, subprocess, sys, termios, unicodedata

def columns(text):
    n = 0
    for c in text:
        if unicodedata.combining(c):
            continue
        n += 2 if unicodedata.east_asian_width(c) in "WF" else 1
    return n

def run(width, *args):
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, width, 0, 0))
    attrs = termios.tcgetattr(slave)
    attrs[1] &= ~termios.OPOST
    termios.tcsetattr(slave, termios.TCSANOW, attrs)
    env = dict(os.environ, TERM="xterm-256color")
    env.pop("NO_COLOR", None)
    p = subprocess.Popen([sys.argv[1], "check", *args], stdout=slave, stderr=subprocess.DEVNULL, env=env)
    os.close(slave)
    data = b""
    while True:
        try:
            piece = os.read(master, 65536)
        except OSError:
            break
        if not piece:
            break
        data += piece
    p.wait()
    os.close(master)
    return data.decode("utf-8")

STYLE = re.compile("\x1b\\[([0-9;]*)m")
for width in [1, 20, 21, 33, 40, 60, 79, 80, 100, 133, 200, 400]:
    for args in (["shop"], ["--verbose", "shop"]):
        for line in run(width, *args).split("\n"):
            styles = STYLE.findall(line)
            assert styles[1::2] == ["0"] * (len(styles) // 2), (width, "a colour stays open", line)
            assert len(styles) % 2 == 0, (width, "a colour stays open", line)
            plain = STYLE.sub("", line)
            assert not any(ord(c) < 32 or 127 <= ord(c) < 160 or c in "\u202e\u2066" for c in plain), (width, line)
            assert columns(plain) <= max(width, 20), (width, columns(plain), plain)
P
holds "every width from 20 to 400 columns" python3 screen.py "$merlon"
holds "no colour into a pipe" sh -c '! "$0" check shop | grep -q "$(printf "\033")"' "$merlon"
holds "no colour when NO_COLOR is set" sh -c 'NO_COLOR=1 script -qec "$0 check shop" /dev/null | grep -qv "$(printf "\033\[3")"' "$merlon"
holds "--quiet has no findings" sh -c '! "$0" check --quiet shop | grep -q "^1\."' "$merlon"
holds "--verbose has all groups" sh -c '"$0" check --verbose shop | grep -q "^20\."' "$merlon"
holds "--severity leaves out what is below" sh -c '! "$0" check -v --severity high shop | grep -qE "^[0-9]+\. (low|medium)"' "$merlon"
holds "one group for two host paths" sh -c '"$0" check -v shop | grep -c "MLN-POD-003.*2 places" | grep -qx 1' "$merlon"

"$merlon" check -q -o json=a.json -o sarif=a.sarif -o junit=a.xml -o markdown=a.md shop >/dev/null 2>&1
holds "JSON is told in its schema" python3 - "$root/docs/reference/check.schema.json" <<'P'
import json, sys
schema, answer = json.load(open(sys.argv[1])), json.load(open("a.json"))
try:
    import jsonschema
    jsonschema.Draft7Validator(schema).validate(answer)
except ImportError:
    pass  # the check below is the part that needs no library
def check(s, v, at="$"):
    if "$ref" in s:
        s = schema["definitions"][s["$ref"].split("/")[-1]]
    if "enum" in s:
        assert v in s["enum"], (at, v)
    types = s.get("type", [])
    types = [types] if isinstance(types, str) else types
    python = {"object": dict, "array": list, "string": str, "integer": int, "number": (int, float), "boolean": bool}
    assert not types or any(isinstance(v, python[t]) for t in types), (at, v)
    if isinstance(v, dict) and "properties" in s:
        assert set(s.get("required", [])) <= set(v), (at, set(s["required"]) - set(v))
        for key, inner in v.items():
            assert key in s["properties"], (at, key)
            check(s["properties"][key], inner, at + "." + key)
    if isinstance(v, list) and "items" in s:
        for i, inner in enumerate(v):
            check(s["items"], inner, f"{at}[{i}]")
check(schema, answer)
assert len(answer["unread"]) == 1 and len(answer["groups"]) > 10
for g in answer["groups"]:
    assert all(answer["findings"][i]["control"] == g["control"] for i in g["findings"])
P
holds "SARIF: places, fixes, fingerprints" python3 - <<'P'
import json
log = json.load(open("a.sarif"))
run = log["runs"][0]
rules = run["tool"]["driver"]["rules"]
assert log["version"] == "2.1.0" and len(run["results"]) > 20
prints = [r["partialFingerprints"]["merlon/v1"] + r["message"]["text"] for r in run["results"]]
assert len(prints) == len(set(prints))
texts, fixed = {}, 0
for r in run["results"]:
    assert rules[r["ruleIndex"]]["id"] == r["ruleId"]
    where = r["locations"][0]["physicalLocation"]
    lines = open(where["artifactLocation"]["uri"].replace("%20", " "), encoding="utf-8").read().split("\n")
    region = where["region"]
    if region["startLine"] == region["endLine"]:
        found = lines[region["startLine"] - 1][region["startColumn"] - 1:region["endColumn"] - 1]
        assert found == region["snippet"]["text"], (found, region)
    for fix in r.get("fixes", []):
        fixed += 1
        for change in fix["artifactChanges"]:
            for replacement in change["replacements"]:
                d = replacement["deletedRegion"]
                assert (d["startLine"], d["startColumn"]) <= (d["endLine"], d["endColumn"])
assert fixed > 5
notes = run["invocations"][0]["toolExecutionNotifications"]
assert len(notes) == 1 and run["invocations"][0]["executionSuccessful"] is False
P
holds "JUnit: counts agree with its cases" python3 - <<'P'
import xml.etree.ElementTree as E
root = E.parse("a.xml").getroot()
assert root.tag == "testsuites"
for suite in root:
    cases = suite.findall("testcase")
    assert int(suite.get("tests")) == len(cases)
    assert int(suite.get("failures")) == sum(c.find("failure") is not None for c in cases)
    assert int(suite.get("errors")) == sum(c.find("error") is not None for c in cases)
    assert int(suite.get("skipped")) == sum(c.find("skipped") is not None for c in cases)
    for c in cases:
        assert c.get("name") and c.get("classname") and len(list(c)) <= 1
P
holds "Markdown shows the figures" grep -q '^| score | coverage | floor |' a.md
holds "and escapes what it quotes" sh -c '! grep -q "<script" a.md'
holds "an output that cannot be written" sh -c '"$0" check -o json=/dev/full shop >/dev/null 2>&1; [ $? = 4 ]' "$merlon"

multitool=${SARIF_MULTITOOL:-$(command -v Sarif.Multitool || true)}
if [ "${MERLON_SLOW:-}" != 1 ]; then
    :
elif [ -z "$multitool" ]; then
    skip "sarif-multitool validate: not installed"
else
    # The one warning known: there is no page of the project for informationUri.
    holds "sarif-multitool validate" sh -c \
        '"$0" validate --rule-kind "Sarif;Ghas" --level "Error;Warning" a.sarif >log 2>&1; cat log; ! grep -E ": (error|warning) " log | grep -v SARIF2005 | grep -q .' "$multitool"
fi
if [ "$skipped" != 0 ]; then
    echo "$passed passed, $failed failed, $skipped skipped"
else
    echo "$passed passed, $failed failed"
fi
[ "$failed" = 0 ]
