/* schema.c - structural schemas; see schema.h.
 *
 * Every check is by the shape of the value, not of the schema: a keyword that does not fit the
 * value's type says nothing about it, as in OpenAPI. The schema itself comes from a template that
 * anybody may have written, so nothing about it is taken for granted: a keyword of the wrong type
 * is passed over, and the nesting of schema and value together is bounded.
 */
#include "engines/gatekeeper/schema.h"

#include "base/num.h"
#include "base/utf8.h"
#include "engines/match/regex.h"

struct checking {
    mrl_arena *arena;
    struct mrl_err *err;
    unsigned depth;
};

static mrl_status check(struct checking *c, mrl_val schema, mrl_val v, mrl_str path);

/* MRL_E_INVALID with the path of what does not fit. */
static mrl_status misfit(struct checking *c, mrl_str path, const char *what) {
    return mrl_err_set(c->err, MRL_E_INVALID, "schema.misfit", "%.*s %s", MRL_F(path), what);
}

static mrl_str member_path(mrl_arena *a, mrl_str path, mrl_str key) {
    return mrl_arena_printf(a, "%.*s%s%.*s", MRL_F(path), path.len > 0 ? "." : "", MRL_F(key));
}

static mrl_str item_path(mrl_arena *a, mrl_str path, uint32_t i) {
    return mrl_arena_printf(a, "%.*s[%u]", MRL_F(path), i);
}

/* --- types
 * ---------------------------------------------------------------------------------------- */

/* YAML and JSON have one kind of number: 1.0 is an integer, too. */
static bool is_of_type(mrl_val v, mrl_str type) {
    if (mrl_str_eq(type, MRL_S("integer")))
        return mrl_is_num(v) && mrl_num_is_whole(v);
    return mrl_str_eq(mrl_str_z(mrl_val_type_name(v)), type);
}

/* type, and int-or-string, which stands for two of them. */
static mrl_status check_type(struct checking *c, mrl_val schema, mrl_val v, mrl_str path) {
    mrl_str type = mrl_val_str(MRL_GET(schema, "type"));
    if (mrl_is_true(MRL_GET(schema, "x-kubernetes-int-or-string"))) {
        bool fits = mrl_is_str(v) || (mrl_is_num(v) && mrl_num_is_whole(v));
        return fits ? MRL_OK : misfit(c, path, "must be a whole number or a string");
    }
    if (type.len == 0 || is_of_type(v, type))
        return MRL_OK;
    return mrl_err_set(c->err, MRL_E_INVALID, "schema.type", "%.*s must be of type %.*s, not %s",
                       MRL_F(path), MRL_F(type), mrl_val_type_name(v));
}

static mrl_status check_enum(struct checking *c, mrl_val schema, mrl_val v, mrl_str path) {
    mrl_val allowed = MRL_GET(schema, "enum");
    if (!mrl_is_arr(allowed))
        return MRL_OK;
    for (uint32_t i = 0; i < allowed.len; i++)
        if (mrl_val_eq(allowed.u.arr->items[i], v))
            return MRL_OK;
    return misfit(c, path, "is none of the values that the schema allows");
}

/* --- bounds
 * --------------------------------------------------------------------------------------- */

/* A keyword's whole number, or -1 when it is absent or nonsense. */
static int64_t bound(mrl_val schema, const char *name) {
    mrl_val v = mrl_obj_get_str(schema, mrl_str_z(name));
    int64_t n;
    return mrl_is_num(v) && mrl_num_to_i64(v, &n) && n >= 0 ? n : -1;
}

/* A length against its two bounds; the names of the keywords go into the message. */
static mrl_status check_size(struct checking *c, mrl_val schema, const char *const names[2],
                             int64_t size, mrl_str path) {
    int64_t least = bound(schema, names[0]), most = bound(schema, names[1]);
    if (least >= 0 && size < least)
        return mrl_err_set(c->err, MRL_E_INVALID, "schema.size", "%.*s: %s is %lld", MRL_F(path),
                           names[0], (long long)least);
    if (most >= 0 && size > most)
        return mrl_err_set(c->err, MRL_E_INVALID, "schema.size", "%.*s: %s is %lld", MRL_F(path),
                           names[1], (long long)most);
    return MRL_OK;
}

