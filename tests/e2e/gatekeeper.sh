#!/bin/sh
# gatekeeper.sh - Gatekeeper's suites and constraints as users bring them: `merlon policy verify` and
# `merlon check --policy`, with broken ones among them. usage: gatekeeper.sh MERLON
# shellcheck source=tests/kit.sh
. "$(dirname "$0")/../kit.sh"

# template FILE KIND REGO-RULE
template() {
    cat >"$1" <<Y
apiVersion: templates.gatekeeper.sh/v1
kind: ConstraintTemplate
metadata:
  name: $(echo "$2" | tr 'A-Z' 'a-z')
  annotations: {description: "Pods must have an owner."}
spec:
  crd:
    spec:
      names: {kind: $2}
      validation:
        openAPIV3Schema:
          type: object
          properties: {label: {type: string}}
  targets:
    - target: admission.k8s.gatekeeper.sh
      rego: |
        package owner
        $3
Y
}
# constraint FILE KIND NAME REST-OF-SPEC
constraint() {
    cat >"$1" <<Y
apiVersion: constraints.gatekeeper.sh/v1beta1
kind: $2
metadata: {name: $3}
spec:
  match: {kinds: [{apiGroups: [""], kinds: [Pod]}]}
  parameters: {label: owner}
$4
Y
}
rule='violation[{"msg": msg}] { not input.review.object.metadata.labels[input.parameters.label]; msg := sprintf("%v has no owner", [input.review.object.metadata.name]) }'
pod() { printf 'apiVersion: v1\nkind: Pod\nmetadata: {name: %s, labels: {%s}}\n' "$2" "$3" >"$1"; }

mkdir -p pol/s tree
template pol/template.yaml NeedOwner "$rule"
constraint pol/constraint.yaml NeedOwner need-owner ""
pod pol/s/good.yaml good "owner: me"
pod pol/s/bad.yaml bad "app: x"
cat >pol/suite.yaml <<'Y'
kind: Suite
apiVersion: test.gatekeeper.sh/v1alpha1
tests:
  - name: need-owner
    template: template.yaml
    constraint: constraint.yaml
    cases:
      - {name: good, object: s/good.yaml, assertions: [{violations: no}]}
      - {name: bad, object: s/bad.yaml, assertions: [{violations: 1, message: "^bad has no owner$"}]}
      - {name: later, object: s/none.yaml, skip: true, assertions: [{violations: no}]}
Y

# --- policy verify
wants "a suite" 0 "2 passed, 0 failed, 1 skipped" policy verify pol
wants "a suite by its file" 0 "2 passed" policy verify pol/suite.yaml
wants "a folder with dots" 0 "2 passed" policy verify pol/...
wants "the examples" 0 "3 passed, 0 failed" policy verify "$root/examples/policies/gatekeeper"
wants "names and messages" 0 "violation: bad has no owner" policy verify -v pol
wants "a filter" 0 "1 passed, 0 failed" policy verify --run '//^bad$' pol
wants "a filter that is none" 2 "--run:" policy verify --run '(' pol
wants "JSON" 0 '"messages": ["bad has no owner"]' policy verify -f json pol
python3 -c 'import json; assert [x["outcome"] for x in json.load(open("out"))] == ["pass", "pass", "skip"]' &&
    passed=$((passed + 1)) || { failed=$((failed + 1)); echo "FAIL the JSON report"; }
wants "JUnit" 0 'tests="3" failures="0" skipped="1"' policy verify -f junit pol
python3 -c 'import xml.dom.minidom as m; assert len(m.parse("out").getElementsByTagName("testcase")) == 3' &&
    passed=$((passed + 1)) || { failed=$((failed + 1)); echo "FAIL the JUnit report"; }
wants "no suites" 3 "no suites were found" policy verify tree
wants "no such path" 3 "nowhere" policy verify nowhere

