/* aggregate.c - count, sum and their kin, sort, and arrays.
 *
 * All of them are one loop over a collection that is already in memory; the loop is paid from the
 * query's budget first, so that a large input cannot buy time for one step. Where OPA's answer
 * depends on the order of a set, the items are taken in sorted order.
 */
#include "engines/policy/builtins/builtins.h"

#include "base/num.h"
#include "base/utf8.h"

#include <stdlib.h>

/* count: the number of items, members or characters. */
mrl_status mrl_bi_count(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    mrl_val v = args[0];
    uint64_t n = v.len;
    switch (v.tag) {
    case MRL_T_ARR:
    case MRL_T_OBJ:
    case MRL_T_SET:
        break;
    case MRL_T_STR:
        n = mrl_utf8_count(mrl_val_str(v));
        break;
    default:
        return mrl_bi_operand(cx, 1, "one of {array, object, set, string}", v);
    }
    *ret = mrl_int((int64_t)n);
    return MRL_OK;
}

/* The first operand of most functions here; objects are no list of items in Rego. */
static mrl_status array_or_set(struct mrl_bi *cx, mrl_val v) {
    if (mrl_is_arr(v) || mrl_is_set(v))
        return MRL_OK;
    return mrl_bi_operand(cx, 1, "one of {array, set}", v);
}

typedef mrl_status (*fold_op)(mrl_arena *a, mrl_val x, mrl_val y, mrl_val *ret);

/* op over all items, from the left; one item that is no number spoils the whole. */
static mrl_status fold(struct mrl_bi *cx, mrl_val v, fold_op op, mrl_val start, mrl_val *ret) {
    MRL_TRY(array_or_set(cx, v));
    MRL_TRY(mrl_bi_spend(cx, v.len));
    for (uint32_t i = 0; i < v.len; i++) {
        mrl_val it = v.u.arr->items[i];
        if (!mrl_is_num(it))
            return mrl_bi_operand_text(cx, 1, "must be %s of numbers but got %s containing %s",
                                       mrl_val_type_name(v), mrl_val_type_name(v),
                                       mrl_val_type_name(it));
        MRL_TRY(op(cx->arena, start, it, &start));
    }
    *ret = start;
    return MRL_OK;
}

/* sum: the sum of all items. */
mrl_status mrl_bi_sum(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    return fold(cx, args[0], mrl_num_add, mrl_int(0), ret);
}

/* product: the product of all items. */
mrl_status mrl_bi_product(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    return fold(cx, args[0], mrl_num_mul, mrl_int(1), ret);
}

/* The greatest item under the order of all values, or with sign -1 the least. Of nothing:
 * undefined. */
static mrl_status extreme(struct mrl_bi *cx, mrl_val v, int sign, mrl_val *ret) {
    MRL_DASSERT(sign == 1 || sign == -1);
    MRL_TRY(array_or_set(cx, v));
    MRL_CHECK(v.len > 0, MRL_E_UNDEFINED);
    mrl_val best = v.u.arr->items[0];
    for (uint32_t i = 1; i < v.len; i++)
        if (sign * mrl_val_cmp(cx->arena, v.u.arr->items[i], best) > 0)
            best = v.u.arr->items[i];
    *ret = best;
    return MRL_OK;
}

/* max: the greatest item. */
mrl_status mrl_bi_max(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    return extreme(cx, args[0], 1, ret);
}

/* min: the least item. */
mrl_status mrl_bi_min(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    return extreme(cx, args[0], -1, ret);
}

/* Merge sort: stable, n log n whatever the input. */
static void sort_items(mrl_arena *a, mrl_val *items, mrl_val *tmp, uint32_t n) {
    for (uint32_t width = 1; width < n; width *= 2) {
        for (uint32_t from = 0; from < n; from += 2 * width) {
            uint32_t mid = from + width < n ? from + width : n;
            uint32_t to = mid + width < n ? mid + width : n;
            MRL_DASSERT(from < mid && mid <= to);
            uint32_t i = from, k = mid, out = from;
            while (i < mid && k < to)
                tmp[out++] = mrl_val_cmp(a, items[k], items[i]) < 0 ? items[k++] : items[i++];
            while (i < mid)
                tmp[out++] = items[i++];
            while (k < to)
                tmp[out++] = items[k++];
        }
        memcpy(items, tmp, n * sizeof *items);
    }
}

