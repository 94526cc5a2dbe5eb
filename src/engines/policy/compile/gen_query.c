/* gen_query.c - code for queries.
 *
 * A query answers as OPA's REST interface and `opa eval` do: one row a solution, each
 * {"bindings": {name: value}, "expressions": [value, ...]}. So a query keeps the value of each
 * literal, also of those that a rule would only test, and shows the variables that its own
 * literals name; variables of closures and generated ones are left out. mrl_gen_path is the short
 * way for callers that want one document and no rows.
 */
#include "engines/policy/compile/gen.h"

#include "engines/policy/policy.h"

/* --- queries
 * -------------------------------------------------------------------------------------- */

/* The bindings of the named variables as an object in a register. */
static mrl_reg bindings(struct mrl_gen *g, const struct mrl_lrule *q,
                        const struct mrl_vset *shown) {
    uint32_t n = 0;
    for (uint32_t v = 0; v < q->n_vars; v++)
        n += mrl_vset_has(shown, v) && mrl_vset_has(&g->bound, v);
    mrl_reg to = mrl_g_regs(g, 1);
    uint16_t *pairs = MRL_ARENA_ARRAY(g->c->arena, uint16_t, 2 * n + 1);
    if (pairs == NULL) {
        g->status = MRL_E_NOMEM;
        return to;
    }
    n = 0;
    for (uint32_t v = 0; v < q->n_vars && g->status == MRL_OK; v++) {
        if (!mrl_vset_has(shown, v) || !mrl_vset_has(&g->bound, v))
            continue;
        pairs[n++] = mrl_g_const_operand(g, mrl_strval(q->var_names[v]));
        pairs[n++] = g->reg_of[v];
    }
    mrl_g_emit_operands(g, MRL_OP_OBJECT, to, pairs, n)->y = n;
    return to;
}

/* The named variables of the query itself, not those of closures only. */
static struct mrl_vset shown_vars(struct mrl_compiler *c, const struct mrl_lrule *q) {
    struct mrl_vset s = mrl_vset_new(c->arena, q->n_vars);
    struct mrl_vset named = mrl_vset_new(c->arena, q->n_vars);
    if (s.words == NULL || named.words == NULL)
        return (struct mrl_vset){NULL, 0};
    mrl_vars_body(&q->body, MRL_CLOSURES_OUT, &s);
    for (uint32_t v = 0; v < q->n_vars; v++)
        if (q->var_names[v].len > 0)
            mrl_vset_add(&named, v);
    mrl_vset_keep(&s, &named);
    return s;
}

/* The place of an expression in the order of evaluation. */
static uint32_t expr_index(const struct mrl_body *source, const struct mrl_expr *e) {
    for (uint32_t i = 0; i < source->n; i++)
        if (source->items[i] == e)
            return i;
    return 0;
}

static bool iterates(const struct mrl_term *t);

static bool any_iterates(struct mrl_term *const *items, uint32_t n) {
    for (uint32_t i = 0; i < n; i++)
        if (iterates(items[i]))
            return true;
    return false;
}

/* True when a term may have several values: a ref with a variable operand, or walk(). Closures do
 * not count. */
static bool iterates(const struct mrl_term *t) {
    switch (t->kind) {
    case MRL_TERM_REF:
        for (uint32_t i = 1; i < t->u.ref.n; i++)
            if (t->u.ref.items[i]->kind == MRL_TERM_VAR)
                return true;
        return any_iterates(t->u.ref.items, t->u.ref.n);
    case MRL_TERM_ARRAY:
    case MRL_TERM_SET:
    case MRL_TERM_TEMPLATE:
        return any_iterates(t->u.list.items, t->u.list.n);
    case MRL_TERM_OBJECT:
        return any_iterates(t->u.object.keys, t->u.object.n) ||
               any_iterates(t->u.object.vals, t->u.object.n);
    case MRL_TERM_CALL: {
        const struct mrl_term *op = t->u.call.op;
        bool walk = op->kind == MRL_TERM_VAR && mrl_str_eq(op->u.var, MRL_S("walk"));
        return walk || any_iterates(t->u.call.args.items, t->u.call.args.n);
    }
    default:
        return false;
    }
}

/* Puts the expressions into the order of their evaluation, which is the order of the answer;
 * declarations and erased prints have no literal and drop out. */
static mrl_status reorder(struct mrl_compiler *c, struct mrl_body *source,
                          const struct mrl_lbody *b) {
    struct mrl_expr **items = MRL_ARENA_ARRAY(c->arena, struct mrl_expr *, source->n + 1);
    uint32_t n = 0;
    MRL_CHECK(items != NULL, MRL_E_NOMEM);
    for (uint32_t i = 0; i < b->n; i++)
        if (!b->lits[i].generated && b->lits[i].expr != NULL && n < source->n)
            items[n++] = b->lits[i].expr;
    source->items = items;
    source->n = n;
    return MRL_OK;
}

/* A query that is one expression asks for its value: false is an answer, as in OPA. With several
 * expressions, or several values, false is a failure. */
