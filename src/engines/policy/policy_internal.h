/* policy_internal.h - what a builder, a policy and a query are made of. Used by policy.c, query.c
 * and vm.c only. */
#ifndef MRL_POLICY_POLICY_INTERNAL_H
#define MRL_POLICY_POLICY_INTERNAL_H

#include "engines/policy/compile/gen.h"
#include "engines/policy/policy.h"

struct mrl_policy_builder {
    mrl_arena arena;
    struct mrl_policy_opts opts;
    struct mrl_module **modules;
    uint32_t n_modules, cap_modules;
    mrl_val data;
    struct mrl_policy *policy; /* set while compiling */
};

struct mrl_policy {
    struct mrl_policy_builder *b; /* owns the memory of all */
    struct mrl_compiler c;
    struct mrl_node root;
    uint32_t n_rule_blocks; /* blocks with a memo are numbered below this */
};

struct mrl_query {
    struct mrl_policy *policy;
    const struct mrl_block *block;
    mrl_str *expressions;
    struct mrl_rloc *places;
    size_t n_expressions;
};

#endif
