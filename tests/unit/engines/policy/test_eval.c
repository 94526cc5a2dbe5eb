/* test_eval.c - compiling and evaluating: each row is a module, a query and its result. */
#include "engines/policy/policy.h"
#include "formats/json/json.h"
#include "test.h"

struct eval_case {
    const char *module; /* package test */
    const char *query;
    const char *want; /* JSON of the first expression's value, "undefined", or an error's code */
};

static const char base_data[] = "{\"base\":{\"a\":[1,2,3],\"o\":{\"x\":1,\"y\":2}},"
                                "\"mixed\":{\"b\":1}}";
static const char test_input[] = "{\"name\":\"n\",\"list\":[10,20],\"deep\":{\"k\":{\"v\":true}}}";

static mrl_val json(mrl_arena *a, const char *text) {
    mrl_val v = mrl_undefined();
    if (mrl_json_parse(a, mrl_str_z(text), NULL, NULL, &v) != MRL_OK)
        mrl_test_fail(__FILE__, __LINE__, "bad JSON in the test: %s", text);
    return v;
}

/* Evaluates a case; the result, or the code of the first error, as text. */
static void eval(mrl_arena *a, const struct eval_case *c, struct mrl_buf *out) {
    struct mrl_policy_builder *b = NULL;
    struct mrl_policy *p = NULL;
    struct mrl_query *q = NULL;
    struct mrl_vm *vm = NULL;
    struct mrl_diags diags;
    struct mrl_err err;
    mrl_val results = mrl_undefined();
    mrl_diags_init(&diags, a, 0);
    mrl_err_init(&err);
    mrl_status status = mrl_policy_builder_new(NULL, &b);
    if (status == MRL_OK)
        status =
            mrl_policy_add_module(b, MRL_S("test.rego"), mrl_str_z(c->module), MRL_REGO_V1, &diags);
    if (status == MRL_OK)
        status = mrl_policy_set_data(b, a, json(a, base_data));
    if (status == MRL_OK)
        status = mrl_policy_compile(b, &diags, &p);
    if (status == MRL_OK)
        status = mrl_query_prepare(p, mrl_str_z(c->query), NULL, &diags, &q);
    if (status == MRL_OK)
        status = mrl_vm_new(p, NULL, &vm);
    if (status == MRL_OK)
        status = mrl_vm_begin(vm, json(a, test_input));
    if (status == MRL_OK)
        status = mrl_vm_query(vm, q, &err, &results);
    if (diags.n > 0)
        mrl_buf_printf(out, "%s", diags.items[0].code);
    else if (status != MRL_OK)
        mrl_buf_printf(out, "%s", err.id != NULL ? err.id : mrl_status_name(status));
    else if (results.len == 0)
        mrl_buf_add(out, MRL_S("undefined"));
    else
        mrl_json_write(out, mrl_vm_arena(vm),
                       mrl_arr_at(MRL_GET(mrl_arr_at(results, 0), "expressions"), 0), NULL);
    mrl_vm_free(vm);
    mrl_policy_builder_free(b);
}

static void run(const struct eval_case *cases, size_t n) {
    for (size_t i = 0; i < n; i++) {
        mrl_arena a;
        struct mrl_buf out;
        mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
        mrl_buf_init(&out, 1 << 20);
        eval(&a, &cases[i], &out);
        if (!mrl_str_eq((mrl_str){out.ptr, out.len}, mrl_str_z(cases[i].want)))
            mrl_test_fail(__FILE__, __LINE__, "%s | %s: got %.*s, want %s", cases[i].module,
                          cases[i].query, (int)out.len, out.ptr, cases[i].want);
        mrl_buf_release(&out);
        mrl_arena_release(&a);
    }
}

#define P "package test\n"

