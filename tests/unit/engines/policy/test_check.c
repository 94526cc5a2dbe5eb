/* test_check.c - what the compiler refuses, in OPA's words.
 *
 * Each row is a module and the errors that `opa check` of OPA 1.20.2 prints for it, without places:
 * code, message, and the lines of have and want, joined with " | ". Several errors are in the order
 * of the text, separated by " || ".
 */
#include "base/buf.h"
#include "engines/policy/builtin.h"
#include "engines/policy/compile/types.h"
#include "engines/policy/policy.h"
#include "test.h"

struct check_case {
    const char *module; /* package test */
    const char *want;   /* empty: compiles */
};

/* The diagnostics of a module as one line. */
static void compile(mrl_arena *a, const char *module, const struct mrl_policy_opts *opts,
                    struct mrl_buf *out) {
    struct mrl_policy_builder *b = NULL;
    struct mrl_policy *p = NULL;
    struct mrl_diags diags;
    mrl_diags_init(&diags, a, 0);
    mrl_status status = mrl_policy_builder_new(opts, &b);
    if (status == MRL_OK)
        status =
            mrl_policy_add_module(b, MRL_S("test.rego"), mrl_str_z(module), MRL_REGO_V1, &diags);
    if (status == MRL_OK)
        status = mrl_policy_compile(b, &diags, &p);
    mrl_diags_sort(&diags);
    for (uint32_t i = 0; i < diags.n; i++) {
        mrl_str rest = diags.items[i].detail;
        mrl_buf_printf(out, "%s%s: %.*s", i > 0 ? " || " : "", diags.items[i].code,
                       MRL_F(diags.items[i].message));
        while (rest.len > 0) {
            mrl_str line = mrl_str_cut(rest, '\n', &rest);
            mrl_buf_printf(out, " | %.*s", MRL_F(mrl_str_trim(line)));
        }
    }
    if (diags.n == 0 && status != MRL_OK)
        mrl_buf_printf(out, "%s", mrl_status_name(status));
    mrl_policy_builder_free(b);
}

static void check(mrl_arena *a, const char *module, bool strict, struct mrl_buf *out) {
    struct mrl_policy_opts opts = {.version = MRL_REGO_V1, .strict = strict};
    compile(a, module, &opts, out);
}

static void check_with(mrl_arena *a, const char *module, const struct mrl_policy_opts *opts,
                       const char *want) {
    struct mrl_buf out;
    mrl_buf_init(&out, 1 << 20);
    compile(a, module, opts, &out);
    CHECK_STR(mrl_buf_str(&out), mrl_str_z(want));
    mrl_buf_release(&out);
}

static void run(const struct check_case *cases, size_t n, bool strict) {
    for (size_t i = 0; i < n; i++) {
        mrl_arena a;
        struct mrl_buf out;
        mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
        mrl_buf_init(&out, 1 << 20);
        check(&a, cases[i].module, strict, &out);
        if (!mrl_str_eq(mrl_buf_str(&out), mrl_str_z(cases[i].want)))
            mrl_test_fail(__FILE__, __LINE__, "%s:\n got %.*s\nwant %s", cases[i].module,
                          (int)out.len, out.ptr, cases[i].want);
        mrl_buf_release(&out);
        mrl_arena_release(&a);
    }
}

#define P "package test\n"

TEST(check_types_of_arguments) {
    static const struct check_case cases[] = {
        {P "p := count(1)", "rego_type_error: count: invalid argument(s) | have: (number, ??"
                            "?) | want: (collection: "
                            "any<string, array[any], object[any: any], set[any]>, n: number)"},
        {P "p if startswith(input.x, 1)",
         "rego_type_error: startswith: invalid argument(s) | have: (any, number) | want: (search: "
         "string, base: string, result: boolean)"},
        {P "f(x) := x + 1\np := f(\"a\")",
         "rego_type_error: data.test.f: invalid argument(s) | have: (string, ??"
         "?) | want: (number, "
         "number)"},
        {P "p := sum({1, \"a\"})", "rego_type_error: sum: invalid argument(s) | have: "
                                   "(set[any<number, string>], ??"
                                   "?) | want: "
                                   "(collection: any<array[number], set[number]>, n: number)"},
        {P "p := [y | y := 1 + \"a\"]",
         "rego_type_error: plus: invalid argument(s) | have: (number, string, ??"
         "?) | want: (x: "
         "number, y: number, z: number)"},
        {P "p if { some x in [1, 2]; startswith(x, \"a\") }",
         "rego_type_error: startswith: invalid argument(s) | have: (number, string) | want: "
         "(search: "
         "string, base: string, result: boolean)"},
        {P "p if every x in [1, 2] { startswith(x, 1) }", ""},
        {P "p := startswith(input.a, input.b)", ""},
    };
    run(cases, MRL_COUNTOF(cases), false);
}

