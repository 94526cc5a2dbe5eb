/* value.c - looking into values: members, items, paths, spans. */
#include "base/value.h"

#include "base/value_internal.h"

static struct mrl_side empty_side = {.frozen = MRL_SIDE_FROZEN | MRL_SIDE_SORTED};
static const struct mrl_arr empty_arr = {.side = &empty_side};
static const struct mrl_obj empty_obj = {.side = &empty_side};

mrl_val mrl_empty_arr(void) {
    return (mrl_val){.tag = MRL_T_ARR, .flags = MRL_VF_SORTED, .u.p = &empty_arr};
}

mrl_val mrl_empty_obj(void) {
    return (mrl_val){.tag = MRL_T_OBJ, .flags = MRL_VF_SORTED, .u.p = &empty_obj};
}

mrl_val mrl_empty_set(void) {
    return (mrl_val){.tag = MRL_T_SET, .flags = MRL_VF_SORTED, .u.p = &empty_arr};
}

const char *mrl_val_type_name(mrl_val v) {
    static const char *const names[] = {"undefined", "null",  "boolean", "number", "number",
                                        "string",    "array", "object",  "set"};
    return v.tag < MRL_COUNTOF(names) ? names[v.tag] : "undefined";
}

/* Finds through the hash index of a container. */
static int64_t find_indexed(mrl_val c, const struct mrl_side *side, mrl_val key) {
    MRL_DASSERT(side->index != NULL && (side->mask & (side->mask + 1)) == 0);
    uint32_t slot = (uint32_t)mrl_val_hash(key) & side->mask;
    for (;;) {
        uint32_t entry = side->index[slot];
        if (entry == 0)
            return -1;
        if (mrl_val_eq(mrl_entry(c, entry - 1), key))
            return entry - 1;
        slot = (slot + 1) & side->mask;
    }
}

static int64_t find_linear(mrl_val c, mrl_val key) {
    for (uint32_t i = 0; i < c.len; i++)
        if (mrl_val_eq(mrl_entry(c, i), key))
            return i;
    return -1;
}

/* The common case: a string key in a small object. */
static int64_t find_short(mrl_val obj, mrl_val key) {
    MRL_DASSERT(mrl_is_obj(obj) && mrl_is_str(key));
    const struct mrl_member *m = obj.u.obj->m;
    for (uint32_t i = 0; i < obj.len; i++)
        if (m[i].key.len == key.len && m[i].key.tag == MRL_T_STR &&
            (m[i].key.u.s == key.u.s || mrl_bytes_eq(m[i].key.u.s, key.u.s, key.len)))
            return i;
    return -1;
}

int64_t mrl_obj_find(mrl_val obj, mrl_val key) {
    if (obj.tag != MRL_T_OBJ || obj.len == 0)
        return -1;
    const struct mrl_side *side = obj.u.obj->side;
    if (side != NULL && side->index != NULL)
        return find_indexed(obj, side, key);
    return key.tag == MRL_T_STR ? find_short(obj, key) : find_linear(obj, key);
}

int64_t mrl_set_find(mrl_val set, mrl_val item) {
    if (set.tag != MRL_T_SET || set.len == 0)
        return -1;
    const struct mrl_side *side = set.u.arr->side;
    if (side != NULL && side->index != NULL)
        return find_indexed(set, side, item);
    return find_linear(set, item);
}

mrl_val mrl_obj_get(mrl_val obj, mrl_val key) {
    int64_t i = mrl_obj_find(obj, key);
    return i >= 0 ? obj.u.obj->m[i].val : mrl_undefined();
}

mrl_val mrl_obj_get_str(mrl_val obj, mrl_str key) {
    return key.len <= MRL_VAL_LEN_MAX ? mrl_obj_get(obj, mrl_strval(key)) : mrl_undefined();
}

mrl_val mrl_val_path(mrl_val v, const mrl_val *keys, size_t n) {
    for (size_t i = 0; i < n && mrl_is_defined(v); i++) {
        if (v.tag == MRL_T_ARR)
            v = keys[i].tag == MRL_T_INT && keys[i].u.i >= 0 ? mrl_arr_at(v, (size_t)keys[i].u.i)
                                                             : mrl_undefined();
        else
            v = mrl_obj_get(v, keys[i]);
    }
    return v;
}

const struct mrl_span *mrl_val_span(mrl_val container, size_t i) {
    if (!mrl_is_container(container) || i >= container.len)
        return NULL;
    const struct mrl_side *side = mrl_side_of(container);
    return side != NULL && side->spans != NULL ? &side->spans[i] : NULL;
}
