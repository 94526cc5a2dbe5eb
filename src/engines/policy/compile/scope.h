/* scope.h - which variable a name means while a rule is lowered. Used by compile/ only.
 *
 * Declared names (arguments, :=, some, every) are new variables for the rest of their body and the
 * bodies inside it. A name that is never declared is one variable of the whole rule.
 */
#ifndef MRL_POLICY_COMPILE_SCOPE_H
#define MRL_POLICY_COMPILE_SCOPE_H

#include "engines/policy/compile/tree.h"

struct mrl_name {
    mrl_str name;
    uint32_t var;
    struct mrl_name *next;
};

struct mrl_scope {
    struct mrl_name *names;
    struct mrl_scope *outer;
};

struct mrl_lowering { /* the state of lowering one rule with its else chain */
    struct mrl_compiler *c;
    struct mrl_module *m;
    struct mrl_lrule *rule;
    struct mrl_scope *scope;
    struct mrl_name *loose; /* names never declared */
    uint32_t cap_vars;
    unsigned depth;
    unsigned in_call;  /* nested calls around the term at hand */
    mrl_status status; /* first failure */
};

/* A new variable; `name` for messages (empty: generated). */
uint32_t mrl_scope_fresh(struct mrl_lowering *l, mrl_str name);
/* Declares `name` in the innermost scope. */
uint32_t mrl_scope_declare(struct mrl_lowering *l, mrl_str name);
/* The declared variable of that name, or MRL_NO_VAR. */
uint32_t mrl_scope_find(const struct mrl_lowering *l, mrl_str name);
/* The undeclared variable of that name, made at its first use. */
uint32_t mrl_scope_loose(struct mrl_lowering *l, mrl_str name);

/* The global that `name` means in module m: an import or a rule of the package. Writes the operands
 * of its path below data or input. */
struct mrl_global {
    uint8_t root;                   /* enum mrl_lroot */
    const struct mrl_term *import;  /* operands from 1 on, or NULL */
    const struct mrl_node *package; /* a rule: path of the package, then the name */
};
bool mrl_scope_global(const struct mrl_lowering *l, mrl_str name, struct mrl_global *ret);

#endif
