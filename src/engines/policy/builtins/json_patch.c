/* json_patch.c - json.patch: RFC 6902 operations on values that are never changed in place.
 *
 * As in OPA, sets can be patched, too: a segment names the item itself. */
#include "engines/policy/builtins/builtins.h"
#include "engines/policy/builtins/json_paths.h"

#include "base/num.h"

/* All six operations are made of these two, a lookup and a comparison: replace is remove and add,
 * move is copy and remove. */
enum edit { INSERT, DELETE };

struct patch {
    struct mrl_bi *cx;
    mrl_val path; /* array of segments */
    enum edit edit;
    mrl_val value;
};

/* The index that a segment names in an array of n items; "-" is n. False when it is none. */
static bool index_of(mrl_val segment, uint32_t n, int64_t *ret) {
    mrl_val number = segment;
    if (mrl_is_str(segment)) {
        mrl_str s = mrl_val_str(segment);
        if (mrl_str_eq(s, MRL_S("-"))) {
            *ret = n;
            return true;
        }
        for (size_t i = 0; i < s.len; i++)
            if (s.ptr[i] < '0' || s.ptr[i] > '9')
                return false;
        if (mrl_num_parse(s, &number) != MRL_OK)
            return false;
    }
    return mrl_is_num(number) && mrl_num_to_i64(number, ret) && *ret >= 0 && *ret <= (int64_t)n;
}

static mrl_status missing(const struct patch *p) {
    return mrl_bi_fail(p->cx, "path does not exist in the document");
}

static mrl_status edit_at(const struct patch *p, mrl_val v, uint32_t from, mrl_val *ret);

/* A new object with the member at path[from] edited. All but the last segment must exist. */
static mrl_status edit_object(const struct patch *p, mrl_val v, uint32_t from, mrl_val *ret) {
    MRL_DASSERT(mrl_is_obj(v) && from < p->path.len);
    mrl_val key = p->path.u.arr->items[from], old = mrl_obj_get(v, key), inner = p->value;
    bool last = from + 1 == p->path.len;
    if (!mrl_is_defined(old) && !(last && p->edit == INSERT))
        return missing(p);
    if (!last)
        MRL_TRY(edit_at(p, old, from + 1, &inner));
    struct mrl_builder out;
    mrl_builder_init(&out, p->cx->arena, MRL_T_OBJ, v.len + 1);
    for (uint32_t i = 0; i < v.len; i++)
        if (!mrl_val_eq(v.u.obj->m[i].key, key))
            mrl_build_member(&out, v.u.obj->m[i].key, v.u.obj->m[i].val);
    if (!last || p->edit == INSERT)
        mrl_build_member(&out, key, inner);
    return mrl_build_end(&out, ret);
}

/* Inserting moves what stands at the index and behind it; "-" appends. */
static mrl_status edit_array(const struct patch *p, mrl_val v, uint32_t from, mrl_val *ret) {
    MRL_DASSERT(mrl_is_arr(v) && from < p->path.len);
    int64_t at;
    bool last = from + 1 == p->path.len, insert = last && p->edit == INSERT;
    mrl_val inner = p->value;
    if (!index_of(p->path.u.arr->items[from], v.len, &at) || (at == (int64_t)v.len && !insert))
        return missing(p);
    if (!last)
        MRL_TRY(edit_at(p, v.u.arr->items[at], from + 1, &inner));
    struct mrl_builder out;
    mrl_builder_init(&out, p->cx->arena, MRL_T_ARR, v.len + 1);
    for (uint32_t i = 0; i <= v.len; i++) {
        if (i == at && (insert || !last))
            mrl_build_item(&out, inner);
        if (i < v.len && (i != at || insert))
            mrl_build_item(&out, v.u.arr->items[i]);
    }
    return mrl_build_end(&out, ret);
}

/* A set's segment is the item: inserting another value under it would be a lie. */
static mrl_status edit_set(const struct patch *p, mrl_val v, uint32_t from, mrl_val *ret) {
    MRL_DASSERT(mrl_is_set(v) && from < p->path.len);
    mrl_val key = p->path.u.arr->items[from], inner = p->value;
    bool last = from + 1 == p->path.len, insert = last && p->edit == INSERT;
    if (insert && !mrl_val_eq(key, p->value))
        return mrl_bi_fail(p->cx, "set key does not equal the value to be inserted");
    if (!insert && !mrl_set_has(v, key))
        return missing(p);
    if (!last)
        MRL_TRY(edit_at(p, key, from + 1, &inner));
    struct mrl_builder out;
    mrl_builder_init(&out, p->cx->arena, MRL_T_SET, v.len + 1);
    for (uint32_t i = 0; i < v.len; i++)
        if (insert || !mrl_val_eq(v.u.arr->items[i], key))
            mrl_build_item(&out, v.u.arr->items[i]);
    if (insert || !last)
        mrl_build_item(&out, inner);
    return mrl_build_end(&out, ret);
}

