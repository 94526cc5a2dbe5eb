/* lower.h - rules with names resolved and nesting removed: what the code generator reads.
 *
 * Idea: lowering turns each body into flat literals. Variables become numbers (unique in their
 * rule), globals become refs into the rule tree, and every nested ref, call or comprehension is
 * hoisted into a literal `var = term` of its own, before the literal that used it and, as in OPA,
 * outside of its negation. Ordering and code generation then only meet simple shapes.
 */
#ifndef MRL_POLICY_COMPILE_LOWER_H
#define MRL_POLICY_COMPILE_LOWER_H

#include "engines/policy/builtin.h"
#include "engines/policy/rego/ast.h"

struct mrl_node; /* rule tree, see tree.h */
struct mrl_lbody;

enum mrl_lkind {
    MRL_L_CONST,
    MRL_L_VAR,
    MRL_L_ARRAY,
    MRL_L_SET,
    MRL_L_OBJECT, /* items: keys and values in turn */
    MRL_L_REF,    /* items: operands; the head is in `root` */
    MRL_L_CALL,   /* items: arguments */
    MRL_L_COMPR,  /* key (objects), val, body */
};

enum mrl_lroot { MRL_ROOT_INPUT, MRL_ROOT_DATA, MRL_ROOT_VALUE };

struct mrl_lterm {
    uint8_t kind;
    uint8_t root;    /* REF: enum mrl_lroot; ROOT_VALUE: items[0] is the head (var or composite) */
    uint8_t collect; /* COMPR: tag of what it builds */
    uint32_t var;    /* VAR */
    mrl_val value;   /* CONST */
    struct mrl_lterm **items;
    uint32_t n;
    const struct mrl_builtin *builtin; /* CALL of a builtin */
    struct mrl_node *node;             /* CALL of a function rule */
    struct mrl_lterm *key, *val;
    struct mrl_lbody *body;
    struct mrl_rloc loc;
};

enum mrl_llit_kind {
    MRL_LIT_TRUE,  /* a: must be defined and not false */
    MRL_LIT_UNIFY, /* a = b; when one side is a REF, CALL or COMPR it is b */
    MRL_LIT_NOT,   /* body must have no solution */
    MRL_LIT_EVERY, /* a: domain, key, val vars, body */
    MRL_LIT_AND,   /* body and body2 have a solution each */
    MRL_LIT_OR,
};

enum mrl_wtarget { MRL_WITH_INPUT, MRL_WITH_DATA, MRL_WITH_FUNCTION };

struct mrl_lwith {
    uint8_t target;
    mrl_val path;                      /* INPUT, DATA: array of strings below the root */
    const struct mrl_builtin *builtin; /* FUNCTION: what is replaced, one of these two */
    struct mrl_node *node;
    const struct mrl_builtin *by_builtin; /* FUNCTION replaced by a function, one of these two */
    struct mrl_node *by_node;
    struct mrl_lterm *value; /* otherwise the value */
};

struct mrl_llit {
    uint8_t kind;
    uint8_t negated;
    uint8_t generated;  /* not a literal of the source */
    uint8_t any_value;  /* TRUE: false will do, too (the only expression of a query) */
    uint8_t in_call;    /* hoisted from an argument of a nested call */
    uint8_t inside_not; /* a ref of a negated expression: computed before it, but binds nothing */
    uint8_t swapped;    /* UNIFY: a was written on the right */
    uint8_t urgent;     /* goes as early as its variables allow, others wait for it */
    struct mrl_lterm *a, *b;
    uint32_t key, val; /* EVERY: variables; key may be MRL_NO_VAR */
    struct mrl_lbody *body, *body2;
    struct mrl_lwith *with;
    uint32_t n_with;
    struct mrl_expr *expr; /* source, for traces and errors */
    struct mrl_rloc loc;
};

#define MRL_NO_VAR UINT32_MAX

struct mrl_lbody {
    struct mrl_llit *lits;
    uint32_t n;
    uint32_t cap;
    struct mrl_rloc loc; /* of the body as written */
};

struct mrl_lrule { /* one rule with its else chain */
    struct mrl_rule *rule;
    struct mrl_module *module;
    struct mrl_lbody body;
    struct mrl_lterm **args; /* patterns */
    uint32_t n_args;
    struct mrl_lterm **path; /* operands of the head behind its ground prefix */
    uint32_t n_path;
    struct mrl_lterm *key; /* partial set item */
    struct mrl_lterm *val; /* NULL: true */
    uint32_t n_vars;
    mrl_str *var_names; /* by number; ptr NULL for generated ones */
    struct mrl_lrule *else_rule;
};

struct mrl_compiler;

/* Lowers a rule of `module`. Errors go to the compiler's diagnostics (MRL_E_INVALID). */
mrl_status mrl_lower_rule(struct mrl_compiler *c, struct mrl_module *module, struct mrl_rule *rule,
                          uint32_t skip_path, struct mrl_lrule **ret) MRL_NODISCARD;

#endif