/* sort: the items in order. */
mrl_status mrl_bi_sort(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    mrl_val v = args[0];
    MRL_TRY(array_or_set(cx, v));
    MRL_TRY(mrl_bi_spend(cx, v.len));
    mrl_val *items = MRL_ARENA_ARRAY(cx->arena, mrl_val, v.len + 1);
    mrl_val *tmp = MRL_ARENA_ARRAY(cx->arena, mrl_val, v.len + 1);
    MRL_CHECK(items != NULL && tmp != NULL, MRL_E_NOMEM);
    if (v.len > 0)
        memcpy(items, v.u.arr->items, v.len * sizeof *items);
    sort_items(cx->arena, items, tmp, v.len);
    return mrl_arr_of(cx->arena, items, v.len, ret);
}

/* all() of nothing is true, any() of nothing false; both ask for the value true itself. */
static mrl_status quantify(struct mrl_bi *cx, mrl_val v, bool any, mrl_val *ret) {
    MRL_TRY(array_or_set(cx, v));
    bool result = !any;
    for (uint32_t i = 0; i < v.len; i++)
        if (mrl_is_true(v.u.arr->items[i]) == any)
            result = any;
    *ret = mrl_bool(result);
    return MRL_OK;
}

/* all: true when every item is true. */
mrl_status mrl_bi_all(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    return quantify(cx, args[0], false, ret);
}

/* any: true when some item is true. */
mrl_status mrl_bi_any(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    return quantify(cx, args[0], true, ret);
}

/* --- arrays
 * ----------------------------------------------------------------------------------------- */

/* array.concat: the items of the first array, then those of the second. */
mrl_status mrl_bi_array_concat(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    mrl_val a, b;
    struct mrl_builder out;
    MRL_TRY(mrl_bi_want(cx, args, 1, MRL_T_ARR, &a));
    MRL_TRY(mrl_bi_want(cx, args, 2, MRL_T_ARR, &b));
    mrl_builder_init(&out, cx->arena, MRL_T_ARR, a.len + b.len);
    for (uint32_t i = 0; i < a.len; i++)
        mrl_build_item(&out, a.u.arr->items[i]);
    for (uint32_t i = 0; i < b.len; i++)
        mrl_build_item(&out, b.u.arr->items[i]);
    return mrl_build_end(&out, ret);
}

/* array.flatten: the array with the items of nested arrays in their place, one level deep. */
mrl_status mrl_bi_array_flatten(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    mrl_val a;
    struct mrl_builder out;
    MRL_TRY(mrl_bi_want(cx, args, 1, MRL_T_ARR, &a));
    mrl_builder_init(&out, cx->arena, MRL_T_ARR, a.len);
    for (uint32_t i = 0; i < a.len; i++) {
        mrl_val it = a.u.arr->items[i];
        if (!mrl_is_arr(it))
            mrl_build_item(&out, it);
        for (uint32_t k = 0; mrl_is_arr(it) && k < it.len; k++)
            mrl_build_item(&out, it.u.arr->items[k]);
    }
    return mrl_build_end(&out, ret);
}

/* array.reverse: the items from last to first. */
mrl_status mrl_bi_array_reverse(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    mrl_val a;
    struct mrl_builder out;
    MRL_TRY(mrl_bi_want(cx, args, 1, MRL_T_ARR, &a));
    mrl_builder_init(&out, cx->arena, MRL_T_ARR, a.len);
    for (uint32_t i = a.len; i > 0; i--)
        mrl_build_item(&out, a.u.arr->items[i - 1]);
    return mrl_build_end(&out, ret);
}

/* array.slice: the items from one index up to, not including, another. */
mrl_status mrl_bi_array_slice(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    mrl_val a;
    int64_t from, to;
    MRL_TRY(mrl_bi_want(cx, args, 1, MRL_T_ARR, &a));
    MRL_TRY(mrl_bi_int(cx, args, 2, &from));
    MRL_TRY(mrl_bi_int(cx, args, 3, &to));
    /* Bounds outside are moved inside: OPA gives a shorter slice rather than an error. */
    from = from < 0 ? 0 : from;
    to = to > (int64_t)a.len ? (int64_t)a.len : to;
    if (from >= to) {
        *ret = mrl_empty_arr();
        return MRL_OK;
    }
    MRL_DASSERT(from >= 0 && to <= (int64_t)a.len);
    return mrl_arr_of(cx->arena, a.u.arr->items + from, (size_t)(to - from), ret);
}