/* v with the edit at path[from..]. */
static mrl_status edit_at(const struct patch *p, mrl_val v, uint32_t from, mrl_val *ret) {
    MRL_CHECK(p->path.len < MRL_VAL_DEPTH_MAX, MRL_E_LIMIT);
    if (p->path.len == 0) {
        *ret = p->edit == INSERT ? p->value : mrl_undefined();
        return MRL_OK;
    }
    MRL_TRY(mrl_bi_spend(p->cx, v.len));
    if (mrl_is_obj(v))
        return edit_object(p, v, from, ret);
    if (mrl_is_arr(v))
        return edit_array(p, v, from, ret);
    return mrl_is_set(v) ? edit_set(p, v, from, ret) : missing(p);
}

static mrl_status insert(struct mrl_bi *cx, mrl_val *doc, mrl_val path, mrl_val value) {
    return edit_at(&(struct patch){cx, path, INSERT, value}, *doc, 0, doc);
}

static mrl_status delete(struct mrl_bi *cx, mrl_val *doc, mrl_val path) {
    return edit_at(&(struct patch){cx, path, DELETE, mrl_undefined()}, *doc, 0, doc);
}

/* The value at a path, for move, copy and test. */
static mrl_status find(struct mrl_bi *cx, mrl_val doc, mrl_val path, mrl_val *ret) {
    int64_t at;
    for (uint32_t i = 0; i < path.len && mrl_is_defined(doc); i++) {
        mrl_val key = path.u.arr->items[i];
        if (mrl_is_arr(doc))
            doc = index_of(key, doc.len, &at) ? mrl_arr_at(doc, (size_t)at) : mrl_undefined();
        else if (mrl_is_set(doc))
            doc = mrl_set_has(doc, key) ? key : mrl_undefined();
        else
            doc = mrl_obj_get(doc, key);
    }
    if (!mrl_is_defined(doc))
        return mrl_bi_fail(cx, "path does not exist in the document");
    *ret = doc;
    return MRL_OK;
}

/* A member that the operation must have. */
static mrl_status attribute(struct mrl_bi *cx, mrl_val op, const char *name, mrl_val *ret) {
    *ret = mrl_obj_get_str(op, mrl_str_z(name));
    return mrl_is_defined(*ret) ? MRL_OK : mrl_bi_fail(cx, "missing required attribute '%s'", name);
}

/* One operation; *doc becomes the document after it. The order of the checks is OPA's: it decides
 * which error is told. */
static mrl_status operation(struct mrl_bi *cx, mrl_val op, mrl_val *doc) {
    mrl_val path, name, other, value = mrl_undefined();
    MRL_TRY(attribute(cx, op, "path", &path));
    MRL_TRY(attribute(cx, op, "op", &name));
    if (!mrl_is_str(name))
        return mrl_bi_fail(cx, "attribute 'op' must be a string but found: %s",
                           mrl_val_type_name(name));
    MRL_TRY(mrl_json_path(cx, path, &path));
    mrl_str what = mrl_val_str(name);
    bool move = mrl_str_eq(what, MRL_S("move")), copy = mrl_str_eq(what, MRL_S("copy"));
    bool replace = mrl_str_eq(what, MRL_S("replace")), test = mrl_str_eq(what, MRL_S("test"));
    if (mrl_str_eq(what, MRL_S("remove")))
        return delete (cx, doc, path);
    if (move || copy) {
        MRL_TRY(attribute(cx, op, "from", &other));
        MRL_TRY(mrl_json_path(cx, other, &other));
        MRL_TRY(find(cx, *doc, other, &value));
        if (move)
            MRL_TRY(delete (cx, doc, other));
        return insert(cx, doc, path, value);
    }
    if (!replace && !test && !mrl_str_eq(what, MRL_S("add")))
        return mrl_bi_fail(cx, "unrecognized op: '%.*s'", MRL_F(what));
    if (replace)
        MRL_TRY(delete (cx, doc, path));
    if (test)
        MRL_TRY(find(cx, *doc, path, &other));
    MRL_TRY(attribute(cx, op, "value", &value));
    if (!test)
        return insert(cx, doc, path, value);
    return mrl_val_eq(other, value) ? MRL_OK : mrl_bi_fail(cx, "the value differs from the test's");
}

/* json.patch: the value after the operations of a JSON Patch. */
mrl_status mrl_bi_json_patch(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    mrl_val ops, doc = args[0];
    MRL_TRY(mrl_bi_want(cx, args, 2, MRL_T_ARR, &ops));
    for (uint32_t i = 0; i < ops.len; i++) {
        if (!mrl_is_obj(ops.u.arr->items[i]))
            return mrl_bi_fail(cx, "must be an array of JSON-Patch objects, but at least one "
                                   "element is not an object");
        MRL_TRY(operation(cx, ops.u.arr->items[i], &doc));
    }
    MRL_CHECK(mrl_is_defined(doc), MRL_E_UNDEFINED);
    *ret = doc;
    return MRL_OK;
}
