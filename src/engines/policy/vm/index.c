/* index.c - asking a rule index; see index.h. */
#include "engines/policy/vm/index.h"

#include "engines/policy/vm/vm.h"

/* The 1-based number of a value among those demanded; UINT32_MAX when no rule demands it, which is
 * also the answer for a ref that is undefined. */
static uint32_t number_of(const struct mrl_index_ref *ref, mrl_val v) {
    /* Hashing a container costs its size: only worth it when one is demanded. */
    if (!mrl_is_defined(v) || ref->n_values == 0 || (v.tag >= MRL_T_ARR && !ref->containers))
        return UINT32_MAX;
    for (uint32_t slot = (uint32_t)mrl_val_hash(v) & ref->mask; ref->slots[slot] != 0;
         slot = (slot + 1) & ref->mask)
        if (mrl_val_eq(ref->values[ref->slots[slot] - 1].value, v))
            return ref->slots[slot];
    return UINT32_MAX;
}

/* True when the rule demands nothing else of any ref. A rule that demands one of several values
 * has no number here and passes: the lists of its values have let it in, or its body will tell. */
static bool meets(const struct mrl_index *x, uint32_t rule, const uint32_t *numbers) {
    const uint32_t *demands = x->demands + (size_t)rule * x->n_refs;
    MRL_DASSERT(rule < x->n_rules);
    for (uint32_t i = 0; i < x->n_refs; i++)
        if (demands[i] != 0 && demands[i] != numbers[i])
            return false;
    return true;
}

uint32_t mrl_index_find(const struct mrl_index *x, mrl_val input, const mrl_val *args,
                        uint32_t *ret) {
    MRL_DASSERT(x->n_refs > 0 && x->n_refs <= MRL_INDEX_REFS_MAX);
    uint32_t numbers[MRL_INDEX_REFS_MAX], best = 0, fewest = UINT32_MAX;
    for (uint32_t i = 0; i < x->n_refs; i++) {
        const struct mrl_index_ref *ref = &x->refs[i];
        mrl_val v = ref->of_input ? input : args[ref->arg];
        for (uint32_t k = 0; k < ref->path.len; k++)
            v = mrl_vm_lookup(v, ref->path.u.arr->items[k]);
        numbers[i] = number_of(ref, v);
        /* One ref picks the candidates, the one with the shortest lists; the others only filter
         * them. */
        uint32_t n = ref->n_any + (numbers[i] != UINT32_MAX ? ref->values[numbers[i] - 1].n : 0);
        if (n < fewest) {
            fewest = n;
            best = i;
        }
    }
    const struct mrl_index_ref *ref = &x->refs[best];
    static const struct mrl_index_value none;
    const struct mrl_index_value *v =
        numbers[best] != UINT32_MAX ? &ref->values[numbers[best] - 1] : &none;
    uint32_t n = 0;
    for (uint32_t a = 0, b = 0; a < ref->n_any || b < v->n;) { /* both lists rise: merge them */
        bool from_any = b >= v->n || (a < ref->n_any && ref->any[a] < v->rules[b]);
        uint32_t rule = from_any ? ref->any[a++] : v->rules[b++];
        if (meets(x, rule, numbers))
            ret[n++] = rule;
    }
    return n;
}
