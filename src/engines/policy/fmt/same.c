/* same.c - whether two modules say the same.
 *
 * Each node gets a digest of its meaning in a normal form: layout, places, parentheses, quoting,
 * and the ways to write one thing (`p[x]` and `p contains x`, `eq(a, b)` and `a = b`, {1, 1} and
 * {1}) do not enter. Equal digests stand for equal meaning. They are seeded per process, so that no
 * input can be made to collide.
 */
#include "engines/policy/fmt/fmt_internal.h"

#include "base/num.h"

#include <stdlib.h>

enum seed { /* what kind of thing a digest is of */
            SEED_SCALAR = 100,
            SEED_VAR,
            SEED_REF,
            SEED_ARRAY,
            SEED_SET,
            SEED_OBJECT,
            SEED_COMPR,
            SEED_CALL,
            SEED_TEMPLATE,
            SEED_BODY,
            SEED_EXPR,
            SEED_WITH,
            SEED_RULE,
            SEED_IMPORT,
};

/* One digest of two; the order counts. */
_Static_assert(sizeof(uintptr_t) >= sizeof(uint64_t), "a digest fits a node's note");
static uint64_t mix(uint64_t a, uint64_t b) {
    uint64_t pair[2] = {a, b};
    return mrl_hash_bytes(pair, sizeof pair, mrl_hash_seed());
}

/* h with a text mixed in. */
static uint64_t of_text(uint64_t h, mrl_str s) {
    return mix(h, mrl_hash_bytes(s.len > 0 ? s.ptr : "", s.len, mrl_hash_seed()));
}

static uint64_t of_body(mrl_arena *a, const struct mrl_body *b);
static uint64_t of_expr(mrl_arena *a, const struct mrl_expr *e);

/* --- repeated items
 * ---------------------------------------------------------------------------- */

struct ranked {
    uint64_t digest;
    uint32_t at;
};

static int by_digest(const void *x, const void *y) {
    const struct ranked *a = x, *b = y;
    if (a->digest != b->digest)
        return a->digest < b->digest ? -1 : 1;
    return a->at < b->at ? -1 : a->at > b->at;
}

const bool *fmt_repeated(mrl_arena *a, struct mrl_term *const *items, uint32_t n) {
    bool any = false;
    struct ranked *r = n > 1 ? MRL_ARENA_ARRAY(a, struct ranked, n) : NULL;
    bool *repeated = r != NULL ? MRL_ARENA_ARRAY(a, bool, n) : NULL;
    if (repeated == NULL)
        return NULL;
    for (uint32_t i = 0; i < n; i++)
        r[i] = (struct ranked){fmt_digest(a, items[i]), i};
    qsort(r, n, sizeof *r, by_digest);
    for (uint32_t i = 1; i < n; i++)
        if (r[i].digest == r[i - 1].digest)
            any = repeated[r[i].at] = true;
    return any ? repeated : NULL;
}

/* --- terms
 * ------------------------------------------------------------------------------------- */

/* h with terms mixed in, in their order. */
static uint64_t of_list(mrl_arena *a, uint64_t h, struct mrl_term *const *items, uint32_t n) {
    for (uint32_t i = 0; i < n; i++)
        h = mix(h, fmt_digest(a, items[i]));
    return h;
}

/* Sets and objects have no order: a sum of digests has none, either. */
static uint64_t of_set(mrl_arena *a, struct mrl_terms items) {
    const bool *repeated = fmt_repeated(a, items.items, items.n);
    uint64_t sum = 0;
    for (uint32_t i = 0; i < items.n; i++)
        if (repeated == NULL || !repeated[i])
            sum += mix(SEED_SET, fmt_digest(a, items.items[i]));
    return mix(SEED_SET, sum);
}

/* Of members with equal keys all count, in any order: which one wins is not for a formatter. */
static uint64_t of_object(mrl_arena *a, const struct mrl_term *t) {
    uint64_t sum = 0;
    for (uint32_t i = 0; i < t->u.object.n; i++)
        sum += mix(fmt_digest(a, t->u.object.keys[i]), fmt_digest(a, t->u.object.vals[i]));
    return mix(SEED_OBJECT, sum);
}

/* What is called: an operator by its builtin's name, however it was written. */
static uint64_t of_operator(mrl_arena *a, struct mrl_term *op) {
    const struct infix *infix = fmt_infix(op);
    return infix != NULL ? of_text(SEED_CALL, mrl_str_z(infix->name))
                         : mix(SEED_CALL, fmt_digest(a, op));
}

