/* test_diff.c - unified diffs: the form that patch reads, and that they always lead to the new
 * text. */
#include "base/diff.h"
#include "test.h"

struct row {
    const char *old_text, *new_text, *want;
};

static const struct row rows[] = {
    {"", "", ""},
    {"a\n", "a\n", ""},
    {"a\nb\nc\n", "a\nX\nc\n", "@@ -1,3 +1,3 @@\n a\n-b\n+X\n c\n"},
    {"a\nb\n", "a\nb\nc\n", "@@ -2 +2,2 @@\n b\n+c\n"},
    {"", "a\n", "@@ -0,0 +1 @@\n+a\n"},
    {"a\n", "", "@@ -1 +0,0 @@\n-a\n"},
    {"a", "a\n", "@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n"},
    /* far changes are hunks of their own, near ones share one */
    {"a\nb\nc\nd\ne\nf\n", "A\nb\nc\nd\ne\nF\n",
     "@@ -1,2 +1,2 @@\n-a\n+A\n b\n@@ -5,2 +5,2 @@\n e\n-f\n+F\n"},
    {"a\nb\nc\n", "A\nb\nC\n", "@@ -1,3 +1,3 @@\n-a\n+A\n b\n-c\n+C\n"},
};

static void diff(mrl_arena *a, mrl_str old_text, mrl_str new_text, struct mrl_buf *out) {
    struct mrl_diff_opts opts = {.context = 1};
    mrl_status status = mrl_diff_unified(out, a, old_text, new_text, &opts);
    if (status != MRL_OK)
        mrl_buf_printf(out, "%s", mrl_status_name(status));
}

TEST(diff_has_the_form_of_patches) {
    mrl_arena a;
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    for (size_t i = 0; i < MRL_COUNTOF(rows); i++) {
        struct mrl_buf out;
        mrl_buf_init(&out, 1 << 16);
        diff(&a, mrl_str_z(rows[i].old_text), mrl_str_z(rows[i].new_text), &out);
        CHECK_STR(mrl_buf_str(&out), mrl_str_z(rows[i].want));
        mrl_buf_release(&out);
    }
    mrl_arena_release(&a);
}

TEST(diff_names_its_files) {
    mrl_arena a;
    struct mrl_buf out;
    struct mrl_diff_opts opts = {MRL_S("a/x"), MRL_S("b/x"), 3};
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    mrl_buf_init(&out, 1 << 16);
    REQUIRE(mrl_diff_unified(&out, &a, MRL_S("1\n"), MRL_S("2\n"), &opts) == MRL_OK);
    CHECK_STR(mrl_buf_str(&out), MRL_S("--- a/x\n+++ b/x\n@@ -1 +1 @@\n-1\n+2\n"));
    mrl_buf_release(&out);
    mrl_arena_release(&a);
}

/* The new text out of the old one and a diff with all lines as context; false where they disagree.
 */
static bool apply(mrl_str diff, mrl_str old_text, struct mrl_buf *out) {
    size_t at = 0;
    while (diff.len > 0) {
        mrl_str line = mrl_str_cut(diff, '\n', &diff);
        char mark = line.len > 0 ? line.ptr[0] : '?';
        if (mark == '@')
            continue;
        mrl_str text = mrl_str_sub(line, 1, line.len);
        if (mark != '+') {
            if (!mrl_str_starts(mrl_str_sub(old_text, at, old_text.len), text))
                return false;
            at += text.len + 1;
        }
        if (mark != '-')
            mrl_buf_printf(out, "%.*s\n", MRL_F(text));
    }
    return at == old_text.len;
}

static uint32_t next(uint32_t *seed) {
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

/* Texts over a small alphabet of lines, so that they meet by chance in wrong places, too. */
static void random_text(struct mrl_buf *b, uint32_t *seed) {
    for (uint32_t i = 0, n = next(seed) % 60; i < n; i++)
        mrl_buf_printf(b, "%c\n", 'a' + next(seed) % 3);
}

TEST(diff_leads_from_any_text_to_any_other) {
    struct mrl_diff_opts opts = {.context = 1000};
    for (uint32_t seed = 1; seed <= 300; seed++) {
        uint32_t state = seed;
        mrl_arena a;
        struct mrl_buf x, y, d, made;
        mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
        struct mrl_buf *all[] = {&x, &y, &d, &made};
        for (int i = 0; i < 4; i++)
            mrl_buf_init(all[i], 1 << 20);
        random_text(&x, &state);
        random_text(&y, &state);
        REQUIRE(mrl_diff_unified(&d, &a, mrl_buf_str(&x), mrl_buf_str(&y), &opts) == MRL_OK);
        if (mrl_str_eq(mrl_buf_str(&x), mrl_buf_str(&y)))
            CHECK_INT(d.len, 0);
        else
            CHECK(apply(mrl_buf_str(&d), mrl_buf_str(&x), &made) &&
                  mrl_str_eq(mrl_buf_str(&made), mrl_buf_str(&y)));
        for (int i = 0; i < 4; i++)
            mrl_buf_release(all[i]);
        mrl_arena_release(&a);
    }
}
