/* value_cmp.c - equality, Rego's total order, and the hash that agrees with them.
 *
 * Recursion is bounded by MRL_VAL_DEPTH_MAX. Parsers refuse deeper trees, so that the bound is met
 * only by values built step by step; there containers count as different unless they are the same.
 */
#include "base/num.h"
#include "base/value_internal.h"

static bool eq_arr(mrl_val a, mrl_val b, unsigned depth) {
    for (uint32_t i = 0; i < a.len; i++)
        if (!mrl_val_eq_deep(a.u.arr->items[i], b.u.arr->items[i], depth))
            return false;
    return true;
}

static bool eq_obj(mrl_val a, mrl_val b, unsigned depth) {
    for (uint32_t i = 0; i < a.len; i++) {
        const struct mrl_member *m = &a.u.obj->m[i];
        int64_t at = i < b.len && mrl_val_eq_deep(b.u.obj->m[i].key, m->key, depth)
                         ? (int64_t)i
                         : mrl_obj_find(b, m->key);
        if (at < 0 || !mrl_val_eq_deep(b.u.obj->m[at].val, m->val, depth))
            return false;
    }
    return true;
}

static bool eq_set(mrl_val a, mrl_val b) {
    for (uint32_t i = 0; i < a.len; i++)
        if (!mrl_set_has(b, a.u.arr->items[i]))
            return false;
    return true;
}

bool mrl_val_eq_deep(mrl_val a, mrl_val b, unsigned depth) {
    if (a.tag != b.tag)
        return mrl_is_num(a) && mrl_is_num(b) && mrl_num_cmp(a, b) == 0;
    switch (a.tag) {
    case MRL_T_BOOL:
    case MRL_T_INT:
        return a.u.i == b.u.i;
    case MRL_T_NUM:
        return mrl_num_cmp(a, b) == 0;
    case MRL_T_STR:
        return a.len == b.len && (a.u.s == b.u.s || mrl_bytes_eq(a.u.s, b.u.s, a.len));
    case MRL_T_ARR:
    case MRL_T_OBJ:
    case MRL_T_SET:
        if (a.len != b.len || a.u.p == b.u.p || depth == 0)
            return a.len == b.len && a.u.p == b.u.p;
        return a.tag == MRL_T_ARR   ? eq_arr(a, b, depth - 1)
               : a.tag == MRL_T_OBJ ? eq_obj(a, b, depth - 1)
                                    : eq_set(a, b);
    default:
        return true;
    }
}

bool mrl_val_eq(mrl_val a, mrl_val b) {
    return mrl_val_eq_deep(a, b, MRL_VAL_DEPTH_MAX);
}

/* --- order ------------------------------------------------------------------------------------ */

/* Compares two objects or sets entry by entry in sorted order. */
static int cmp_sorted(mrl_arena *scratch, mrl_val a, mrl_val b, unsigned depth) {
    mrl_status ignored = MRL_OK; /* without memory the stored order decides: still deterministic */
    const uint32_t *oa = mrl_val_order(scratch, a, &ignored);
    const uint32_t *ob = mrl_val_order(scratch, b, &ignored);
    uint32_t n = a.len < b.len ? a.len : b.len;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t ia = oa ? oa[i] : i, ib = ob ? ob[i] : i;
        int c = mrl_val_cmp_deep(scratch, mrl_entry(a, ia), mrl_entry(b, ib), depth);
        if (c == 0 && a.tag == MRL_T_OBJ)
            c = mrl_val_cmp_deep(scratch, a.u.obj->m[ia].val, b.u.obj->m[ib].val, depth);
        if (c != 0)
            return c;
    }
    return (a.len > b.len) - (a.len < b.len);
}

static int cmp_arr(mrl_arena *scratch, mrl_val a, mrl_val b, unsigned depth) {
    for (uint32_t i = 0; i < a.len && i < b.len; i++) {
        int c = mrl_val_cmp_deep(scratch, a.u.arr->items[i], b.u.arr->items[i], depth);
        if (c != 0)
            return c;
    }
    return (a.len > b.len) - (a.len < b.len);
}

/* Place of a tag in the order of types: both number tags share one. */
static int rank(mrl_val v) {
    return v.tag == MRL_T_NUM ? MRL_T_INT : v.tag;
}

int mrl_val_cmp_deep(mrl_arena *scratch, mrl_val a, mrl_val b, unsigned depth) {
    if (rank(a) != rank(b))
        return rank(a) - rank(b);
    switch (a.tag) {
    case MRL_T_BOOL:
        return (a.u.i > b.u.i) - (a.u.i < b.u.i);
    case MRL_T_INT:
    case MRL_T_NUM:
        if (a.tag == MRL_T_INT && b.tag == MRL_T_INT)
            return (a.u.i > b.u.i) - (a.u.i < b.u.i);
        return mrl_num_cmp(a, b);
    case MRL_T_STR:
        return mrl_str_cmp(mrl_val_str(a), mrl_val_str(b));
    case MRL_T_ARR:
    case MRL_T_OBJ:
    case MRL_T_SET:
        if (a.u.p == b.u.p && a.len == b.len)
            return 0;
        if (depth == 0)
            return a.u.p < b.u.p ? -1 : 1;
        return a.tag == MRL_T_ARR ? cmp_arr(scratch, a, b, depth - 1)
                                  : cmp_sorted(scratch, a, b, depth - 1);
    default:
        return 0;
    }
}

int mrl_val_cmp(mrl_arena *scratch, mrl_val a, mrl_val b) {
    return mrl_val_cmp_deep(scratch, a, b, MRL_VAL_DEPTH_MAX);
}

/* --- hash ------------------------------------------------------------------------------------- */

static uint64_t mix(uint64_t h, uint64_t v) {
    unsigned __int128 p =
        (unsigned __int128)(h ^ 0x9E3779B97F4A7C15ULL) * (v ^ 0xD6E8FEB86659FD93ULL);
    return (uint64_t)p ^ (uint64_t)(p >> 64);
}

static uint64_t hash_deep(mrl_val v, unsigned depth) {
    uint64_t h = mrl_hash_seed() + v.tag;
    switch (v.tag) {
    case MRL_T_BOOL:
        return mix(h, (uint64_t)v.u.i + 1);
    case MRL_T_INT:
    case MRL_T_NUM:
        return mrl_num_hash(v);
    case MRL_T_STR:
        return mrl_hash_bytes(v.u.s, v.len, h);
    case MRL_T_ARR:
        h = mix(h, v.len);
        for (uint32_t i = 0; depth > 0 && i < v.len; i++)
            h = mix(h, hash_deep(v.u.arr->items[i], depth - 1));
        return h;
    case MRL_T_OBJ: /* sums: the insertion order does not matter */
        h = mix(h, v.len);
        for (uint32_t i = 0; depth > 0 && i < v.len; i++)
            h += mix(hash_deep(v.u.obj->m[i].key, depth - 1),
                     hash_deep(v.u.obj->m[i].val, depth - 1));
        return h;
    case MRL_T_SET:
        h = mix(h, v.len);
        for (uint32_t i = 0; depth > 0 && i < v.len; i++)
            h += mix(1, hash_deep(v.u.arr->items[i], depth - 1));
        return h;
    default:
        return mix(h, 0);
    }
}

uint64_t mrl_val_hash(mrl_val v) {
    return hash_deep(v, MRL_VAL_DEPTH_MAX);
}
