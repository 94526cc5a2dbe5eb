/* test_parse.c - the Rego parser: what it accepts, what it refuses and where, and the public
 * modules. */
#include "engines/policy/rego/parser.h"
#include "formats/json/json.h"
#include "test.h"

static mrl_status parse(mrl_arena *a, const char *text, enum mrl_rego_version version,
                        struct mrl_diags *diags, struct mrl_module **ret) {
    mrl_diags_init(diags, a, 0);
    return mrl_rego_parse_module(a, MRL_S("test.rego"), mrl_str_z(text), version, diags, ret);
}

TEST(parse_accepts_v1) {
    static const char *const good[] = {
        "package a\np := 1",
        "package a.b[\"c-d\"]\nimport data.x as y\np if { y == 1; not input.z }",
        "package a\np contains x if some x in input.xs",
        "package a\np[x] := y if { some x, y in input }",
        "package a\nf(x, [y, _]) := x + y * 2 if x > 1 else := 3 if y else := 4",
        "package a\na.b[x].c := x if x := input.y",
        "package a\ndefault p := {\"a\": [1, 2.5, -3]}\np := {x: y | some x, y in input}",
        "package a\np if every k, v in input { k != v }",
        "package a\np := $\"hi {input.name} \\{x} {f(1)}\"\nf(x) := x",
        "package a\np if { f(1) with input.x as 2 with data.y as [1] }",
        "package a\np := `raw\\n` if input[\"x\"][_].y == set()",
        "package a\np := {1, 2} | {3} & {x | x := 1}",
        "package a\np := [x | x := 1; y := 2]\nq := {x: 1, \"b\": {2}}",
        "package a\np if -input.x < 3 - 2",
        "package a\np if { 1 in [1]; (1, 2 in [3]) } # comment",
        "package a\ninput_x := input.if.contains",
        "package a\nimport future.keywords.not\np if not { input.x; input.y }",
        "package a\nimport future.keywords.or\np if input.x or input.y",
    };
    for (size_t i = 0; i < MRL_COUNTOF(good); i++) {
        mrl_arena a;
        struct mrl_diags diags;
        struct mrl_module *m;
        mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
        if (parse(&a, good[i], MRL_REGO_V1, &diags, &m) != MRL_OK)
            mrl_test_fail(__FILE__, __LINE__, "%s: %.*s", good[i],
                          MRL_F(diags.n > 0 ? diags.items[0].message : MRL_S("?")));
        mrl_arena_release(&a);
    }
}

TEST(parse_refuses_and_names_the_place) {
    static const struct {
        const char *text;
        enum mrl_rego_version version;
        uint32_t line, col;
    } bad[] = {
        {"p := 1", MRL_REGO_V1, 1, 1},
        {"package a\np { true }", MRL_REGO_V1, 2, 1},
        {"package a\np[x] { x = 1 }", MRL_REGO_V1, 2, 1},
        {"package a\np := ", MRL_REGO_V1, 2, 6},
        {"package a\n\np if { x = \"abc }", MRL_REGO_V1, 3, 12},
        {"package a\nimport foo.bar", MRL_REGO_V1, 2, 8},
        {"package a\np := 01", MRL_REGO_V1, 2, 6},
        {"package a\np if { a b }", MRL_REGO_V1, 2, 10},
        {"package a\ndefault p := input.x", MRL_REGO_V1, 2, 1},
        {"package a\np = x { some x in [1] }", MRL_REGO_V0, 2, 16},
        {"package a\np := [1, 2", MRL_REGO_V1, 2, 11},
    };
    for (size_t i = 0; i < MRL_COUNTOF(bad); i++) {
        mrl_arena a;
        struct mrl_diags diags;
        struct mrl_module *m;
        mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
        CHECK_INT(parse(&a, bad[i].text, bad[i].version, &diags, &m), MRL_E_INVALID);
        if (diags.n != 1 || diags.items[0].pos.line != bad[i].line ||
            diags.items[0].pos.col != bad[i].col)
            mrl_test_fail(__FILE__, __LINE__, "%s: at %u:%u %.*s", bad[i].text,
                          diags.n ? diags.items[0].pos.line : 0,
                          diags.n ? diags.items[0].pos.col : 0,
                          MRL_F(diags.n ? diags.items[0].message : MRL_S("?")));
        mrl_arena_release(&a);
    }
}

TEST(parse_survives_deep_and_ambiguous_input) {
    static const char *const units[] = {"[", "{", "(", "[a|", "{a:", "not ", "f(", "$\"{"};
    for (size_t i = 0; i < MRL_COUNTOF(units); i++) {
        mrl_arena a;
        struct mrl_diags diags;
        struct mrl_module *m;
        struct mrl_buf b;
        mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
        mrl_buf_init(&b, 1 << 20);
        MRL_BUF_LIT(&b, "package a\np if ");
        for (int n = 0; n < 20000; n++)
            mrl_buf_add(&b, mrl_str_z(units[i]));
        mrl_diags_init(&diags, &a, 0);
        mrl_status status =
            mrl_rego_parse_module(&a, MRL_S("x"), mrl_buf_str(&b), MRL_REGO_V1, &diags, &m);
        CHECK(status == MRL_E_INVALID || status == MRL_E_NOMEM);
        mrl_buf_release(&b);
        mrl_arena_release(&a);
    }
}

