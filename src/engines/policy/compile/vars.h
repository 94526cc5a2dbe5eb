/* vars.h - sets of a rule's variables, and which variables a term or body mentions.
 *
 * Used by compile/ only. A set is a bitmap in the compiler's arena, sized for the rule at hand. The
 * bodies of comprehensions, `every`, `and`, `or` and braced `not` are closures: what they mention
 * counts only where `closures` says so.
 */
#ifndef MRL_POLICY_COMPILE_VARS_H
#define MRL_POLICY_COMPILE_VARS_H

#include "engines/policy/compile/lower.h"

struct mrl_vset {
    uint64_t *words;
    uint32_t n_words;
};

enum mrl_closures { MRL_CLOSURES_OUT, MRL_CLOSURES_IN, MRL_CLOSURES_ONLY };

/* An empty set for variables 0 .. n_vars - 1; words is NULL without memory. */
struct mrl_vset mrl_vset_new(mrl_arena *a, uint32_t n_vars);
struct mrl_vset mrl_vset_copy(mrl_arena *a, const struct mrl_vset *s);

/* v is below the n_vars that the set was made for. */
static inline bool mrl_vset_has(const struct mrl_vset *s, uint32_t v) {
    MRL_DASSERT(v / 64 < s->n_words);
    return (s->words[v / 64] >> (v % 64)) & 1;
}
static inline void mrl_vset_add(struct mrl_vset *s, uint32_t v) {
    MRL_DASSERT(v / 64 < s->n_words);
    s->words[v / 64] |= (uint64_t)1 << (v % 64);
}
/* Adds all members of `from`. */
void mrl_vset_merge(struct mrl_vset *into, const struct mrl_vset *from);
/* True when each member of `part` is in `whole`. */
bool mrl_vset_within(const struct mrl_vset *part, const struct mrl_vset *whole);
/* Removes from s what is not in `keep`. */
void mrl_vset_keep(struct mrl_vset *s, const struct mrl_vset *keep);

/* Adds what a term, literal or body mentions. */
void mrl_vars_term(const struct mrl_lterm *t, enum mrl_closures which, struct mrl_vset *ret);
/* The variables of one literal. */
void mrl_vars_lit(const struct mrl_llit *l, enum mrl_closures which, struct mrl_vset *ret);
/* The variables of a body. */
void mrl_vars_body(const struct mrl_lbody *b, enum mrl_closures which, struct mrl_vset *ret);

/* True when all variables of a flat term are in `bound`. */
bool mrl_vars_bound(const struct mrl_lterm *t, const struct mrl_vset *bound);

#endif
