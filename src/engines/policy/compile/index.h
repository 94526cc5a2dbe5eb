/* index.h - finding out what rules demand, for the rule index (vm/index.h). */
#ifndef MRL_POLICY_COMPILE_INDEX_H
#define MRL_POLICY_COMPILE_INDEX_H

#include "engines/policy/compile/tree.h"
#include "engines/policy/vm/index.h"

/* The index of a node's lowered rules, default rules left out; NULL when too few of them demand
 * anything for an index to pay. Its `entry` is empty. */
mrl_status mrl_index_build(struct mrl_compiler *c, struct mrl_lrule *const *rules, uint32_t n,
                           struct mrl_index **ret) MRL_NODISCARD;

#endif