/* Bounds are exact decimals; the exclusive ones are flags here, as in OpenAPI 3.0. */
static mrl_status check_number(struct checking *c, mrl_val schema, mrl_val v, mrl_str path) {
    MRL_ASSERT(mrl_is_num(v));
    mrl_val least = MRL_GET(schema, "minimum"), most = MRL_GET(schema, "maximum");
    mrl_val step = MRL_GET(schema, "multipleOf"), rest = mrl_undefined();
    if (mrl_is_num(least)) {
        int order = mrl_num_cmp(v, least);
        if (order < 0 || (order == 0 && mrl_is_true(MRL_GET(schema, "exclusiveMinimum"))))
            return misfit(c, path, "is below the minimum");
    }
    if (mrl_is_num(most)) {
        int order = mrl_num_cmp(v, most);
        if (order > 0 || (order == 0 && mrl_is_true(MRL_GET(schema, "exclusiveMaximum"))))
            return misfit(c, path, "is above the maximum");
    }
    if (mrl_is_num(step) && mrl_num_rem(c->arena, v, step, &rest) == MRL_OK &&
        mrl_num_cmp(rest, mrl_int(0)) != 0)
        return misfit(c, path, "is not a multiple of what the schema asks for");
    return MRL_OK;
}

/* Lengths count characters, as users see them. Bytes that continue one are left out. */
static int64_t code_points(mrl_str s) {
    int64_t n = 0;
    for (size_t i = 0; i < s.len; i++)
        n += ((unsigned char)s.ptr[i] & 0xC0) != 0x80;
    return n;
}

static mrl_status check_text(struct checking *c, mrl_val schema, mrl_val v, mrl_str path) {
    static const char *const names[] = {"minLength", "maxLength"};
    mrl_str text = mrl_val_str(v);
    mrl_val pattern = MRL_GET(schema, "pattern");
    struct mrl_regex *re = NULL;
    bool found = false;
    MRL_TRY(check_size(c, schema, names, code_points(text), path));
    if (!mrl_is_str(pattern))
        return MRL_OK;
    MRL_TRY(mrl_regex_compile(c->arena, mrl_val_str(pattern), c->err, &re));
    MRL_TRY(mrl_regex_find(re, c->arena, text, 0, NULL, &found));
    if (!found)
        return mrl_err_set(c->err, MRL_E_INVALID, "schema.pattern",
                           "%.*s: \"%.*s\" does not match %.*s", MRL_F(path), MRL_F(text),
                           MRL_F(mrl_val_str(pattern)));
    return MRL_OK;
}

/* --- containers
 * ----------------------------------------------------------------------------------- */

/* Length, each item, and that no two are equal where the schema says so. */
static mrl_status check_items(struct checking *c, mrl_val schema, mrl_val v, mrl_str path) {
    MRL_ASSERT(mrl_is_arr(v));
    static const char *const names[] = {"minItems", "maxItems"};
    mrl_val items = MRL_GET(schema, "items");
    MRL_TRY(check_size(c, schema, names, v.len, path));
    for (uint32_t i = 0; mrl_is_obj(items) && i < v.len; i++)
        MRL_TRY(check(c, items, v.u.arr->items[i], item_path(c->arena, path, i)));
    if (!mrl_is_true(MRL_GET(schema, "uniqueItems")))
        return MRL_OK;
    struct mrl_builder set;
    mrl_val unique = mrl_undefined();
    mrl_builder_init(&set, c->arena, MRL_T_SET, v.len);
    for (uint32_t i = 0; i < v.len; i++)
        mrl_build_item(&set, v.u.arr->items[i]);
    MRL_TRY(mrl_build_end(&set, &unique));
    return unique.len == v.len ? MRL_OK : misfit(c, path, "holds the same item twice");
}

/* The schema of a member: of its own, or the one for all others; undefined: none. */
static mrl_val member_schema(mrl_val schema, mrl_val key) {
    mrl_val own = mrl_obj_get(MRL_GET(schema, "properties"), key);
    return mrl_is_defined(own) ? own : MRL_GET(schema, "additionalProperties");
}

static mrl_status check_members(struct checking *c, mrl_val schema, mrl_val v, mrl_str path) {
    MRL_ASSERT(mrl_is_obj(v));
    static const char *const names[] = {"minProperties", "maxProperties"};
    mrl_val required = MRL_GET(schema, "required");
    MRL_TRY(check_size(c, schema, names, v.len, path));
    /* A field that is missing is the most usual mistake: it is told before what is wrong in others.
     */
    for (uint32_t i = 0; mrl_is_arr(required) && i < required.len; i++)
        if (!mrl_is_defined(mrl_obj_get(v, required.u.arr->items[i])))
            return mrl_err_set(
                c->err, MRL_E_INVALID, "schema.required", "%.*s is required",
                MRL_F(member_path(c->arena, path, mrl_val_str(required.u.arr->items[i]))));
    for (uint32_t i = 0; i < v.len; i++) {
        mrl_val inner = member_schema(schema, v.u.obj->m[i].key);
        mrl_str name = mrl_val_str(v.u.obj->m[i].key);
        if (mrl_is_obj(inner))
            MRL_TRY(check(c, inner, v.u.obj->m[i].val, member_path(c->arena, path, name)));
    }
    return MRL_OK;
}

