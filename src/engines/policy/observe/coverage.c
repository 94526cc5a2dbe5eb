/* coverage.c - see coverage.h.
 *
 * Ranges are collected as a set while policies run, and only the report knows the modules: it
 * walks their trees for what could have been reached and takes away what was. Containment is
 * asked by halves, so that a file with thousands of expressions costs n log n.
 */
#include "engines/policy/observe/coverage.h"

struct mrl_cover_seen {
    const struct mrl_module *module; /* NULL: an empty slot */
    uint32_t start, end;
};

/* --- collecting
 * --------------------------------------------------------------------------------- */

void mrl_coverage_init(struct mrl_coverage *c, mrl_arena *arena) {
    *c = (struct mrl_coverage){.arena = arena};
}

/* The slot that holds the range, or the empty one where it belongs. */
static struct mrl_cover_seen *slot(struct mrl_cover_seen *all, uint32_t cap,
                                   const struct mrl_cover_seen *k) {
    MRL_DASSERT(cap > 0 && (cap & (cap - 1)) == 0);
    uint64_t h = ((uint64_t)(uintptr_t)k->module >> 4) * 0x9E3779B97F4A7C15u;
    h ^= (((uint64_t)k->start << 32) | k->end) * 0xBF58476D1CE4E5B9u;
    for (uint32_t i = (uint32_t)(h >> 32);; i++) {
        struct mrl_cover_seen *s = &all[i & (cap - 1)];
        if (s->module == NULL ||
            (s->module == k->module && s->start == k->start && s->end == k->end))
            return s;
    }
}

/* Adds a range to the set; without memory the first failure stays in c->status. */
static void see(struct mrl_coverage *c, const struct mrl_cover_seen *k) {
    if (2 * c->n >= c->cap) { /* half full at most */
        uint32_t cap = c->cap > 0 ? c->cap * 2 : 256;
        struct mrl_cover_seen *all = MRL_ARENA_ARRAY(c->arena, struct mrl_cover_seen, cap);
        if (all == NULL) {
            c->status = MRL_E_NOMEM;
            return;
        }
        for (uint32_t i = 0; i < c->cap; i++)
            if (c->seen[i].module != NULL)
                *slot(all, cap, &c->seen[i]) = c->seen[i];
        c->seen = all;
        c->cap = cap;
    }
    struct mrl_cover_seen *s = slot(c->seen, c->cap, k);
    c->n += s->module == NULL;
    *s = *k;
}

void mrl_coverage_add(struct mrl_coverage *c, const struct mrl_trace_event *e) {
    bool head = e->op == MRL_TRACE_EXIT && e->at->of_rule;
    if ((head || e->op == MRL_TRACE_EVAL) && e->at->module->file.len > 0)
        see(c, &(struct mrl_cover_seen){e->at->module, e->at->loc.start, e->at->loc.end});
}

void mrl_coverage_merge(struct mrl_coverage *c, const struct mrl_coverage *from) {
    for (uint32_t i = 0; i < from->cap; i++)
        if (from->seen[i].module != NULL)
            see(c, &from->seen[i]);
    if (from->status != MRL_OK)
        c->status = from->status;
}

/* --- ranges
 * ------------------------------------------------------------------------------------- */

struct ranges {
    mrl_arena *arena;
    const struct mrl_module *m;
    struct mrl_cover_range *items;
    uint32_t n, cap;
    mrl_status status;
};

/* Appends; order and repetitions are settled later. */
static void add_range(struct ranges *r, uint32_t start, uint32_t end) {
    MRL_ASSERT(start <= end && r->n <= r->cap);
    if (r->n == r->cap) {
        uint32_t cap = r->cap > 0 ? r->cap * 2 : 32;
        struct mrl_cover_range *items =
            mrl_arena_regrow(r->arena, r->items, r->cap, cap, sizeof *items);
        if (items == NULL) {
            r->status = MRL_E_NOMEM;
            return;
        }
        r->items = items;
        r->cap = cap;
    }
    r->items[r->n++] = (struct mrl_cover_range){.start = start, .end = end};
}

/* The wider one first where two begin at one place. */
static bool before(const struct mrl_cover_range *a, const struct mrl_cover_range *b) {
    return a->start != b->start ? a->start < b->start : a->end < b->end;
}

