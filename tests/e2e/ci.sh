#!/bin/bash
# ci.sh - `merlon ci` in scratch repositories: what is new, old, fixed; which base; the lock; the examples.
# usage: ci.sh MERLON
set -u
merlon=$(realpath "$1")
root=$(cd "$(dirname "$0")/../.." && pwd)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp" || exit 1
passed=0
failed=0
ok() { passed=$((passed + 1)); }
bad() {
    failed=$((failed + 1))
    echo "FAIL $1"
    head -n 20 "$tmp/out" "$tmp/err" 2>/dev/null
}
# wants NAME CODE TEXT ARGUMENT...: the exit code of `merlon ci`, and a text on stdout or stderr
wants() {
    name=$1 want=$2 text=$3
    shift 3
    COLUMNS=200 "$merlon" ci "$@" >"$tmp/out" 2>"$tmp/err" </dev/null
    code=$?
    if [ "$code" = "$want" ] && grep -qF -- "$text" "$tmp/out" "$tmp/err"; then ok; else bad "$name: exit $code, want $want with '$text'"; fi
}
# member NAME PYTHON ARGUMENT...: an expression over the JSON answer `d` holds
member() {
    name=$1 expr=$2
    shift 2
    "$merlon" ci -f json "$@" >"$tmp/out" 2>"$tmp/err"
    if python3 -c "import json,sys; d=json.load(open(sys.argv[1])); sys.exit(not ($expr))" "$tmp/out" 2>>"$tmp/err"; then ok; else bad "$name: $expr"; fi
}
if ! command -v git >/dev/null 2>&1; then
    echo "0 passed, 0 failed, 1 skipped (git is not here)"
    exit 0
fi
unset GITHUB_BASE_REF GITHUB_STEP_SUMMARY CI_MERGE_REQUEST_DIFF_BASE_SHA CHANGE_TARGET GIT_DIR GIT_INDEX_FILE GIT_WORK_TREE
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
export GIT_AUTHOR_NAME=t GIT_AUTHOR_EMAIL=t@example.com GIT_COMMITTER_NAME=t GIT_COMMITTER_EMAIL=t@example.com
pod() { # NAME LINE...: a pod that breaks rules of each severity; LINE are members of its container
    echo "apiVersion: v1
kind: Pod
metadata: {name: $1, namespace: shop}
spec:
  containers:
    - name: app
      image: registry.example/app:1"
    shift
    for line; do echo "      $line"; done
}
commit() { git add -A && git commit -qm "$1"; }

# --- what is new ------------------------------------------------------------------------------
git init -q -b main repo && cd repo || exit 1
wants "no commit yet" 0 "No base, there is no commit yet" --gate none
mkdir k8s old
pod debt "securityContext: {privileged: true}" >k8s/debt.yaml
pod moved "securityContext: {privileged: true}" >old/moved.yaml
commit one
wants "a first commit: all is new" 1 "No base, this is the first commit: everything is new"
git commit -q --allow-empty -m empty
wants "old debt passes" 0 "0 new findings" --verbose
grep -q "Old debt" "$tmp/out" && grep -q "k8s/debt.yaml" "$tmp/out" && ok || bad "old debt is shown apart"
sed -i '1i # a comment\n' k8s/debt.yaml
git mv old k9s
git mv k8s/debt.yaml k8s/renamed.yaml
wants "moved lines and renamed files are not new" 0 "0 new findings" --base HEAD
member "nothing is fixed by a move" 'd["since"]["fixed"] == 0 and d["since"]["old"] > 0 and not d["gone"]' --base HEAD
member "each finding says old" 'all(f["state"] == "old" for f in d["findings"])' --base HEAD
pod evil "securityContext: {privileged: true}" >k8s/evil.yaml
wants "a new finding fails" 1 "shop/evil" --base HEAD
member "only the new object is new" '{f["subject"] for f in d["findings"] if f["state"] == "new"} == {"object:v1/Pod/shop/evil"}' --base HEAD
wants "a softer gate" 0 "0 fixed" --base HEAD --gate none
cp k8s/evil.yaml k8s/twice.yaml
member "twice the same is two" 'len([f for f in d["findings"] if f["state"] == "new" and f["control"] == "MLN-POD-001"]) == 2' --base HEAD
rm k8s/twice.yaml k8s/evil.yaml
pod debt >k8s/renamed.yaml
wants "fixed is counted" 0 "1 fixed" --base HEAD
member "what is fixed has a name" '[g["control"] for g in d["gone"]] == ["MLN-POD-001"]' --base HEAD
rm k9s/moved.yaml
member "a deleted file" 'd["since"]["fixed"] > 5 and d["since"]["new"] == 0' --base HEAD
git checkout -q -f && git clean -fdq
pod debt "securityContext: {privileged: true}" | sed 's/- name: app/- {name: app, image: x/; s/^      image.*/}/' | head -n 6 >k8s/debt.yaml
wants "a file that breaks is unknown" 3 "unknown" --base HEAD
member "nor are its findings fixed" 'd["since"]["fixed"] == 0' --base HEAD
commit broken
git commit -q --allow-empty -m empty
wants "one that was broken before is old" 0 "unknown" --gate none
wants "--max-unknown counts it" 3 "unknown" --gate none --max-unknown 0
git reset -q --hard HEAD~2

