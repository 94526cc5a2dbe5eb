/* lower_internal.h - shared by the lower_*.c files only. Every function that returns a pointer
 * returns NULL after l->status was set. */
#ifndef MRL_POLICY_COMPILE_LOWER_INTERNAL_H
#define MRL_POLICY_COMPILE_LOWER_INTERNAL_H

#include "engines/policy/compile/scope.h"

/* Reports an error made of text and name; returns NULL. */
void *mrl_l_fail(struct mrl_lowering *l, struct mrl_rloc loc, const char *code, const char *text,
                 mrl_str name);

/* A new term of a kind; NULL when memory ran out. */
struct mrl_lterm *mrl_l_term(struct mrl_lowering *l, enum mrl_lkind kind, struct mrl_rloc loc);
/* A term that is a constant. */
struct mrl_lterm *mrl_l_const(struct mrl_lowering *l, mrl_val v, struct mrl_rloc loc);
/* A term that is a variable by number. */
struct mrl_lterm *mrl_l_var(struct mrl_lowering *l, uint32_t var, struct mrl_rloc loc);

/* Appends a literal to a body. The pointer is valid until the next append. */
struct mrl_llit *mrl_l_add(struct mrl_lowering *l, struct mrl_lbody *body, enum mrl_llit_kind kind,
                           struct mrl_rloc loc);
/* Appends `fresh variable = t` and returns the variable. */
struct mrl_lterm *mrl_l_hoist(struct mrl_lowering *l, struct mrl_lterm *t, struct mrl_lbody *out);

/* Lowers a term: the result may be a ref, call or comprehension whose parts are flat. */
struct mrl_lterm *mrl_l_any(struct mrl_lowering *l, const struct mrl_term *t,
                            struct mrl_lbody *out);
/* Lowers a term to a constant, variable or composite of them; the rest is hoisted. */
struct mrl_lterm *mrl_l_flat(struct mrl_lowering *l, const struct mrl_term *t,
                             struct mrl_lbody *out);
struct mrl_lterm *mrl_l_call(struct mrl_lowering *l, const struct mrl_term *t,
                             struct mrl_lbody *out);
/* The call of internal.print that print(…) stands for. */
struct mrl_lterm *mrl_l_print(struct mrl_lowering *l, const struct mrl_term *t,
                              struct mrl_lbody *out);
/* A call as an expression of its own: an argument more than the function has takes the result. */
struct mrl_lterm *mrl_l_statement(struct mrl_lowering *l, const struct mrl_term *t,
                                  struct mrl_lbody *out);
/* Finds what a call calls: t->node or t->builtin. */
bool mrl_l_callee(struct mrl_lowering *l, const struct mrl_term *op, bool infix,
                  struct mrl_lterm *t);
uint32_t mrl_l_arity(const struct mrl_lterm *call);
/* Lowers all expressions of a body in the present scope. */
bool mrl_l_body(struct mrl_lowering *l, const struct mrl_body *b, struct mrl_lbody *out);

#endif