/* Reads a whole file; the empty slice when it cannot be read. */
static mrl_str slurp(mrl_arena *a, const char *path) {
    FILE *f = fopen(path, "rb");
    if (f == NULL)
        return (mrl_str){NULL, 0};
    fseek(f, 0, SEEK_END);
    size_t size = (size_t)ftell(f);
    rewind(f);
    char *p = mrl_arena_alloc(a, size + 1, 1);
    size_t n = p != NULL ? fread(p, 1, size, f) : 0;
    fclose(f);
    return (mrl_str){p, n};
}

static void parse_suite(const char *file, enum mrl_rego_version version) {
    mrl_arena a;
    char path[1024];
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    snprintf(path, sizeof path, "%s/rego/%s", mrl_test_conformance(), file);
    mrl_str text = slurp(&a, path);
    size_t at = 0;
    mrl_val c;
    int modules = 0;
    while (mrl_json_next(&a, text, &at, NULL, NULL, &c) == MRL_OK) {
        mrl_val list = MRL_GET(c, "modules");
        for (uint32_t i = 0; mrl_is_arr(list) && i < list.len; i++) {
            struct mrl_diags diags;
            struct mrl_module *m;
            mrl_diags_init(&diags, &a, 0);
            mrl_str source = mrl_val_str(list.u.arr->items[i]);
            modules++;
            if (mrl_rego_parse_module(&a, MRL_S("m"), source, version, &diags, &m) != MRL_OK)
                mrl_test_fail(
                    __FILE__, __LINE__, "%.*s: %u:%u %.*s", MRL_F(mrl_val_str(MRL_GET(c, "note"))),
                    diags.n ? diags.items[0].pos.line : 0, diags.n ? diags.items[0].pos.col : 0,
                    MRL_F(diags.n ? diags.items[0].message : MRL_S("?")));
        }
    }
    CHECK(modules > 1000);
    mrl_arena_release(&a);
}

TEST(parse_all_public_modules) {
    if (mrl_test_conformance() == NULL)
        SKIP("conformance data is absent");
    parse_suite("v1.jsonl", MRL_REGO_V1);
    parse_suite("v0.jsonl", MRL_REGO_V0);
}

static void refuses(const char *text, size_t len, const char *part, uint32_t line, uint32_t col) {
    mrl_arena a;
    struct mrl_diags diags;
    struct mrl_module *m;
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    mrl_diags_init(&diags, &a, 0);
    mrl_status status = mrl_rego_parse_module(&a, MRL_S("test.rego"), (mrl_str){text, len},
                                              MRL_REGO_V1, &diags, &m);
    CHECK(status == MRL_E_INVALID || status == MRL_E_NOMEM);
    if (status == MRL_E_INVALID && diags.n == 1) {
        CHECK(mrl_str_find(diags.items[0].message, mrl_str_z(part), 0) != MRL_STR_NPOS);
        CHECK(line == 0 || (diags.items[0].pos.line == line && diags.items[0].pos.col == col));
    }
    mrl_arena_release(&a);
}
#define REFUSES(text, part, line, col) refuses((text), sizeof(text) - 1, (part), (line), (col))

TEST(parse_refuses_calls_in_paths) {
    REFUSES("package v().k", "cannot contain variables or calls", 1, 9);
    REFUSES("package a.v().k", "cannot contain variables or calls", 1, 9);
    REFUSES("package v(1)", "cannot contain variables or calls", 1, 9);
    REFUSES("package v[x]", "cannot contain variables or calls", 1, 9);
    REFUSES("package a\nimport data.f(1).k", "path must begin with", 2, 8);
    REFUSES("package a\nimport data.f(1)", "invalid import path", 2, 8);
}

TEST(parse_refuses_what_is_no_text) {
    REFUSES("package a\np := \"\0\"", "null character", 2, 7);
    REFUSES("package a\n# \xFF", "utf-8", 2, 3);
    REFUSES("package a\np := `\xC3`", "utf-8", 2, 7);
}

/* A ref heads no other ref, and parentheses do not change that: the formatter, which drops them,
 * would say something else. What makes a new value, a call or an operator, does head one. */
