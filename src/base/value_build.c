/* value_build.c - making containers: the growing builder, exact copies, deep copies.
 *
 * The builder keeps the header and the entries in one arena piece, so that finishing costs nothing.
 */
#include "base/value_internal.h"

#define CAP_FIRST 4

static size_t entry_size(uint8_t tag) {
    MRL_DASSERT(tag >= MRL_T_ARR);
    return tag == MRL_T_OBJ ? sizeof(struct mrl_member) : sizeof(mrl_val);
}

/* Header and cap entries: both containers have one pointer before their entries. */
static size_t block_size(uint8_t tag, size_t cap) {
    _Static_assert(offsetof(struct mrl_obj, m) == offsetof(struct mrl_arr, items), "same header");
    size_t head = offsetof(struct mrl_obj, m);
    size_t bytes;
    if (!mrl_mul_size(cap, entry_size(tag), &bytes) || !mrl_add_size(bytes, head, &bytes))
        return 0;
    return bytes;
}

static mrl_val view(const struct mrl_builder *b) {
    return (mrl_val){.tag = b->tag, .len = b->n, .u.p = b->items};
}

static mrl_status grow(struct mrl_builder *b, size_t cap) {
    size_t bytes = block_size(b->tag, cap);
    MRL_CHECK(bytes != 0 && cap <= MRL_VAL_LEN_MAX, MRL_E_LIMIT);
    size_t old = b->items != NULL ? block_size(b->tag, b->cap) : 0;
    void *p = mrl_arena_regrow(b->arena, b->items, old, bytes, 1);
    MRL_CHECK(p != NULL, MRL_E_NOMEM);
    if (b->items == NULL)
        ((struct mrl_arr *)p)->side = NULL;
    b->items = p;
    b->cap = (uint32_t)cap;
    return MRL_OK;
}

void mrl_builder_init(struct mrl_builder *b, mrl_arena *a, enum mrl_tag tag, size_t expected) {
    MRL_ASSERT(tag == MRL_T_ARR || tag == MRL_T_OBJ || tag == MRL_T_SET);
    *b = (struct mrl_builder){.arena = a, .tag = (uint8_t)tag, .sorted = 1};
    if (expected > 0)
        b->status = grow(b, expected);
}

/* --- the index -------------------------------------------------------------------------------- */

static void index_put(uint32_t *index, uint32_t mask, uint64_t hash, uint32_t entry) {
    MRL_DASSERT((mask & (mask + 1)) == 0 && entry <= mask); /* a free slot is there */
    uint32_t slot = (uint32_t)hash & mask;
    while (index[slot] != 0)
        slot = (slot + 1) & mask;
    index[slot] = entry + 1;
}

static mrl_status make_index(mrl_arena *a, mrl_val v, uint32_t capacity, uint32_t **ret_index,
                             uint32_t *ret_mask) {
    MRL_CHECK(capacity < (1u << 30), MRL_E_LIMIT);
    uint32_t slots = mrl_index_slots(capacity);
    uint32_t *index = MRL_ARENA_ARRAY(a, uint32_t, slots);
    MRL_CHECK(index != NULL, MRL_E_NOMEM);
    for (uint32_t i = 0; i < v.len; i++)
        index_put(index, slots - 1, mrl_val_hash(mrl_entry(v, i)), i);
    *ret_index = index;
    *ret_mask = slots - 1;
    return MRL_OK;
}

/* Entry number of key among those added so far, or -1. */
static int64_t find_added(const struct mrl_builder *b, mrl_val key) {
    MRL_DASSERT(b->n <= b->cap);
    if (b->index != NULL) {
        uint32_t slot = (uint32_t)mrl_val_hash(key) & b->mask;
        for (; b->index[slot] != 0; slot = (slot + 1) & b->mask)
            if (mrl_val_eq(mrl_entry(view(b), b->index[slot] - 1), key))
                return b->index[slot] - 1;
        return -1;
    }
    for (uint32_t i = 0; i < b->n; i++)
        if (mrl_val_eq(mrl_entry(view(b), i), key))
            return i;
    return -1;
}

/* Keeps the index in step after entry n-1 was added. */
static mrl_status index_last(struct mrl_builder *b) {
    MRL_DASSERT(b->n > 0 && b->n <= b->cap);
    if (b->tag == MRL_T_ARR || b->n <= MRL_OBJ_INDEX_MIN)
        return MRL_OK;
    if (b->index == NULL || b->n > (b->mask + 1) / 2)
        return make_index(b->arena, view(b), b->n * 2, &b->index, &b->mask);
    index_put(b->index, b->mask, mrl_val_hash(mrl_entry(view(b), b->n - 1)), b->n - 1);
    return MRL_OK;
}

static mrl_status room(struct mrl_builder *b) {
    MRL_DASSERT(b->n <= b->cap);
    if (b->n < b->cap)
        return MRL_OK;
    return grow(b, b->cap > 0 ? (size_t)b->cap * 2 : CAP_FIRST);
}

/* --- adding ----------------------------------------------------------------------------------- */

void mrl_build_item(struct mrl_builder *b, mrl_val item) {
    MRL_DASSERT(b->tag == MRL_T_ARR || b->tag == MRL_T_SET);
    if (b->status != MRL_OK || (b->tag == MRL_T_SET && b->n > 0 && find_added(b, item) >= 0))
        return;
    b->status = room(b);
    if (b->status != MRL_OK)
        return;
    ((struct mrl_arr *)b->items)->items[b->n++] = item;
    b->status = index_last(b);
}

