/* diff.c - see diff.h. */
#include "base/diff.h"

#include "base/vec.h"

#define SPLIT_PAIRS_MAX ((size_t)1 << 16) /* of lines compared within one change */
#define MEET_LINES 3 /* equal lines in a row that count as the texts meeting again */

struct lines {
    mrl_str *items; /* with their line ends, so that a last line without one differs */
    size_t n;
};

struct change { /* lines [a, a_end) of the old text became lines [b, b_end) of the new one */
    size_t a, a_end, b, b_end;
};

struct diff {
    struct lines a, b;
    MRL_VEC(struct change) changes;
};

static mrl_status lines_of(mrl_arena *arena, mrl_str text, struct lines *ret) {
    size_t n = 1, at = 0;
    for (size_t nl = 0; (nl = mrl_str_find(text, MRL_S("\n"), nl)) != MRL_STR_NPOS; nl++)
        n++;
    *ret = (struct lines){MRL_ARENA_ARRAY(arena, mrl_str, n), 0};
    MRL_CHECK(ret->items != NULL, MRL_E_NOMEM);
    while (at < text.len) {
        size_t nl = mrl_str_find(text, MRL_S("\n"), at);
        size_t end = nl == MRL_STR_NPOS ? text.len : nl + 1;
        ret->items[ret->n++] = mrl_str_sub(text, at, end);
        at = end;
    }
    return MRL_OK;
}

/* The texts run equal from here on, for some lines or to the end of both. */
static bool meet(const struct diff *d, size_t i, size_t j) {
    for (int k = 0; k < MEET_LINES; k++, i++, j++) {
        if (i == d->a.n && j == d->b.n)
            return true;
        if (i == d->a.n || j == d->b.n || !mrl_str_eq(d->a.items[i], d->b.items[j]))
            return false;
    }
    return true;
}

/* The change that begins at (i, j), where the texts part: up to the nearest place to meet. */
static struct change part(const struct diff *d, size_t i, size_t j) {
    for (size_t ahead = 1; ahead <= MRL_DIFF_WINDOW; ahead++)
        for (size_t x = 0; x <= ahead; x++)
            if (i + x <= d->a.n && j + (ahead - x) <= d->b.n && meet(d, i + x, j + (ahead - x)))
                return (struct change){i, i + x, j, j + (ahead - x)};
    return (struct change){i, d->a.n, j, d->b.n};
}

/* Takes the lines that both sides of a change share out of it, by the longest common subsequence
 * (Wagner and Fischer 1974); changes with too many pairs of lines stay as they are. */
static mrl_status split(mrl_arena *arena, struct diff *d, struct change c) {
    size_t n = c.a_end - c.a, m = c.b_end - c.b, w = m + 1;
    if (n == 0 || m == 0 || n > SPLIT_PAIRS_MAX / m)
        return MRL_VEC_PUSH(arena, &d->changes, c);
    uint16_t *same = MRL_ARENA_ARRAY(arena, uint16_t, (n + 1) * w); /* of what follows (i, j) */
    MRL_CHECK(same != NULL, MRL_E_NOMEM);
    for (size_t i = n; i-- > 0;)
        for (size_t j = m; j-- > 0;) {
            uint16_t down = same[(i + 1) * w + j], right = same[i * w + j + 1];
            bool equal = mrl_str_eq(d->a.items[c.a + i], d->b.items[c.b + j]);
            uint16_t both = (uint16_t)(same[(i + 1) * w + j + 1] + 1);
            same[i * w + j] = equal ? both : down > right ? down : right;
        }
    for (size_t i = 0, j = 0; i < n || j < m;) {
        struct change part = {c.a + i, c.a + i, c.b + j, c.b + j};
        while (i < n || j < m) {
            if (i < n && j < m && mrl_str_eq(d->a.items[c.a + i], d->b.items[c.b + j]))
                break;
            if (j == m || (i < n && same[(i + 1) * w + j] >= same[i * w + j + 1]))
                i++;
            else
                j++;
        }
        part.a_end = c.a + i;
        part.b_end = c.b + j;
        if (part.a_end > part.a || part.b_end > part.b)
            MRL_TRY(MRL_VEC_PUSH(arena, &d->changes, part));
        for (; i < n && j < m && mrl_str_eq(d->a.items[c.a + i], d->b.items[c.b + j]); i++)
            j++;
    }
    return MRL_OK;
}