/* Text and literal parts run together: {1} and 1 read the same. */
static uint64_t of_template(mrl_arena *a, const struct mrl_term *t) {
    uint64_t h = SEED_TEMPLATE;
    struct mrl_buf text;
    mrl_buf_init(&text, MRL_REGO_TEXT_MAX);
    for (uint32_t i = 0; i <= t->u.list.n; i++) {
        struct mrl_term *part = i < t->u.list.n ? t->u.list.items[i] : NULL;
        bool scalar = part != NULL && part->kind == MRL_TERM_SCALAR;
        if (scalar && mrl_is_str(part->u.scalar)) {
            mrl_buf_add(&text, mrl_val_str(part->u.scalar));
        } else if (scalar && mrl_is_num(part->u.scalar)) {
            mrl_num_write(&text, part->u.scalar);
        } else if (scalar) {
            mrl_buf_add(&text, part->u.scalar.tag == MRL_T_NULL ? MRL_S("null")
                               : mrl_is_true(part->u.scalar)    ? MRL_S("true")
                                                                : MRL_S("false"));
        } else {
            h = of_text(h, mrl_buf_str(&text));
            mrl_buf_clear(&text);
            h = part != NULL ? mix(h, fmt_digest(a, part)) : h;
        }
    }
    mrl_buf_release(&text);
    return h;
}

static uint64_t of_term(mrl_arena *a, struct mrl_term *t) {
    switch ((enum mrl_term_kind)t->kind) {
    case MRL_TERM_SCALAR:
        return mix(SEED_SCALAR, mrl_val_hash(t->u.scalar));
    case MRL_TERM_VAR:
        return of_text(SEED_VAR, t->u.var);
    case MRL_TERM_REF:
        return of_list(a, SEED_REF, t->u.ref.items, t->u.ref.n);
    case MRL_TERM_ARRAY:
        return of_list(a, SEED_ARRAY, t->u.list.items, t->u.list.n);
    case MRL_TERM_SET:
        return of_set(a, t->u.list);
    case MRL_TERM_OBJECT:
        return of_object(a, t);
    case MRL_TERM_OBJECT_COMPR:
        return mix(mix(fmt_digest(a, t->u.compr.key), fmt_digest(a, t->u.compr.val)),
                   of_body(a, t->u.compr.body));
    case MRL_TERM_ARRAY_COMPR:
    case MRL_TERM_SET_COMPR:
        return mix(mix(SEED_COMPR + t->kind, fmt_digest(a, t->u.compr.val)),
                   of_body(a, t->u.compr.body));
    case MRL_TERM_CALL:
        return of_list(a, of_operator(a, t->u.call.op), t->u.call.args.items, t->u.call.args.n);
    case MRL_TERM_TEMPLATE:
        return of_template(a, t);
    }
    return 0;
}

uint64_t fmt_digest(mrl_arena *a, struct mrl_term *t) {
    if (t->note == NULL) {
        uint64_t h = of_term(a, t);
        t->note = (void *)(uintptr_t)(h != 0 ? h : 1);
    }
    return (uint64_t)(uintptr_t)t->note;
}

/* --- expressions
 * ------------------------------------------------------------------------------- */

static uint64_t of_pair(mrl_arena *a, const char *op, struct mrl_term *left,
                        struct mrl_term *right) {
    return mix(mix(of_text(SEED_CALL, mrl_str_z(op)), fmt_digest(a, left)), fmt_digest(a, right));
}

/* plus(1, 2, x) says x = 1 + 2. */
static uint64_t of_call(mrl_arena *a, struct mrl_term *t) {
    const struct infix *op = fmt_infix(t->u.call.op);
    struct mrl_terms args = t->u.call.args;
    if (op == NULL || args.n != op->arity + 1u)
        return fmt_digest(a, t);
    uint64_t call = of_list(a, of_operator(a, t->u.call.op), args.items, args.n - 1);
    return mix(mix(of_text(SEED_CALL, MRL_S("eq")), fmt_digest(a, args.items[args.n - 1])), call);
}

static uint64_t of_key(mrl_arena *a, struct mrl_term *key) {
    return key != NULL ? fmt_digest(a, key) : 0;
}

