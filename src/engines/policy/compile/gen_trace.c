/* gen_trace.c - TRACE instructions: what a debug policy tells about itself (trace.h).
 *
 * All of this is emitted with opts.debug only. A traced literal gets a failure pad and a redo pad
 * of its own, placed behind its code and jumped over on success:
 *
 *         EVAL; done = undefined; code of the literal (failures go to `failed`)
 *         done = true; JUMP over
 *   redo: REDO; JUMP to the literal's innermost loop, or `failed` when it has none
 *   failed: when done is undefined: FAIL; JUMP to the failure label outside
 *   over: the rest of the body, whose failures go to `redo`
 *
 * So the labels alone tell apart an expression that never had a solution from one that ran out of
 * them. A literal that lowering cut out of an expression has the failure pad only: EVAL and REDO
 * belong to the expression as written, FAIL to its smallest part.
 */
#include "engines/policy/compile/gen.h"

#include "engines/policy/policy.h"

#define NAMES_MAX 32 /* values shown with one expression */

static bool on(const struct mrl_gen *g) {
    return g->c->opts->debug && g->status == MRL_OK;
}

/* --- probes
 * --------------------------------------------------------------------------------------- */

struct names {
    struct mrl_probe_name items[NAMES_MAX];
    uint32_t n;
};

static void add_name(struct mrl_gen *g, struct names *names, uint32_t var) {
    MRL_ASSERT(var < g->rule->n_vars && names->n <= NAMES_MAX);
    mrl_str text = g->rule->var_names[var];
    struct mrl_rloc loc = g->text_of[var];
    if (text.len == 0 && loc.line > 0)
        text = mrl_str_sub(g->module->text, loc.start, loc.end);
    if (text.len == 0 || names->n == NAMES_MAX)
        return;
    /* Variables that were unified share a register: the first name stands for both. */
    for (uint32_t i = 0; i < names->n; i++)
        if (names->items[i].reg == g->reg_of[var])
            return;
    names->items[names->n++] = (struct mrl_probe_name){text, g->reg_of[var]};
}

/* The variables of t that have a value already. */
static void add_names(struct mrl_gen *g, struct names *names, const struct mrl_lterm *t) {
    if (t == NULL)
        return;
    if (t->kind == MRL_L_VAR && mrl_vset_has(&g->bound, t->var))
        add_name(g, names, t->var);
    for (uint32_t i = 0; i < t->n; i++)
        add_names(g, names, t->items[i]);
}

/* A register for what a literal that is a ref, or the right side of an equation, turns out to be:
 * undefined until mrl_g_trace_value fills it. MRL_NO_REG for literals that show nothing. */
static mrl_reg shown(struct mrl_gen *g, const struct mrl_llit *l, struct names *names) {
    const struct mrl_lterm *t = l->kind == MRL_LIT_TRUE ? l->a : l->b;
    if (l->kind > MRL_LIT_UNIFY || t->kind < MRL_L_REF || names->n == NAMES_MAX ||
        (l->kind == MRL_LIT_TRUE && t->kind == MRL_L_CALL && t->builtin != NULL))
        return MRL_NO_REG;
    mrl_reg to = mrl_g_regs(g, 1);
    mrl_g_emit(g, MRL_OP_UNDEF, to, 0, 0);
    names->items[names->n++] =
        (struct mrl_probe_name){mrl_str_sub(g->module->text, t->loc.start, t->loc.end), to};
    return to;
}

static uint32_t add_probe(struct mrl_gen *g, struct mrl_rloc loc, const struct names *names,
                          struct mrl_probe **ret) {
    struct mrl_probe *p = MRL_ARENA_NEW(g->c->arena, struct mrl_probe);
    uint32_t n = names != NULL ? names->n : 0;
    struct mrl_probe_name *kept = MRL_ARENA_ARRAY(g->c->arena, struct mrl_probe_name, n + 1);
    struct mrl_probe **at = p != NULL && kept != NULL ? mrl_g_probe(g) : NULL;
    if (at == NULL) {
        g->status = MRL_E_NOMEM;
        return 0;
    }
    if (n > 0)
        memcpy(kept, names->items, n * sizeof *kept);
    *p = (struct mrl_probe){.module = g->module,
                            .loc = loc,
                            .rule = g->rule != NULL ? g->rule->rule : NULL,
                            .names = kept,
                            .n_names = n};
    *at = p;
    *ret = p;
    return g->probes.n - 1;
}

/* Emits an event; it finds its depth in the block's register and its level in the instruction. */
static void tell(struct mrl_gen *g, unsigned what, uint32_t probe) {
    MRL_ASSERT(what <= MRL_TRACE_CLOSE);
    mrl_g_emit(g, MRL_OP_TRACE, what, g->depth_reg, g->level)->y = probe;
}

/* --- blocks and bodies
 * ---------------------------------------------------------------------------- */

void mrl_g_trace_open(struct mrl_gen *g) {
    if (!on(g))
        return;
    g->depth_reg = mrl_g_regs(g, 1);
    g->level = 1;
    tell(g, MRL_TRACE_OPEN, 0);
}