static mrl_status find_changes(mrl_arena *arena, struct diff *d) {
    size_t i = 0, j = 0;
    while (i < d->a.n || j < d->b.n) {
        if (i < d->a.n && j < d->b.n && mrl_str_eq(d->a.items[i], d->b.items[j])) {
            i++;
            j++;
            continue;
        }
        struct change c = part(d, i, j);
        MRL_TRY(split(arena, d, c));
        i = c.a_end;
        j = c.b_end;
    }
    return MRL_OK;
}

/* --- writing ------------------------------------------------------------------------------- */

static void line(struct mrl_buf *b, char mark, mrl_str text) {
    mrl_buf_byte(b, mark);
    mrl_buf_add(b, text);
    if (!mrl_str_ends(text, MRL_S("\n")))
        mrl_buf_add(b, MRL_S("\n\\ No newline at end of file\n"));
}

/* "@@ -from,count": the line before the hunk where the count is 0, as patch(1) wants it. */
static void range(struct mrl_buf *b, char mark, size_t from, size_t to) {
    mrl_buf_printf(b, " %c%zu", mark, to > from ? from + 1 : from);
    if (to - from != 1)
        mrl_buf_printf(b, ",%zu", to - from);
}

/* One hunk: changes [first, last) with the equal lines around and between them. */
static void hunk(struct mrl_buf *b, const struct diff *d, uint32_t first, uint32_t last,
                 unsigned context) {
    const struct change *c = &d->changes.items[first], *z = &d->changes.items[last - 1];
    size_t before = c->a < context ? c->a : context;
    size_t after = d->a.n - z->a_end < context ? d->a.n - z->a_end : context;
    mrl_buf_add(b, MRL_S("@@"));
    range(b, '-', c->a - before, z->a_end + after);
    range(b, '+', c->b - before, z->b_end + after);
    mrl_buf_add(b, MRL_S(" @@\n"));
    size_t at = c->a - before;
    for (uint32_t i = first; i < last; i++) {
        for (c = &d->changes.items[i]; at < c->a; at++)
            line(b, ' ', d->a.items[at]);
        for (; at < c->a_end; at++)
            line(b, '-', d->a.items[at]);
        for (size_t j = c->b; j < c->b_end; j++)
            line(b, '+', d->b.items[j]);
    }
    for (size_t end = z->a_end + after; at < end; at++)
        line(b, ' ', d->a.items[at]);
}

mrl_status mrl_diff_unified(struct mrl_buf *b, mrl_arena *scratch, mrl_str old_text,
                            mrl_str new_text, const struct mrl_diff_opts *opts) {
    struct diff d = {0};
    MRL_TRY(lines_of(scratch, old_text, &d.a));
    MRL_TRY(lines_of(scratch, new_text, &d.b));
    MRL_TRY(find_changes(scratch, &d));
    if (d.changes.n > 0 && opts->old_name.len > 0)
        mrl_buf_printf(b, "--- %.*s\n+++ %.*s\n", MRL_F(opts->old_name), MRL_F(opts->new_name));
    for (uint32_t from = 0, to; from < d.changes.n; from = to) {
        for (to = from + 1; to < d.changes.n; to++)
            if (d.changes.items[to].a - d.changes.items[to - 1].a_end > 2 * (size_t)opts->context)
                break;
        hunk(b, &d, from, to, opts->context);
    }
    return MRL_OK;
}
