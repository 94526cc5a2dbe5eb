/* merkle.c - inclusion in a log's tree (RFC 9162 section 2.1.3.2).
 *
 * Up to the level where the leaf's path meets the right border of the tree the bits of the index
 * say on which side a hash stands; from there on all hashes stand on the left.
 */
#include "engines/trust/trust_internal.h"

static bool node(mrl_str left, mrl_str right, unsigned char out[32]) {
    mrl_str parts[] = {MRL_S("\x01"), left, right};
    return mrl_sha256_of(parts, 3, out) == MRL_OK;
}

static uint32_t bit_length(uint64_t x) {
    return x == 0 ? 0 : 64 - (uint32_t)__builtin_clzll(x);
}

bool mrl_merkle_included(uint64_t index, uint64_t size, const mrl_str *hashes, uint32_t n,
                         mrl_str leaf_hash, mrl_str root) {
    unsigned char at[32];
    if (index >= size || leaf_hash.len != 32 || root.len != 32)
        return false;
    uint32_t inner = bit_length(index ^ (size - 1));
    uint32_t border = (uint32_t)__builtin_popcountll(inner < 64 ? index >> inner : 0);
    if (n != inner + border) /* a longer or shorter path is another tree's */
        return false;
    memcpy(at, leaf_hash.ptr, sizeof at);
    for (uint32_t i = 0; i < n; i++) {
        mrl_str own = {(char *)at, sizeof at};
        bool on_left = i >= inner || (index >> i & 1) != 0;
        if (hashes[i].len != 32 || !(on_left ? node(hashes[i], own, at) : node(own, hashes[i], at)))
            return false;
    }
    return mrl_str_eq((mrl_str){(char *)at, sizeof at}, root);
}
