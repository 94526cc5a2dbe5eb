/* tree.h - the rule tree: where each rule of all modules stands below `data`.
 *
 * A rule hangs at the node of its head's longest ground prefix. Its remaining operands (those from
 * the first variable on) are evaluated as keys. Functions hang like complete rules.
 */
#ifndef MRL_POLICY_COMPILE_TREE_H
#define MRL_POLICY_COMPILE_TREE_H

#include "engines/policy/compile/lower.h"
#include "engines/policy/diag.h"

struct mrl_block;

struct mrl_node {
    mrl_str name;
    struct mrl_node *parent, *children, *sibling; /* children in sorted order */
    struct mrl_node *hash_next;
    uint32_t depth; /* data = 0 */
    bool has_below; /* rules at this node or below */
    bool is_package;
    struct {
        struct mrl_rule *rule;
        struct mrl_module *module;
        uint32_t skip;             /* operands of the head that are in the tree path */
        struct mrl_lrule *lowered; /* set by the code generator, read by the type checker */
    } *rules;
    uint32_t n_rules, cap_rules;
    uint8_t kind; /* enum mrl_rule_kind of its rules; see mrl_node_kind */
    uint32_t arity;
    struct mrl_block *block; /* compiled, or NULL so far */
    mrl_str path_text;       /* data.a.b for messages */
    uint8_t mark;            /* of the recursion check */
    bool varies;     /* input, the moment or a `with` has a say in its value; set with `mark` */
    bool reads_base; /* it reads data that no rule makes */
    /* Set by the type checker: what the rules here make, and the object of all below. */
    const struct mrl_type *type, *extent;
};

struct mrl_scope_entry;

struct mrl_deprecated { /* a call of a builtin that OPA 1.0 took away */
    const struct mrl_module *module;
    struct mrl_rloc loc;
    const char *name;
    struct mrl_deprecated *next;
};

struct mrl_compiler { /* the state of one compilation */
    mrl_arena *arena;
    struct mrl_diags *diags;
    const struct mrl_policy_opts *opts;
    struct mrl_node *root;
    struct mrl_module **modules;
    uint32_t n_modules;
    struct mrl_block **blocks; /* all made, by id */
    uint32_t n_blocks, cap_blocks, first_id;
    struct mrl_node **order; /* nodes with rules, each behind those that it depends on */
    uint32_t n_order, cap_order;
    const struct mrl_type **sigs;      /* types of the builtins, read when first used */
    struct mrl_tcx *types;             /* NULL until the rules are typed */
    uint32_t n_typed;                  /* nodes that have their type */
    bool typed;                        /* all have */
    struct mrl_deprecated *deprecated; /* calls to report when all else is in order */
    bool query;                        /* compiling a query against a frozen tree */
};

/* The child, or NULL. O(children). */
struct mrl_node *mrl_tree_child(const struct mrl_node *n, mrl_str name);
/* Adds the rules of a module. */
mrl_status mrl_tree_add(struct mrl_compiler *c, struct mrl_module *m) MRL_NODISCARD;
/* Sorts, checks kinds and arities of all nodes. */
mrl_status mrl_tree_finish(struct mrl_compiler *c) MRL_NODISCARD;

/* Reports a compile error at a place of a module; returns MRL_E_INVALID (or MRL_E_NOMEM). */
mrl_status mrl_compile_fail(struct mrl_compiler *c, const struct mrl_module *m, struct mrl_rloc loc,
                            const char *code, const char *fmt, ...) MRL_PRINTF(5, 6);
/* As mrl_compile_fail with more to say; texts may be long. */
struct mrl_report {
    const char *code;
    mrl_str message;
    mrl_str detail; /* further lines, or empty */
    mrl_str hint;   /* what to do next, or empty */
};
mrl_status mrl_compile_report(struct mrl_compiler *c, const struct mrl_module *m,
                              struct mrl_rloc loc, const struct mrl_report *report);
/* True while reports are still kept: only then is it worth looking for a hint. */
bool mrl_compile_room(const struct mrl_compiler *c);

#endif
