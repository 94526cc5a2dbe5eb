/* recursion.c - the check that no rule depends on itself, the order in which rules depend on each
 * other, and which of them depend on data alone.
 *
 * Idea: a walk over the tree's nodes, depth first, along what the lowered rules read: refs below
 * data, calls, and both sides of `with`. As in OPA a ref that goes through a rule reads that rule
 * and the rules below it on the way; a ref that ends at a package reads all rules below, functions
 * included; an operand that is no constant may be any name.
 */
#include "base/buf.h"
#include "engines/policy/compile/gen.h"
#include "engines/policy/policy.h"

enum { MARK_NEW, MARK_OPEN, MARK_DONE };

#define CHAIN_MAX 512 /* rules on the way; a longer chain is refused */

struct walk {
    struct mrl_compiler *c;
    struct mrl_node *path[CHAIN_MAX];
    uint32_t n;
};

/* Rules are marked open on the way in and done on the way out; an open one met again is a cycle. */
static mrl_status visit(struct walk *w, struct mrl_node *node);
static mrl_status visit_body(struct walk *w, const struct mrl_lbody *b);

/* Names the rules from the first time that `node` was met to now. */
static mrl_status report_cycle(struct walk *w, const struct mrl_node *node) {
    struct mrl_buf text;
    uint32_t from = w->n;
    while (from > 0 && w->path[from - 1] != node)
        from--;
    mrl_buf_init(&text, 65536);
    mrl_buf_printf(&text, "rule %.*s is recursive: ", MRL_F(node->path_text));
    for (uint32_t i = from > 0 ? from - 1 : 0; i < w->n; i++)
        mrl_buf_printf(&text, "%.*s -> ", MRL_F(w->path[i]->path_text));
    mrl_buf_add(&text, node->path_text);
    struct mrl_report r = {.code = "rego_recursion_error", .message = mrl_buf_str(&text)};
    mrl_status status =
        mrl_compile_report(w->c, node->rules[0].module, node->rules[0].rule->head_loc, &r);
    mrl_buf_release(&text);
    return status;
}

/* What lies at and below a node that the rest of a ref can reach; `key` gives operand i. */
struct operands {
    struct mrl_lterm *const *terms; /* of a ref, or NULL */
    const mrl_val *values;          /* of a `with` target */
    uint32_t n;
};

static bool may_name(const struct operands *ops, uint32_t i, mrl_str name) {
    if (i >= ops->n || (ops->terms != NULL && ops->terms[i]->kind != MRL_L_CONST))
        return true;
    mrl_val v = ops->terms != NULL ? ops->terms[i]->value : ops->values[i];
    return mrl_is_str(v) && mrl_str_eq(mrl_val_str(v), name);
}

/* True when operands from i on may lead to a rule whose head goes on behind the node: p[1].x is not
 * reached by p[2]. A head's variable, and an operand that is no constant, match anything. */
static bool may_reach(const struct operands *ops, uint32_t i, const struct mrl_lrule *r) {
    for (uint32_t k = 0; r != NULL && k < r->n_path && r->path[k]->kind == MRL_L_CONST; k++) {
        if (i + k >= ops->n || (ops->terms != NULL && ops->terms[i + k]->kind != MRL_L_CONST))
            continue;
        mrl_val v = ops->terms != NULL ? ops->terms[i + k]->value : ops->values[i + k];
        if (!mrl_val_eq(v, r->path[k]->value))
            return false;
    }
    return true;
}

static mrl_status visit_below(struct walk *w, struct mrl_node *node, const struct operands *ops,
                              uint32_t i) {
    MRL_ASSERT(node != NULL);
    bool reached = false;
    for (uint32_t k = 0; k < node->n_rules; k++)
        reached |= may_reach(ops, i, node->rules[k].lowered);
    if (reached)
        MRL_TRY(visit(w, node));
    for (struct mrl_node *child = node->children; child != NULL; child = child->sibling)
        if (child->has_below && may_name(ops, i, child->name))
            MRL_TRY(visit_below(w, child, ops, i + 1));
    return MRL_OK;
}

/* The node whose rules are being read. */
static struct mrl_node *reader(const struct walk *w) {
    return w->path[w->n - 1];
}

/* Terms are flat: what was nested is a literal of its own, so parts need no visit. */
static mrl_status visit_term(struct walk *w, const struct mrl_lterm *t) {
    if (t == NULL)
        return MRL_OK;
    reader(w)->varies |= t->kind == MRL_L_REF && t->root == MRL_ROOT_INPUT;
    reader(w)->varies |=
        t->kind == MRL_L_CALL && t->builtin != NULL && (t->builtin->flags & MRL_BI_NONDET) != 0;
    /* Every ref into data may end in base data: finding out where it cannot is not worth it. */
    reader(w)->reads_base |= t->kind == MRL_L_REF && t->root == MRL_ROOT_DATA;
    if (t->kind == MRL_L_CALL && t->node != NULL)
        MRL_TRY(visit(w, t->node));
    if (t->kind == MRL_L_REF && t->root == MRL_ROOT_DATA)
        return visit_below(w, w->c->root, &(struct operands){t->items, NULL, t->n}, 0);
    return t->kind == MRL_L_COMPR ? visit_body(w, t->body) : MRL_OK;
}