/* --- combinations
 * --------------------------------------------------------------------------------- */

/* How many schemas of a list the value fits. Only a misfit is a no; other failures end the check.
 */
static mrl_status fitting(struct checking *c, mrl_val list, mrl_val v, mrl_str path,
                          uint32_t *ret) {
    /* Without an error to fill: that one of several does not fit is no news. */
    struct checking quiet = {c->arena, NULL, c->depth};
    uint32_t n = 0;
    for (uint32_t i = 0; i < list.len; i++) {
        mrl_status status = check(&quiet, list.u.arr->items[i], v, path);
        MRL_CHECK(status == MRL_OK || status == MRL_E_INVALID, status);
        n += status == MRL_OK;
    }
    *ret = n;
    return MRL_OK;
}

/* allOf, anyOf, oneOf, not. */
static mrl_status check_combined(struct checking *c, mrl_val schema, mrl_val v, mrl_str path) {
    mrl_val all = MRL_GET(schema, "allOf"), any = MRL_GET(schema, "anyOf");
    mrl_val one = MRL_GET(schema, "oneOf"), no = MRL_GET(schema, "not");
    uint32_t n = 0;
    for (uint32_t i = 0; mrl_is_arr(all) && i < all.len; i++)
        MRL_TRY(check(c, all.u.arr->items[i], v, path));
    if (mrl_is_arr(any)) {
        MRL_TRY(fitting(c, any, v, path, &n));
        if (n == 0)
            return misfit(c, path, "fits no schema of anyOf");
    }
    if (mrl_is_arr(one)) {
        MRL_TRY(fitting(c, one, v, path, &n));
        if (n != 1)
            return misfit(c, path, "must fit exactly one schema of oneOf");
    }
    if (mrl_is_obj(no)) {
        struct checking quiet = {c->arena, NULL, c->depth};
        if (check(&quiet, no, v, path) == MRL_OK)
            return misfit(c, path, "fits the schema that it must not fit");
    }
    return MRL_OK;
}

/* All that a schema says about a value. A null that may be one is not looked at further. */
static mrl_status check_parts(struct checking *c, mrl_val schema, mrl_val v, mrl_str path) {
    if (v.tag == MRL_T_NULL && mrl_is_true(MRL_GET(schema, "nullable")))
        return MRL_OK;
    MRL_TRY(check_type(c, schema, v, path));
    MRL_TRY(check_enum(c, schema, v, path));
    if (mrl_is_num(v))
        MRL_TRY(check_number(c, schema, v, path));
    if (mrl_is_str(v))
        MRL_TRY(check_text(c, schema, v, path));
    if (mrl_is_arr(v))
        MRL_TRY(check_items(c, schema, v, path));
    if (mrl_is_obj(v))
        MRL_TRY(check_members(c, schema, v, path));
    return check_combined(c, schema, v, path);
}

static mrl_status check(struct checking *c, mrl_val schema, mrl_val v, mrl_str path) {
    if (!mrl_is_obj(schema))
        return MRL_OK;
    if (c->depth >= MRL_SCHEMA_DEPTH_MAX)
        return mrl_err_set(c->err, MRL_E_LIMIT, "schema.depth", "%.*s is nested deeper than %d",
                           MRL_F(path), MRL_SCHEMA_DEPTH_MAX);
    c->depth++;
    mrl_status status = check_parts(c, schema, v, path);
    c->depth--;
    return status;
}

mrl_status mrl_schema_check(mrl_arena *a, mrl_val schema, mrl_val value, mrl_str path,
                            struct mrl_err *err) {
    struct checking c = {a, err, 0};
    return check(&c, schema, value, path);
}

/* --- unknown fields
 * ------------------------------------------------------------------------------- */

/* True when a part of the schema takes fields that it does not name. */
static bool keeps_all(mrl_val schema) {
    return !mrl_is_obj(schema) ||
           mrl_is_true(MRL_GET(schema, "x-kubernetes-preserve-unknown-fields")) ||
           mrl_is_true(MRL_GET(schema, "additionalProperties"));
}

