/* test_fmt.c - the formatter: golden layouts, what it refuses, and that meaning is compared. */
#include "base/file.h"
#include "engines/policy/fmt/fmt.h"
#include "engines/policy/rego/parser.h"
#include "test.h"

static const struct mrl_fmt_opts v1 = {.version = MRL_REGO_V1};
static const struct mrl_fmt_opts v0 = {.version = MRL_REGO_V0};
static const struct mrl_fmt_opts both = {.version = MRL_REGO_V0, .v0_to_v1 = true};

static mrl_status format(mrl_arena *a, mrl_str text, const struct mrl_fmt_opts *opts,
                         struct mrl_diags *diags, mrl_str *ret) {
    mrl_diags_init(diags, a, 0);
    return mrl_rego_fmt(a, MRL_S("test.rego"), text, opts, diags, ret);
}

static void golden(const char *name, const struct mrl_fmt_opts *opts) {
    mrl_arena a;
    mrl_str text, want, got;
    struct mrl_diags diags;
    struct mrl_err err;
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    mrl_str base = mrl_arena_printf(&a, "tests/cases/fmt/%s", name);
    mrl_str in = mrl_arena_printf(&a, "%.*s.rego", MRL_F(base));
    mrl_str out = mrl_arena_printf(&a, "%.*s.want", MRL_F(base));
    mrl_status status = mrl_file_read(&a, in, 0, &err, &text);
    if (status == MRL_OK)
        status = mrl_file_read(&a, out, 0, &err, &want);
    if (status == MRL_OK)
        status = format(&a, text, opts, &diags, &got);
    CHECK(status == MRL_OK || status == MRL_E_NOMEM);
    if (status == MRL_OK && !mrl_str_eq(got, want))
        mrl_test_fail(__FILE__, __LINE__, "%s: got\n%.*s", name, MRL_F(got));
    mrl_arena_release(&a);
}

TEST(fmt_writes_the_golden_layouts) {
    golden("v1/layout", &v1);
    golden("v1/comments", &v1);
    golden("v1/logic", &v1);
    golden("v1/not_as_opa", &v1);
    golden("v0/layout", &v0);
    golden("v0_to_v1/layout", &both);
}

static void becomes(const char *text, const struct mrl_fmt_opts *opts, const char *want) {
    mrl_arena a;
    struct mrl_diags diags;
    mrl_str got;
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    mrl_status status = format(&a, mrl_str_z(text), opts, &diags, &got);
    CHECK(status == MRL_OK || status == MRL_E_NOMEM);
    if (status == MRL_OK && !mrl_str_eq(got, mrl_str_z(want)))
        mrl_test_fail(__FILE__, __LINE__, "%s: got\n%.*s", text, MRL_F(got));
    mrl_arena_release(&a);
}

TEST(fmt_writes_small_things) {
    becomes("package a", &v1, "package a\n");
    becomes("package a\n#x  \n", &v1, "package a\n\n#x\n");
    becomes("package a\np:=1 q:=2", &v1, "package a\n\np := 1\n\nq := 2\n");
    becomes("package a\np:=1\nq:=2", &v1, "package a\n\np := 1\nq := 2\n");
    becomes("package a\np := - 3", &v1, "package a\n\np := -3\n");
    becomes("package a\np := [.5, 1.0, 1e3]", &v1, "package a\n\np := [.5, 1.0, 1e3]\n");
    becomes("package a\np := {1, 1, \"a\"}", &v1, "package a\n\np := {1, \"a\"}\n");
    becomes("package a\np := [eq(1, 1), or(a, b)[0]]", &v1,
            "package a\n\np := [eq(1, 1), (a | b)[0]]\n");
    /* a comment of the row is placed by the first statement, and does not come again with the copy
     */
    becomes("package a\np if { x; y := [ # one\n1, # two\n] }", &v1,
            "package a\n\np if { # one\n\tx\n\ty := [\n1, # two\n]\n}\n");
    becomes("package a\nimport future.keywords.or\np if a or ({1: 2}.b(c))", &v1,
            "package a\n\nimport future.keywords.or\n\np if a or ({1: 2}.b(c))\n");
    becomes("package a\np := [-x | x := 1]", &v1, "package a\n\np := [(0 - x) | x := 1]\n");
    becomes("package a\np = 1", &v0, "package a\n\np = 1\n");
    becomes("package a\np = 1", &both, "package a\n\nimport rego.v1\n\np := 1\n");
    becomes("package a\nimport rego.v1\nimport data.b\np := 1",
            &(struct mrl_fmt_opts){.version = MRL_REGO_V1, .drop_v0_imports = true},
            "package a\n\nimport data.b\n\np := 1\n");
}

