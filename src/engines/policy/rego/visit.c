/* visit.c - see visit.h.
 *
 * The kinds are listed without a default: a new kind of node that is not visited is then a
 * warning of the compiler. NULL is no term, so that optional parts need no test at each place.
 */
#include "engines/policy/rego/visit.h"

static void terms(const struct mrl_visitor *v, struct mrl_terms list) {
    for (uint32_t i = 0; i < list.n; i++)
        mrl_visit_term(v, list.items[i]);
}

void mrl_visit_term(const struct mrl_visitor *v, const struct mrl_term *t) {
    if (t == NULL) /* a comprehension without a key, a rule without a value */
        return;
    if (v->term != NULL)
        v->term(v->cx, t);
    switch ((enum mrl_term_kind)t->kind) {
    case MRL_TERM_SCALAR:
    case MRL_TERM_VAR:
        return;
    case MRL_TERM_REF:
        terms(v, t->u.ref);
        return;
    case MRL_TERM_ARRAY:
    case MRL_TERM_SET:
    case MRL_TERM_TEMPLATE:
        terms(v, t->u.list);
        return;
    case MRL_TERM_OBJECT:
        for (uint32_t i = 0; i < t->u.object.n; i++) {
            mrl_visit_term(v, t->u.object.keys[i]);
            mrl_visit_term(v, t->u.object.vals[i]);
        }
        return;
    case MRL_TERM_OBJECT_COMPR:
    case MRL_TERM_ARRAY_COMPR:
    case MRL_TERM_SET_COMPR:
        mrl_visit_term(v, t->u.compr.key);
        mrl_visit_term(v, t->u.compr.val);
        mrl_visit_body(v, t->u.compr.body);
        return;
    case MRL_TERM_CALL:
        mrl_visit_term(v, t->u.call.op);
        terms(v, t->u.call.args);
        return;
    }
}

/* What is in an expression, its `with` left out. */
static void within(const struct mrl_visitor *v, const struct mrl_expr *e) {
    switch ((enum mrl_expr_kind)e->kind) {
    case MRL_EXPR_TERM:
    case MRL_EXPR_CALL:
        mrl_visit_term(v, e->u.term);
        return;
    case MRL_EXPR_ASSIGN:
    case MRL_EXPR_UNIFY:
        mrl_visit_term(v, e->u.pair.left);
        mrl_visit_term(v, e->u.pair.right);
        return;
    case MRL_EXPR_SOME:
        terms(v, e->u.some.vars);
        return;
    case MRL_EXPR_SOME_IN:
        mrl_visit_term(v, e->u.some.key);
        mrl_visit_term(v, e->u.some.val);
        mrl_visit_term(v, e->u.some.domain);
        return;
    case MRL_EXPR_EVERY:
        mrl_visit_term(v, e->u.every.key);
        mrl_visit_term(v, e->u.every.val);
        mrl_visit_term(v, e->u.every.domain);
        mrl_visit_body(v, e->u.every.body);
        return;
    case MRL_EXPR_NOT:
        mrl_visit_body(v, e->u.body);
        return;
    case MRL_EXPR_AND:
    case MRL_EXPR_OR:
        mrl_visit_body(v, e->u.bodies[0]);
        mrl_visit_body(v, e->u.bodies[1]);
        return;
    }
}

void mrl_visit_body(const struct mrl_visitor *v, const struct mrl_body *b) {
    for (uint32_t i = 0; b != NULL && i < b->n; i++) {
        const struct mrl_expr *e = b->items[i];
        if (v->expr != NULL)
            v->expr(v->cx, e);
        within(v, e);
        for (uint32_t w = 0; w < e->n_with; w++) {
            mrl_visit_term(v, e->with[w].target);
            mrl_visit_term(v, e->with[w].value);
        }
    }
}

void mrl_visit_rule(const struct mrl_visitor *v, const struct mrl_rule *r) {
    mrl_visit_term(v, r->name);
    terms(v, r->args);
    for (; r != NULL; r = r->else_rule) {
        mrl_visit_term(v, r->key);
        mrl_visit_term(v, r->val);
        mrl_visit_body(v, r->body);
    }
}

void mrl_visit_module(const struct mrl_visitor *v, const struct mrl_module *m) {
    for (uint32_t i = 0; i < m->n_rules; i++)
        mrl_visit_rule(v, m->rules[i]);
}