/* Walks value and schema side by side and refuses the first member without a schema. */
static mrl_status fields(struct checking *c, mrl_val schema, mrl_val v, mrl_str path) {
    MRL_CHECK(c->depth < MRL_SCHEMA_DEPTH_MAX, MRL_E_LIMIT);
    c->depth++;
    mrl_val items = MRL_GET(schema, "items");
    for (uint32_t i = 0; mrl_is_arr(v) && mrl_is_obj(items) && i < v.len; i++)
        MRL_TRY(fields(c, items, v.u.arr->items[i], item_path(c->arena, path, i)));
    for (uint32_t i = 0; mrl_is_obj(v) && i < v.len; i++) {
        mrl_val inner = member_schema(schema, v.u.obj->m[i].key);
        mrl_str name = member_path(c->arena, path, mrl_val_str(v.u.obj->m[i].key));
        if (mrl_is_obj(inner))
            MRL_TRY(fields(c, inner, v.u.obj->m[i].val, name));
        else if (!keeps_all(schema))
            return mrl_err_set(c->err, MRL_E_INVALID, "schema.unknown",
                               "%.*s is a field that the template does not know", MRL_F(name));
    }
    c->depth--;
    return MRL_OK;
}

mrl_status mrl_schema_check_fields(mrl_arena *a, mrl_val schema, mrl_val value, mrl_str path,
                                   struct mrl_err *err) {
    struct checking c = {a, err, 0};
    return fields(&c, schema, value, path);
}

/* --- defaults
 * ------------------------------------------------------------------------------------- */

static mrl_status fill(mrl_arena *a, mrl_val schema, mrl_val v, unsigned depth, mrl_val *ret);

/* Defaults below a list: the list itself is as it was given. */
static mrl_status fill_items(mrl_arena *a, mrl_val schema, mrl_val v, unsigned depth,
                             mrl_val *ret) {
    struct mrl_builder b;
    mrl_builder_init(&b, a, MRL_T_ARR, v.len);
    for (uint32_t i = 0; i < v.len; i++) {
        mrl_val item = v.u.arr->items[i];
        MRL_TRY(fill(a, MRL_GET(schema, "items"), item, depth, &item));
        mrl_build_item(&b, item);
    }
    return mrl_build_end(&b, ret);
}

/* The members as given, filled in turn, then those that only the schema has. */
static mrl_status fill_members(mrl_arena *a, mrl_val schema, mrl_val v, unsigned depth,
                               mrl_val *ret) {
    mrl_val props = MRL_GET(schema, "properties");
    struct mrl_builder b;
    mrl_builder_init(&b, a, MRL_T_OBJ, v.len);
    for (uint32_t i = 0; i < v.len; i++) {
        struct mrl_member m = v.u.obj->m[i];
        mrl_val inner = member_schema(schema, m.key), other = MRL_GET(inner, "default");
        /* A null where none is allowed stands for "left out", as the API server reads it. */
        if (m.val.tag == MRL_T_NULL && mrl_is_defined(other) &&
            !mrl_is_true(MRL_GET(inner, "nullable")))
            m.val = other;
        MRL_TRY(fill(a, inner, m.val, depth, &m.val));
        mrl_build_member(&b, m.key, m.val);
    }
    /* Only what has a default is added: a default below a field that is left out stays away, too.
     */
    for (uint32_t i = 0; mrl_is_obj(props) && i < props.len; i++) {
        mrl_val other = MRL_GET(props.u.obj->m[i].val, "default");
        if (!mrl_is_defined(other) || mrl_is_defined(mrl_obj_get(v, props.u.obj->m[i].key)))
            continue;
        MRL_TRY(fill(a, props.u.obj->m[i].val, other, depth, &other));
        mrl_build_member(&b, props.u.obj->m[i].key, other);
    }
    return mrl_build_end(&b, ret);
}

static mrl_status fill(mrl_arena *a, mrl_val schema, mrl_val v, unsigned depth, mrl_val *ret) {
    MRL_CHECK(depth < MRL_SCHEMA_DEPTH_MAX, MRL_E_LIMIT);
    if (mrl_is_obj(schema) && mrl_is_obj(v))
        return fill_members(a, schema, v, depth + 1, ret);
    if (mrl_is_obj(schema) && mrl_is_arr(v))
        return fill_items(a, schema, v, depth + 1, ret);
    *ret = v;
    return MRL_OK;
}

mrl_status mrl_schema_default(mrl_arena *a, mrl_val schema, mrl_val value, mrl_val *ret) {
    return fill(a, schema, value, 0, ret);
}
