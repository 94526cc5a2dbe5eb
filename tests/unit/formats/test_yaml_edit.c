/* test_yaml_edit.c - edits of text: what changes, what stays, what is refused. Table-driven. */
#include "formats/json/json.h"
#include "formats/yaml/edit.h"
#include "formats/yaml/yaml.h"
#include "test.h"

#include <stdio.h>

/* "a/0/b" to keys: digits are places in lists. */
static size_t path_of(const char *text, mrl_val *path) {
    mrl_str rest = mrl_str_z(text);
    size_t n = 0;
    while (rest.len > 0) {
        mrl_str part = mrl_str_cut(rest, '/', &rest);
        bool digit = part.ptr[0] >= '0' && part.ptr[0] <= '9';
        path[n++] = digit ? mrl_int(part.ptr[0] - '0') : mrl_strval(part);
    }
    return n;
}

struct row {
    const char *text;
    enum mrl_edit_op op;
    const char *path, *value; /* value: JSON */
    const char *want;         /* NULL: refused with `status` */
    mrl_status status;
};

static void check_row(const struct row *r, bool json) {
    mrl_arena a;
    mrl_val path[MRL_EDIT_PATH_MAX];
    struct mrl_err err;
    struct mrl_patch patch = {0, 0, {NULL, 0}};
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    mrl_err_init(&err);
    mrl_str text = mrl_str_z(r->text), got = {NULL, 0};
    struct mrl_edit e = {.op = r->op, .path = path, .path_len = path_of(r->path, path)};
    if (!json) {
        struct mrl_yaml_doc *docs;
        size_t n;
        REQUIRE(mrl_yaml_parse(&a, text, NULL, NULL, &docs, &n) == MRL_OK);
        e.at = docs[n - 1].start;
    }
    if (r->value != NULL)
        REQUIRE(mrl_json_parse(&a, mrl_str_z(r->value), NULL, NULL, &e.value) == MRL_OK);
    mrl_status status = mrl_edit_patch(&a, text, json, &e, &err, &patch);
    if (status != r->status)
        mrl_test_fail(__FILE__, __LINE__, "%s %s: %s: %s", r->path, r->text,
                      mrl_status_name(status), err.text);
    if (status == MRL_OK && r->want != NULL) {
        got = mrl_patch_apply(&a, text, &patch);
        CHECK_STR(got, mrl_str_z(r->want));
    }
    if (status != MRL_OK)
        CHECK(err.text[0] != '\0');
    mrl_arena_release(&a);
}

#define REFUSED(code) NULL, code
#define GIVES(text) text, MRL_OK
#define SET MRL_EDIT_SET
#define APPEND MRL_EDIT_APPEND
#define REMOVE MRL_EDIT_REMOVE

TEST(yaml_edit_sets_values_in_place) {
    static const struct row rows[] = {
        {"a: 1 # one\nb: 2\n", SET, "a", "5", GIVES("a: 5 # one\nb: 2\n")},
        {"a: \"x\"\n", SET, "a", "\"yes\"", GIVES("a: \"yes\"\n")},
        {"a:\nb: 2\n", SET, "a", "true", GIVES("a: true\nb: 2\n")},
        {"- a\n-\n", SET, "1", "\"b\"", GIVES("- a\n- b\n")},
        {"a:\n  # why\n  b: 1\nc: 2\n", SET, "a", "7", GIVES("a: 7\n  # why\nc: 2\n")},
        {"a: x # c\nb: 2\n", SET, "a", "{\"k\":[1,2]}",
         GIVES("a: # c\n  k:\n  - 1\n  - 2\nb: 2\n")},
        {"a:\n    b: |\n      text\n    c: 1\n", SET, "a/b", "\"short\"",
         GIVES("a:\n    b: short\n    c: 1\n")},
        {"a: one\n", SET, "a", "\"two\\nlines\\n\"", GIVES("a: |\n  two\n  lines\n")},
        {"a: {b: 1, c: 2}\n", SET, "a/b", "{\"x\":\"y, z\"}", GIVES("a: {b: {x: 'y, z'}, c: 2}\n")},
        {"x\n", SET, "", "\"z\"", GIVES("z\n")},
        {"# top\na: 1\r\nb: 2\r\n", SET, "b", "[1]", GIVES("# top\na: 1\r\nb:\r\n- 1\r\n")},
    };
    for (size_t i = 0; i < MRL_COUNTOF(rows); i++)
        check_row(&rows[i], false);
}