static void refused(const char *text, const struct mrl_fmt_opts *opts, const char *code,
                    const char *part) {
    mrl_arena a;
    struct mrl_diags diags;
    mrl_str got = {NULL, 0};
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    mrl_status status = format(&a, mrl_str_z(text), opts, &diags, &got);
    CHECK(status == MRL_E_INVALID || status == MRL_E_NOMEM);
    CHECK(got.ptr == NULL);
    if (status == MRL_E_INVALID && diags.n > 0) {
        CHECK(strcmp(diags.items[0].code, code) == 0);
        CHECK(mrl_str_find(diags.items[0].message, mrl_str_z(part), 0) != MRL_STR_NPOS);
    }
    mrl_arena_release(&a);
}

TEST(fmt_refuses_what_v1_forbids) {
    refused("package a\np {", &v1, "rego_parse_error", "unexpected");
    refused("package a\nimport data.x\nimport data.y.x\np := 1", &v1, "rego_compile_error",
            "import must not shadow");
    refused("package a\ninput := 1", &v1, "rego_compile_error", "rules must not shadow input");
    refused("package a\nf(data) := 1", &v1, "rego_compile_error", "args must not shadow data");
    refused("package a\np if { input := 1 }", &v1, "rego_compile_error", "variables must not");
    refused("package a\np { re_match(`a`, input.x) }", &both, "rego_type_error", "re_match");
    refused("package a\nevery = 1", &both, "rego_parse_error", "every keyword");
    refused("package a\np { plus(1) }", &v0, "rego_type_error", "plus: arity mismatch");
}

/* An import behind a rule is not in force there, so that the rule cannot be written with
 * `contains`: the result does not parse, and is not handed out. */
TEST(fmt_refuses_its_own_mistakes) {
    refused("package a\np[\"x\"] { true }\nimport rego.v1", &v0, "rego_format_error",
            "does not parse");
}

static bool same(const char *x, const char *y, bool *ret_ok) {
    mrl_arena a;
    struct mrl_diags diags;
    struct mrl_module *m, *n;
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    mrl_diags_init(&diags, &a, 0);
    *ret_ok =
        mrl_rego_parse_source(&a, MRL_S("x"), mrl_str_z(x), MRL_REGO_V0, &diags, &m) == MRL_OK &&
        mrl_rego_parse_source(&a, MRL_S("y"), mrl_str_z(y), MRL_REGO_V0, &diags, &n) == MRL_OK;
    bool result = *ret_ok && mrl_rego_same(m, n);
    mrl_arena_release(&a);
    return result;
}

TEST(fmt_compares_meaning) {
    static const struct {
        const char *x, *y;
        bool same;
    } pairs[] = {
        {"package a\np=1", "package  a\n\np = (1)", true},
        {"package a\np[x] { x = 1 }", "package a\nimport rego.v1\np contains x if x = 1", true},
        {"package a\np { eq(x, 1) }", "package a\np { x = 1 }", true},
        {"package a\np { plus(1, 2, x) }", "package a\np { x = 1 + 2 }", true},
        {"package a\np = {1, 1}", "package a\np = {1}", true},
        {"package a\np = {1, 2}", "package a\np = {2, 1}", true},
        {"package a\np = [1, 2]", "package a\np = [2, 1]", false},
        {"package a\np = 1 # c", "package a\np = 1", false},
        {"package a\np = 1 # c", "# c\npackage a\np = 1", true},
        {"package a\np = 1 - (2 - 3)", "package a\np = 1 - 2 - 3", false},
        {"package a\np { not x }", "package a\np { x }", false},
        {"package a\np { x with input as 1 }", "package a\np { x with input as 2 }", false},
        {"package a\ndefault p = 1", "package a\np = 1", false},
        {"package a\nimport data.x\np = 1", "package a\np = 1", false},
        {"package a\np { true } else = 2 { x }", "package a\np { true } else = 2 { y }", false},
        {"package a\np = $\"a{1}\"", "package a\np = $\"a1\"", true},
        {"package a\np = \"1\"", "package a\np = 1", false},
    };
    for (size_t i = 0; i < MRL_COUNTOF(pairs); i++) {
        bool ok, got = same(pairs[i].x, pairs[i].y, &ok);
        if (ok && got != pairs[i].same)
            mrl_test_fail(__FILE__, __LINE__, "%s | %s", pairs[i].x, pairs[i].y);
    }
}