/* A merge sort: the order of the hash set is arbitrary. */
static void sort(struct mrl_cover_range *a, struct mrl_cover_range *tmp, size_t n) {
    if (n < 2)
        return;
    size_t half = n / 2, i = 0, j = half, k = 0;
    sort(a, tmp, half);
    sort(a + half, tmp, n - half);
    while (i < half && j < n)
        tmp[k++] = before(&a[j], &a[i]) ? a[j++] : a[i++];
    while (i < half)
        tmp[k++] = a[i++];
    memcpy(a, tmp, k * sizeof *a);
}

/* Row and column of a byte; *row_hint is a row at or before it. Both count from 1. */
static void locate(const struct mrl_module *m, uint32_t at, uint32_t *row_hint, uint32_t *ret_row,
                   uint32_t *ret_col) {
    uint32_t row = *row_hint;
    while (row < m->n_lines && m->line_starts[row] <= at)
        row++;
    *row_hint = row;
    *ret_row = row;
    *ret_col = at - (row > 0 ? m->line_starts[row - 1] : 0) + 1;
}

/* Sorts, drops repetitions, and finds rows and columns; counts the rows touched. */
static uint32_t settle(struct ranges *r) {
    struct mrl_cover_range *tmp = MRL_ARENA_ARRAY(r->arena, struct mrl_cover_range, r->n + 1);
    if (tmp == NULL || r->status != MRL_OK) {
        r->status = MRL_E_NOMEM;
        return 0;
    }
    sort(r->items, tmp, r->n);
    uint32_t kept = 0, hint = 1, rows = 0, last_row = 0;
    for (uint32_t i = 0; i < r->n; i++) {
        struct mrl_cover_range *x = &r->items[i];
        if (kept > 0 && r->items[kept - 1].start == x->start && r->items[kept - 1].end == x->end)
            continue;
        locate(r->m, x->start, &hint, &x->row, &x->col);
        uint32_t end_hint = hint;
        locate(r->m, x->end, &end_hint, &x->end_row, &x->end_col);
        for (uint32_t row = x->row > last_row ? x->row : last_row + 1; row <= x->end_row; row++)
            rows++;
        last_row = x->end_row > last_row ? x->end_row : last_row;
        r->items[kept++] = *x;
    }
    MRL_ASSERT(kept <= r->n);
    r->n = kept;
    return rows;
}

/* --- what a module holds
 * ------------------------------------------------------------------------- */

struct missing { /* collects what is not inside a covered range */
    const struct ranges *covered;
    const uint32_t *reach; /* by covered range: the greatest end of it and those before it */
    struct ranges missed;
};

/* True when some covered range holds [start, end). O(log n): of all that begin at or before
 * `start`, the one that ends last decides. */
static bool is_covered(const struct missing *x, uint32_t start, uint32_t end) {
    uint32_t lo = 0, hi = x->covered->n;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (x->covered->items[mid].start <= start)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo > 0 && x->reach[lo - 1] >= end;
}

/* A place that could have been reached: missed unless a covered range holds it. */
static void want(struct missing *x, struct mrl_rloc loc) {
    if (loc.end > loc.start && !is_covered(x, loc.start, loc.end))
        add_range(&x->missed, loc.start, loc.end);
}

static void want_body(struct missing *x, const struct mrl_body *b);

static void want_terms(struct missing *x, struct mrl_term *const *items, uint32_t n);

/* The bodies inside a term. */
static void want_term(struct missing *x, const struct mrl_term *t) {
    if (t == NULL)
        return;
    switch (t->kind) {
    case MRL_TERM_REF:
        want_terms(x, t->u.ref.items, t->u.ref.n);
        break;
    case MRL_TERM_ARRAY:
    case MRL_TERM_SET:
    case MRL_TERM_TEMPLATE:
        want_terms(x, t->u.list.items, t->u.list.n);
        break;
    case MRL_TERM_OBJECT:
        want_terms(x, t->u.object.keys, t->u.object.n);
        want_terms(x, t->u.object.vals, t->u.object.n);
        break;
    case MRL_TERM_CALL:
        want_terms(x, t->u.call.args.items, t->u.call.args.n);
        break;
    case MRL_TERM_ARRAY_COMPR:
    case MRL_TERM_SET_COMPR:
    case MRL_TERM_OBJECT_COMPR:
        want_term(x, t->u.compr.key);
        want_term(x, t->u.compr.val);
        want_body(x, t->u.compr.body);
        break;
    default:
        break;
    }
}

static void want_terms(struct missing *x, struct mrl_term *const *items, uint32_t n) {
    for (uint32_t i = 0; i < n; i++)
        want_term(x, items[i]);
}