void mrl_build_member(struct mrl_builder *b, mrl_val key, mrl_val val) {
    MRL_DASSERT(b->tag == MRL_T_OBJ);
    if (b->status != MRL_OK)
        return;
    int64_t at = b->n > 0 ? find_added(b, key) : -1;
    if (at >= 0) {
        ((struct mrl_obj *)b->items)->m[at].val = val;
        return;
    }
    b->status = room(b);
    if (b->status != MRL_OK)
        return;
    ((struct mrl_obj *)b->items)->m[b->n++] = (struct mrl_member){key, val};
    b->status = index_last(b);
}

mrl_val mrl_build_get(const struct mrl_builder *b, mrl_val key) {
    int64_t at = b->status == MRL_OK && b->n > 0 ? find_added(b, key) : -1;
    return at >= 0 ? ((struct mrl_obj *)b->items)->m[at].val : mrl_undefined();
}

static mrl_val empty_of(uint8_t tag) {
    MRL_DASSERT(tag >= MRL_T_ARR && tag <= MRL_T_SET);
    return tag == MRL_T_OBJ   ? mrl_empty_obj()
           : tag == MRL_T_SET ? mrl_empty_set()
                              : mrl_empty_arr();
}

mrl_status mrl_build_end(struct mrl_builder *b, mrl_val *ret) {
    MRL_TRY(b->status);
    if (b->n == 0) {
        *ret = empty_of(b->tag);
        return MRL_OK;
    }
    if (b->index != NULL) {
        struct mrl_side *side = MRL_ARENA_NEW(b->arena, struct mrl_side);
        MRL_CHECK(side != NULL, MRL_E_NOMEM);
        side->index = b->index;
        side->mask = b->mask;
        ((struct mrl_arr *)b->items)->side = side;
    }
    *ret = view(b);
    return MRL_OK;
}

/* --- exact containers ---------------------------------------------------------------------------
 */

static mrl_status make(mrl_arena *a, uint8_t tag, const void *entries, size_t n, mrl_val *ret) {
    if (n == 0) {
        *ret = empty_of(tag);
        return MRL_OK;
    }
    size_t bytes = block_size(tag, n);
    MRL_CHECK(bytes != 0 && n <= MRL_VAL_LEN_MAX, MRL_E_LIMIT);
    struct mrl_arr *p = mrl_arena_alloc(a, bytes, 8);
    MRL_CHECK(p != NULL, MRL_E_NOMEM);
    p->side = NULL;
    memcpy(p->items, entries, n * entry_size(tag));
    *ret = (mrl_val){.tag = tag, .len = (uint32_t)n, .u.p = p};
    return MRL_OK;
}

mrl_status mrl_arr_of(mrl_arena *a, const mrl_val *items, size_t n, mrl_val *ret) {
    return make(a, MRL_T_ARR, items, n, ret);
}

mrl_status mrl_obj_of(mrl_arena *a, const struct mrl_member *m, size_t n, mrl_val *ret) {
    mrl_val v;
    MRL_TRY(make(a, MRL_T_OBJ, m, n, &v));
    MRL_TRY(mrl_val_seal(a, &v, NULL));
    *ret = v;
    return MRL_OK;
}

mrl_status mrl_val_seal(mrl_arena *a, mrl_val *v, const struct mrl_span *spans) {
    bool want_index = v->tag != MRL_T_ARR && v->len > MRL_OBJ_INDEX_MIN;
    if (!mrl_is_container(*v) || v->len == 0 || (!want_index && spans == NULL))
        return MRL_OK;
    struct mrl_side *side = mrl_side_of(*v);
    if (side == NULL) {
        side = MRL_ARENA_NEW(a, struct mrl_side);
        MRL_CHECK(side != NULL, MRL_E_NOMEM);
        v->u.arr->side = side;
    }
    side->spans = spans;
    if (!want_index)
        return MRL_OK;
    uint32_t *index;
    MRL_TRY(make_index(a, *v, v->len, &index, &side->mask));
    side->index = index;
    return MRL_OK;
}

/* --- deep copy ----------------------------------------------------------------------------------
 */

static mrl_status copy_deep(mrl_arena *a, mrl_val v, unsigned depth, mrl_val *ret) {
    if (v.tag == MRL_T_STR || v.tag == MRL_T_NUM) {
        mrl_str s = mrl_arena_str(a, (mrl_str){v.u.s, v.len});
        MRL_CHECK(s.ptr != NULL, MRL_E_NOMEM);
        v.u.s = s.ptr;
    } else if (mrl_is_container(v)) {
        MRL_CHECK(depth > 0, MRL_E_LIMIT);
        mrl_val c;
        MRL_TRY(make(a, v.tag, v.u.arr->items, v.len, &c));
        for (uint32_t i = 0; i < v.len; i++) {
            mrl_val *entry = v.tag == MRL_T_OBJ ? &c.u.obj->m[i].key : &c.u.arr->items[i];
            MRL_TRY(copy_deep(a, *entry, depth - 1, entry));
            if (v.tag == MRL_T_OBJ)
                MRL_TRY(copy_deep(a, c.u.obj->m[i].val, depth - 1, &c.u.obj->m[i].val));
        }
        c.flags = v.flags & (uint8_t)~MRL_VF_READY; /* the copy has no room for a lazy order */
        MRL_TRY(mrl_val_seal(a, &c, NULL));
        v = c;
    }
    *ret = v;
    return MRL_OK;
}

mrl_status mrl_val_copy(mrl_arena *a, mrl_val v, mrl_val *ret) {
    return copy_deep(a, v, MRL_VAL_DEPTH_MAX, ret);
}
