/* map.c - see map.h. Open addressing with linear steps; the table is never more than half full, so
 * a search meets a free slot soon. */
#include "base/map.h"

#include "base/vec.h"

#define SLOTS_FIRST 16

static uint32_t hash_of(mrl_str key) {
    uint64_t h = mrl_hash_bytes(key.ptr, key.len, mrl_hash_seed());
    return (uint32_t)(h ^ h >> 32);
}

/* The slot where key is, or the free one where it would go. There is a free slot. */
static uint32_t slot_of(const struct mrl_map *m, mrl_str key, uint32_t hash) {
    MRL_DASSERT(m->slots != NULL && m->n <= m->mask);
    uint32_t at = hash & m->mask;
    for (; m->slots[at] != 0; at = (at + 1) & m->mask) {
        uint32_t id = m->slots[at] - 1;
        if (m->hashes[id] == hash && mrl_str_eq(m->keys[id], key))
            break;
    }
    return at;
}

static mrl_status grow_slots(struct mrl_map *m, mrl_arena *a) {
    MRL_ASSERT(m->n <= MRL_MAP_MAX);
    uint32_t n = m->slots != NULL ? (m->mask + 1) * 2 : SLOTS_FIRST;
    uint32_t *slots = MRL_ARENA_ARRAY(a, uint32_t, n);
    MRL_CHECK(slots != NULL, MRL_E_NOMEM);
    for (uint32_t id = 0; id < m->n; id++) {
        uint32_t at = m->hashes[id] & (n - 1);
        while (slots[at] != 0)
            at = (at + 1) & (n - 1);
        slots[at] = id + 1;
    }
    m->slots = slots;
    m->mask = n - 1;
    return MRL_OK;
}

mrl_status mrl_map_add(struct mrl_map *m, mrl_arena *a, mrl_str key, uint32_t *ret_id) {
    uint32_t hash = hash_of(key), cap = m->cap;
    uint32_t at = m->slots != NULL ? slot_of(m, key, hash) : 0;
    if (m->slots != NULL && m->slots[at] != 0) {
        *ret_id = m->slots[at] - 1;
        return MRL_OK;
    }
    MRL_CHECK(m->n < MRL_MAP_MAX, MRL_E_LIMIT);
    MRL_TRY(MRL_VEC_ROOM(a, m->hashes, m->n, cap)); /* both arrays grow in step */
    MRL_TRY(MRL_VEC_ROOM(a, m->keys, m->n, m->cap));
    if (m->slots == NULL || m->n >= (m->mask + 1) / 2) {
        MRL_TRY(grow_slots(m, a));
        at = slot_of(m, key, hash);
    }
    MRL_ASSERT(cap == m->cap && m->slots[at] == 0);
    m->hashes[m->n] = hash;
    m->keys[m->n] = key;
    m->slots[at] = ++m->n;
    *ret_id = m->n - 1;
    return MRL_OK;
}

int64_t mrl_map_find(const struct mrl_map *m, mrl_str key) {
    if (m->n == 0)
        return -1;
    return (int64_t)m->slots[slot_of(m, key, hash_of(key))] - 1;
}
