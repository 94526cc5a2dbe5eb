/* value_take.c - containers from entries that a parser has laid out on its stack.
 *
 * A parser knows all entries of a container at its closing bracket, so everything is decided in one
 * visit: repeated keys go, the piece is sized exactly, header, side, spans and index stand together
 * in one allocation. Small objects are checked for repeats through a 64-bit filter, large ones
 * through the index that they need anyway: linear for any input, and the index is seeded.
 */
#include "base/value_internal.h"

static bool same_key(mrl_val a, mrl_val b) {
    return a.len == b.len && (a.u.s == b.u.s || memcmp(a.u.s, b.u.s, a.len) == 0);
}

/* A bit for a key: equal keys have equal bits; different ones mostly differ. */
static inline uint64_t filter_bit(mrl_val key) {
    unsigned h = key.len;
    if (key.len > 0)
        h += 7u * (unsigned char)key.u.s[0] + 3u * (unsigned char)key.u.s[key.len - 1] +
             (unsigned char)key.u.s[key.len / 2];
    return UINT64_C(1) << (h & 63);
}

/* Moves entry `from` to `to`, with its span. */
static inline void move(struct mrl_member *m, struct mrl_span *spans, uint32_t to, uint32_t from) {
    m[to] = m[from];
    if (spans != NULL)
        spans[to] = spans[from];
}

/* Drops repeats among few members: the last value stands in the place of the first. */
static uint32_t unique_small(struct mrl_member *m, struct mrl_span *spans, uint32_t n) {
    uint64_t seen = 0;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint64_t bit = filter_bit(m[i].key);
        uint32_t at = kept;
        if ((seen & bit) != 0)
            for (at = 0; at < kept && !same_key(m[at].key, m[i].key); at++)
                ;
        seen |= bit;
        if (at != i)
            move(m, spans, at, i);
        kept += at == kept;
    }
    return kept;
}

/* The same for many, filling their index. */
static uint32_t unique_indexed(struct mrl_member *m, struct mrl_span *spans, uint32_t n,
                               uint32_t *index, uint32_t mask) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t slot = (uint32_t)mrl_val_hash(m[i].key) & mask;
        while (index[slot] != 0 && !same_key(m[index[slot] - 1].key, m[i].key))
            slot = (slot + 1) & mask;
        uint32_t at = index[slot] != 0 ? index[slot] - 1 : kept;
        if (at != i)
            move(m, spans, at, i);
        if (at == kept)
            index[slot] = ++kept;
    }
    return kept;
}

/* Insertion sort by key; for few members. */
static void sort_small(struct mrl_member *m, struct mrl_span *spans, uint32_t n) {
    for (uint32_t i = 1; i < n; i++) {
        struct mrl_member x = m[i];
        struct mrl_span s = spans != NULL ? spans[i] : (struct mrl_span){0, 0, 0, 0};
        uint32_t j = i;
        for (; j > 0 && mrl_str_cmp(mrl_val_str(m[j - 1].key), mrl_val_str(x.key)) > 0; j--)
            move(m, spans, j, j - 1);
        m[j] = x;
        if (spans != NULL)
            spans[j] = s;
    }
}

struct layout { /* of the one piece: side, spans, entries (behind their header), index, order */
    size_t spans, box, index, order, end;
    uint32_t slots;
};

/* n entries of `size` bytes. Everything before the index is a multiple of 8 bytes. */
static bool lay_out(struct layout *l, size_t size, uint32_t n, bool spans, bool index, bool order) {
    size_t entries;
    *l = (struct layout){.slots = index ? mrl_index_slots(n) : 0};
    l->spans = spans || index ? sizeof(struct mrl_side) : 0;
    l->box = l->spans + (spans ? (size_t)n * sizeof(struct mrl_span) : 0);
    if (!mrl_mul_size(n, size, &entries))
        return false;
    l->index = l->box + offsetof(struct mrl_arr, items) + entries;
    l->order = l->index + (size_t)l->slots * sizeof(uint32_t);
    l->end = l->order + (order ? (size_t)n * sizeof(uint32_t) : 0);
    return true;
}