TEST(check_types_of_refs) {
    static const struct check_case cases[] = {
        {P "p := 1\nq := p.foo",
         "rego_type_error: undefined ref: data.test.p.foo | data.test.p.foo | ^^^^^^^^^^^ | have: "
         "number"},
        {P "p := {\"x\": 1, \"y\": \"z\"}\nq := p.w",
         "rego_type_error: undefined ref: data.test.p.w | data.test.p.w | ^ | have: \"w\" | want "
         "(one "
         "of): [\"x\" \"y\"]"},
        {P "f(x) := x\np := f",
         "rego_type_error: function data.test.f used as reference, not called | data.test.f | "
         "^^^^^^^^^^^ | have: (any) => any"},
        {P "p[x] := 1 if some x in [\"a\"]\nq := p.b", ""},
        {P "p.a := 1\np.b := \"x\"\nq := p.c", ""},
        {P "p := 1\nq := x if x := p.foo with data.test.p as {\"foo\": 1}", ""},
        {P "p := input.a.b[1].c\nq := p.d", ""},
    };
    run(cases, MRL_COUNTOF(cases), false);
}

TEST(check_types_of_equality) {
    static const struct check_case cases[] = {
        {P "p if [_, 1] = [\"a\", \"b\"]", "rego_type_error: match error | left  : array<???, "
                                           "number> | right : array<string, string>"},
        {P "p if null == \"x\"", "rego_type_error: match error | left  : null | right : string"},
        {P "p := 1\nq if p == \"a\"",
         "rego_type_error: match error | left  : number | right : string"},
        {P "p := 1\np := \"a\" if input.x\nq if p == \"a\"", ""},
        {P "p := x if { x := input.a; x == 1 }", ""},
    };
    run(cases, MRL_COUNTOF(cases), false);
}

TEST(check_calls) {
    static const struct check_case cases[] = {
        {P "p := count([1], 2, 3)",
         "rego_type_error: count: arity mismatch | have: (array<number>, number, number, ??"
         "?) | "
         "want: "
         "(collection: any<string, array[any], object[any: any], set[any]>)"},
        {P "f(x, 1) := x\np := f(1)",
         "rego_type_error: function data.test.f has arity 2, got 1 argument"},
        {P "f(x, 1) := x\np := f(1, 2, 3)",
         "rego_type_error: function data.test.f has arity 2, got 3 arguments"},
        {P "p := nothing.like(1)", "rego_type_error: undefined function nothing.like"},
        /* An error of an earlier stage hides those of later ones. */
        {P "p := nothing.like(1)\nq if x > 1\nr := count(1)",
         "rego_type_error: undefined function nothing.like"},
    };
    run(cases, MRL_COUNTOF(cases), false);
}

TEST(check_declarations) {
    static const struct check_case cases[] = {
        {P "p if { x := 1; x := 2 }", "rego_compile_error: var x assigned above"},
        {P "p if { x > 1; x := 2 }", "rego_compile_error: var x referenced above"},
        {P "p if { some x; x = 1; x := 2 }", "rego_compile_error: var x declared above"},
        {P "f(x) if { x := 2 }", "rego_compile_error: arg x redeclared"},
        {P "p if { [x, 1] := [2, 1]; x > 1 }", "rego_compile_error: cannot assign to number"},
        {P "p if { not x := 1 }",
         "rego_compile_error: cannot assign vars inside negated expression"},
        {P "p if { some x; input.y }", "rego_compile_error: declared var x unused"},
        {P "p if every k, v in input.x { v > 1 }", "rego_compile_error: declared var k unused"},
        {P "p if { count := 1; count([1]) == count }",
         "rego_compile_error: called function count shadowed"},
        {P "p contains x if { some x in input.xs }", ""},
        {P "p := [x | some x in input.xs]", ""},
        {P "p if { q := 1; q == 1 }\nq := 2", ""},
        {P "p if { x := 1; input.y == x } else := 2 if { x := 2; input.z == x }", ""},
    };
    run(cases, MRL_COUNTOF(cases), false);
}

