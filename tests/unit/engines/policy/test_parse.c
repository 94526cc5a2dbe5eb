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
