/* globs_match.c - regex.globs_match: do two globs have a non-empty text in common?
 *
 * The globs are regular expressions without alternatives: characters, `.`, sets such as [a-z], each
 * once, or any number of times (`*`), or at least once (`+`). Two of them are walked side by side
 * as automata: a cell (i, j) is reached when some text leads the first glob to its step i and the
 * second to j. All moves go to the same cell, the next, or the next row, so one pass with two rows
 * of memory answers in O(steps of one x steps of the other).
 *
 * OPA's library guesses where it branches, and misses some texts (`b` and `..*`); this one does
 * not.
 */
#include "base/utf8.h"
#include "engines/policy/builtins/builtins.h"

#define STEPS_MAX 20000 /* of one glob */

struct step {
    const uint32_t *ranges; /* pairs of first and last; NULL: any character */
    uint32_t n;
    /* True: any number of times, none included. */
    bool star;
};

struct reader {
    struct mrl_bi *cx;
    mrl_str text;
    size_t at;
    struct step *steps;
    uint32_t n;
    bool escaped; /* of the character read last */
};

enum { NO_CHAR = UINT32_MAX };

static mrl_status bad(struct reader *r, const char *why) {
    return mrl_bi_fail(r->cx, "input:%.*s, pos:%zu, %s: the input provided is invalid",
                       MRL_F(r->text), r->at, why);
}

/* The next character; NO_CHAR at the end. */
static mrl_status next(struct reader *r, uint32_t *ret) {
    size_t width = 0;
    *ret = NO_CHAR;
    if (r->at >= r->text.len)
        return MRL_OK;
    r->escaped = r->text.ptr[r->at] == '\\';
    if (r->escaped && r->at + 1 == r->text.len)
        return bad(r, "input ends with a \\ (escape) character");
    r->at += r->escaped;
    *ret = mrl_utf8_at(r->text, r->at, &width);
    r->at += width > 0 ? width : 1;
    return MRL_OK;
}

static mrl_status add_range(struct reader *r, uint32_t **ranges, uint32_t *n, uint32_t first,
                            uint32_t last) {
    *ranges = mrl_arena_regrow(r->cx->arena, *ranges, *n * 2, (*n + 1) * 2, sizeof **ranges);
    MRL_CHECK(*ranges != NULL, MRL_E_NOMEM);
    (*ranges)[*n * 2] = first;
    (*ranges)[*n * 2 + 1] = last;
    (*n)++;
    return MRL_OK;
}

/* [abc] or [a-z], behind the bracket. */
static mrl_status read_set(struct reader *r, struct step *ret) {
    uint32_t *ranges = NULL, n = 0, c, before = NO_CHAR;
    for (;;) {
        MRL_TRY(next(r, &c));
        if (c == NO_CHAR)
            return bad(r, "found [ without matching ]");
        if (!r->escaped && c == ']')
            break;
        if (r->escaped || c != '-') {
            MRL_TRY(add_range(r, &ranges, &n, c, c));
            before = c;
            continue;
        }
        if (before == NO_CHAR)
            return bad(r, "range character '-' must be preceded by a Unicode character");
        MRL_TRY(next(r, &c));
        if (c == NO_CHAR || (!r->escaped && (c == ']' || c == '-')))
            return bad(r, "range character '-' cannot be followed by a special symbol");
        if (c < before)
            return bad(r, "range is out of order");
        MRL_TRY(add_range(r, &ranges, &n, before, c));
        before = NO_CHAR;
    }
    static const uint32_t none[2] = {1, 0}; /* [] has no character at all */
    ret->ranges = n > 0 ? ranges : none;
    ret->n = n;
    return MRL_OK;
}

static mrl_status read_step(struct reader *r, uint32_t c) {
    struct step s = {NULL, 0, false};
    if (r->escaped || (c != '.' && c != '[')) {
        uint32_t *one = NULL;
        if (!r->escaped && (c == ']' || c == '*' || c == '+'))
            return bad(r, c == ']' ? "set-close ']' with no preceding '['"
                                   : "a flag must be preceded by a non-flag");
        MRL_TRY(add_range(r, &one, &s.n, c, c));
        s.ranges = one;
    } else if (c == '[') {
        MRL_TRY(read_set(r, &s));
    }
    char flag = r->at < r->text.len ? r->text.ptr[r->at] : '\0';
    r->at += flag == '*' || flag == '+';
    if (r->n + 2 > STEPS_MAX)
        return mrl_bi_fail(r->cx, "a glob has more than %d steps", STEPS_MAX);
    MRL_DASSERT(r->n + 2 <= STEPS_MAX);
    if (flag != '*')
        r->steps[r->n++] = s;
    s.star = true;
    if (flag == '*' || flag == '+') /* x+ is x and x* */
        r->steps[r->n++] = s;
    return MRL_OK;
}