# --- exceptions, baselines, policies ------------------------------------------------------------
pod evil "securityContext: {privileged: true}" >k8s/evil.yaml
cat >merlon.yaml <<'P'
exceptions:
  - {control: "MLN-*", subject: "object:v1/Pod/shop/evil", owner: team, reason: known, expires: 2999-01-01}
P
wants "an exception accepts what is new" 0 "0 new" --base HEAD
rm merlon.yaml
"$merlon" baseline init --owner team --reason before --expires 2999-01-01 --file debt.json . >/dev/null
wants "a baseline accepts what is new" 0 "0 new" --base HEAD --baseline debt.json
mkdir own
cat >own/p.rego <<'P'
package main

deny contains "no team" if not input.metadata.labels.team
P
wants "own policies judge both sides" 1 "shop/evil" --base HEAD --no-controls --policy own
grep -q "1 new finding, 2 old" "$tmp/out" && ok || bad "own policies: 1 new, 2 old"
rm -rf own debt.json k8s/evil.yaml

# --- which base -------------------------------------------------------------------------------
git checkout -q -b topic
pod topic "securityContext: {privileged: true}" >k8s/topic.yaml
commit topic
git commit -q --allow-empty -m more
wants "the first parent" 0 "(first parent)"
git clone -q . ../clone 2>/dev/null
git -C ../clone checkout -q topic
git -C ../clone remote set-head origin main
(cd ../clone && wants "the merge base with origin/HEAD" 1 "origin/HEAD (merge base)"; echo $failed >../f; echo $passed >../p)
failed=$(cat ../f) passed=$(cat ../p)
cd ../clone || exit 1
git checkout -q main && pod main >k8s/main.yaml && commit main && git push -q origin main:other 2>/dev/null
git fetch -q && git checkout -q topic
GITHUB_BASE_REF=other wants "GitHub's target branch" 1 "origin/other (GITHUB_BASE_REF: merge base)"
member "what the target branch did is not ours" 'd["since"]["fixed"] == 0' --base "$(git merge-base origin/other HEAD)"
GITHUB_BASE_REF=nowhere wants "a target branch that is not here" 3 "origin/nowhere"
CI_MERGE_REQUEST_DIFF_BASE_SHA=$(git rev-parse HEAD~2) wants "GitLab's base" 1 "CI_MERGE_REQUEST_DIFF_BASE_SHA"
wants "a base that is not there" 3 "The base cannot be read" --base nowhere
wants "an option as a base" 3 "is no revision" --base=--all
member "an unreadable base is in the answer" 'not d["since"]["readable"] and any("base cannot be read" in u["reason"] for u in d["unread"])' --base nowhere
git checkout -q --detach
wants "a detached head" 0 "(--base)" --base HEAD
git checkout -q main && git merge -q --no-ff -m merge topic 2>/dev/null
git checkout -q --detach && git remote remove origin
GITHUB_BASE_REF=main wants "GitHub's merge without branches" 1 "first parent of the merge"
cd ..
git clone -q --depth 1 --branch topic "file://$tmp/repo" shallow 2>/dev/null && cd shallow || exit 1
wants "a shallow clone" 3 "shallow"
member "its tree is judged all the same" 'd["objects"] > 0 and not d["since"]["readable"]'
mkdir "$tmp/outside" && cd "$tmp/outside" || exit 1
pod x >x.yaml
GIT_CEILING_DIRECTORIES=$tmp wants "not a repository" 3 "not a git repository"
cd "$tmp/repo" || exit 1
wants "stdin has no base" 2 "stdin has no base" -
wants "a path outside" 3 "../outside lies outside" --base HEAD ../outside