TEST(parse_refuses_heads_of_refs_as_opa) {
    static const struct {
        const char *term, *kind;
    } bad[] = {
        {"(input.b)[_]", "ref"},
        {"(input)[0]", "ref"},
        {"(data).b", "ref"},
        {"((input.b)).c", "ref"},
        {"(input.f)(1)", "ref"},
        {"(a[0])[1]", "ref"},
        {"(f(1).c).b", "ref"},
        {"(\"a\").b", "string"},
        {"`a`[0]", "string"},
        {"(1)(2)", "number"},
        {"(-1)[0]", "number"},
        {"(true).a", "boolean"},
        {"(null)[0]", "null"},
        {"($\"a\").b", "templatestring"},
        {"{(input.a)[0] | true}", "ref"},
    };
    static const char *const good[] = {
        "(f(1)).b",   "(f(1))[0]", "(a)[0]",      "(a)(1)",     "([1, 2])[_]",    "({1 | true})[_]",
        "(1 + 2)[0]", "(-a).b",    "(x in y)[0]", "(set())[0]", "(input.f(1)).b", "(input.b)",
    };
    char text[128], part[64];
    for (size_t i = 0; i < MRL_COUNTOF(bad); i++) {
        snprintf(text, sizeof text, "package a\np := x if {\n\tx := %s\n}", bad[i].term);
        snprintf(part, sizeof part, "illegal ref (head cannot be %s)", bad[i].kind);
        refuses(text, strlen(text), part, 0, 0);
    }
    for (size_t i = 0; i < MRL_COUNTOF(good); i++) {
        mrl_arena a;
        struct mrl_diags diags;
        struct mrl_module *m;
        mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
        snprintf(text, sizeof text, "package a\np := x if {\n\tx := %s\n}", good[i]);
        mrl_status status = parse(&a, text, MRL_REGO_V1, &diags, &m);
        CHECK(status == MRL_OK || status == MRL_E_NOMEM);
        mrl_arena_release(&a);
    }
}

/* Nested speculation doubles with each level: without a ceiling on tries this would not end. */
TEST(parse_gives_up_on_intricate_nesting) {
    struct mrl_buf b;
    mrl_buf_init(&b, 1 << 20);
    mrl_buf_add(&b, MRL_S("package a\np := "));
    for (int i = 0; i < 60; i++)
        mrl_buf_add(&b, MRL_S("[x | "));
    if (b.status == MRL_OK)
        refuses(b.ptr, b.len, "tries", 0, 0);
    mrl_buf_clear(&b);
    mrl_buf_add(&b, MRL_S("package a\np := "));
    mrl_buf_fill(&b, '(', 100000);
    if (b.status == MRL_OK)
        refuses(b.ptr, b.len, "max recursion depth", 2, MRL_REGO_DEPTH_MAX + 6);
    mrl_buf_release(&b);
}

TEST(parse_reads_logical_operands) {
    static const char *const good[] = {
        "p if { input.a and (input.b or input.c) }",
        "p if { {input.a; input.b} or not {input.c} }",
        "p if (input.a or input.b) with input.c as 1",
        "p if { (input.a with input.b as 1) and input.c }",
        "p if not (input.a or input.b)",
        "p if ({1, 2} == input.s) and input.a",
        "p if { and({1}, {2}) == set() }",
    };
    static const char *const bad[] = {
        "p if { input.a with input.b as 1 and input.c }",
        "p if { {1: 2} and input.c }",
        "p if { () and input.c }",
    };
    mrl_arena a;
    struct mrl_diags diags;
    struct mrl_module *m;
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    for (size_t i = 0; i < MRL_COUNTOF(good) + MRL_COUNTOF(bad); i++) {
        bool want = i < MRL_COUNTOF(good);
        mrl_str text = mrl_arena_printf(&a, "package a\nimport future.keywords\n%s",
                                        want ? good[i] : bad[i - MRL_COUNTOF(good)]);
        mrl_status status =
            text.ptr != NULL ? parse(&a, text.ptr, MRL_REGO_V1, &diags, &m) : MRL_E_NOMEM;
        if (status != MRL_E_NOMEM && (status == MRL_OK) != want)
            mrl_test_fail(__FILE__, __LINE__, "%.*s", MRL_F(text));
    }
    mrl_arena_release(&a);
}

/* A line of any length is shown around the place, without what would reach the terminal. */
TEST(diag_shows_a_window_of_long_lines) {
    mrl_arena a;
    struct mrl_diags diags;
    struct mrl_module *m;
    struct mrl_buf text, out;
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    mrl_buf_init(&text, 1 << 20);
    mrl_buf_init(&out, 1 << 20);
    mrl_buf_add(&text, MRL_S("package a\np := [\"\x1b[31m\xC3\xA9"));
    mrl_buf_fill(&text, 'x', 50000);
    mrl_buf_add(&text, MRL_S("\", 01]"));
    mrl_buf_byte(&text, '\0');
    mrl_status status = text.status;
    if (status == MRL_OK)
        status = parse(&a, text.ptr, MRL_REGO_V1, &diags, &m);
    CHECK(status == MRL_E_INVALID || status == MRL_E_NOMEM);
    if (status == MRL_E_INVALID && diags.n == 1) {
        mrl_diags_print(&diags, &out);
        CHECK(out.status != MRL_OK || out.len < 600);
        CHECK(mrl_str_find(mrl_buf_str(&out), MRL_S("\x1b"), 0) == MRL_STR_NPOS);
    }
    mrl_buf_release(&text);
    mrl_buf_release(&out);
    mrl_arena_release(&a);
}
