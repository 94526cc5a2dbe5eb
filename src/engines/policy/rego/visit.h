/* visit.h - walking over the syntax tree.
 *
 * Idea: a pass that asks one question of all terms or expressions gives two functions and need not
 * know how nodes hang together. Order: a node before what is in it, from left to right. Recursion
 * is bounded by MRL_REGO_DEPTH_MAX, as the parser bounds the tree. Allocates nothing.
 */
#ifndef MRL_POLICY_REGO_VISIT_H
#define MRL_POLICY_REGO_VISIT_H

#include "engines/policy/rego/ast.h"

struct mrl_visitor {
    void (*term)(void *cx, const struct mrl_term *t); /* NULL: not asked */
    void (*expr)(void *cx, const struct mrl_expr *e);
    void *cx;
};

/* Visits a term, a body, a rule with its head and `else` chain, all rules of a module. */
void mrl_visit_term(const struct mrl_visitor *v, const struct mrl_term *t);
/* Visits all that is below a body. */
void mrl_visit_body(const struct mrl_visitor *v, const struct mrl_body *b);
/* Visits all that is below a rule. */
void mrl_visit_rule(const struct mrl_visitor *v, const struct mrl_rule *r);
/* Visits all that is below a module. */
void mrl_visit_module(const struct mrl_visitor *v, const struct mrl_module *m);

#endif
