/* profile.c - see profile.h.
 *
 * Lines are found by a hash of module and line number and numbered in the order of first use;
 * numbers stay valid while the table grows, pointers do not. Sorting makes the numbers
 * meaningless, so it ends the profile.
 */
#include "engines/policy/observe/profile.h"

#define CRITERIA_MAX 8

void mrl_profile_init(struct mrl_profile *p, mrl_arena *arena) {
    *p = (struct mrl_profile){.arena = arena};
}

/* The slot of a line, or the free one where it belongs. */
static uint32_t slot_of(const struct mrl_profile *p, const struct mrl_module *m, uint32_t line) {
    MRL_DASSERT(p->n_slots > 0 && (p->n_slots & (p->n_slots - 1)) == 0);
    uint64_t h = ((uint64_t)(uintptr_t)m >> 4) * 0x9E3779B97F4A7C15u ^ line * 0xBF58476D1CE4E5B9u;
    uint32_t at = (uint32_t)(h >> 32) & (p->n_slots - 1);
    while (p->slots[at] != 0) {
        const struct mrl_profile_line *l = &p->lines[p->slots[at] - 1];
        if (l->module == m && l->loc.line == line)
            break;
        at = (at + 1) & (p->n_slots - 1);
    }
    return at;
}

/* Twice the room for lines, and slots for them. */
static mrl_status grow(struct mrl_profile *p) {
    uint32_t cap = p->cap > 0 ? p->cap * 2 : 64;
    struct mrl_profile_line *lines =
        mrl_arena_regrow(p->arena, p->lines, p->cap, cap, sizeof *lines);
    uint32_t *slots = MRL_ARENA_ARRAY(p->arena, uint32_t, cap * 2);
    MRL_CHECK(lines != NULL && slots != NULL, MRL_E_NOMEM);
    p->lines = lines;
    p->cap = cap;
    p->slots = slots;
    p->n_slots = cap * 2; /* half full at most */
    for (uint32_t i = 0; i < p->n; i++)
        slots[slot_of(p, lines[i].module, lines[i].loc.line)] = i + 1;
    return MRL_OK;
}

/* The number of the line of a probe, plus 1; 0 after p->status was set. */
static uint32_t line_of(struct mrl_profile *p, const struct mrl_probe *at) {
    if (p->n == p->cap && p->status == MRL_OK)
        p->status = grow(p);
    if (p->status != MRL_OK)
        return 0;
    uint32_t slot = slot_of(p, at->module, at->loc.line);
    if (p->slots[slot] == 0) {
        p->lines[p->n] =
            (struct mrl_profile_line){.module = at->module, .loc = at->loc, .last = UINT32_MAX};
        p->slots[slot] = ++p->n;
    }
    return p->slots[slot];
}

void mrl_profile_end(struct mrl_profile *p, int64_t now_ns) {
    if (p->current != 0)
        p->lines[p->current - 1].ns += now_ns - p->since_ns;
    p->current = 0;
}

void mrl_profile_add(struct mrl_profile *p, const struct mrl_trace_event *e, int64_t now_ns) {
    bool eval = e->op == MRL_TRACE_EVAL, redo = e->op == MRL_TRACE_REDO && e->at->expr != NULL;
    if (!eval && !redo)
        return;
    mrl_profile_end(p, now_ns);
    p->current = line_of(p, e->at);
    p->since_ns = now_ns;
    if (p->current == 0)
        return;
    struct mrl_profile_line *l = &p->lines[p->current - 1];
    l->evals += eval;
    l->redos += redo;
    /* Expressions come in source order within a line on their first pass: a later start is new. */
    if (eval && (l->last == UINT32_MAX || e->at->loc.start > l->last)) {
        l->last = e->at->loc.start;
        l->exprs++;
    }
}

/* --- sorting
 * ------------------------------------------------------------------------------------ */

enum criterion { BY_TIME, BY_EVAL, BY_REDO, BY_EXPR, BY_FILE, BY_LINE, CRITERIA };

/* Order by one criterion: the greatest first, files and lines included. */
static int by(enum criterion c, const struct mrl_profile_line *a,
              const struct mrl_profile_line *b) {
    switch (c) {
    case BY_TIME:
        return (a->ns < b->ns) - (a->ns > b->ns);
    case BY_EVAL:
        return (a->evals < b->evals) - (a->evals > b->evals);
    case BY_REDO:
        return (a->redos < b->redos) - (a->redos > b->redos);
    case BY_EXPR:
        return (a->exprs < b->exprs) - (a->exprs > b->exprs);
    case BY_FILE:
        return mrl_str_cmp(b->module->file, a->module->file);
    default:
        return (a->loc.line < b->loc.line) - (a->loc.line > b->loc.line);
    }
}

struct order {
    enum criterion by[CRITERIA_MAX];
    size_t n;
};

static int compare(const struct order *o, const struct mrl_profile_line *a,
                   const struct mrl_profile_line *b) {
    MRL_ASSERT(o->n <= CRITERIA_MAX);
    for (size_t i = 0; i < o->n; i++) {
        int c = by(o->by[i], a, b);
        if (c != 0)
            return c;
    }
    return 0;
}

/* A stable merge sort: lines that are equal stay in the order of first use. */
static void sort(struct mrl_profile_line *a, struct mrl_profile_line *tmp, size_t n,
                 const struct order *o) {
    if (n < 2)
        return;
    size_t half = n / 2, i = 0, j = half, k = 0;
    sort(a, tmp, half, o);
    sort(a + half, tmp, n - half, o);
    while (i < half && j < n)
        tmp[k++] = compare(o, &a[i], &a[j]) <= 0 ? a[i++] : a[j++];
    while (i < half)
        tmp[k++] = a[i++];
    memcpy(a, tmp, k * sizeof *a); /* the rest is in place */
}

bool mrl_profile_sort(struct mrl_profile *p, const mrl_str *criteria, size_t n) {
    static const char *const names[CRITERIA] = {"total_time_ns", "num_eval", "num_redo",
                                                "num_gen_expr",  "file",     "line"};
    struct order o = {{BY_TIME, BY_EVAL, BY_REDO}, 3};
    if (n > 0)
        o.n = 0;
    for (size_t i = 0; i < n && i < CRITERIA_MAX; i++) {
        size_t c = 0;
        while (c < CRITERIA && !mrl_str_eq(criteria[i], mrl_str_z(names[c])))
            c++;
        if (c == CRITERIA)
            return false;
        o.by[o.n++] = (enum criterion)c;
    }
    struct mrl_profile_line *tmp = MRL_ARENA_ARRAY(p->arena, struct mrl_profile_line, p->n + 1);
    if (tmp == NULL)
        p->status = MRL_E_NOMEM;
    else
        sort(p->lines, tmp, p->n, &o);
    p->current = 0; /* numbers of lines mean nothing any more */
    return true;
}