mkdir bad
cp -r pol/. bad/
sed -i 's/violations: no/violations: 3/' bad/suite.yaml
wants "a failing case" 1 "got 0 violations, want 3" policy verify bad
wants "beside one that passes" 1 "1 passed, 1 failed" policy verify bad
template bad/template.yaml NeedOwner 'violation[{"msg": msg}] { msg := x }'
wants "unsafe Rego, with its place" 1 "template.yaml:18:42: rego_unsafe_var_error" policy verify bad
wants "takes no other suite with it" 1 "2 passed, 1 failed" policy verify bad pol
template bad/template.yaml NeedOwner 'violation[{"msg": msg}] {'
wants "Rego that does not parse" 1 "rego_parse_error" policy verify bad
template bad/template.yaml NeedOwner 'violation[{"msg": data.secrets.a}] { true }'
wants "Rego that reads what it may not" 1 "may read data.inventory" policy verify bad
template bad/template.yaml Other "$rule"
wants "a constraint of another kind" 1 "no ConstraintTemplate of its kind" policy verify bad
rm bad/template.yaml
wants "a template that is missing" 1 "cannot open" policy verify bad
cp bad/constraint.yaml bad/template.yaml
wants "a constraint as template" 1 "holds no ConstraintTemplate" policy verify bad
cp pol/template.yaml bad/template.yaml
constraint bad/constraint.yaml NeedOwner need-owner "  extra: 1"
wants "a field too many" 1 "spec.extra is a field" policy verify bad
constraint bad/constraint.yaml NeedOwner Need_Owner ""
wants "a name that is none" 1 "metadata.name" policy verify bad
sed 's/label: owner/label: [owner]/' pol/constraint.yaml >bad/constraint.yaml
wants "a parameter of the wrong type" 1 "spec.parameters.label must be of type string" policy verify bad
sed -i 's/cases:/invalid: true/; /name: good/d; /name: bad/d; /name: later/d' bad/suite.yaml
wants "a test that wants it refused" 0 "1 passed" policy verify bad
cp pol/constraint.yaml bad/constraint.yaml
wants "and it is not" 1 "should have been refused" policy verify bad
printf 'kind: Suite\napiVersion: test.gatekeeper.sh/v1alpha1\ntests: no\n' >bad/suite.yaml
wants "a suite without a list" 1 "tests must be a list" policy verify bad
printf 'kind: Suite\napiVersion: test.gatekeeper.sh/v1alpha1\ntests: [\n' >bad/suite.yaml
wants "a suite that is no YAML" 1 "bad/suite.yaml:" policy verify bad
head -c 4096 /dev/urandom >bad/noise.yaml
: >bad/empty.yaml
rm bad/suite.yaml
wants "noise" 3 "no suites" policy verify bad
sed -e '/rego: |/,$d' pol/template.yaml >bad/template.yaml
printf '      code: [{engine: K8sNativeValidation, source: {validations: [{expression: "true"}]}}]\n' >>bad/template.yaml
cp pol/suite.yaml bad/
wants "CEL only is named, never passed" 3 "CEL only" policy verify bad
"$merlon" policy verify pol >/dev/full 2>err
[ $? = 4 ] && passed=$((passed + 1)) || { failed=$((failed + 1)); echo "FAIL a full disk"; }

# --- check
pod tree/bad.yaml bad "app: x"
pod tree/good.yaml good "owner: me"
wants "a constraint judges the tree" 1 "gatekeeper:NeedOwner/need-owner" check --no-controls -p pol tree
wants "with the rule's message" 1 "bad has no owner" check --no-controls -p pol tree
wants "and its counts" 1 "1 pass, 1 fail" check --no-controls -p pol tree
wants "and the line that explains it" 1 "merlon explain gatekeeper:NeedOwner/need-owner --policy pol says more" check --no-controls -p pol tree
wants "which explains it" 0 'Parameters {"label":"owner"}' explain gatekeeper:NeedOwner/need-owner --policy pol
wants "in the template's words" 0 "Pods must have an owner." explain gatekeeper:NeedOwner/need-owner --policy pol
wants "and is needed for that" 2 "--policy loads others" explain gatekeeper:NeedOwner/need-owner
wants "it is listed" 0 "gatekeeper:NeedOwner/need-owner high" explain --no-controls --policy pol
wants "policies that cannot be read explain nothing" 3 "nowhere" explain MLN-POD-001 --policy nowhere
constraint pol/constraint.yaml NeedOwner need-owner "  enforcementAction: warn"
wants "warn is below the gate" 0 "medium" check --no-controls -p pol tree
wants "but not below a lower one" 1 "medium" check --no-controls --gate low -p pol tree
constraint pol/constraint.yaml NeedOwner need-owner "  enforcementAction: dryrun"
wants "dryrun never gates" 0 "bad has no owner" check --no-controls --gate low -p pol tree
wants "nor does it lower the score" 0 '"fail": 1' check --no-controls -f json -p pol tree
echo 'policies: [pol]' >merlon.yaml
wants "policies of merlon.yaml" 0 "bad has no owner" check --no-controls tree
mv merlon.yaml other.yaml
wants "the line that explains it names them" 0 "need-owner --config other.yaml says more" check --no-controls --config other.yaml tree
mv other.yaml merlon.yaml
wants "explain knows them, too" 0 "Pods must have an owner." explain gatekeeper:NeedOwner/need-owner
rm merlon.yaml
rm pol/template.yaml
wants "a missing template is unknown, and said" 3 "no ConstraintTemplate of its kind" check --no-controls -p pol tree
wants "explain says why it cannot judge" 0 "Cannot judge: there is no ConstraintTemplate of its kind" explain gatekeeper:NeedOwner/need-owner --no-controls -p pol
wants "for each object" 3 "0 pass, 0 fail, 3 unknown" check --no-controls -p pol tree
template pol/template.yaml NeedOwner 'violation[{"msg": msg}] { msg := x }'
wants "a broken template" 3 "template.yaml:18:42" check --no-controls -p pol tree
wants "does not stop other controls" 1 "MLN-" check -p pol tree
template pol/template.yaml NeedOwner "$rule"
template pol/twin.yaml NeedOwner "$rule"
wants "two templates of one kind" 3 "has a template of the kind NeedOwner, too" check --no-controls -p pol tree
rm pol/twin.yaml
constraint pol/constraint.yaml NeedOwner need-owner "  enforcementAction: scoped"
wants "scoped without scopes" 3 "scopedEnforcementActions" check --no-controls -p pol tree
template pol/template.yaml NeedOwner 'violation[{"msg": msg}] { other := data.inventory.namespace[_]["v1"]["Pod"][_]; other.metadata.name != input.review.object.metadata.name; msg := sprintf("beside %v", [other.metadata.name]) }'
constraint pol/constraint.yaml NeedOwner need-owner ""
wants "the inventory is the tree" 1 "beside good" check --no-controls -p pol tree

finish
