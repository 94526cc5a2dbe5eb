/* vec.h - arrays that grow in an arena.
 *
 * Idea: an array is three fields of its owner: `items`, a count and a capacity. MRL_VEC_ROOM makes
 * room for one more; it is the only place that doubles a capacity, so that no caller gets the
 * arithmetic wrong. Old stretches stay in the arena until it dies: at most as many bytes again as
 * the array has. Elements move when the array grows: keep indices, not pointers, while it does.
 * A pointer to any type is read as void * here: -fno-strict-aliasing makes that defined.
 */
#ifndef MRL_BASE_VEC_H
#define MRL_BASE_VEC_H

#include "base/arena.h"
#include "base/status.h"

#define MRL_VEC_FIRST 8 /* elements of the first stretch */

/* The three fields, for an owner that has no names of its own for them. */
#define MRL_VEC(type)                                                                              \
    struct {                                                                                       \
        type *items;                                                                               \
        uint32_t n, cap;                                                                           \
    }

/* Grows *items (elements of `size` bytes) from *cap to at least need elements; new ones are zeroed.
 * MRL_E_LIMIT when the capacity does not fit its 32 bits, MRL_E_NOMEM. Outputs are untouched on
 * failure. */
mrl_status mrl_vec_grow(mrl_arena *a, void **items, uint32_t *cap, uint32_t need,
                        size_t size) MRL_NODISCARD;

/* Makes items[n] a place to write to: a status. Items, n and cap are lvalues; n and cap uint32_t.
 * The caller fills the place and counts it:
 *     MRL_TRY(MRL_VEC_ROOM(a, l->items, l->n, l->cap));
 *     l->items[l->n++] = item;                                                                  */
#define MRL_VEC_ROOM(arena, items, n, cap)                                                         \
    ((n) < (cap) ? MRL_OK                                                                          \
                 : mrl_vec_grow((arena), (void **)&(items), &(cap), (n) + 1, sizeof *(items)))

/* Appends to a MRL_VEC: a status. */
#define MRL_VEC_PUSH(arena, vec, ...)                                                              \
    __extension__({                                                                                \
        __typeof__(*(vec)->items) value_ = (__VA_ARGS__);                                          \
        mrl_status status_ = MRL_VEC_ROOM((arena), (vec)->items, (vec)->n, (vec)->cap);            \
        if (status_ == MRL_OK) {                                                                   \
            (vec)->items[(vec)->n] = value_;                                                       \
            (vec)->n++;                                                                            \
        }                                                                                          \
        status_;                                                                                   \
    })

#endif
