/* gen_body.c - code for literals and bodies.
 *
 * The shape of all of it: a literal that can fail jumps to g->fail; a literal that loops makes
 * its own next step the new g->fail, so that what follows backtracks into it. A body inside a
 * literal (not, every, and, or) must leave no such loop behind: exists() takes the first solution
 * and restores g->fail and the bound variables. Registers are not given back inside a rule; only
 * the next rule of the name reuses them.
 */
#include "engines/policy/compile/gen.h"

void mrl_g_body(struct mrl_gen *g, struct mrl_lbody *b) {
    MRL_ASSERT(b != NULL);
    if (g->status != MRL_OK)
        return;
    struct mrl_vset bound = mrl_vset_copy(g->c->arena, &g->bound);
    g->status = bound.words != NULL ? mrl_order_body(g->c, g->rule, b, &bound) : MRL_E_NOMEM;
    const struct mrl_lbody *outer = g->body;
    g->body = b;
    for (uint32_t i = 0; i < b->n && g->status == MRL_OK; i++)
        mrl_g_literal(g, &b->lits[i]);
    g->body = outer;
}

/* --- with
 * ----------------------------------------------------------------------------------------- */

struct context { /* an open `with` */
    bool open;
    /* Labels: the way out on failure, which closes the context; the failure label around it. */
    uint32_t undo, saved;
};

/* Values are computed in the outer context, all of them, before the new one is opened. */
static struct context with_open(struct mrl_gen *g, struct mrl_llit *l) {
    if (l->n_with == 0)
        return (struct context){.open = false};
    mrl_reg values = mrl_g_regs(g, l->n_with);
    for (uint32_t i = 0; i < l->n_with; i++)
        if (l->with[i].value != NULL)
            mrl_g_value_into(g, l->with[i].value, (mrl_reg)(values + i));
    mrl_g_emit(g, MRL_OP_WITH, 0, 0, 0);
    for (uint32_t i = 0; i < l->n_with; i++) {
        uint32_t index = mrl_g_with(g, &l->with[i]);
        if (l->with[i].by_node != NULL)
            mrl_g_node(g, l->with[i].by_node);
        mrl_g_emit(g, MRL_OP_REPLACE, values + i, 0, 0)->y = index;
    }
    struct context cx = {true, mrl_g_label(g), g->fail};
    g->fail = cx.undo;
    return cx;
}

/* Both ways out: on success ENDWITH and on; on failure ENDWITH and to the label outside. */
static void with_close(struct mrl_gen *g, struct context cx) {
    if (!cx.open)
        return;
    uint32_t over = mrl_g_label(g);
    mrl_g_emit(g, MRL_OP_ENDWITH, 0, 0, 0);
    mrl_g_jump(g, over);
    mrl_g_place(g, cx.undo);
    mrl_g_emit(g, MRL_OP_ENDWITH, 0, 0, 0);
    mrl_g_jump(g, cx.saved);
    mrl_g_place(g, over);
    g->fail = cx.saved;
}

/* --- bodies inside literals
 * ------------------------------------------------------------------------- */

/* Goes on when the body has a solution, else jumps to the present fail label. */
static void exists(struct mrl_gen *g, struct mrl_lbody *b) {
    uint32_t saved = g->fail, ok = mrl_g_label(g);
    struct mrl_vset bound = mrl_vset_copy(g->c->arena, &g->bound);
    uint32_t probe = mrl_g_trace_enter(g, b->loc, false);
    mrl_g_body(g, b);
    mrl_g_trace_leave(g, probe);
    mrl_g_jump(g, ok);
    mrl_g_place(g, ok);
    g->fail = saved;
    g->bound = bound;
}

/* Goes on when the body has no solution, else jumps to the present fail label. */
static void none(struct mrl_gen *g, struct mrl_lbody *b) {
    uint32_t saved = g->fail, ok = mrl_g_label(g);
    g->fail = ok;
    exists(g, b);
    mrl_g_jump(g, saved);
    mrl_g_place(g, ok);
    g->fail = saved;
}

/* Goes on when one body has a solution; the second runs only when the first has none. */
static void either(struct mrl_gen *g, struct mrl_llit *l) {
    uint32_t saved = g->fail, other = mrl_g_label(g), done = mrl_g_label(g);
    g->fail = other;
    exists(g, l->body);
    mrl_g_jump(g, done);
    mrl_g_place(g, other);
    g->fail = saved;
    exists(g, l->body2);
    mrl_g_jump(g, done);
    mrl_g_place(g, done);
}

