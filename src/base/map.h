/* map.h - texts to small numbers: the one hash table for names.
 *
 * Idea: each distinct text gets the next number, 0, 1, 2, ...; what belongs to a text stands in the
 * caller's own array under that number. So one table serves as a map, as a set and to intern
 * strings (equal texts have equal numbers), and iterating by number is deterministic, whatever the
 * seed. The hash is seeded from the system at start: hostile names cannot aim at one slot. Texts
 * are borrowed. Everything lives in the arena given; nothing is removed; a
 * table is emptied by zeroing it. One owner at a time.
 * Cost: O(1) on average, 16 + 8..16 bytes a text.
 */
#ifndef MRL_BASE_MAP_H
#define MRL_BASE_MAP_H

#include "base/arena.h"
#include "base/status.h"

#define MRL_MAP_MAX (1u << 29) /* texts of one table: the slots stay below 2^31 */

struct mrl_map {      /* zero-initialised: empty */
    mrl_str *keys;    /* by number */
    uint32_t *hashes; /* by number: lets a full table grow without reading the texts again */
    uint32_t *slots;  /* number + 1, or 0 for a free slot; mask + 1 of them, at most half in use */
    uint32_t n, cap, mask;
};

/* The number of `key`, which is added when it is new (then *ret_id == n - 1 afterwards; compare
 * with the n before). MRL_E_LIMIT past MRL_MAP_MAX texts, MRL_E_NOMEM; the table is as before. */
mrl_status mrl_map_add(struct mrl_map *m, mrl_arena *a, mrl_str key,
                       uint32_t *ret_id) MRL_NODISCARD;

/* The number of `key`, or -1. */
int64_t mrl_map_find(const struct mrl_map *m, mrl_str key);

#endif