static void allow_false(const struct mrl_body *source, struct mrl_lbody *b) {
    MRL_ASSERT(source->n > 0);
    const struct mrl_expr *e = source->items[0];
    if (source->n != 1 || (e->kind != MRL_EXPR_TERM && e->kind != MRL_EXPR_CALL) || e->negated ||
        iterates(e->u.term))
        return;
    for (uint32_t i = 0; i < e->n_with; i++)
        if (iterates(e->with[i].value))
            return;
    for (uint32_t i = 0; i < b->n; i++)
        if (b->lits[i].kind == MRL_LIT_TRUE && !b->lits[i].generated)
            b->lits[i].any_value = 1;
}

mrl_status mrl_gen_query(struct mrl_compiler *c, struct mrl_lrule *q, struct mrl_body *source,
                         struct mrl_block **ret) {
    struct mrl_gen g;
    struct mrl_block *b;
    MRL_TRY(mrl_g_open(&g, c, &b));
    mrl_g_begin_rule(&g, q);
    mrl_g_trace_open(&g);
    struct mrl_vset shown = shown_vars(c, q), bound = mrl_vset_new(c->arena, q->n_vars);
    MRL_CHECK(shown.words != NULL && bound.words != NULL && g.status == MRL_OK, MRL_E_NOMEM);
    allow_false(source, &q->body);
    MRL_TRY(mrl_order_body(c, q, &q->body, &bound));
    MRL_TRY(reorder(c, source, &q->body));
    uint16_t *values = MRL_ARENA_ARRAY(c->arena, uint16_t, source->n + 1);
    MRL_CHECK(values != NULL, MRL_E_NOMEM);
    mrl_reg list = mrl_g_regs(&g, 1), row = mrl_g_regs(&g, 1);
    uint32_t end = mrl_g_label(&g), builder = mrl_g_builder(&g);
    /* Rows are added in the innermost loop, and the failure of the first literal ends the query. */
    mrl_g_emit(&g, MRL_OP_BUILD, builder, 0, MRL_T_ARR);
    g.fail = end;
    g.keep_values = true;
    uint16_t yes = mrl_g_const_operand(&g, mrl_bool(true));
    for (uint32_t i = 0; i < source->n; i++)
        values[i] = yes; /* of an expression that has no value of its own */
    g.body = &q->body;
    mrl_g_trace_rule(&g);
    for (uint32_t i = 0; i < q->body.n && g.status == MRL_OK; i++) {
        struct mrl_llit *l = &q->body.lits[i];
        mrl_reg value = mrl_g_literal(&g, l);
        if (value != MRL_NO_REG && !l->generated)
            values[expr_index(source, l->expr)] = value;
    }
    mrl_g_trace_exit(&g);
    mrl_g_emit_operands(&g, MRL_OP_ARRAY, list, values, source->n)->y = source->n;
    uint16_t pairs[] = {mrl_g_const_operand(&g, MRL_V("bindings")), bindings(&g, q, &shown),
                        mrl_g_const_operand(&g, MRL_V("expressions")), list};
    mrl_g_emit_operands(&g, MRL_OP_OBJECT, row, pairs, 4)->y = 4;
    mrl_g_emit(&g, MRL_OP_ADD, builder, row, 0);
    mrl_g_jump(&g, g.fail);
    mrl_g_place(&g, end);
    mrl_g_emit(&g, MRL_OP_BUILT, row, builder, 0);
    mrl_g_return(&g, row);
    MRL_TRY(mrl_g_finish(&g, b));
    *ret = b;
    return MRL_OK;
}

mrl_status mrl_gen_path(struct mrl_compiler *c, const mrl_str *path, size_t n,
                        struct mrl_block **ret) {
    struct mrl_gen g;
    struct mrl_block *b;
    MRL_TRY(mrl_g_open(&g, c, &b));
    struct mrl_lterm ref = {.kind = MRL_L_REF, .root = MRL_ROOT_DATA, .n = (uint32_t)n};
    struct mrl_lterm *operands = MRL_ARENA_ARRAY(c->arena, struct mrl_lterm, n + 1);
    ref.items = MRL_ARENA_ARRAY(c->arena, struct mrl_lterm *, n + 1);
    MRL_CHECK(operands != NULL && ref.items != NULL, MRL_E_NOMEM);
    for (size_t i = 0; i < n; i++) {
        mrl_str name = mrl_arena_str(c->arena, path[i]);
        operands[i] = (struct mrl_lterm){.kind = MRL_L_CONST, .value = mrl_strval(name)};
        ref.items[i] = &operands[i];
    }
    /* No source: an error in here gets its place from the rule that failed. */
    mrl_g_site(&g, (struct mrl_rloc){.line = 0});
    uint32_t none = mrl_g_label(&g);
    g.fail = none;
    mrl_reg value = mrl_g_value(&g, &ref), undefined = mrl_g_regs(&g, 1);
    mrl_g_emit(&g, MRL_OP_RETURN, value, 0, 0);
    mrl_g_place(&g, none);
    mrl_g_emit(&g, MRL_OP_UNDEF, undefined, 0, 0);
    mrl_g_emit(&g, MRL_OP_RETURN, undefined, 0, 0);
    MRL_TRY(mrl_g_finish(&g, b));
    *ret = b;
    return MRL_OK;
}
