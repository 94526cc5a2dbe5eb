/* index.h - which rules of a node can match at all: values they demand of the input or arguments.
 *
 * Idea: many rules of one name differ in a few ground comparisons (input.method == "GET",
 * input.kind in {"Pod", "Job"}, f("a", x)). The compiler finds what each rule demands of such refs;
 * a call looks the refs up once, and only rules whose demands are met run. It is a filter, not a
 * proof: the bodies of those rules run as a whole, so that a rule wrongly kept costs time and a
 * rule is never wrongly dropped. OPA's index holds the same kinds of comparisons in a trie.
 *
 * Owner: the policy; frozen. Cost: one lookup a ref, then the shortest list of rules is walked.
 * Made by compile/index.c, asked by vm/index.c.
 */
#ifndef MRL_POLICY_VM_INDEX_H
#define MRL_POLICY_VM_INDEX_H

#include "base/value.h"

#define MRL_INDEX_REFS_MAX 8 /* refs of one index: those that most rules demand something of */

#define MRL_INDEX_NO_ENTRY UINT32_MAX

struct mrl_index_value { /* one value that rules demand of a ref */
    mrl_val value;
    uint32_t *rules; /* in rising order */
    uint32_t n, cap;
};

struct mrl_index_ref {
    bool of_input; /* else of argument `arg` */
    uint32_t arg;
    mrl_val path;    /* array of keys below it */
    bool containers; /* some value is no scalar */
    struct mrl_index_value *values;
    uint32_t n_values, cap_values;
    uint32_t *slots; /* hash table of 1-based numbers of values */
    uint32_t mask;
    uint32_t *any; /* rules that demand nothing of the ref, in rising order */
    uint32_t n_any;
};

struct mrl_index {
    struct mrl_index_ref *refs;
    uint32_t n_refs, n_rules;
    /* By rule and ref: 1-based number of the one value demanded; 0: none, or several. */
    uint32_t *demands;
    uint32_t *entry; /* by rule: the instruction at which it begins; default rules have none */
};

/* Writes the numbers of the rules that may match to ret[0 .. n_rules-1], in rising order; returns
 * how many. `args` are the call's arguments. */
uint32_t mrl_index_find(const struct mrl_index *x, mrl_val input, const mrl_val *args,
                        uint32_t *ret);

#endif
