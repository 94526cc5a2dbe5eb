/* json_ops.c - json.filter, json.remove, json.marshal and its kin.
 *
 * json.filter and json.remove turn their paths into one tree first, so that the document is
 * walked once however many paths there are. A path that ends at a place covers all below it. Text
 * comes and goes through formats/json: escaping as Go's encoder has it (<, > and & as \u003c and
 * so on).
 */
#include "engines/policy/builtins/builtins.h"
#include "engines/policy/builtins/json_paths.h"

#include "base/buf.h"
#include "formats/json/json.h"

#include <stdio.h>

#define TEXT_MAX ((size_t)256 << 20) /* bytes that json.marshal makes */

/* --- paths
 * ------------------------------------------------------------------------------------------ */

/* One segment with ~1 and ~0 replaced. */
static mrl_status unescape(struct mrl_bi *cx, mrl_str s, mrl_val *ret) {
    char *p = mrl_arena_alloc(cx->arena, s.len + 1, 1);
    size_t n = 0;
    MRL_CHECK(p != NULL, MRL_E_NOMEM);
    for (size_t i = 0; i < s.len; i++) {
        bool escape =
            s.ptr[i] == '~' && i + 1 < s.len && (s.ptr[i + 1] == '0' || s.ptr[i + 1] == '1');
        p[n++] = !escape ? s.ptr[i] : s.ptr[++i] == '1' ? '/' : '~';
    }
    *ret = mrl_strval((mrl_str){p, n});
    return MRL_OK;
}

mrl_status mrl_json_path(struct mrl_bi *cx, mrl_val path, mrl_val *ret) {
    if (mrl_is_arr(path)) {
        *ret = path;
        return MRL_OK;
    }
    if (!mrl_is_str(path))
        return mrl_bi_operand_text(cx, 2,
                                   "must be one of {set, array} containing string paths or array "
                                   "of path segments but got %s",
                                   mrl_val_type_name(path));
    struct mrl_builder out;
    mrl_str rest = mrl_val_str(path);
    mrl_builder_init(&out, cx->arena, MRL_T_ARR, 4);
    if (rest.len == 0) {
        *ret = mrl_empty_arr();
        return MRL_OK;
    }
    /* "a/b" and "/a/b" are the same path, as in OPA. */
    while (rest.len > 0 && rest.ptr[0] == '/')
        rest = mrl_str_sub(rest, 1, rest.len);
    do {
        mrl_val segment = mrl_undefined();
        mrl_str part = mrl_str_cut(rest, '/', &rest);
        MRL_TRY(unescape(cx, part, &segment));
        mrl_build_item(&out, segment);
    } while (rest.ptr != NULL);
    return mrl_build_end(&out, ret);
}

/* A tree of paths: objects by segment, null where a path ends. */
static mrl_status add_path(struct mrl_bi *cx, mrl_val tree, mrl_val path, uint32_t from,
                           mrl_val *ret) {
    MRL_DASSERT(mrl_is_obj(tree) && from <= path.len);
    if (from == path.len) {
        *ret = mrl_null();
        return MRL_OK;
    }
    mrl_val key = path.u.arr->items[from], inner = mrl_obj_get(tree, key);
    /* A shorter path covers this one already. */
    if (inner.tag == MRL_T_NULL) {
        *ret = tree;
        return MRL_OK;
    }
    MRL_TRY(add_path(cx, mrl_is_obj(inner) ? inner : mrl_empty_obj(), path, from + 1, &inner));
    struct mrl_builder out;
    mrl_builder_init(&out, cx->arena, MRL_T_OBJ, tree.len + 1);
    for (uint32_t i = 0; i < tree.len; i++)
        mrl_build_member(&out, tree.u.obj->m[i].key, tree.u.obj->m[i].val);
    mrl_build_member(&out, key, inner);
    return mrl_build_end(&out, ret);
}

/* All paths of operand 2 as one tree. The empty path names nothing and is left out. */
static mrl_status path_tree(struct mrl_bi *cx, mrl_val paths, mrl_val *ret) {
    mrl_val tree = mrl_empty_obj();
    if (!mrl_is_arr(paths) && !mrl_is_set(paths))
        return mrl_bi_operand(cx, 2, "one of {set, array}", paths);
    for (uint32_t i = 0; i < paths.len; i++) {
        mrl_val path = mrl_undefined();
        MRL_TRY(mrl_json_path(cx, paths.u.arr->items[i], &path));
        MRL_CHECK(path.len < MRL_VAL_DEPTH_MAX, MRL_E_LIMIT);
        if (path.len > 0)
            MRL_TRY(add_path(cx, tree, path, 0, &tree));
    }
    *ret = tree;
    return MRL_OK;
}