TEST(yaml_edit_adds_what_is_missing) {
    static const struct row rows[] = {
        {"a: 1 # one\n# end\n", SET, "b", "2", GIVES("a: 1 # one\nb: 2\n# end\n")},
        {"a:\n  - n: x\n    i: y\n  - n: z\n", SET, "a/0/s/p", "false",
         GIVES("a:\n  - n: x\n    i: y\n    s:\n      p: false\n  - n: z\n")},
        {"a:\n    b: 1\n", SET, "a/c/d", "[\"x\"]",
         GIVES("a:\n    b: 1\n    c:\n        d:\n        - x\n")},
        {"a:\n  - x\nb:\n  c: 1\n", SET, "b/l", "[\"x\"]",
         GIVES("a:\n  - x\nb:\n  c: 1\n  l:\n    - x\n")},
        {"s: {}\n", SET, "s/a", "true", GIVES("s: {a: true}\n")},
        {"s: {a: 1,\n    b: 2}\n", SET, "s/c", "3", GIVES("s: {a: 1,\n    b: 2, c: 3}\n")},
        {"s: {\n  a: 1, # x\n}\n", SET, "s/c", "3", GIVES("s: {\n  a: 1, # x\n  c: 3,\n}\n")},
        {"s: {\n  a: 1 # x\n}\n", SET, "s/c", "3", GIVES("s: {\n  a: 1, # x\n  c: 3\n}\n")},
        {"s: # why\nt: 1\n", SET, "s/a", "1", GIVES("s: # why\n  a: 1\nt: 1\n")},
        {"s: ~\n", SET, "s/a/0", "1", GIVES("s:\n  a:\n  - 1\n")},
        {"a: 1", SET, "b", "2", GIVES("a: 1\nb: 2")},
        {"a: |+\n  x\n\n", SET, "b", "2", REFUSED(MRL_E_UNSUPPORTED)},
        {"d: &d {x: 1}\na:\n  <<: *d\n", SET, "a/x", "2",
         GIVES("d: &d {x: 1}\na:\n  <<: *d\n  x: 2\n")},
        {"a: 1\n---\n# two\nb: 2\n", SET, "c", "3", GIVES("a: 1\n---\n# two\nb: 2\nc: 3\n")},
        {"l:\n- a\n", APPEND, "l", "\"b\"", GIVES("l:\n- a\n- b\n")},
        {"l:\n  - a: 1\n    # c\nz: 1\n", APPEND, "l", "{\"a\":2,\"b\":3}",
         GIVES("l:\n  - a: 1\n  - a: 2\n    b: 3\n    # c\nz: 1\n")},
        {"l: [a, b]\n", APPEND, "l", "\"c\"", GIVES("l: [a, b, c]\n")},
        {"l: []\n", APPEND, "l", "\"ALL\"", GIVES("l: [ALL]\n")},
        {"a: {}\n", APPEND, "a/l", "1", GIVES("a: {l: [1]}\n")},
        {"a: 1\n", APPEND, "b/l", "1", GIVES("a: 1\nb:\n  l:\n  - 1\n")},
    };
    for (size_t i = 0; i < MRL_COUNTOF(rows); i++)
        check_row(&rows[i], false);
}

TEST(yaml_edit_removes_whole_lines) {
    static const struct row rows[] = {
        {"a: 1 # one\n# b\nb: 2\n", REMOVE, "a", NULL, GIVES("# b\nb: 2\n")},
        {"a:\n  b: 1\n", REMOVE, "a/b", NULL, GIVES("a: {}\n")},
        {"a:\n- 1\n", REMOVE, "a/0", NULL, GIVES("a: []\n")},
        {"- k: x\n  i: y\n- k: z\n", REMOVE, "0/k", NULL, GIVES("- i: y\n- k: z\n")},
        {"- n: x\n  i: y\n- n: z\n", REMOVE, "0", NULL, GIVES("- n: z\n")},
        {"l:\n  - a\n  # c\n  -\n    b: 1\n", REMOVE, "l/1", NULL, GIVES("l:\n  - a\n  # c\n")},
        {"a: {b: 1, c: 2}\n", REMOVE, "a/b", NULL, GIVES("a: {c: 2}\n")},
        {"a: {b: 1, c: 2}\n", REMOVE, "a/c", NULL, GIVES("a: {b: 1}\n")},
        {"a: [1]\n", REMOVE, "a/0", NULL, GIVES("a: []\n")},
        {"a: [1, # x\n 2]\n", REMOVE, "a/0", NULL, REFUSED(MRL_E_UNSUPPORTED)},
        {"a: 1\n", REMOVE, "b", NULL, REFUSED(MRL_E_NOT_FOUND)},
        {"a: 1\na: 2\nc: 3\n", REMOVE, "a", NULL, REFUSED(MRL_E_UNSUPPORTED)},
    };
    for (size_t i = 0; i < MRL_COUNTOF(rows); i++)
        check_row(&rows[i], false);
}