TEST(check_strict) {
    static const struct check_case cases[] = {
        {P "p if { x := 1; input.y }", "rego_compile_error: assigned var x unused"},
        {P "f(x, y) := x",
         "rego_compile_error: unused argument y. (hint: use _ (wildcard variable) instead)"},
        {P "f(x, _) := x", ""},
        {P "f(x) if { input.y } else := 2 if { x > 1 }", ""},
        {P "p := [1 | x := 1]", "rego_compile_error: assigned var x unused"},
        {P "import data.a\nimport data.b.c as d\np := a",
         "rego_compile_error: import data.b.c as d unused"},
        {P "import data.lib\np := lib.f(1)", "rego_type_error: undefined function lib.f"},
    };
    run(cases, MRL_COUNTOF(cases), true);
}

TEST(check_rules_of_v1) {
    static const struct check_case cases[] = {
        {P "import data.a\nimport data.b as a\np := a",
         "rego_compile_error: import must not shadow import data.a"},
        {P "input := 1",
         "rego_compile_error: rules must not shadow input (use a different rule name)"},
        {P "f(data) := 1",
         "rego_compile_error: args must not shadow data (use a different variable name)"},
        {P "p if { input := 1; input == 1 }",
         "rego_compile_error: variables must not shadow input (use a different variable name)"},
        {P "p if all([true])",
         "rego_type_error: deprecated built-in function calls in expression: all"},
    };
    run(cases, MRL_COUNTOF(cases), false);
}

TEST(check_suggests_names) {
    static const struct {
        const char *module, *hint;
    } cases[] = {
        {P "p := start_with(input.a, \"b\")", "did you mean \"startswith\"?"},
        {P "helper(x) := x\np := helpr(1)", "did you mean \"helper\"?"},
        {P "p := inptu.a", "did you mean \"input\"?"},
        {P "o := {\"name\": 1}\np := o.nam", "did you mean \"name\"?"},
        {P "p := xyzzy(1)", ""},
    };
    for (size_t i = 0; i < MRL_COUNTOF(cases); i++) {
        mrl_arena a;
        struct mrl_policy_builder *b = NULL;
        struct mrl_policy *p = NULL;
        struct mrl_diags diags;
        mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
        mrl_diags_init(&diags, &a, 0);
        REQUIRE(mrl_policy_builder_new(NULL, &b) == MRL_OK);
        CHECK(mrl_policy_add_module(b, MRL_S("test.rego"), mrl_str_z(cases[i].module), MRL_REGO_V1,
                                    &diags) == MRL_OK);
        CHECK(mrl_policy_compile(b, &diags, &p) == MRL_E_INVALID);
        CHECK_INT(diags.n, 1);
        if (diags.n == 1)
            CHECK_STR(diags.items[0].hint, mrl_str_z(cases[i].hint));
        mrl_policy_builder_free(b);
        mrl_arena_release(&a);
    }
}

TEST(check_capabilities) {
    struct mrl_capabilities caps;
    struct mrl_policy_opts opts = {.version = MRL_REGO_V1, .capabilities = &caps};
    mrl_arena a;
    struct mrl_err err;
    mrl_err_init(&err);
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    CHECK(!mrl_capabilities_version(MRL_S("v9.9.9"), &caps));
    REQUIRE(mrl_capabilities_version(MRL_S("0.24.0"), &caps));
    CHECK(mrl_capabilities_has(&caps, mrl_builtin_find(MRL_S("count"))));
    CHECK(!mrl_capabilities_has(&caps, mrl_builtin_find(MRL_S("strings.reverse"))));
    REQUIRE(mrl_capabilities_parse(&a, MRL_S("c.json"),
                                   MRL_S("{\"builtins\":[{\"name\":\"plus\"}],"
                                         "\"features\":[\"rego_v1\"]}"),
                                   &err, &caps) == MRL_OK);
    CHECK(mrl_capabilities_has(&caps, mrl_builtin_find(MRL_S("plus"))));
    CHECK(!mrl_capabilities_has(&caps, mrl_builtin_find(MRL_S("count"))));
    CHECK(mrl_capabilities_parse(&a, MRL_S("c.json"), MRL_S("{\"builtins\":[1]}"), &err, &caps) ==
          MRL_E_INVALID);
    check_with(&a, P "p := count([1 + 1])", &opts, "rego_type_error: undefined function count");
    check_with(&a, P "p := $\"{1 + 1}\"", &opts,
               "rego_compile_error: template-strings are not supported");
    check_with(&a, P "p := 1 + 1", &opts, "");
    mrl_arena_release(&a);
}

