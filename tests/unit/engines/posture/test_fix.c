/* test_fix.c - fixes of findings: what is chosen, what is made, and that nothing else changes. */
#include "kit.h"

#include "formats/yaml/yaml.h"

/* One control that asks for what the object itself lists: spec.want is a list of fixes. */
static const char *const wishes[] = {
    "# METADATA\n# scope: package\n# title: T\n# custom:\n#   id: MLN-T-009\n"
    "package merlon.controls.wish\n"
    "violation contains {\"msg\": sprintf(\"%d\", [i]), \"fix\": f} if some i, f in "
    "input.object.want\n",
    NULL};

struct row {
    const char *yaml;
    bool all;
    const char *want;   /* the text afterwards; NULL: no change */
    const char *states; /* a letter a finding: d one, s hared, n one known, u nsafe, r efused */
};

static const struct row rows[] = {
    {"apiVersion: v1\nkind: P\nspec: {}\nwant:\n- {op: set, path: [spec, x], value: 1, safe: "
     "true}\n",
     false,
     "apiVersion: v1\nkind: P\nspec: {x: 1}\nwant:\n- {op: set, path: [spec, x], value: 1, safe: "
     "true}\n",
     "d"},
    /* without `safe` only on demand */
    {"apiVersion: v1\nkind: P\nwant: [{op: set, path: [x], value: 1}]\n", false, NULL, "u"},
    {"apiVersion: v1\nkind: P\nwant: [{op: set, path: [x], value: 1}]\n", true,
     "apiVersion: v1\nkind: P\nwant: [{op: set, path: [x], value: 1}]\nx: 1\n", "d"},
    /* twice the same is one change; another value at the same place is none */
    {"apiVersion: v1\nkind: P\nwant:\n- {op: append, path: [l], value: a, safe: true, k: 1}\n"
     "- {op: append, path: [l], value: a, safe: true, k: 2}\n"
     "- {op: append, path: [l], value: b, safe: true}\nl: [z]\n",
     false,
     "apiVersion: v1\nkind: P\nwant:\n- {op: append, path: [l], value: a, safe: true, k: 1}\n"
     "- {op: append, path: [l], value: a, safe: true, k: 2}\n"
     "- {op: append, path: [l], value: b, safe: true}\nl: [z, a]\n",
     "dsr"},
    /* removals go from the back, so that places in lists stay right */
    {"apiVersion: v1\nkind: P\nl: [a, b, c, d]\nwant:\n- {op: remove, path: [l, 0], safe: true}\n"
     "- {op: remove, path: [l, 2], safe: true}\n",
     false,
     "apiVersion: v1\nkind: P\nl: [b, d]\nwant:\n- {op: remove, path: [l, 0], safe: true}\n"
     "- {op: remove, path: [l, 2], safe: true}\n",
     "dd"},
    {"apiVersion: v1\nkind: P\nwant: [{op: remove, path: [nowhere], safe: true}]\n", false, NULL,
     "r"},
    {"apiVersion: v1\nkind: P\nwant: [{op: set, path: [kind, x], value: 1, safe: true}]\n", false,
     NULL, "r"},
    {"apiVersion: v1\nkind: P\nwant: [{}, {op: set}, {path: [x]}, x]\n", true, NULL, "nnnn"},
    /* two documents: comments and layout between them stay */
    {"# one\napiVersion: v1\nkind: P # here\nwant: [{op: set, path: [x], value: true, safe: "
     "true}]\n"
     "# between\n---   # odd\nkind:   P\napiVersion:  v1\nwant:\n"
     "    - {op: set, path: [g, z], value: no, safe: true}\n",
     false,
     "# one\napiVersion: v1\nkind: P # here\nwant: [{op: set, path: [x], value: true, safe: "
     "true}]\n"
     "x: true\n# between\n---   # odd\nkind:   P\napiVersion:  v1\nwant:\n"
     "    - {op: set, path: [g, z], value: no, safe: true}\ng:\n  z: false\n",
     "dd"},
    /* items of a List, deeper and deeper */
    {"kind: List\napiVersion: v1\nitems:\n  # a\n  - apiVersion: v1\n    kind: P\n"
     "    want: [{op: set, path: [m, k], value: 1, safe: true}]\n  # b\n"
     "  - {apiVersion: v1, kind: P, want: [{op: set, path: [x], value: 2, safe: true}]}\n",
     false,
     "kind: List\napiVersion: v1\nitems:\n  # a\n  - apiVersion: v1\n    kind: P\n"
     "    want: [{op: set, path: [m, k], value: 1, safe: true}]\n    m:\n      k: 1\n  # b\n"
     "  - {apiVersion: v1, kind: P, want: [{op: set, path: [x], value: 2, safe: true}], x: 2}\n",
     "dd"},
    /* an alias: its owner is changed or nobody */
    {"kind: List\napiVersion: v1\nitems:\n- &a {apiVersion: v1, kind: P, want: [{op: set, path: "
     "[x], "
     "value: 1, safe: true}]}\n- *a\n",
     false, NULL, "rr"},
};

static char letter(enum mrl_fix_state s) {
    static const char letters[] = {
        [MRL_FIX_DONE] = 'd',   [MRL_FIX_SHARED] = 's',  [MRL_FIX_NONE] = 'n',
        [MRL_FIX_UNSAFE] = 'u', [MRL_FIX_REFUSED] = 'r', [MRL_FIX_USELESS] = 'x'};
    return letters[s];
}