# --- paths ------------------------------------------------------------------------------------
git checkout -q -f main
cd k8s || exit 1
pod evil >evil.yaml
wants "from a folder below" 1 "./evil.yaml" --base HEAD
wants "a file" 1 "1 file," --base HEAD evil.yaml
wants "a file that was there" 0 "0 new" --base HEAD debt.yaml
wants "the folder above" 1 "../k8s/evil.yaml" --base HEAD ../k8s/
rm evil.yaml
cd ..
printf 'ignored/\n*.skip.yaml\n' >.gitignore
mkdir ignored .hidden
pod a >ignored/a.yaml
pod b >.hidden/b.yaml
pod c >c.skip.yaml
pod d >k8s/d.yaml
ln -s d.yaml k8s/link.yaml
ln -s ../k8s/link.yaml old/chain.yaml
ln -s nowhere.yaml k8s/dangling.yaml
git add -A -f && git commit -qm odd
member "both sides leave out the same, and follow links" 'd["since"]["new"] == 0 and d["since"]["fixed"] == 0 and d["since"]["old"] > 0' --base HEAD
hostile=$'k8s/new\nline\t"\x1b[31m\xff.yaml'
pod hostile "securityContext: {privileged: true}" >"$hostile"
wants "a hostile file name" 1 "shop/hostile" --base HEAD
commit hostile
git commit -q --allow-empty -m empty
for form in human json sarif junit markdown gl-code-quality; do
    "$merlon" ci -f $form --base HEAD >"$tmp/out" 2>"$tmp/err" && ok || bad "hostile names at the base, $form"
done
member "a hostile name is not new" 'd["since"]["new"] == 0'
git init -q "$tmp/inner" && pod inner >"$tmp/inner/inner.yaml" && (cd "$tmp/inner" && commit inner)
git -c protocol.file.allow=always submodule --quiet add "$tmp/inner" k8s/sub 2>/dev/null
wants "submodules are skipped" 0 "Skipped: 1 submodules" --base HEAD
grep -q "shop/inner" "$tmp/out" && bad "a submodule was judged" || ok
commit submodule
wants "and those of the base" 0 "0 new" --base HEAD
git config core.fsmonitor "touch $tmp/ran; false"
"$merlon" ci --base HEAD >/dev/null 2>&1
[ ! -e "$tmp/ran" ] && ok || bad "a program of the repository's settings ran"
git config --unset core.fsmonitor

# --- forms ------------------------------------------------------------------------------------
pod evil "securityContext: {privileged: true}" >k8s/evil.yaml
rm k8s/debt.yaml
GITHUB_STEP_SUMMARY=$tmp/summary.md "$merlon" ci --base HEAD --summary -o sarif=../r.sarif -o junit=../r.xml -o gl-code-quality=../q.json -o json=../r.json -o markdown=../r.md >/dev/null 2>&1
[ $? = 1 ] && ok || bad "several forms at once"
cat >../forms.py <<'P'
import json, re, xml.dom.minidom
j = json.load(open("../r.json"))
results = json.load(open("../r.sarif"))["runs"][0]["results"]
of = lambda s: sorted(r["partialFingerprints"]["merlon/v1"] for r in results if r["baselineState"] == s)
state = lambda s: sorted(f["fingerprint"] for f in j["findings"] if f["state"] == s)
assert of("new") == state("new") != [] and of("unchanged") == state("old") != []
assert of("absent") == sorted(g["fingerprint"] for g in j["gone"]) != []
assert not any("suppressions" in r for r in results)
xml.dom.minidom.parse("../r.xml")
junit = open("../r.xml").read()
assert "evil.yaml" in junit and "moved.yaml" not in junit
q = json.load(open("../q.json"))
assert len(q) == len(j["findings"]) == len({e["fingerprint"] for e in q})
assert all(e["location"]["lines"]["begin"] > 0 and e["severity"] in {"info", "minor", "major", "critical", "blocker"} for e in q)
assert all(not e["location"]["path"].startswith("./") for e in q)
md = open("../r.md").read()
assert md == open("../summary.md").read() and md.startswith("## merlon ci") and "Old debt:" in md and len(md) < 65536
P
python3 ../forms.py 2>"$tmp/err" && ok || bad "the forms agree"
GITHUB_STEP_SUMMARY=$tmp/summary.md "$merlon" ci --base HEAD --summary >/dev/null 2>&1
[ "$(grep -c '^## merlon ci' ../summary.md)" = 2 ] && ok || bad "a summary is appended"
wants "a summary without GitHub" 1 "GITHUB_STEP_SUMMARY is not set" --base HEAD --summary
python3 -c 'print("".join("---\napiVersion: v1\nkind: Pod\nmetadata: {name: p%d, namespace: %s}\nspec: {containers: [{name: c, image: x}]}\n" % (i, "n" * 3000) for i in range(40)))' >k8s/many.yaml
"$merlon" ci --base HEAD -f markdown >"$tmp/out" 2>"$tmp/err"
[ "$(wc -c <"$tmp/out")" -lt 65536 ] && grep -q "more groups of findings" "$tmp/out" && ok || bad "Markdown fits a comment"
rm k8s/many.yaml