/* What the path tree says about a key: undefined when no path goes there. */
static mrl_val tree_get(mrl_val tree, mrl_val key, uint32_t index, bool is_index) {
    if (!is_index)
        return mrl_obj_get(tree, key);
    char digits[16];
    /* A segment names an array's item by text ("0") or by number. */
    int n = snprintf(digits, sizeof digits, "%u", index);
    mrl_val v = mrl_obj_get_str(tree, (mrl_str){digits, (size_t)n});
    return mrl_is_defined(v) ? v : mrl_obj_get(tree, mrl_int(index));
}

/* Keeps (or, with `remove`, drops) what the tree names. Undefined: nothing is left. */
static mrl_status apply(struct mrl_bi *cx, mrl_val v, mrl_val tree, bool remove, mrl_val *ret) {
    MRL_DASSERT(mrl_is_defined(v) && mrl_is_defined(tree));
    if (tree.tag == MRL_T_NULL) {
        *ret = remove ? mrl_undefined() : v;
        return MRL_OK;
    }
    *ret = v;
    if (!mrl_is_obj(tree) || (!mrl_is_obj(v) && !mrl_is_arr(v) && !mrl_is_set(v)))
        return MRL_OK;
    struct mrl_builder out;
    MRL_TRY(mrl_bi_spend(cx, v.len));
    mrl_builder_init(&out, cx->arena, (enum mrl_tag)v.tag, 0);
    for (uint32_t i = 0; i < v.len; i++) {
        mrl_val item = mrl_is_obj(v) ? v.u.obj->m[i].val : v.u.arr->items[i];
        mrl_val key = mrl_is_obj(v) ? v.u.obj->m[i].key : item;
        mrl_val inner = tree_get(tree, key, i, mrl_is_arr(v)), kept = mrl_undefined();
        if (!mrl_is_defined(inner))
            kept = remove ? item : mrl_undefined();
        else
            MRL_TRY(apply(cx, item, inner, remove, &kept));
        if (!mrl_is_defined(kept))
            continue;
        if (mrl_is_obj(v))
            mrl_build_member(&out, key, kept);
        else
            mrl_build_item(&out, kept);
    }
    return mrl_build_end(&out, ret);
}

/* json.filter, or with `remove` its opposite. */
static mrl_status filter(struct mrl_bi *cx, const mrl_val *args, bool remove, mrl_val *ret) {
    mrl_val obj, tree;
    MRL_TRY(mrl_bi_want(cx, args, 1, MRL_T_OBJ, &obj));
    MRL_TRY(path_tree(cx, args[1], &tree));
    return apply(cx, obj, tree, remove, ret);
}

/* json.filter: the parts of an object that some paths name. */
mrl_status mrl_bi_json_filter(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    return filter(cx, args, false, ret);
}

/* json.remove: the object without what some paths name. */
mrl_status mrl_bi_json_remove(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    return filter(cx, args, true, ret);
}

/* --- text
 * ------------------------------------------------------------------------------------------- */

static mrl_status finish(struct mrl_bi *cx, struct mrl_buf *b, mrl_val *ret) {
    mrl_status status = b->status;
    mrl_str s = mrl_arena_str(cx->arena, (mrl_str){b->ptr, b->len});
    mrl_buf_release(b);
    MRL_TRY(status);
    MRL_CHECK(s.ptr != NULL, MRL_E_NOMEM);
    *ret = mrl_strval(s);
    return MRL_OK;
}

/* json.marshal: the value as JSON text. */
mrl_status mrl_bi_json_marshal(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    struct mrl_buf b;
    mrl_buf_init(&b, TEXT_MAX);
    mrl_json_write(&b, cx->arena, args[0], &(struct mrl_json_style){.escape_html = true});
    return finish(cx, &b, ret);
}

struct marshal_opts {
    mrl_str prefix, indent;
    /* Asked for, or meant by giving an indent or a prefix. */
    bool pretty;
};