TEST(eval_rules) {
    static const struct eval_case cases[] = {
        {P "p := 1", "data.test.p", "1"},
        {P "p := x if x := input.name", "data.test.p", "\"n\""},
        {P "p if input.nope", "data.test.p", "undefined"},
        {P "default p := 7\np := 1 if input.nope", "data.test.p", "7"},
        {P "p := 1 if input.nope else := 2 if input.name else := 3", "data.test.p", "2"},
        {P "p contains x if some x in input.list", "data.test.p", "[10,20]"},
        {P "p[k] := v if some k, v in data.base.o", "data.test.p", "{\"x\":1,\"y\":2}"},
        {P "p.q[x].r := x if some x in [1, 2]", "data.test.p",
         "{\"q\":{\"1\":{\"r\":1},\"2\":{\"r\":2}}}"},
        {P "a.b.c := 1\na.b[x] := 2 if x := \"d\"", "data.test.a", "{\"b\":{\"c\":1,\"d\":2}}"},
        {P "a.b[x] contains y if { some x in [\"u\"]; some y in [1, 2] }", "data.test.a",
         "{\"b\":{\"u\":[1,2]}}"},
        {P "p := x if x := 1\np := 2 if input.name", "data.test.p", "eval_conflict_error"},
        {P "p[1] := x if some x in [1, 2]", "data.test.p", "eval_conflict_error"},
        {P "f(x) := [x, 1]\np := f(2)", "data.test.p", "[2,1]"},
        {P "f([x, y], {\"k\": z}) := {x, y, z}\np := f([1, 2], {\"k\": 3})", "data.test.p",
         "[1,2,3]"},
        {P "f(1) := \"one\"\nf(2) := \"two\"\np := [f(1), f(2)]", "data.test.p",
         "[\"one\",\"two\"]"},
        {P "f() := 7\np := f", "data.test.p", "7"},
        {P "f() := input.name\np := f()", "data.test.p", "\"n\""},
        {P "f() := input.name\np := f(1)", "data.test.p", "rego_type_error"},
        {P "p := data.test", "data.test.p", "rego_recursion_error"},
        {P "p if q\nq if p", "data.test.p", "rego_recursion_error"},
        {P "p if x", "data.test.p", "rego_unsafe_var_error"},
        {P "p := x if not x = 1", "data.test.p", "rego_unsafe_var_error"},
        {P "p := 1", "data.test", "{\"p\":1}"},
        {P "p := 1", "data.mixed", "{\"b\":1}"},
        {P "p := data.base.a[_]", "data.test.p", "eval_conflict_error"},
    };
    run(cases, MRL_COUNTOF(cases));
}

TEST(eval_bodies) {
    static const struct eval_case cases[] = {
        {P "p := [x, y] if { [x, 2] = [1, y] }", "data.test.p", "[1,2]"},
        {P "p := x if { y = x; x = 1; y = 1 }", "data.test.p", "1"},
        {P "p if not input.nope", "data.test.p", "true"},
        {P "p if not input.name", "data.test.p", "undefined"},
        {P "p := [i | input.list[i] = 20]", "data.test.p", "[1]"},
        {P "p := {k: v | some k, v in data.base.o}", "data.test.p", "{\"x\":1,\"y\":2}"},
        {P "p := {v | some v in data.base.a}", "data.test.p", "[1,2,3]"},
        {P "p if every x in [1, 1] { x = 1 }", "data.test.p", "true"},
        {P "p if every x in [1, 2] { x = 1 }", "data.test.p", "undefined"},
        {P "p if every x in [] { x = 1 }", "data.test.p", "true"},
        {P "p := input.deep[k][\"v\"] if k := \"k\"", "data.test.p", "true"},
        {P "p := [a, b] if { some a, b; data.base.o[a] = b; b = 2 }", "data.test.p", "[\"y\",2]"},
        {P "p := [[x | x := input.list[_]], 1]", "data.test.p", "[[10,20],1]"},
        {P "s := {1, 2}\np if s[1]", "data.test.p", "true"},
        {P "p := [x | some x in {3, 1, 2}]", "data.test.p", "[1,2,3]"},
        /* Refs stay inside a negated comparison, calls and all other arguments do not. */
        {P "p if { not input.nix == false }", "data.test.p", "true"},
        {P "p if { not input.nix == input.nil }", "data.test.p", "true"},
        {P "p if { not input.name == \"n\" }", "data.test.p", "undefined"},
        {P "p if { not input.name == input.name }", "data.test.p", "undefined"},
        {P "p if { not input.nix > 1 }", "data.test.p", "undefined"},
        {P "p if { not 1 == count(input.nix) }", "data.test.p", "undefined"},
        {P "p if { not input.nix = input.nil }", "data.test.p", "true"},
    };
    run(cases, MRL_COUNTOF(cases));
}