/* An expression and the bodies in it. Those of terms are found through their terms. */
static void want_expr(struct missing *x, const struct mrl_expr *e) {
    if (e->kind != MRL_EXPR_SOME) /* declarations are not evaluated */
        want(x, e->loc);
    switch (e->kind) {
    case MRL_EXPR_TERM:
    case MRL_EXPR_CALL:
        want_term(x, e->u.term);
        break;
    case MRL_EXPR_ASSIGN:
    case MRL_EXPR_UNIFY:
        want_term(x, e->u.pair.left);
        want_term(x, e->u.pair.right);
        break;
    case MRL_EXPR_SOME_IN:
        want_term(x, e->u.some.domain);
        break;
    case MRL_EXPR_EVERY:
        want_term(x, e->u.every.domain);
        want_body(x, e->u.every.body);
        break;
    case MRL_EXPR_NOT:
        want_body(x, e->u.body);
        break;
    case MRL_EXPR_AND:
    case MRL_EXPR_OR:
        want_body(x, e->u.bodies[0]);
        want_body(x, e->u.bodies[1]);
        break;
    default:
        break;
    }
}

static void want_body(struct missing *x, const struct mrl_body *b) {
    for (uint32_t i = 0; b != NULL && i < b->n; i++)
        want_expr(x, b->items[i]);
}

/* Heads, `else` included, and all that is in the rules. */
static void want_rules(struct missing *x, const struct mrl_module *m) {
    for (uint32_t i = 0; i < m->n_rules; i++) {
        for (const struct mrl_rule *r = m->rules[i]; r != NULL; r = r->else_rule) {
            want(x, r->head_loc);
            want_term(x, r->key);
            want_term(x, r->val);
            want_body(x, r->body);
        }
    }
}

/* --- the report
 * ---------------------------------------------------------------------------------- */

/* Of lines; 0 where there are none. */
static double percent(uint32_t covered, uint32_t missed) {
    return covered + missed > 0 ? 100.0 * covered / (double)(covered + missed) : 0;
}

/* Covered and missed ranges of one file. */
static mrl_status report_file(const struct mrl_coverage *c, const struct mrl_module *m,
                              struct mrl_cover_file *ret) {
    struct ranges covered = {.arena = c->arena, .m = m};
    for (uint32_t i = 0; i < c->cap; i++)
        if (c->seen[i].module == m)
            add_range(&covered, c->seen[i].start, c->seen[i].end);
    uint32_t covered_lines = settle(&covered);
    uint32_t *reach = MRL_ARENA_ARRAY(c->arena, uint32_t, covered.n + 1);
    MRL_TRY(covered.status);
    MRL_CHECK(reach != NULL, MRL_E_NOMEM);
    for (uint32_t i = 0; i < covered.n; i++) {
        reach[i] = covered.items[i].end;
        if (i > 0 && reach[i - 1] > reach[i])
            reach[i] = reach[i - 1];
    }
    struct missing x = {.covered = &covered, .reach = reach, .missed = {.arena = c->arena, .m = m}};
    want_rules(&x, m);
    uint32_t missed_lines = settle(&x.missed);
    MRL_TRY(x.missed.status);
    *ret = (struct mrl_cover_file){.module = m,
                                   .covered = covered.items,
                                   .n_covered = covered.n,
                                   .missed = x.missed.items,
                                   .n_missed = x.missed.n,
                                   .covered_lines = covered_lines,
                                   .missed_lines = missed_lines,
                                   .percent = percent(covered_lines, missed_lines)};
    return MRL_OK;
}

mrl_status mrl_coverage_report(struct mrl_coverage *c, struct mrl_module *const *modules, size_t n,
                               struct mrl_cover_report *ret) {
    struct mrl_cover_report r = {.files = MRL_ARENA_ARRAY(c->arena, struct mrl_cover_file, n + 1)};
    MRL_TRY(c->status);
    MRL_CHECK(r.files != NULL, MRL_E_NOMEM);
    for (size_t i = 0; i < n; i++) {
        struct mrl_cover_file file;
        MRL_TRY(report_file(c, modules[i], &file));
        uint32_t at = r.n++;
        for (; at > 0 && mrl_str_cmp(r.files[at - 1].module->file, file.module->file) > 0; at--)
            r.files[at] = r.files[at - 1];
        r.files[at] = file;
        r.covered_lines += file.covered_lines;
        r.missed_lines += file.missed_lines;
    }
    r.percent = percent(r.covered_lines, r.missed_lines);
    *ret = r;
    return MRL_OK;
}