TEST(yaml_edit_refuses_what_others_share) {
    static const struct row rows[] = {
        {"a: &x {b: 1}\nc: *x\n", SET, "a/b", "2", REFUSED(MRL_E_UNSUPPORTED)},
        {"a: &x {b: 1}\nc: *x\n", SET, "c/b", "2", REFUSED(MRL_E_UNSUPPORTED)},
        {"a: &x {b: 1}\nc: *x\n", SET, "c", "2", GIVES("a: &x {b: 1}\nc: 2\n")},
        {"a: &x 1\nb: 2\n", REMOVE, "a", NULL, GIVES("b: 2\n")},
        {"a: &x 1\nb: *x\n", REMOVE, "a", NULL, REFUSED(MRL_E_UNSUPPORTED)},
        {"a: !!int 1\n", SET, "a", "{\"b\":1}", REFUSED(MRL_E_UNSUPPORTED)},
        {"a: x\n", SET, "a/b", "1", REFUSED(MRL_E_TYPE)},
        {"a: x\n", APPEND, "a", "1", REFUSED(MRL_E_TYPE)},
        {"a: [1]\n", SET, "a/3", "1", REFUSED(MRL_E_NOT_FOUND)},
        {"a: 1\n", REMOVE, "", NULL, REFUSED(MRL_E_LIMIT)},
    };
    for (size_t i = 0; i < MRL_COUNTOF(rows); i++)
        check_row(&rows[i], false);
}

TEST(json_edit_keeps_the_layout) {
    static const struct row rows[] = {
        {"{\n  \"a\": 1,\n  \"b\": {\n    \"c\": []\n  }\n}\n", SET, "b/d", "{\"x\":true}",
         GIVES("{\n  \"a\": 1,\n  \"b\": {\n    \"c\": [],\n    \"d\": {\"x\":true}\n  }\n}\n")},
        {"{\"a\":1,\"b\":2}", REMOVE, "a", NULL, GIVES("{\"b\":2}")},
        {"{\"a\":1,\"b\":2}", SET, "b", "\"<<\"", GIVES("{\"a\":1,\"b\":\"<<\"}")},
        {"{}", SET, "a/b", "null", GIVES("{\"a\": {\"b\":null}}")},
        {"{\"l\": [1]}", APPEND, "l", "2", GIVES("{\"l\": [1, 2]}")},
        {"{\"l\": [1]}", REMOVE, "l/0", NULL, GIVES("{\"l\": []}")},
    };
    for (size_t i = 0; i < MRL_COUNTOF(rows); i++)
        check_row(&rows[i], true);
}

TEST(yaml_edit_makes_many_in_a_stream) {
    mrl_arena a;
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    mrl_str text = MRL_S("# head\nkind: A\nspec:\n  x: 1\n---\nkind: List\nitems:\n- kind: B\n"
                         "  spec: {}\n- kind: C\n...\n# tail\n");
    uint32_t list_b = (uint32_t)mrl_str_find(text, MRL_S("kind: B"), 0);
    uint32_t list_c = (uint32_t)mrl_str_find(text, MRL_S("kind: C"), 0);
    uint32_t first = (uint32_t)mrl_str_find(text, MRL_S("kind: A"), 0);
    mrl_val p_spec[] = {MRL_V("spec"), MRL_V("x")}, p_new[] = {MRL_V("spec"), MRL_V("z")};
    struct mrl_edit edits[] = {
        {SET, first, p_new, 2, mrl_int(2)},   {SET, list_c, p_spec, 2, mrl_int(3)},
        {SET, list_b, p_spec, 2, mrl_int(4)}, {REMOVE, first, p_spec, 2, mrl_undefined()},
        {SET, 3, p_spec, 2, mrl_int(5)},      {REMOVE, list_b, p_new, 2, mrl_undefined()},
    };
    mrl_status each[MRL_COUNTOF(edits)];
    mrl_str got;
    struct mrl_err err;
    mrl_err_init(&err);
    REQUIRE(mrl_edit_all(&a, text, false, edits, MRL_COUNTOF(edits), &err, each, &got) == MRL_OK);
    CHECK_STR(got, MRL_S("# head\nkind: A\nspec:\n  z: 2\n---\nkind: List\nitems:\n- kind: B\n"
                         "  spec: {x: 4}\n- kind: C\n  spec:\n    x: 3\n...\n# tail\n"));
    for (size_t i = 0; i < MRL_COUNTOF(edits); i++)
        CHECK_INT(each[i], i < 4 ? MRL_OK : MRL_E_NOT_FOUND);
    mrl_arena_release(&a);
}