/* The table of what OPA's versions had is about this table of builtins. */
TEST(check_each_builtin_has_a_version_and_a_type) {
    struct mrl_capabilities caps;
    mrl_arena a;
    struct mrl_buf out;
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    mrl_buf_init(&out, 4 << 20);
    mrl_capabilities_current(&caps);
    mrl_capabilities_print(&out, &a, &caps);
    for (size_t i = 0; mrl_builtin_at(i) != NULL; i++) {
        const struct mrl_builtin *b = mrl_builtin_at(i);
        struct mrl_tcx cx = {&a, MRL_TYPE_STEPS_MAX};
        mrl_type *t = mrl_type_parse_sig(&cx, mrl_str_z(b->sig));
        if (t == NULL || (!t->variadic && t->n != b->arity))
            mrl_test_fail(__FILE__, __LINE__, "%s: signature %s", b->name, b->sig);
        if (b->fn != NULL && !mrl_capabilities_has(&caps, b))
            mrl_test_fail(__FILE__, __LINE__, "%s is in no version of OPA", b->name);
    }
    mrl_buf_release(&out);
    mrl_arena_release(&a);
}

TEST(check_safety) {
    static const struct check_case cases[] = {
        {P "p if [x, y] = {\"a\": 1}",
         "rego_unsafe_var_error: var x is unsafe || rego_unsafe_var_error: var y is unsafe"},
        /* OPA takes these, and then no argument ever matches. */
        {P "f({x, \"a\"}) := 1", "rego_unsafe_var_error: var x is unsafe"},
        {P "f({x: 1}) := 1", "rego_unsafe_var_error: var x is unsafe"},
        {P "p := {\"a\": input.x, \"a\": 1}", ""},
        {P "p if { not input.a == input.b[_] }", "rego_unsafe_var_error: var _ is unsafe"},
        {P "p if { not f(input.b[_]) }\nf(x) if x", "rego_unsafe_var_error: var _ is unsafe"},
        {P "p if { not f(count(input.b[_])) }\nf(x) if x > 1", ""},
        {P "p if { some k, y in input.o; {k: [x]} = {k: [y]}; x }", ""},
    };
    run(cases, MRL_COUNTOF(cases), false);
}

TEST(check_recursion) {
    static const struct check_case cases[] = {
        {P "p := q\nq := p",
         "rego_recursion_error: rule data.test.p is recursive: data.test.p -> data.test.q -> "
         "data.test.p"},
        {P "f(x) if { data.test; x }",
         "rego_recursion_error: rule data.test.f is recursive: data.test.f -> data.test.f"},
        {P "p[1] := 1\np[2] := p[3]", ""},
        {P "p.a[1].b := 1\np.a[2].c := x if { some k; x := p[k].d }", ""},
        {P "p if input.x with data.test.p as 1",
         "rego_recursion_error: rule data.test.p is recursive: data.test.p -> data.test.p"},
    };
    run(cases, MRL_COUNTOF(cases), false);
}

/* Types of types: each level doubles what the one below is written out, so the checker's ceilings
 * decide the cost, not the text. */
TEST(check_types_have_a_ceiling) {
    mrl_arena a;
    struct mrl_buf text, out;
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    mrl_buf_init(&text, 1 << 20);
    mrl_buf_init(&out, 1 << 20);
    MRL_BUF_LIT(&text, P "p if {\n x0 := [1, \"a\"]\n y0 := [1, \"a\"]\n");
    for (int i = 1; i < 200; i++)
        mrl_buf_printf(&text, " x%d := [x%d, {x%d, y%d}]\n y%d := [y%d, {y%d, x%d}]\n x%d == y%d\n",
                       i, i - 1, i - 1, i - 1, i, i - 1, i - 1, i - 1, i, i);
    MRL_BUF_LIT(&text, "}\n");
    mrl_buf_byte(&text, '\0');
    REQUIRE(text.status == MRL_OK);
    check(&a, text.ptr, false, &out);
    CHECK_STR(mrl_buf_str(&out), MRL_S(""));
    mrl_buf_release(&text);
    mrl_buf_release(&out);
    mrl_arena_release(&a);
}