void mrl_g_return(struct mrl_gen *g, uint16_t value) {
    if (on(g))
        mrl_g_emit(g, MRL_OP_TRACE, MRL_TRACE_CLOSE, g->depth_reg, 0);
    mrl_g_emit(g, MRL_OP_RETURN, value, 0, 0);
}

/* Emits `what` for a pad that is reached by jumps to the label returned, and goes on to `then`. */
static uint32_t pad(struct mrl_gen *g, unsigned what, uint32_t probe, uint32_t then) {
    uint32_t label = mrl_g_label(g), over = mrl_g_label(g);
    mrl_g_jump(g, over);
    mrl_g_place(g, label);
    tell(g, what, probe);
    mrl_g_jump(g, then);
    mrl_g_place(g, over);
    return label;
}

void mrl_g_trace_rule(struct mrl_gen *g) {
    struct mrl_probe *p = NULL;
    if (!on(g))
        return;
    const struct mrl_rule *rule = g->rule->rule;
    /* A query is a module without a file: its head is made up, so its body is shown. */
    bool query = g->module->file.len == 0;
    g->rule_probe = add_probe(g, query ? rule->body->loc : rule->head_loc, NULL, &p);
    if (p != NULL)
        p->of_rule = true;
    tell(g, MRL_TRACE_ENTER, g->rule_probe);
}

void mrl_g_trace_exit(struct mrl_gen *g) {
    if (!on(g))
        return;
    tell(g, MRL_TRACE_EXIT, g->rule_probe);
    g->fail = pad(g, MRL_TRACE_REDO, g->rule_probe, g->fail);
}

uint32_t mrl_g_trace_enter(struct mrl_gen *g, struct mrl_rloc loc, bool collects) {
    struct mrl_probe *p = NULL;
    if (!on(g))
        return 0;
    g->level++;
    uint32_t probe = add_probe(g, loc, NULL, &p);
    if (p != NULL)
        p->collects = collects;
    tell(g, MRL_TRACE_ENTER, probe);
    return probe;
}

void mrl_g_trace_leave(struct mrl_gen *g, uint32_t probe) {
    if (!on(g))
        return;
    tell(g, MRL_TRACE_EXIT, probe);
    MRL_ASSERT(g->level > 1);
    g->level--;
}

/* --- literals
 * ------------------------------------------------------------------------------------- */

/* True for the first literal of an expression in the body at hand, in the order of evaluation. */
static bool begins_expr(const struct mrl_gen *g, const struct mrl_llit *l) {
    if (l->expr == NULL || l->expr->note == g->body)
        return false;
    /* The note is a mark only: it is compared, never followed. */
    l->expr->note = (void *)(uintptr_t)g->body;
    return true;
}

void mrl_g_trace_value(struct mrl_gen *g, mrl_reg to, mrl_reg value) {
    if (to != MRL_NO_REG)
        mrl_g_emit(g, MRL_OP_MOVE, to, value, 0);
}

struct mrl_traced mrl_g_trace_begin(struct mrl_gen *g, const struct mrl_llit *l) {
    struct mrl_traced t = {.saved = g->fail, .value = MRL_NO_REG};
    if (!on(g))
        return t;
    struct names names = {.n = 0};
    add_names(g, &names, l->a);
    add_names(g, &names, l->b);
    t.on = true;
    t.value = shown(g, l, &names);
    t.whole = !l->generated && l->expr != NULL;
    t.probe = add_probe(g, l->loc, &names, &t.p);
    if (t.p == NULL)
        return t;
    t.p->expr = l->expr;
    if (begins_expr(g, l)) {
        struct mrl_probe *whole = NULL;
        uint32_t probe = l->generated ? add_probe(g, l->expr->loc, NULL, &whole) : t.probe;
        if (whole != NULL)
            whole->expr = l->expr;
        tell(g, MRL_TRACE_EVAL, probe);
    }
    if (l->generated && l->a != NULL && l->a->kind == MRL_L_VAR && l->b != NULL)
        g->text_of[l->a->var] = l->b->loc;
    t.done = mrl_g_regs(g, 1);
    t.failed = mrl_g_label(g);
    mrl_g_emit(g, MRL_OP_UNDEF, t.done, 0, 0);
    g->fail = t.failed;
    return t;
}

void mrl_g_trace_end(struct mrl_gen *g, const struct mrl_traced *t) {
    if (!t->on || g->status != MRL_OK)
        return;
    uint32_t over = mrl_g_label(g), yes = mrl_g_const(g, mrl_bool(true));
    mrl_g_emit(g, MRL_OP_CONST, t->done, 0, 0)->y = yes;
    if (t->whole)
        g->fail = pad(g, MRL_TRACE_REDO, t->probe, g->fail);
    mrl_g_jump(g, over);
    mrl_g_place(g, t->failed);
    mrl_g_emit(g, MRL_OP_DEFINED, t->done, 0, 0)->x = t->saved;
    tell(g, MRL_TRACE_FAIL, t->probe);
    mrl_g_jump(g, t->saved);
    mrl_g_place(g, over);
}
