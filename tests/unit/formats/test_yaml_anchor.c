/* test_yaml_anchor.c - anchors by name: the last one before an alias, and many of them in linear
 * time. */
#include "formats/yaml/yaml.h"
#include "test.h"

static mrl_val parse(mrl_arena *a, mrl_str text) {
    struct mrl_yaml_doc *docs = NULL;
    size_t n = 0;
    struct mrl_err err;
    mrl_err_init(&err);
    if (mrl_yaml_parse(a, text, NULL, &err, &docs, &n) != MRL_OK || n == 0)
        return mrl_undefined();
    return docs[n - 1].value;
}

TEST(yaml_anchor_of_a_name_again) {
    mrl_arena a;
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    mrl_val v = parse(&a, MRL_S("a: &x one\nb: *x\nc: &x two\nd: *x\ne: &y [*x]\nf: *y\n"));
    CHECK_STR(mrl_val_str(MRL_GET(v, "b")), MRL_S("one"));
    CHECK_STR(mrl_val_str(MRL_GET(v, "d")), MRL_S("two"));
    CHECK_STR(mrl_val_str(mrl_arr_at(MRL_GET(v, "f"), 0)), MRL_S("two"));
    mrl_arena_release(&a);
}

TEST(yaml_anchor_ends_with_its_document) {
    mrl_arena a;
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    CHECK(!mrl_is_defined(parse(&a, MRL_S("a: &x 1\n---\nb: *x\n"))));
    CHECK(!mrl_is_defined(parse(&a, MRL_S("a: &x [*x]\n"))));
    mrl_arena_release(&a);
}

/* 200,000 names, each asked for once: a search through all of them would take minutes. */
TEST(yaml_anchor_many_are_found_at_once) {
    enum { N = 200000 };
    mrl_arena a;
    struct mrl_buf b;
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    mrl_buf_init(&b, 64 << 20);
    for (int i = 0; i < N; i++)
        mrl_buf_printf(&b, "- &a%d %d\n", i, i);
    for (int i = 0; i < N; i++)
        mrl_buf_printf(&b, "- *a%d\n", i);
    mrl_val v = parse(&a, mrl_buf_str(&b));
    CHECK_INT(v.len, 2 * N);
    for (size_t i = 0; i < v.len; i += 997)
        CHECK_INT(mrl_arr_at(v, i).u.i, i % N);
    mrl_buf_release(&b);
    mrl_arena_release(&a);
}
