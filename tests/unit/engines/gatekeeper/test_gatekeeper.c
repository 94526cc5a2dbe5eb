/* test_gatekeeper.c - templates, constraints and reviews together: each row is a template's code, a
 * constraint's spec, an object, and the messages that come out. */
#include "engines/gatekeeper/gatekeeper.h"
#include "formats/json/json.h"
#include "formats/yaml/yaml.h"
#include "test.h"

static mrl_val yaml(mrl_arena *a, mrl_str text) {
    struct mrl_yaml_opts opts = {.file = MRL_S("t.yaml"), .keep_spans = true};
    struct mrl_yaml_doc *docs;
    size_t n = 0;
    if (mrl_yaml_parse(a, text, &opts, NULL, &docs, &n) != MRL_OK || n != 1) {
        mrl_test_fail(__FILE__, __LINE__, "bad YAML in the test: %.*s", MRL_F(text));
        return mrl_undefined();
    }
    return docs[0].value;
}

#define HEAD(version)                                                                              \
    "apiVersion: templates.gatekeeper.sh/" version "\n"                                            \
    "kind: ConstraintTemplate\n"                                                                   \
    "metadata: {name: testkind}\n"                                                                 \
    "spec:\n"                                                                                      \
    "  crd: {spec: {names: {kind: TestKind}, validation: {openAPIV3Schema: {type: object, "        \
    "properties: {max: {type: integer, default: 4}}}}}}\n"                                         \
    "  targets:\n"                                                                                 \
    "  - target: admission.k8s.gatekeeper.sh\n"

#define REGO(body) HEAD("v1") "    rego: |\n      package x\n" body

struct world { /* one template and constraint, compiled */
    mrl_arena arena;
    struct mrl_gk_set set;
    struct mrl_gk_template *template;
    struct mrl_gk_constraint *constraint;
    struct mrl_policy *policy;
    struct mrl_vm *vm;
};

static mrl_status open_world(struct world *w, const char *template, const char *spec) {
    *w = (struct world){0};
    mrl_arena_init(&w->arena, MRL_ARENA_UNLIMITED);
    mrl_gk_set_init(&w->set, &w->arena);
    mrl_str text = mrl_str_z(template);
    struct mrl_gk_source src = {MRL_S("t.yaml"), text, yaml(&w->arena, text), 0};
    mrl_str its = mrl_arena_printf(
        &w->arena,
        "apiVersion: constraints.gatekeeper.sh/v1beta1\nkind: TestKind\nmetadata: {name: c}\n%s%s",
        spec != NULL ? "spec: " : "", spec != NULL ? spec : "");
    MRL_CHECK(its.ptr != NULL, MRL_E_NOMEM);
    struct mrl_gk_source constraint = {MRL_S("c.yaml"), its, yaml(&w->arena, its), 0};
    MRL_TRY(mrl_gk_add_template(&w->set, &src, &w->template));
    MRL_TRY(mrl_gk_add_constraint(&w->set, &constraint, w->template, MRL_S("gator.gatekeeper.sh"),
                                  &w->constraint));
    MRL_TRY(mrl_gk_compile(&w->set, false, &w->policy));
    return mrl_vm_new(w->policy, NULL, &w->vm);
}

static void close_world(struct world *w) {
    mrl_vm_free(w->vm);
    mrl_policy_free(w->policy);
    mrl_arena_release(&w->arena);
}