static mrl_status read_glob(struct mrl_bi *cx, mrl_str text, struct reader *ret) {
    struct reader r = {.cx = cx, .text = text};
    size_t most = text.len < STEPS_MAX ? text.len + 2 : STEPS_MAX;
    r.steps = MRL_ARENA_ARRAY(cx->arena, struct step, most * 2);
    MRL_CHECK(r.steps != NULL, MRL_E_NOMEM);
    for (;;) {
        uint32_t c;
        MRL_TRY(next(&r, &c));
        if (c == NO_CHAR)
            break;
        MRL_TRY(read_step(&r, c));
    }
    *ret = r;
    return MRL_OK;
}

/* True when some character fits both. */
static bool meet(const struct step *a, const struct step *b) {
    if (a->ranges == NULL || b->ranges == NULL)
        return (a->ranges == NULL || a->n > 0) && (b->ranges == NULL || b->n > 0);
    for (uint32_t i = 0; i < a->n; i++)
        for (uint32_t k = 0; k < b->n; k++)
            if (a->ranges[2 * i] <= b->ranges[2 * k + 1] &&
                b->ranges[2 * k] <= a->ranges[2 * i + 1])
                return true;
    return false;
}

enum { EMPTY = 1, SOME = 2 }; /* a cell is reached by the empty text, by another one */

/* Moves on from cell (i, j) of `row`; `below` is the row of i + 1. */
static void move(const struct reader *a, const struct reader *b, uint32_t i, uint32_t j,
                 uint8_t *row, uint8_t *below) {
    MRL_DASSERT(i <= a->n && j <= b->n && row[j] != 0);
    const struct step *x = i < a->n ? &a->steps[i] : NULL, *y = j < b->n ? &b->steps[j] : NULL;
    if (x != NULL && y != NULL && meet(x, y)) {
        uint8_t *to = x->star ? row : below;
        to[y->star ? j : j + 1] |= SOME;
    }
    /* A star may be left without taking a character. */
    if (x != NULL && x->star)
        below[j] |= row[j];
    if (y != NULL && y->star)
        row[j + 1] |= row[j];
}

mrl_status mrl_bi_regex_globs_match(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    struct reader a, b;
    mrl_str x, y;
    MRL_TRY(mrl_bi_str(cx, args, 1, &x));
    MRL_TRY(mrl_bi_str(cx, args, 2, &y));
    MRL_TRY(read_glob(cx, x, &a));
    MRL_TRY(read_glob(cx, y, &b));
    uint8_t *row = MRL_ARENA_ARRAY(cx->arena, uint8_t, b.n + 1u);
    uint8_t *below = MRL_ARENA_ARRAY(cx->arena, uint8_t, b.n + 1u);
    MRL_CHECK(row != NULL && below != NULL, MRL_E_NOMEM);
    row[0] = EMPTY;
    /* The work of a row is at most each range of b against each of a's step. */
    uint64_t ranges = 1;
    for (uint32_t j = 0; j < b.n; j++)
        ranges += b.steps[j].n;
    for (uint32_t i = 0; i <= a.n; i++) {
        MRL_TRY(mrl_bi_spend(cx, b.n + ranges * (i < a.n ? a.steps[i].n : 0)));
        for (uint32_t j = 0; j <= b.n; j++)
            if (row[j] != 0)
                move(&a, &b, i, j, row, below);
        if (i == a.n)
            break;
        uint8_t *swap = row;
        row = below;
        below = swap;
        memset(below, 0, b.n + 1u);
    }
    /* Two empty globs have the empty text in common, and OPA counts it in that case only. */
    *ret = mrl_bool((row[b.n] & SOME) || (a.n == 0 && b.n == 0));
    return MRL_OK;
}