/* Allocates the piece and gives the container its side; entries are not filled. */
static struct mrl_arr *place(mrl_arena *a, const struct layout *l, const struct mrl_span *spans,
                             uint32_t n, struct mrl_side **ret_side) {
    char *p = mrl_arena_alloc(a, l->end, 8);
    if (p == NULL)
        return NULL;
    struct mrl_arr *box = (struct mrl_arr *)(void *)(p + l->box);
    struct mrl_side *side = l->spans > 0 ? (struct mrl_side *)(void *)p : NULL;
    if (side != NULL) {
        *side = (struct mrl_side){.index = NULL};
        if (spans != NULL) {
            memcpy(p + l->spans, spans, (size_t)n * sizeof *spans);
            side->spans = (struct mrl_span *)(void *)(p + l->spans);
        }
        if (l->slots > 0) {
            memset(p + l->index, 0, (size_t)l->slots * sizeof(uint32_t));
            side->index = (uint32_t *)(void *)(p + l->index);
            side->mask = l->slots - 1;
        }
    }
    box->side = side;
    *ret_side = side;
    return box;
}

mrl_status mrl_arr_take(mrl_arena *a, const mrl_val *items, const struct mrl_span *spans, size_t n,
                        bool ready, mrl_val *ret) {
    struct layout l;
    struct mrl_side *side;
    if (n == 0) {
        *ret = mrl_empty_arr();
        ret->flags |= MRL_VF_READY;
        return MRL_OK;
    }
    MRL_CHECK(n <= MRL_VAL_LEN_MAX && lay_out(&l, sizeof *items, (uint32_t)n, spans != NULL, 0, 0),
              MRL_E_LIMIT);
    struct mrl_arr *box = place(a, &l, spans, (uint32_t)n, &side);
    MRL_CHECK(box != NULL, MRL_E_NOMEM);
    memcpy(box->items, items, n * sizeof *items);
    *ret = (mrl_val){.tag = MRL_T_ARR, .len = (uint32_t)n, .u.arr = box};
    ret->flags = ready ? MRL_VF_READY : 0;
    return MRL_OK;
}

/* More members than the linear search likes: with index, and room for the order if it is shared. */
static mrl_status take_large(mrl_arena *a, struct mrl_member *m, struct mrl_span *spans, uint32_t n,
                             bool ready, mrl_val *ret) {
    struct layout l;
    struct mrl_side *side;
    MRL_CHECK(n < (1u << 30) && lay_out(&l, sizeof *m, n, spans != NULL, true, ready), MRL_E_LIMIT);
    struct mrl_obj *box = (struct mrl_obj *)(void *)place(a, &l, NULL, n, &side);
    MRL_CHECK(box != NULL, MRL_E_NOMEM);
    char *p = (char *)side;
    uint32_t kept = unique_indexed(m, spans, n, (uint32_t *)(void *)(p + l.index), side->mask);
    memcpy(box->m, m, (size_t)kept * sizeof *m);
    if (spans != NULL) {
        memcpy(p + l.spans, spans, (size_t)kept * sizeof *spans);
        side->spans = (struct mrl_span *)(void *)(p + l.spans);
    }
    if (ready)
        side->frozen = MRL_SIDE_FROZEN | MRL_SIDE_LAZY;
    *ret = (mrl_val){.tag = MRL_T_OBJ, .len = kept, .u.obj = box};
    return MRL_OK;
}

mrl_status mrl_obj_take(mrl_arena *a, struct mrl_member *m, struct mrl_span *spans, size_t n,
                        bool ready, mrl_val *ret) {
    struct layout l;
    struct mrl_side *side;
    if (n == 0) {
        *ret = mrl_empty_obj();
        ret->flags |= MRL_VF_READY;
        return MRL_OK;
    }
    if (n > MRL_OBJ_INDEX_MIN) {
        MRL_CHECK(n <= MRL_VAL_LEN_MAX, MRL_E_LIMIT);
        MRL_TRY(take_large(a, m, spans, (uint32_t)n, ready, ret));
    } else {
        uint32_t kept = unique_small(m, spans, (uint32_t)n);
        if (ready)
            sort_small(m, spans, kept);
        MRL_CHECK(lay_out(&l, sizeof *m, kept, spans != NULL, false, false), MRL_E_LIMIT);
        struct mrl_obj *box = (struct mrl_obj *)(void *)place(a, &l, spans, kept, &side);
        MRL_CHECK(box != NULL, MRL_E_NOMEM);
        memcpy(box->m, m, (size_t)kept * sizeof *m);
        *ret = (mrl_val){.tag = MRL_T_OBJ, .len = kept, .u.obj = box};
        ret->flags = ready ? MRL_VF_SORTED : 0;
    }
    ret->flags |= ready ? MRL_VF_READY : 0;
    return MRL_OK;
}
