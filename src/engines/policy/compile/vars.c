/* vars.c - see vars.h.
 *
 * Rules have tens of variables, so a bitmap is a word or two and copying one is cheap. Both sets
 * of an operation are made for the same rule and have the same number of words.
 */
#include "engines/policy/compile/vars.h"

struct mrl_vset mrl_vset_new(mrl_arena *a, uint32_t n_vars) {
    uint32_t n = n_vars / 64 + 1;
    return (struct mrl_vset){MRL_ARENA_ARRAY(a, uint64_t, n), n};
}

struct mrl_vset mrl_vset_copy(mrl_arena *a, const struct mrl_vset *s) {
    struct mrl_vset r = {MRL_ARENA_ARRAY(a, uint64_t, s->n_words), s->n_words};
    if (r.words != NULL)
        memcpy(r.words, s->words, s->n_words * sizeof *s->words);
    return r;
}

void mrl_vset_merge(struct mrl_vset *into, const struct mrl_vset *from) {
    MRL_DASSERT(into->n_words <= from->n_words);
    for (uint32_t i = 0; i < into->n_words; i++)
        into->words[i] |= from->words[i];
}

bool mrl_vset_within(const struct mrl_vset *part, const struct mrl_vset *whole) {
    MRL_DASSERT(part->n_words <= whole->n_words);
    for (uint32_t i = 0; i < part->n_words; i++)
        if (part->words[i] & ~whole->words[i])
            return false;
    return true;
}

void mrl_vset_keep(struct mrl_vset *s, const struct mrl_vset *keep) {
    MRL_DASSERT(s->n_words <= keep->n_words);
    for (uint32_t i = 0; i < s->n_words; i++)
        s->words[i] &= keep->words[i];
}

void mrl_vars_term(const struct mrl_lterm *t, enum mrl_closures which, struct mrl_vset *ret) {
    if (t == NULL)
        return;
    if (t->kind == MRL_L_VAR && which != MRL_CLOSURES_ONLY)
        mrl_vset_add(ret, t->var);
    /* Inside a closure all counts, closures in it included. */
    if (t->kind == MRL_L_COMPR && which != MRL_CLOSURES_OUT) {
        mrl_vars_body(t->body, MRL_CLOSURES_IN, ret);
        mrl_vars_term(t->key, MRL_CLOSURES_IN, ret);
        mrl_vars_term(t->val, MRL_CLOSURES_IN, ret);
    }
    for (uint32_t i = 0; i < t->n; i++)
        mrl_vars_term(t->items[i], which, ret);
}

void mrl_vars_lit(const struct mrl_llit *l, enum mrl_closures which, struct mrl_vset *ret) {
    mrl_vars_term(l->a, which, ret);
    mrl_vars_term(l->b, which, ret);
    for (uint32_t i = 0; i < l->n_with; i++)
        mrl_vars_term(l->with[i].value, which, ret);
    if (which == MRL_CLOSURES_OUT)
        return;
    if (l->body != NULL)
        mrl_vars_body(l->body, MRL_CLOSURES_IN, ret);
    if (l->body2 != NULL)
        mrl_vars_body(l->body2, MRL_CLOSURES_IN, ret);
}

void mrl_vars_body(const struct mrl_lbody *b, enum mrl_closures which, struct mrl_vset *ret) {
    for (uint32_t i = 0; i < b->n; i++)
        mrl_vars_lit(&b->lits[i], which, ret);
}

bool mrl_vars_bound(const struct mrl_lterm *t, const struct mrl_vset *bound) {
    MRL_DASSERT(t->kind != MRL_L_VAR || t->var / 64 < bound->n_words);
    if (t->kind == MRL_L_VAR)
        return mrl_vset_has(bound, t->var);
    for (uint32_t i = 0; i < t->n; i++)
        if (!mrl_vars_bound(t->items[i], bound))
            return false;
    return true;
}
