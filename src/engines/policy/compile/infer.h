/* infer.h - the type checker: what each variable, rule and ref of a policy can be.
 *
 * Idea: OPA's checker looks for expressions that can never hold: a function given a type that it
 * does not take, a ref into a number, two sides of `=` that are never equal. It reads the lowered,
 * ordered rules, so each variable is bound by an earlier literal, and it goes through the rules in
 * the order in which they depend on each other, so each document has a type before it is used. Base
 * data and input are `any`. One pass, no recursion over rules: linear in the module (see types.h
 * for the ceilings).
 *
 * Used by compile/ and policy.c only.
 */
#ifndef MRL_POLICY_COMPILE_INFER_H
#define MRL_POLICY_COMPILE_INFER_H

#include "engines/policy/compile/tree.h"
#include "engines/policy/compile/types.h"

/* Checks all rules in c->order and leaves their types in the tree. Errors are reported
 * (rego_type_error) and give MRL_E_INVALID. */
mrl_status mrl_infer_rules(struct mrl_compiler *c) MRL_NODISCARD;
/* Checks a query against the typed tree. */
mrl_status mrl_infer_query(struct mrl_compiler *c, struct mrl_lrule *query) MRL_NODISCARD;

/* --- shared by the infer_*.c files ------------------------------------------------------------ */

struct mrl_infer { /* one rule being checked */
    struct mrl_compiler *c;
    struct mrl_tcx *cx; /* = c->types */
    const struct mrl_lrule *rule;
    mrl_type **vars; /* by variable; NULL: nothing known */
    uint32_t *trail; /* variables in the order in which they got a type */
    uint32_t n_trail;
    uint32_t n_errors;
    bool relaxed;   /* inside `with`: documents may be replaced, nothing is known of them */
    bool refs_only; /* inside every and braced not: OPA checks only the refs there */
    const struct mrl_lterm *done; /* the call or comprehension of the literal at hand … */
    mrl_type *done_type;          /* … and its type */
};

/* The type of a term as far as it is known; NULL: nothing. */
mrl_type *mrl_infer_term(struct mrl_infer *f, const struct mrl_lterm *t);
/* Gives a variable its type. */
void mrl_infer_bind(struct mrl_infer *f, uint32_t var, mrl_type *t);
/* Matches a term against a type: unknown variables in it get theirs. With `add`, a variable that
 * has a type gets this one as a further alternative. */
bool mrl_infer_match(struct mrl_infer *f, const struct mrl_lterm *t, mrl_type *type, bool add);
/* a = b, with the types that mrl_infer_term gave. */
bool mrl_infer_equal(struct mrl_infer *f, const struct mrl_lterm *a, mrl_type *ta,
                     const struct mrl_lterm *b, mrl_type *tb);

/* Refs: the type, and the check (false after an error was reported). */
mrl_type *mrl_infer_ref(struct mrl_infer *f, const struct mrl_lterm *t);
bool mrl_infer_check_ref(struct mrl_infer *f, const struct mrl_lterm *t);
/* The type of a tree node as a document. */
mrl_type *mrl_infer_node(struct mrl_infer *f, struct mrl_node *n);

/* What a function takes: "(x: number, y: number)", with the result as a last argument when asked.
 */
void mrl_infer_print_args(struct mrl_buf *out, const struct mrl_lterm *callee, mrl_type *type,
                          bool result);
/* A type error with further lines and a hint (both may be empty). Counted in f->n_errors. */
void mrl_infer_fail(struct mrl_infer *f, struct mrl_rloc loc, mrl_str message, mrl_str detail,
                    mrl_str hint);

#endif