/* What came out, as text: messages divided by '|', an error as "!text". */
static mrl_status ask(struct world *w, mrl_val object, struct mrl_buf *out) {
    struct mrl_gk_review review;
    struct mrl_gk_results results = {.arena = &w->arena};
    struct mrl_err err;
    mrl_err_init(&err);
    MRL_TRY(mrl_vm_begin(w->vm, mrl_undefined()));
    mrl_arena *a = mrl_vm_arena(w->vm);
    if (mrl_gk_is_admission_review(object)) {
        mrl_status status = mrl_gk_review_request(a, object, mrl_undefined(), &err, &review);
        if (status == MRL_E_INVALID)
            mrl_buf_printf(out, "refused: %s", err.text);
        MRL_TRY(status);
    } else {
        MRL_TRY(mrl_gk_review_object(a, object, mrl_undefined(), &review));
    }
    MRL_TRY(mrl_gk_judge(w->vm, w->constraint, &review, &results));
    if (!results.applied)
        mrl_buf_add(out, MRL_S("no match"));
    for (uint32_t i = 0; i < results.n; i++)
        mrl_buf_printf(out, "%s%s%.*s", i > 0 ? "|" : "", results.items[i].error ? "!" : "",
                       MRL_F(results.items[i].msg));
    return MRL_OK;
}

struct gk_case {
    const char *template, *spec, *object, *want;
};

static void run(const struct gk_case *cases, size_t n) {
    for (size_t i = 0; i < n; i++) {
        struct world w;
        struct mrl_buf out;
        mrl_buf_init(&out, 1 << 16);
        mrl_status status = open_world(&w, cases[i].template, cases[i].spec);
        if (status == MRL_OK && w.template->fault != MRL_GK_SOUND)
            mrl_buf_printf(&out, "%s: %u:%u: %.*s", mrl_gk_fault_name(w.template->fault),
                           w.template->pos.line, w.template->pos.col, MRL_F(w.template->problem));
        else if (status == MRL_OK && w.constraint->fault != MRL_GK_SOUND)
            mrl_buf_printf(&out, "%s: %.*s", mrl_gk_fault_name(w.constraint->fault),
                           MRL_F(w.constraint->problem));
        else if (status == MRL_OK)
            status = ask(&w, yaml(&w.arena, mrl_str_z(cases[i].object)), &out);
        mrl_buf_byte(&out, '\0');
        if (out.ptr != NULL && strstr(out.ptr, cases[i].want) == NULL)
            mrl_test_fail(__FILE__, __LINE__, "%s | %s: got %s, want %s", cases[i].template,
                          cases[i].spec != NULL ? cases[i].spec : "", out.ptr, cases[i].want);
        mrl_buf_release(&out);
        close_world(&w);
    }
}

#define POD "{apiVersion: v1, kind: Pod, metadata: {name: p, namespace: shop}}"

TEST(gatekeeper_rules_judge) {
    static const struct gk_case cases[] = {
        {REGO("      violation[{\"msg\": msg}] { msg := input.review.object.kind }\n"), NULL, POD,
         "Pod"},
        {REGO("      violation[{\"msg\": \"n\"}] { input.parameters.max == 4 }\n"), NULL, POD, "n"},
        {REGO("      violation[{\"msg\": \"n\"}] { input.parameters.max == 5 }\n"),
         "{parameters: {max: 5}}", POD, "n"},
        /* Equal messages with equal details are one violation; the details divide. */
        {REGO("      violation[{\"msg\": \"a\", \"details\": d}] { d := [1, 1, 2][_] }\n"), NULL,
         POD, "a|a"},
        {REGO("      violation[{\"text\": \"a\"}] { true }\n"), NULL, POD, ""},
        {REGO("      violation[{\"msg\": 1}] { true }\n"), NULL, POD, "!the rule gave a msg"},
        {REGO("      x = 1 { true }\n      x = 2 { true }\n"
              "      violation[{\"msg\": \"a\"}] { x == 1 }\n"),
         NULL, POD, "!complete rules must not produce multiple outputs"},
        {REGO("      violation[{\"msg\": m}] { m := sprintf(\"%v\", [input.review.userInfo]) }\n"),
         NULL, POD, "{}"},
        {REGO("      violation[{\"msg\": m}] { m := sprintf(\"%v %v\", [input.review.kind.group, "
              "input.review.namespace]) }\n"),
         NULL, "{apiVersion: apps/v1, kind: X, metadata: {namespace: shop}}", "apps shop"},
        {REGO("      violation[{\"msg\": \"a\"}] { data.inventory.cluster }\n"), NULL, POD, ""},
        {HEAD("v1") "    code:\n    - engine: Rego\n      source:\n        version: v1\n"
                    "        rego: |\n          package x\n"
                    "          import data.lib.l\n"
                    "          violation contains {\"msg\": l.m}\n"
                    "        libs:\n        - |\n          package lib.l\n          m := k\n"
                    "          k := \"from lib\"\n",
         NULL, POD, "from lib"},
        {HEAD("v1beta1") "    rego: |\n      package x\n"
                         "      violation[{\"msg\": data.lib.a.m}] { true }\n"
                         "    libs: [\"package lib.a\\nm = data.lib.b.m\", "
                         "\"package lib.b\\nm = \\\"b\\\"\"]\n",
         NULL, POD, "b"},
    };
    run(cases, MRL_COUNTOF(cases));
}