static void check_row(const struct row *r, size_t number) {
    mrl_arena a;
    struct kit k;
    struct mrl_fixes fixes = {0};
    char states[16] = "";
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    if (!kit_run(&k, &a, wishes, r->yaml, 1) ||
        mrl_fixes_plan(&a, &k.posture, r->all, &fixes) != MRL_OK ||
        mrl_fixes_make(&a, &fixes) != MRL_OK) {
        mrl_test_fail(__FILE__, __LINE__, "row %zu: it does not run", number);
    } else {
        for (uint32_t i = 0; i < fixes.n && i < sizeof states - 1; i++)
            states[i] = letter(fixes.items[i].state);
        mrl_str text = fixes.n_sources > 0 ? fixes.sources[0].text : mrl_str_z(r->yaml);
        if (!mrl_str_eq(text, mrl_str_z(r->want != NULL ? r->want : r->yaml)) ||
            strcmp(states, r->states) != 0)
            mrl_test_fail(__FILE__, __LINE__, "row %zu: states %s, text:\n%.*s", number, states,
                          MRL_F(text));
    }
    kit_release(&k);
    mrl_arena_release(&a);
}

TEST(fix_makes_what_is_exact_and_leaves_the_rest) {
    for (size_t i = 0; i < MRL_COUNTOF(rows); i++)
        check_row(&rows[i], i);
}

/* A patch alone is what the whole of the fixes makes of one finding. */
TEST(fix_patch_is_the_same_as_the_fix) {
    mrl_arena a;
    struct kit k;
    struct mrl_fixes fixes = {0};
    struct mrl_patch p;
    struct mrl_err err;
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    for (size_t i = 0; i < MRL_COUNTOF(rows); i++) {
        if (rows[i].states[0] != 'd' || rows[i].states[1] != '\0')
            continue;
        REQUIRE(kit_run(&k, &a, wishes, rows[i].yaml, 1));
        REQUIRE(mrl_fixes_plan(&a, &k.posture, true, &fixes) == MRL_OK);
        REQUIRE(mrl_fixes_make(&a, &fixes) == MRL_OK);
        REQUIRE(mrl_fix_patch(&a, kit_finding(&k, 0), &err, &p) == MRL_OK);
        CHECK_STR(mrl_patch_apply(&a, k.source.text, &p), fixes.sources[0].text);
        kit_release(&k);
    }
    mrl_arena_release(&a);
}

/* Random trees: after the fixes the text parses, holds what was wanted, and all old lines in order.
 */
static uint32_t next(uint32_t *seed) {
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

static void random_object(struct mrl_buf *b, uint32_t *seed, int number) {
    unsigned indent = 1 + next(seed) % 4;
    mrl_buf_printf(b, "# object %d\napiVersion: v1\nkind:%*sP # kind\n", number, (int)indent, "");
    mrl_buf_printf(b, "metadata: {name: o%d,%*snamespace: ns}\n", number, (int)indent, "");
    if (next(seed) % 2 == 0)
        mrl_buf_printf(b, "spec:\n%*s# inside\n%*sold: 'x' # old\n", (int)indent, "", (int)indent,
                       "");
    mrl_buf_add(b, MRL_S("want:\n"));
    for (uint32_t i = 0, n = next(seed) % 4; i < n; i++)
        mrl_buf_printf(b, "- {op: set, path: [spec, k%u, v], value: %u, safe: true} # wish\n", i,
                       next(seed) % 100);
    mrl_buf_add(b, next(seed) % 2 == 0 ? MRL_S("--- # next\n") : MRL_S("---\n"));
}

static bool lines_kept(mrl_str old_text, mrl_str new_text) {
    while (old_text.len > 0) {
        mrl_str line = mrl_str_cut(old_text, '\n', &old_text), other;
        do {
            if (new_text.len == 0)
                return line.len == 0;
            other = mrl_str_cut(new_text, '\n', &new_text);
        } while (!mrl_str_eq(line, other));
    }
    return true;
}

TEST(fix_keeps_every_line_of_random_trees) {
    for (uint32_t seed = 1; seed <= 40; seed++) {
        uint32_t state = seed;
        mrl_arena a;
        struct kit k, after;
        struct mrl_fixes fixes = {0};
        struct mrl_buf yaml;
        mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
        mrl_buf_init(&yaml, 1 << 20);
        for (int i = 0; i < 6; i++)
            random_object(&yaml, &state, i);
        mrl_buf_byte(&yaml, '\0');
        REQUIRE(yaml.status == MRL_OK && kit_run(&k, &a, wishes, yaml.ptr, 1));
        REQUIRE(mrl_fixes_plan(&a, &k.posture, false, &fixes) == MRL_OK);
        REQUIRE(mrl_fixes_make(&a, &fixes) == MRL_OK);
        if (fixes.n_sources == 1) {
            CHECK(lines_kept(k.source.text, fixes.sources[0].text));
            after = (struct kit){.arena = &a};
            REQUIRE(kit_read(&after, fixes.sources[0].text.ptr));
            CHECK_INT(after.objects.n, k.objects.n);
        }
        for (uint32_t i = 0; i < fixes.n; i++) {
            const struct mrl_finding *f = fixes.items[i].finding;
            mrl_val path = MRL_GET(f->fix, "path");
            const struct mrl_object *o = &after.objects.items[f->object - k.objects.items];
            CHECK_INT(fixes.items[i].state, MRL_FIX_DONE);
            CHECK(mrl_val_eq(mrl_val_path(o->value, path.u.arr->items, path.len),
                             MRL_GET(f->fix, "value")));
        }
        kit_release(&k);
        mrl_buf_release(&yaml);
        mrl_arena_release(&a);
    }
}
