/* value_order.c - the sorted view of objects and sets, and freezing.
 *
 * The view of a frozen tree is computed before it is shared, with one exception: a large object
 * that a parser made ready (MRL_SIDE_LAZY). Sorting 100,000 keys costs more than reading them, and
 * most policies look members up and never ask for the order. So the parser leaves room for it, and
 * the first thread that asks fills the room under a lock and publishes the pointer; later readers
 * see it by an acquire load, which is a plain load on x86-64. The lock guards `order` and the room
 * of all lazy objects; their keys are strings, so that sorting cannot come back here.
 */
#include "base/mem.h"
#include "base/value_internal.h"

#include <pthread.h>

#define INSERTION_MAX 12 /* shorter runs are sorted by insertion */

struct sorter {
    mrl_arena *arena;
    mrl_val v;
};

static int cmp_entries(const struct sorter *s, uint32_t a, uint32_t b) {
    return mrl_val_cmp(s->arena, mrl_entry(s->v, a), mrl_entry(s->v, b));
}

static void insertion_sort(const struct sorter *s, uint32_t *at, uint32_t n) {
    for (uint32_t i = 1; i < n; i++) {
        uint32_t x = at[i], j = i;
        for (; j > 0 && cmp_entries(s, at[j - 1], x) > 0; j--)
            at[j] = at[j - 1];
        at[j] = x;
    }
}

/* Merges the sorted halves [from, mid) and [mid, to) of src into dst. */
static void merge(const struct sorter *s, const uint32_t *src, uint32_t *dst, uint32_t from,
                  uint32_t mid, uint32_t to) {
    MRL_DASSERT(from <= mid && mid <= to);
    uint32_t a = from, b = mid;
    for (uint32_t i = from; i < to; i++)
        dst[i] = b >= to || (a < mid && cmp_entries(s, src[a], src[b]) <= 0) ? src[a++] : src[b++];
}

/* Bottom-up merge sort; the result is in the array returned (order or tmp). */
static uint32_t *merge_sort(const struct sorter *s, uint32_t *order, uint32_t *tmp, uint32_t n) {
    MRL_DASSERT(n > 0 && (order != tmp || n <= INSERTION_MAX));
    for (uint32_t i = 0; i < n; i += INSERTION_MAX)
        insertion_sort(s, order + i, n - i < INSERTION_MAX ? n - i : INSERTION_MAX);
    for (uint64_t width = INSERTION_MAX; width < n; width *= 2) {
        for (uint64_t from = 0; from < n; from += 2 * width) {
            uint64_t mid = from + width < n ? from + width : n;
            uint64_t to = from + 2 * width < n ? from + 2 * width : n;
            merge(s, order, tmp, (uint32_t)from, (uint32_t)mid, (uint32_t)to);
        }
        uint32_t *swap = order;
        order = tmp;
        tmp = swap;
    }
    return order;
}

static bool already_sorted(const struct sorter *s) {
    for (uint32_t i = 1; i < s->v.len; i++)
        if (cmp_entries(s, i - 1, i) > 0)
            return false;
    return true;
}

static struct mrl_side *need_side(mrl_arena *a, mrl_val v) {
    MRL_DASSERT(mrl_is_container(v));
    struct mrl_side *side = mrl_side_of(v);
    if (side == NULL && a != NULL) {
        side = MRL_ARENA_NEW(a, struct mrl_side);
        if (v.tag == MRL_T_OBJ)
            v.u.obj->side = side;
        else
            v.u.arr->side = side;
    }
    return side;
}