static uint64_t of_content(mrl_arena *a, const struct mrl_expr *e) {
    switch ((enum mrl_expr_kind)e->kind) {
    case MRL_EXPR_TERM:
        return fmt_digest(a, e->u.term);
    case MRL_EXPR_CALL:
        return of_call(a, e->u.term);
    case MRL_EXPR_ASSIGN:
        return of_pair(a, "assign", e->u.pair.left, e->u.pair.right);
    case MRL_EXPR_UNIFY:
        return of_pair(a, "eq", e->u.pair.left, e->u.pair.right);
    case MRL_EXPR_SOME:
        return of_list(a, SEED_EXPR + e->kind, e->u.some.vars.items, e->u.some.vars.n);
    case MRL_EXPR_SOME_IN:
        return mix(
            mix(mix(SEED_EXPR + e->kind, of_key(a, e->u.some.key)), fmt_digest(a, e->u.some.val)),
            fmt_digest(a, e->u.some.domain));
    case MRL_EXPR_EVERY:
        return mix(
            mix(mix(SEED_EXPR + e->kind, of_key(a, e->u.every.key)), fmt_digest(a, e->u.every.val)),
            mix(fmt_digest(a, e->u.every.domain), of_body(a, e->u.every.body)));
    case MRL_EXPR_NOT:
        return mix(SEED_EXPR + e->kind, of_body(a, e->u.body));
    case MRL_EXPR_AND:
    case MRL_EXPR_OR:
        return mix(mix(SEED_EXPR + e->kind, of_body(a, e->u.bodies[0])),
                   of_body(a, e->u.bodies[1]));
    }
    return 0;
}

static uint64_t of_expr(mrl_arena *a, const struct mrl_expr *e) {
    uint64_t h = mix(e->negated, of_content(a, e));
    for (uint32_t i = 0; i < e->n_with; i++)
        h = mix(mix(h, fmt_digest(a, e->with[i].target)),
                mix(SEED_WITH, fmt_digest(a, e->with[i].value)));
    return h;
}

static uint64_t of_body(mrl_arena *a, const struct mrl_body *b) {
    uint64_t h = SEED_BODY;
    for (uint32_t i = 0; i < b->n; i++)
        h = mix(h, of_expr(a, b->items[i]));
    return h;
}

/* --- rules and modules
 * ------------------------------------------------------------------------- */

/* A rule's value; none means true. */
static uint64_t of_value(mrl_arena *a, struct mrl_term *val) {
    return val != NULL ? fmt_digest(a, val) : mix(SEED_SCALAR, mrl_val_hash(mrl_bool(true)));
}

static uint64_t of_rule(mrl_arena *a, const struct mrl_rule *r) {
    bool ref = r->name->kind == MRL_TERM_REF;
    uint64_t h = mix(SEED_RULE, (uint64_t)r->is_default << 1 | (r->kind == MRL_RULE_PARTIAL_SET));
    h = ref ? of_list(a, h, r->name->u.ref.items, r->name->u.ref.n)
            : mix(h, fmt_digest(a, r->name));
    h = of_list(a, mix(h, r->args.n), r->args.items, r->args.n);
    for (; r != NULL; r = r->else_rule) {
        h = mix(h, r->key != NULL ? fmt_digest(a, r->key) : of_value(a, r->val));
        h = mix(h, of_body(a, r->body));
    }
    return h;
}

/* Imports of keywords say how to read the text, not what it means; the others have no order. */
static uint64_t of_imports(const struct mrl_module *m) {
    uint64_t sum = 0;
    for (uint32_t i = 0; i < m->n_imports; i++) {
        const struct mrl_import *im = &m->imports[i];
        const struct mrl_term *head =
            im->path->kind == MRL_TERM_REF ? im->path->u.ref.items[0] : im->path;
        if (!mrl_str_eq(head->u.var, MRL_S("rego")) && !mrl_str_eq(head->u.var, MRL_S("future")))
            sum += mix(of_text(SEED_IMPORT, im->alias), fmt_digest(m->arena, im->path));
    }
    return sum;
}

/* A comment may move; none may be lost or come twice. */
static uint64_t of_comments(const struct mrl_module *m) {
    uint64_t sum = 0;
    for (uint32_t i = 0; i < m->n_comments; i++)
        sum += of_text(0, fmt_comment_text(&m->comments[i]));
    return sum;
}

bool mrl_rego_same(const struct mrl_module *a, const struct mrl_module *b) {
    if (a->n_rules != b->n_rules || a->n_comments != b->n_comments ||
        of_comments(a) != of_comments(b) || of_imports(a) != of_imports(b) ||
        fmt_digest(a->arena, a->package) != fmt_digest(b->arena, b->package))
        return false;
    for (uint32_t i = 0; i < a->n_rules; i++)
        if (of_rule(a->arena, a->rules[i]) != of_rule(b->arena, b->rules[i]))
            return false;
    return true;
}