TEST(gatekeeper_constraints_are_checked) {
    static const char rule[] = REGO("      violation[{\"msg\": \"hit\"}] { true }\n");
    static const char loose[] = HEAD("v1beta1") "    rego: |\n      package x\n"
                                                "      violation[{\"msg\": \"hit\"}] { true }\n";
    static const struct gk_case cases[] = {
        {rule, "{match: {kinds: [{kinds: [Pod]}]}}", POD, "hit"},
        {rule, "{match: {kinds: [{kinds: [Service]}]}}", POD, "no match"},
        {rule, "{match: {namespaceSelector: {}}}", POD, "!namespaceSelector asks"},
        {rule, "{parameters: {max: x}}", POD,
         "does not fit the schema: spec.parameters.max must be"},
        {rule, "{parameters: {m: 1}}", POD, "broken constraint: spec.parameters.m is a field"},
        {loose, "{parameters: {m: 1}}", POD, "hit"},
        {rule, "{match: {kind: []}}", POD, "broken constraint: spec.match.kind is a field"},
        {rule, "{match: {namespaces: [A_B]}}", POD, "does not fit the schema"},
        {rule, "{match: {source: Some}}", POD, "does not fit the schema"},
        {rule, "{enforcement: deny}", POD, "spec.enforcement is a field"},
        {rule, "{enforcementAction: scoped}", POD, "needs spec.scopedEnforcementActions"},
        {rule,
         "{enforcementAction: scoped, scopedEnforcementActions: [{action: deny, "
         "enforcementPoints: [{name: \"*\"}]}]}",
         POD, "hit"},
        {rule,
         "{enforcementAction: scoped, scopedEnforcementActions: [{action: deny, "
         "enforcementPoints: [{name: audit.gatekeeper.sh}]}]}",
         POD, "no match"},
    };
    run(cases, MRL_COUNTOF(cases));
}

TEST(gatekeeper_broken_templates_say_so) {
    static const struct gk_case cases[] = {
        {REGO("      deny[msg] { msg := \"a\" }\n"), NULL, POD,
         "violation[{\"msg\": msg}] is missing"},
        {REGO("      violation[{\"msg\": \"a\"}] { data.constraints }\n"), NULL, POD,
         "10:33: rego_compile_error: a template may read data.inventory"},
        {REGO("      violation[{\"msg\": \"a\"}] { data[x] }\n"), NULL, POD, "may read"},
        {REGO("      violation[{\"msg\": \"a\"}] { x := data }\n"), NULL, POD, "may read"},
        {REGO("      import data.other\n      violation[{\"msg\": \"a\"}] { true }\n"), NULL, POD,
         "may import its own libs"},
        {REGO("      import input.review\n      violation[{\"msg\": \"a\"}] { true }\n"), NULL, POD,
         "may import its own libs"},
        {REGO("      violation[{\"msg\": \"a\"}] { x }\n"), NULL, POD, "rego_unsafe_var_error"},
        {REGO("      violation[{\"msg\": \"a\"}] {\n"), NULL, POD, "broken Rego: 11:"},
        {HEAD("v1") "    rego: |\n      package x\n      violation[{\"msg\": \"a\"}] { true }\n"
                    "    libs: [\"package other\\nx = 1\"]\n",
         NULL, POD, "the package of a lib must be lib."},
        {HEAD("v1"), NULL, POD, "it has no rule"},
        {HEAD("v1") "    code:\n    - {engine: K8sNativeValidation, source: {}}\n", NULL, POD,
         "CEL only"},
        {HEAD("v2") "    rego: x\n", NULL, POD, "apiVersion must be"},
        {"apiVersion: templates.gatekeeper.sh/v1\nkind: ConstraintTemplate\nmetadata: {name: a}\n"
         "spec: {crd: {spec: {names: {kind: B}}}}\n",
         NULL, POD, "in lower case"},
    };
    run(cases, MRL_COUNTOF(cases));
}