/* A loop that ends well: at its end it goes on, and a member without a solution fails the
 * literal. A domain that is no collection is not "every of nothing": SCAN fails. */
static void every(struct mrl_gen *g, struct mrl_llit *l) {
    uint32_t saved = g->fail, next = mrl_g_label(g), done = mrl_g_label(g);
    uint32_t iter = mrl_g_iter(g);
    struct mrl_vset bound = mrl_vset_copy(g->c->arena, &g->bound);
    mrl_reg domain = mrl_g_value(g, l->a), key = mrl_g_regs(g, 2);
    mrl_g_emit_fail(g, MRL_OP_SCAN, iter, domain, 0);
    mrl_g_place(g, next);
    mrl_g_emit(g, MRL_OP_NEXT, iter, key, key + 1u)->x = done;
    if (g->status != MRL_OK || bound.words == NULL)
        return;
    g->reg_of[l->key] = key;
    MRL_ASSERT(!mrl_vset_has(&bound, l->key) && !mrl_vset_has(&bound, l->val));
    g->reg_of[l->val] = (uint16_t)(key + 1);
    mrl_vset_add(&g->bound, l->key);
    mrl_vset_add(&g->bound, l->val);
    exists(g, l->body);
    mrl_g_jump(g, next);
    mrl_g_place(g, done);
    g->fail = saved;
    g->bound = bound;
}

/* --- literals
 * --------------------------------------------------------------------------------------- */

/* A term as a literal. What depends on the context is computed inside the `with`; following the
 * value and looping over it goes on outside, so that the literals behind a loop run without it. */
static mrl_reg truth(struct mrl_gen *g, struct mrl_llit *l, struct context *cx, mrl_reg shown) {
    if (mrl_g_test(g, l->a))
        return MRL_NO_REG;
    struct mrl_base base = mrl_g_base(g, l->a);
    with_close(g, *cx);
    cx->open = false;
    mrl_reg reg = mrl_g_rest(g, l->a, base);
    mrl_g_trace_value(g, shown, reg);
    if (!l->any_value)
        mrl_g_emit_fail(g, MRL_OP_TRUE, reg, 0, 0);
    return reg;
}

/* a = b. Lowering put the ref, call or comprehension, if any, on the right; else one side is
 * known by now and the other is matched against its value. */
static void unify(struct mrl_gen *g, struct mrl_llit *l, struct context *cx, mrl_reg shown) {
    if (l->b->kind >= MRL_L_REF) {
        struct mrl_base base = mrl_g_base(g, l->b);
        with_close(g, *cx);
        cx->open = false;
        mrl_reg right = mrl_g_rest(g, l->b, base);
        mrl_g_trace_value(g, shown, right);
        mrl_g_unify(g, l->a, right);
        return;
    }
    bool left = mrl_vars_bound(l->a, &g->bound);
    mrl_reg reg = mrl_g_value(g, left ? l->a : l->b);
    mrl_g_unify(g, left ? l->b : l->a, reg);
}

static mrl_reg positive(struct mrl_gen *g, struct mrl_llit *l, mrl_reg shown) {
    mrl_reg value = MRL_NO_REG;
    struct context cx = with_open(g, l);
    switch (l->kind) {
    case MRL_LIT_TRUE:
        value = truth(g, l, &cx, shown);
        break;
    case MRL_LIT_UNIFY:
        unify(g, l, &cx, shown);
        break;
    case MRL_LIT_NOT:
        none(g, l->body);
        break;
    case MRL_LIT_EVERY:
        every(g, l);
        break;
    case MRL_LIT_AND:
        exists(g, l->body);
        exists(g, l->body2);
        break;
    default:
        either(g, l);
        break;
    }
    with_close(g, cx);
    return value;
}

/* A literal with its negation, if any. */
static mrl_reg literal(struct mrl_gen *g, struct mrl_llit *l, mrl_reg shown) {
    if (!l->negated)
        return positive(g, l, shown);
    uint32_t saved = g->fail, ok = mrl_g_label(g);
    struct mrl_vset bound = mrl_vset_copy(g->c->arena, &g->bound);
    g->fail = ok;
    positive(g, l, shown);
    mrl_g_jump(g, saved);
    mrl_g_place(g, ok);
    g->fail = saved;
    g->bound = bound;
    return MRL_NO_REG;
}

mrl_reg mrl_g_literal(struct mrl_gen *g, struct mrl_llit *l) {
    mrl_g_site(g, l->loc);
    struct mrl_traced traced = mrl_g_trace_begin(g, l);
    mrl_reg value = literal(g, l, traced.value);
    mrl_g_trace_end(g, &traced);
    return value;
}
