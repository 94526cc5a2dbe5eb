/* value_internal.h - shared by the value_*.c files only: entries of containers, whatever the tag.
 */
#ifndef MRL_BASE_VALUE_INTERNAL_H
#define MRL_BASE_VALUE_INTERNAL_H

#include "base/value.h"

#define MRL_SIDE_FROZEN 1u
#define MRL_SIDE_SORTED 2u /* stored order is sorted order: found out by mrl_val_order */
#define MRL_SIDE_LAZY 4u   /* frozen; the order comes at its first use (value_order.c) */

/* Room for the order of a lazy object: it stands behind the index. */
static inline uint32_t *mrl_lazy_room(const struct mrl_side *side) {
    return (uint32_t *)(uintptr_t)(side->index + side->mask + 1);
}

static inline bool mrl_is_container(mrl_val v) {
    return v.tag >= MRL_T_ARR;
}

static inline struct mrl_side *mrl_side_of(mrl_val v) {
    return v.tag == MRL_T_OBJ ? v.u.obj->side : v.u.arr->side;
}

/* The i-th key of an object, or item of an array or set. */
static inline mrl_val mrl_entry(mrl_val v, size_t i) {
    return v.tag == MRL_T_OBJ ? v.u.obj->m[i].key : v.u.arr->items[i];
}

/* Depth-guarded versions: depth counts down; at 0 containers compare by address and hash alike. */
bool mrl_val_eq_deep(mrl_val a, mrl_val b, unsigned depth);
/* As mrl_val_cmp, with the levels that may still be entered. */
int mrl_val_cmp_deep(mrl_arena *scratch, mrl_val a, mrl_val b, unsigned depth);

/* Slots that an index for n entries has (a power of two, at most half full). */
static inline uint32_t mrl_index_slots(uint32_t n) {
    uint32_t slots = 16;
    while (slots < 2 * n)
        slots *= 2;
    return slots;
}

#endif