/* Computes the view of an unsorted container. */
static const uint32_t *compute_order(struct sorter *s, mrl_status *status) {
    struct mrl_side *side = need_side(s->arena, s->v);
    if (side == NULL) {
        *status = MRL_E_NOMEM;
        return NULL;
    }
    MRL_ASSERT((side->frozen & MRL_SIDE_FROZEN) == 0);
    if (already_sorted(s)) {
        side->frozen |= MRL_SIDE_SORTED;
        return NULL;
    }
    uint32_t n = s->v.len;
    uint32_t *order = mrl_arena_alloc(s->arena, (size_t)n * sizeof *order, sizeof *order);
    uint32_t *tmp =
        n > INSERTION_MAX ? mrl_arena_alloc(s->arena, (size_t)n * sizeof *tmp, sizeof *tmp) : order;
    if (order == NULL || tmp == NULL) {
        *status = MRL_E_NOMEM;
        return NULL;
    }
    for (uint32_t i = 0; i < n; i++)
        order[i] = i;
    side->order = merge_sort(s, order, tmp, n);
    return side->order;
}

static pthread_mutex_t lazy_lock = PTHREAD_MUTEX_INITIALIZER;

/* Sorts a lazy object into its room. Returns NULL and sets *status when memory is out. */
static const uint32_t *fill_room(mrl_val v, struct mrl_side *side, mrl_status *status) {
    struct sorter s = {NULL, v};
    uint32_t n = v.len, *room = mrl_lazy_room(side);
    uint32_t *tmp = mrl_mem_alloc((size_t)n * sizeof *tmp);
    if (tmp == NULL) {
        *status = MRL_E_NOMEM;
        return NULL;
    }
    for (uint32_t i = 0; i < n; i++)
        room[i] = i;
    uint32_t *sorted = merge_sort(&s, room, tmp, n);
    if (sorted != room)
        memcpy(room, sorted, (size_t)n * sizeof *room);
    mrl_mem_free(tmp);
    return room;
}

static const uint32_t *lazy_order(mrl_val v, struct mrl_side *side, mrl_status *status) {
    const uint32_t *order = __atomic_load_n(&side->order, __ATOMIC_ACQUIRE);
    if (order != NULL)
        return order;
    pthread_mutex_lock(&lazy_lock);
    order = side->order;
    if (order == NULL) {
        order = fill_room(v, side, status);
        __atomic_store_n(&side->order, order, __ATOMIC_RELEASE);
    }
    pthread_mutex_unlock(&lazy_lock);
    return order;
}

const uint32_t *mrl_val_order(mrl_arena *a, mrl_val v, mrl_status *status) {
    if ((v.tag != MRL_T_OBJ && v.tag != MRL_T_SET) || v.len < 2 || (v.flags & MRL_VF_SORTED))
        return NULL;
    struct mrl_side *side = mrl_side_of(v);
    if (side != NULL && (side->frozen & MRL_SIDE_LAZY))
        return lazy_order(v, side, status);
    if (side != NULL && (side->order != NULL || (side->frozen & MRL_SIDE_SORTED)))
        return side->order;
    struct sorter s = {a, v};
    return compute_order(&s, status);
}

static mrl_status freeze_deep(mrl_arena *a, mrl_val v, unsigned depth) {
    if (!mrl_is_container(v) || v.len == 0 || (v.flags & MRL_VF_READY))
        return MRL_OK;
    MRL_CHECK(depth > 0, MRL_E_LIMIT);
    const struct mrl_side *known = mrl_side_of(v);
    if (known != NULL && (known->frozen & MRL_SIDE_FROZEN))
        return MRL_OK;
    for (uint32_t i = 0; i < v.len; i++) {
        MRL_TRY(freeze_deep(a, mrl_entry(v, i), depth - 1));
        if (v.tag == MRL_T_OBJ)
            MRL_TRY(freeze_deep(a, v.u.obj->m[i].val, depth - 1));
    }
    mrl_status status = MRL_OK;
    mrl_val_order(a, v, &status);
    MRL_TRY(status);
    struct mrl_side *side = mrl_side_of(v);
    if (side != NULL)
        side->frozen |= MRL_SIDE_FROZEN;
    return MRL_OK;
}

mrl_status mrl_val_freeze(mrl_arena *a, mrl_val v) {
    return freeze_deep(a, v, MRL_VAL_DEPTH_MAX);
}
