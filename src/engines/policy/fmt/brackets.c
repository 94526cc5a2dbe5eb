/* brackets.c - which bracket closes which, for the whole text, in one pass.
 *
 * Layout asks for the row of a closing bracket at every nested node. Counting from each node anew
 * would be quadratic in the nesting, so all pairs are found once and looked up by binary search.
 * The count knows no strings and no comments: a bracket in them counts. That is OPA's way, and the
 * layout shall be OPA's; a wrong row only moves a comment by a line.
 */
#include "engines/policy/fmt/fmt_internal.h"

/* False for what is no bracket. */
static bool kind_of(char c, enum bracket *kind, bool *opens) {
    switch (c) {
    case '(':
    case ')':
        *kind = BRACKET_ROUND;
        break;
    case '[':
    case ']':
        *kind = BRACKET_SQUARE;
        break;
    case '{':
    case '}':
        *kind = BRACKET_CURLY;
        break;
    default:
        return false;
    }
    *opens = c == '(' || c == '[' || c == '{';
    return true;
}

/* Room for as many pairs of each kind as the text opens; false without memory. */
static bool make_room(mrl_arena *a, mrl_str text, struct brackets *b, uint32_t **open) {
    uint32_t n[BRACKET_KINDS] = {0};
    enum bracket kind;
    bool opens;
    for (size_t i = 0; i < text.len; i++)
        if (kind_of(text.ptr[i], &kind, &opens) && opens)
            n[kind]++;
    for (int k = 0; k < BRACKET_KINDS; k++) {
        b->pairs[k] = MRL_ARENA_ARRAY(a, struct bracket_pair, n[k] + 1);
        open[k] = MRL_ARENA_ARRAY(a, uint32_t, n[k] + 1);
        if (b->pairs[k] == NULL || open[k] == NULL)
            return false;
    }
    return true;
}

mrl_status fmt_brackets_init(mrl_arena *a, mrl_str text, struct brackets *ret) {
    struct brackets b = {0};
    uint32_t *open[BRACKET_KINDS], depth[BRACKET_KINDS] = {0}; /* pairs that wait for their end */
    enum bracket kind;
    bool opens;
    MRL_CHECK(make_room(a, text, &b, open), MRL_E_NOMEM);
    for (size_t i = 0; i < text.len; i++) {
        if (!kind_of(text.ptr[i], &kind, &opens))
            continue;
        if (opens) {
            b.pairs[kind][b.n[kind]] = (struct bracket_pair){(uint32_t)i, UINT32_MAX};
            open[kind][depth[kind]++] = b.n[kind]++;
        } else if (depth[kind] > 0) {
            b.pairs[kind][open[kind][--depth[kind]]].close = (uint32_t)i;
        }
    }
    MRL_ASSERT(b.n[BRACKET_ROUND] <= text.len && b.n[BRACKET_CURLY] <= text.len);
    *ret = b;
    return MRL_OK;
}

/* The first pair of the kind that opens in [from, to); NULL when it is none or does not close
 * there. */
static const struct bracket_pair *first(const struct fmt *f, enum bracket kind, uint32_t from,
                                        uint32_t to) {
    MRL_ASSERT(kind < BRACKET_KINDS);
    const struct bracket_pair *pairs = f->brackets.pairs[kind];
    uint32_t low = 0, high = f->brackets.n[kind];
    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        if (pairs[mid].open < from)
            low = mid + 1;
        else
            high = mid;
    }
    return low < f->brackets.n[kind] && pairs[low].close < to ? &pairs[low] : NULL;
}

int64_t fmt_closing(const struct fmt *f, enum bracket skip, enum bracket kind, struct place p) {
    uint32_t from = p.start, rows = 0;
    MRL_ASSERT(kind < BRACKET_KINDS && p.start <= p.end);
    if (skip != BRACKET_KINDS) {
        const struct bracket_pair *s = first(f, skip, from, p.end);
        if (s == NULL)
            return NO_ROW;
        rows = fmt_row(f, s->close) - fmt_row(f, s->open);
        from = s->close;
    }
    const struct bracket_pair *pair = first(f, kind, from, p.end);
    if (pair == NULL)
        return NO_ROW;
    return (int64_t)p.row + rows + fmt_row(f, pair->close) - fmt_row(f, pair->open);
}