TEST(eval_with) {
    static const struct eval_case cases[] = {
        {P "q := input.x\np := x if x := q with input.x as 5", "data.test.p", "5"},
        {P "q := input.name\np := [a, b] if { a := q with input as {\"name\": 1}; b := q }",
         "data.test.p", "[1,\"n\"]"},
        {P "q := data.base.o.x\np := x if x := q with data.base.o.x as 9", "data.test.p", "9"},
        {P "q := 1\np := x if x := q with data.test.q as 2", "data.test.p", "2"},
        {P "f(x) := 1\ng(x) := [x]\nq := f(7)\np := x if x := q with f as g", "data.test.p", "[7]"},
        {P "f(x) := 1\nq := f(7)\np := [q, y] if { y := q with f as 3 }", "data.test.p", "[1,3]"},
        {P "q if input.a\np if not q with input.a as false", "data.test.p", "true"},
        {P "q contains input.list[_]\np := [x | some x in q with input.list as [1, 2]]",
         "data.test.p", "[1,2]"},
    };
    run(cases, MRL_COUNTOF(cases));
}

/* A query of one expression answers false; one of several, or one that iterates, has no solution.
 */
TEST(eval_query_false_is_an_answer) {
    static const struct eval_case cases[] = {
        {P "p := 1", "false", "false"},
        {P "default allow := false\nallow if input.x", "data.test.allow", "false"},
        {P "p := 1", "1 == 2", "false"},
        {P "p := 1", "startswith(\"a\", \"b\")", "false"},
        {P "p := 1", "false with input as 1", "false"},
        {P "p := 1", "[false][0]", "false"},
        {P "p := [false, true]", "data.test.p[_]", "true"},
        {P "p := [false]", "data.test.p[_]", "undefined"},
        {P "p := 1", "true; false", "undefined"},
        {P "p := 1", "1 = 2", "undefined"},
        {P "p := 1", "not true", "undefined"},
        {P "p := 1", "every x in [1] { x == 2 }", "undefined"},
        {P "p := 1", "{x | x := 1; x == 2}", "[]"},
    };
    run(cases, MRL_COUNTOF(cases));
}

/* The scripts of Unicode, as Go has them. */
TEST(eval_regex_scripts) {
    static const struct eval_case cases[] = {
        {P, "regex.find_n(`\\p{Greek}+`, \"ab \u03b1\u03b2 \u0434\", -1)", "[\"\u03b1\u03b2\"]"},
        {P, "regex.match(`^\\P{Cyrillic}+$`, \"\u0434\")", "false"},
        {P, "regex.match(`^[\\p{Han}\\p{Latin}]+$`, \"\u6f22a\")", "true"},
        {P, "regex.is_valid(`\\p{Klingon}`)", "false"},
    };
    run(cases, MRL_COUNTOF(cases));
}

/* A number written with nothing but zeros behind the point is an integer for sprintf, as in OPA. */
TEST(eval_sprintf_of_whole_numbers) {
    static const struct eval_case cases[] = {
        {P, "sprintf(\"%d %v\", [1.0, 100.00])", "\"1 100\""},
        {P, "sprintf(\"%.2f\", [2.0])", "\"%!f(int64=02)\""},
        {P, "sprintf(\"%d\", [2.5])", "\"%!d(float64=2.5)\""},
        {P, "regex.globs_match(\"a[b-d]+\", \".*c\")", "true"},
        {P, "regex.globs_match(\"a+\", \"b+\")", "false"},
        {P, "regex.globs_match(\"a*\", \"b*\")", "false"},
    };
    run(cases, MRL_COUNTOF(cases));
}