/* The options of json.marshal_with_options; unknown ones are errors, as a typing error would be
 * lost. */
static mrl_status read_opts(struct mrl_bi *cx, mrl_val opts, struct marshal_opts *ret) {
    MRL_DASSERT(mrl_is_obj(opts));
    bool implicit = false, explicit = false;
    *ret = (struct marshal_opts){MRL_S(""), MRL_S("\t"), false};
    for (uint32_t i = 0; i < opts.len; i++) {
        mrl_str key = mrl_val_str(opts.u.obj->m[i].key);
        mrl_val v = opts.u.obj->m[i].val;
        bool prefix = mrl_str_eq(key, MRL_S("prefix")), indent = mrl_str_eq(key, MRL_S("indent"));
        if (prefix || indent) {
            if (!mrl_is_str(v))
                return mrl_bi_operand_text(cx, 2,
                                           "key %.*s failed cast to string: operand %u must "
                                           "be string but got %s",
                                           MRL_F(key), i, mrl_val_type_name(v));
            *(prefix ? &ret->prefix : &ret->indent) = mrl_val_str(v);
            implicit = true;
        } else if (mrl_str_eq(key, MRL_S("pretty"))) {
            if (v.tag != MRL_T_BOOL)
                return mrl_bi_operand_text(cx, 2, "key %.*s failed cast to bool", MRL_F(key));
            explicit = true;
            ret->pretty = mrl_is_true(v);
        } else {
            return mrl_bi_operand_text(cx, 2, "object contained unknown key \"%.*s\"", MRL_F(key));
        }
    }
    if (!explicit)
        ret->pretty = implicit;
    return MRL_OK;
}

/* json.marshal_with_options: the value as JSON text with indentation and prefix. */
mrl_status mrl_bi_json_marshal_with_options(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    mrl_val opts;
    struct marshal_opts m;
    struct mrl_buf flat, out;
    MRL_TRY(mrl_bi_want(cx, args, 2, MRL_T_OBJ, &opts));
    MRL_TRY(read_opts(cx, opts, &m));
    mrl_buf_init(&flat, TEXT_MAX);
    mrl_buf_init(&out, TEXT_MAX);
    struct mrl_json_style style = {.escape_html = true, .indent = m.pretty ? 1 : 0};
    mrl_json_write(&flat, cx->arena, args[0], &style);
    mrl_str rest = {flat.ptr, flat.len};
    bool first = true;
    while (m.pretty && rest.len > 0) { /* one space a level becomes `indent`, behind `prefix` */
        mrl_str line = mrl_str_cut(rest, '\n', &rest);
        size_t level = 0;
        while (level < line.len && line.ptr[level] == ' ')
            level++;
        mrl_buf_add(&out, first ? MRL_S("") : MRL_S("\n"));
        mrl_buf_add(&out, m.prefix);
        for (size_t i = 0; i < level; i++)
            mrl_buf_add(&out, m.indent);
        mrl_buf_add(&out, mrl_str_sub(line, level, line.len));
        first = false;
    }
    if (!m.pretty)
        mrl_buf_add(&out, rest);
    if (out.status == MRL_OK)
        out.status = flat.status;
    mrl_buf_release(&flat);
    return finish(cx, &out, ret);
}

/* json.unmarshal: the value that a JSON text stands for. */
mrl_status mrl_bi_json_unmarshal(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    mrl_str s;
    struct mrl_err err;
    MRL_TRY(mrl_bi_str(cx, args, 1, &s));
    mrl_err_init(&err);
    mrl_status status = mrl_json_parse(cx->arena, s, NULL, &err, ret);
    if (status == MRL_E_NOMEM)
        return status;
    return status == MRL_OK ? MRL_OK : mrl_bi_fail(cx, "%s", err.text);
}

/* json.is_valid: true for text that is valid JSON. */
mrl_status mrl_bi_json_is_valid(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    mrl_val ignored = mrl_undefined();
    *ret = mrl_bool(false);
    if (!mrl_is_str(args[0]))
        return MRL_OK;
    mrl_status status = mrl_json_parse(cx->arena, mrl_val_str(args[0]), NULL, NULL, &ignored);
    MRL_CHECK(status != MRL_E_NOMEM, status);
    *ret = mrl_bool(status == MRL_OK);
    return MRL_OK;
}