static mrl_status visit_with(struct walk *w, const struct mrl_lwith *with) {
    if (with->node != NULL)
        MRL_TRY(visit(w, with->node));
    if (with->by_node != NULL)
        MRL_TRY(visit(w, with->by_node));
    if (with->target != MRL_WITH_DATA)
        return MRL_OK;
    return visit_below(w, w->c->root,
                       &(struct operands){NULL, with->path.u.arr->items, with->path.len}, 0);
}

static mrl_status visit_body(struct walk *w, const struct mrl_lbody *b) {
    for (uint32_t i = 0; b != NULL && i < b->n; i++) {
        const struct mrl_llit *l = &b->lits[i];
        MRL_TRY(visit_term(w, l->a));
        MRL_TRY(visit_term(w, l->b));
        MRL_TRY(visit_body(w, l->body));
        MRL_TRY(visit_body(w, l->body2));
        reader(w)->varies |= l->n_with > 0;
        for (uint32_t k = 0; k < l->n_with; k++)
            MRL_TRY(visit_with(w, &l->with[k]));
    }
    return MRL_OK;
}

/* A node is left after all that it depends on: the order in which the type checker needs them. */
static mrl_status keep_order(struct mrl_compiler *c, struct mrl_node *node) {
    if (c->n_order == c->cap_order) {
        uint32_t cap = c->cap_order > 0 ? c->cap_order * 2 : 64;
        c->order = mrl_arena_regrow(c->arena, c->order, c->cap_order, cap, sizeof *c->order);
        MRL_CHECK(c->order != NULL, MRL_E_NOMEM);
        c->cap_order = cap;
    }
    c->order[c->n_order++] = node;
    return MRL_OK;
}

/* What a rule reads, it is made of. */
static void inherit(struct walk *w, const struct mrl_node *from) {
    if (w->n == 0)
        return;
    reader(w)->varies |= from->varies;
    reader(w)->reads_base |= from->reads_base;
}

static mrl_status visit(struct walk *w, struct mrl_node *node) {
    if (node->mark == MARK_DONE) {
        inherit(w, node);
        return MRL_OK;
    }
    if (node->mark == MARK_OPEN)
        return report_cycle(w, node);
    if (w->n == CHAIN_MAX)
        return mrl_compile_fail(w->c, node->rules[0].module, node->rules[0].rule->head_loc,
                                "rego_compile_error", "rules depend on each other too deeply");
    MRL_ASSERT(node->mark == MARK_NEW && node->n_rules > 0);
    node->mark = MARK_OPEN;
    w->path[w->n++] = node;
    for (uint32_t i = 0; i < node->n_rules; i++)
        for (const struct mrl_lrule *r = node->rules[i].lowered; r != NULL; r = r->else_rule)
            MRL_TRY(visit_body(w, &r->body));
    w->n--;
    MRL_ASSERT(w->n < CHAIN_MAX && w->path[w->n] == node);
    node->mark = MARK_DONE;
    inherit(w, node);
    return keep_order(w->c, node);
}

static mrl_status visit_all(struct walk *w, struct mrl_node *node) {
    if (node->n_rules > 0)
        MRL_TRY(visit(w, node));
    for (struct mrl_node *child = node->children; child != NULL; child = child->sibling)
        MRL_TRY(visit_all(w, child));
    return MRL_OK;
}

/* Values that depend on data alone may outlive an input (vm/lasting.c). Debug code tells of each
 * evaluation and print speaks each time, so nothing lasts there. Functions without data are cheap
 * to call again. */
static void mark_lasting(const struct mrl_compiler *c) {
    if (c->opts->debug || c->opts->print)
        return;
    for (uint32_t i = 0; i < c->n_order; i++) {
        const struct mrl_node *n = c->order[i];
        bool worth =
            n->kind != MRL_RULE_FUNCTION || (n->reads_base && n->arity <= MRL_CALL_MEMO_ARGS);
        if (n->block != NULL)
            n->block->lasting = !n->varies && worth;
    }
}

mrl_status mrl_gen_check_recursion(struct mrl_compiler *c) {
    struct walk w = {.c = c};
    MRL_TRY(visit_all(&w, c->root));
    mark_lasting(c);
    return MRL_OK;
}