#define REVIEW(request)                                                                            \
    "apiVersion: admission.k8s.io/v1\nkind: AdmissionReview\nrequest: {" request "}\n"

TEST(gatekeeper_admission_reviews) {
    static const char rule[] =
        REGO("      violation[{\"msg\": m}] { m := sprintf(\"%v %v %v\", [input.review.operation, "
             "input.review.userInfo.username, input.review.object.metadata.name]) }\n");
    static const struct gk_case cases[] = {
        {rule, NULL, REVIEW("operation: CREATE, userInfo: {username: eve}, object: " POD),
         "CREATE eve p"},
        {rule, NULL, REVIEW("operation: DELETE, userInfo: {username: eve}, oldObject: " POD),
         "DELETE eve p"},
        {rule, "{match: {kinds: [{kinds: [Pod]}]}}",
         REVIEW("operation: UPDATE, userInfo: {username: e}, oldObject: " POD
                ", object: {kind: X, metadata: {name: x}}"),
         "UPDATE e x"},
        {rule, NULL, REVIEW("operation: DELETE, object: " POD), "a DELETE needs"},
        {rule, NULL, REVIEW("operation: CREATE"), "neither object nor oldObject"},
        {rule, NULL, REVIEW("object: {metadata: {}}"), "it has no kind"},
        {rule, NULL, REVIEW("user: x, object: " POD), "request.user is no field"},
        {rule, NULL, REVIEW("operation: 1, object: " POD), "request.operation has the wrong type"},
        {rule, NULL, "apiVersion: admission.k8s.io/v1\nkind: AdmissionReview\n", "has no request"},
    };
    run(cases, MRL_COUNTOF(cases));
}

/* One compiled policy holds many templates; a broken one takes no other with it. */
TEST(gatekeeper_broken_beside_sound) {
    struct world w;
    struct mrl_gk_template *broken = NULL;
    mrl_str text = MRL_S(REGO("      violation[{\"msg\": \"a\"}] { undefined_function(1) }\n"));
    REQUIRE(open_world(&w, REGO("      violation[{\"msg\": \"hit\"}] { true }\n"), NULL) == MRL_OK);
    mrl_vm_free(w.vm);
    w.vm = NULL;
    mrl_policy_free(w.policy);
    w.policy = NULL;
    struct mrl_gk_source src = {MRL_S("b.yaml"), text, yaml(&w.arena, text), 0};
    REQUIRE(mrl_gk_add_template(&w.set, &src, &broken) == MRL_OK);
    REQUIRE(mrl_gk_compile(&w.set, false, &w.policy) == MRL_OK);
    CHECK_INT(broken->fault, MRL_GK_BAD_REGO);
    CHECK_STR(broken->pos.file, MRL_S("b.yaml"));
    CHECK_INT(broken->pos.line, 10);
    CHECK_INT(w.template->fault, MRL_GK_SOUND);
    CHECK_INT(mrl_gk_refuse_twins(&w.set), MRL_OK);
    CHECK_INT(w.template->fault, MRL_GK_SOUND);
    close_world(&w);
}
