/* vec.c - see vec.h. */
#include "base/vec.h"

mrl_status mrl_vec_grow(mrl_arena *a, void **items, uint32_t *cap, uint32_t need, size_t size) {
    MRL_ASSERT(size > 0 && (*items != NULL || *cap == 0));
    MRL_ASSERT(need == 0 || need > *cap);
    MRL_CHECK(need > 0, MRL_E_LIMIT); /* the count wrapped around: 2^32 elements */
    uint32_t more = *cap > 0 ? *cap : MRL_VEC_FIRST;
    while (more < need) {
        MRL_CHECK(more <= UINT32_MAX / 2, MRL_E_LIMIT);
        more *= 2;
    }
    char *p = mrl_arena_regrow(a, *items, *cap, more, size);
    MRL_CHECK(p != NULL, MRL_E_NOMEM);
    memset(p + *cap * size, 0, (more - *cap) * size);
    *items = p;
    *cap = more;
    return MRL_OK;
}