# --- the lock ---------------------------------------------------------------------------------
mkdir own && printf 'package main\n\ndeny contains "x" if input.kind == "Never"\n' >own/p.rego
locked() { wants "$1" "$2" "$3" --locked merlon-lock.json --policy own --gate critical; }
wants "a lock is written" 1 "new" --base HEAD --policy own --gate critical --lock merlon-lock.json
cp merlon-lock.json ../first.json
locked "the same answer again" 1 "the lock file"
wants "the lock is not part of its tree" 1 "new" --base HEAD --policy own --gate critical --lock merlon-lock.json
cmp -s merlon-lock.json ../first.json && ok || bad "locks of one state are the same"
echo "note" >README.md && commit more-debt
locked "a commit that changes no manifest" 1 "the lock file"
echo "# x" >>own/p.rego
locked "another policy" 3 "merlon-lock.json: policies: own/p.rego:"
git checkout -q own/p.rego
wants "another option" 3 'options: gate: "low", in the lock "critical"' --locked merlon-lock.json --policy own --gate low
echo "# x" >>k8s/evil.yaml
locked "another tree" 3 "tree: digest:"
git checkout -q k8s/evil.yaml
wants "another base" 3 "base: commit:" --locked merlon-lock.json --policy own --gate critical --base HEAD
grep -q '"vulnerabilities": "not asked"' merlon-lock.json && ok || bad "evidence that is not asked for is named"
echo '{"schema": "merlon.lock/1", "base": {"commit": "--output=x"}}' >../bad.json
wants "a lock with a base that is none" 3 "is no merlon.lock/1" --locked ../bad.json
wants "a lock that is not there" 3 "nowhere.json" --locked nowhere.json

# --- the examples, in a repository whose topic brings a finding, and in one whose topic does not -------
mkdir "$tmp/bin" && ln -s "$merlon" "$tmp/bin/merlon"
for file in github-actions.yml gitlab-ci.yml Jenkinsfile pre-commit-config.yaml; do
    "$root/tests/e2e/ci_steps.py" "$root/examples/ci/$file" >"$tmp/steps.sh" 2>"$tmp/err" || { bad "$file: no steps" && continue; }
    for change in clean evil; do
        rm -rf "$tmp/up" "$tmp/work" && git init -q -b main "$tmp/up" && cd "$tmp/up" || exit 1
        pod debt "securityContext: {privileged: true}" >debt.yaml && commit one
        git clone -q "$tmp/up" "$tmp/work" 2>/dev/null && cd "$tmp/work" && git checkout -q -b topic
        [ $change = clean ] && echo "# harmless" >>debt.yaml || pod evil "securityContext: {privileged: true}" >evil.yaml
        case $file in pre-commit*) git add -A ;; *) commit topic ;; esac
        base=$(git rev-parse main)
        variables=()
        case $file in
        github*) variables=(GITHUB_BASE_REF=main GITHUB_STEP_SUMMARY="$tmp/work/summary.md") made="merlon.sarif summary.md" ;;
        gitlab*) variables=(CI_MERGE_REQUEST_DIFF_BASE_SHA="$base") made="merlon.xml gl-code-quality-report.json" ;;
        Jenkins*) variables=(CHANGE_TARGET=main) made=merlon.xml ;;
        *) made= ;;
        esac
        env "${variables[@]}" PATH="$tmp/bin:$PATH" sh "$tmp/steps.sh" >"$tmp/out" 2>"$tmp/err"
        code=$?
        [ $change = clean ] && want=0 || want=1
        [ $code = $want ] && ok || bad "$file, $change: exit $code"
        for f in $made; do [ -s "$f" ] && ok || bad "$file, $change: no $f"; done
    done
done

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
