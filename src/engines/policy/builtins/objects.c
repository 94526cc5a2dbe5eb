/* objects.c - object.*: keys, lookups, filters, unions, subsets.
 *
 * Objects are immutable: a result shares the values of its operands and only its table of members
 * is new. Merging and comparing go down into nested objects, with the depth of values as their
 * ceiling.
 */
#include "engines/policy/builtins/builtins.h"

#define DEPTH_MAX MRL_VAL_DEPTH_MAX

/* object.get: the value at a key or path, or a default. */
mrl_status mrl_bi_object_get(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    mrl_val at;
    MRL_TRY(mrl_bi_want(cx, args, 1, MRL_T_OBJ, &at));
    if (!mrl_is_arr(args[1])) {
        at = mrl_obj_get(at, args[1]);
    } else {
        for (uint32_t i = 0; i < args[1].len && mrl_is_defined(at); i++) {
            mrl_val key = args[1].u.arr->items[i];
            if (mrl_is_set(at))
                at = mrl_set_has(at, key) ? key : mrl_undefined();
            else
                at = mrl_is_obj(at) || mrl_is_arr(at) ? mrl_val_path(at, &key, 1) : mrl_undefined();
        }
    }
    *ret = mrl_is_defined(at) ? at : args[2];
    return MRL_OK;
}

/* object.keys: the keys of an object. */
mrl_status mrl_bi_object_keys(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    mrl_val obj;
    struct mrl_builder out;
    MRL_TRY(mrl_bi_want(cx, args, 1, MRL_T_OBJ, &obj));
    mrl_builder_init(&out, cx->arena, MRL_T_SET, obj.len);
    for (uint32_t i = 0; i < obj.len; i++)
        mrl_build_item(&out, obj.u.obj->m[i].key);
    return mrl_build_end(&out, ret);
}

/* The set of keys that an array, set or object operand names. */
static mrl_status key_set(struct mrl_bi *cx, mrl_val v, mrl_val *ret) {
    struct mrl_builder out;
    if (mrl_is_set(v)) {
        *ret = v;
        return MRL_OK;
    }
    if (!mrl_is_arr(v) && !mrl_is_obj(v))
        return mrl_bi_operand(cx, 2, "one of {object, set, array}", v);
    mrl_builder_init(&out, cx->arena, MRL_T_SET, v.len);
    for (uint32_t i = 0; i < v.len; i++)
        mrl_build_item(&out, mrl_is_arr(v) ? v.u.arr->items[i] : v.u.obj->m[i].key);
    return mrl_build_end(&out, ret);
}

/* The members whose key is among the operand's, or with keep false the others. */
static mrl_status select_keys(struct mrl_bi *cx, const mrl_val *args, bool keep, mrl_val *ret) {
    mrl_val obj, keys;
    struct mrl_builder out;
    MRL_TRY(mrl_bi_want(cx, args, 1, MRL_T_OBJ, &obj));
    MRL_TRY(key_set(cx, args[1], &keys));
    mrl_builder_init(&out, cx->arena, MRL_T_OBJ, obj.len);
    for (uint32_t i = 0; i < obj.len; i++)
        if (mrl_set_has(keys, obj.u.obj->m[i].key) == keep)
            mrl_build_member(&out, obj.u.obj->m[i].key, obj.u.obj->m[i].val);
    return mrl_build_end(&out, ret);
}

/* object.filter: the members whose keys are listed. */
mrl_status mrl_bi_object_filter(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    return select_keys(cx, args, true, ret);
}

/* object.remove: the members whose keys are not listed. */
mrl_status mrl_bi_object_remove(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    return select_keys(cx, args, false, ret);
}

/* --- unions
 * ----------------------------------------------------------------------------------------- */

/* a with the members of b over it; objects under the same key are merged likewise. */
static mrl_status merge(struct mrl_bi *cx, mrl_val a, mrl_val b, unsigned depth, mrl_val *ret) {
    MRL_DASSERT(mrl_is_obj(a) && mrl_is_obj(b));
    struct mrl_builder out;
    MRL_CHECK(depth < DEPTH_MAX, MRL_E_LIMIT);
    mrl_builder_init(&out, cx->arena, MRL_T_OBJ, a.len + b.len);
    for (uint32_t i = 0; i < a.len; i++)
        mrl_build_member(&out, a.u.obj->m[i].key, a.u.obj->m[i].val);
    for (uint32_t i = 0; i < b.len; i++) {
        mrl_val key = b.u.obj->m[i].key, v = b.u.obj->m[i].val, old = mrl_obj_get(a, key);
        if (mrl_is_obj(old) && mrl_is_obj(v))
            MRL_TRY(merge(cx, old, v, depth + 1, &v));
        mrl_build_member(&out, key, v);
    }
    return mrl_build_end(&out, ret);
}

/* object.union: both objects merged, the second one on top. */
mrl_status mrl_bi_object_union(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    mrl_val a, b;
    MRL_TRY(mrl_bi_want(cx, args, 1, MRL_T_OBJ, &a));
    MRL_TRY(mrl_bi_want(cx, args, 2, MRL_T_OBJ, &b));
    return merge(cx, a, b, 0, ret);
}

/* object.union_n: all objects merged, later ones on top. */
mrl_status mrl_bi_object_union_n(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    mrl_val all, sum = mrl_empty_obj();
    MRL_TRY(mrl_bi_want(cx, args, 1, MRL_T_ARR, &all));
    for (uint32_t i = 0; i < all.len; i++) {
        mrl_val it = all.u.arr->items[i];
        if (!mrl_is_obj(it))
            return mrl_bi_operand_text(cx, 1,
                                       "must be array of objects but got array containing %s",
                                       mrl_val_type_name(it));
        MRL_TRY(merge(cx, sum, it, 0, &sum));
    }
    *ret = sum;
    return MRL_OK;
}

/* --- subsets
 * ---------------------------------------------------------------------------------------- */

/* True when super has each item of sub. */
static bool set_within(mrl_val super, mrl_val sub) {
    for (uint32_t i = 0; i < sub.len; i++)
        if (!mrl_set_has(super, sub.u.arr->items[i]))
            return false;
    return true;
}

/* True when sub's items stand in super one behind the other. */
static bool array_within(mrl_val super, mrl_val sub) {
    for (uint32_t from = 0; from + sub.len <= super.len; from++) {
        uint32_t i = 0;
        while (i < sub.len && mrl_val_eq(super.u.arr->items[from + i], sub.u.arr->items[i]))
            i++;
        if (i == sub.len)
            return true;
    }
    return false;
}

/* True when super has each member of sub with an equal value, or one that contains it likewise. */
static bool object_within(mrl_val super, mrl_val sub, unsigned depth) {
    if (depth > DEPTH_MAX)
        return false;
    for (uint32_t i = 0; i < sub.len; i++) {
        mrl_val want = sub.u.obj->m[i].val, got = mrl_obj_get(super, sub.u.obj->m[i].key);
        if (!mrl_is_defined(got))
            return false;
        if (mrl_val_eq(got, want))
            continue;
        bool ok = (mrl_is_obj(got) && mrl_is_obj(want) && object_within(got, want, depth + 1)) ||
                  (mrl_is_set(got) && mrl_is_set(want) && set_within(got, want)) ||
                  (mrl_is_arr(got) && mrl_is_arr(want) && array_within(got, want));
        if (!ok)
            return false;
    }
    return true;
}

/* True when all items of a set stand in an array. */
static bool all_in_array(mrl_val array, mrl_val set) {
    for (uint32_t i = 0; i < set.len; i++) {
        bool found = false;
        for (uint32_t k = 0; k < array.len && !found; k++)
            found = mrl_val_eq(array.u.arr->items[k], set.u.arr->items[i]);
        if (!found)
            return false;
    }
    return true;
}

/* object.subset: true when the second value is contained in the first. */
mrl_status mrl_bi_object_subset(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    mrl_val super = args[0], sub = args[1];
    MRL_TRY(mrl_bi_spend(cx, sub.len));
    if (mrl_is_obj(super) && mrl_is_obj(sub))
        *ret = mrl_bool(object_within(super, sub, 0));
    else if (mrl_is_set(super) && mrl_is_set(sub))
        *ret = mrl_bool(set_within(super, sub));
    else if (mrl_is_arr(super) && mrl_is_arr(sub))
        *ret = mrl_bool(array_within(super, sub));
    else if (mrl_is_arr(super) && mrl_is_set(sub))
        *ret = mrl_bool(all_in_array(super, sub));
    else
        return mrl_bi_operand_text(cx, 1, "%s",
                                   "and 2 must both be objects, sets, or arrays, or an array and "
                                   "a set");
    return MRL_OK;
}
