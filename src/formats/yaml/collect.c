/* collect.c - entries to arrays and objects: keys as strings, merges, repeated keys. */
#include "formats/yaml/internal.h"

#include "base/num.h"

mrl_status mrl_y_count(struct mrl_y *y, uint64_t n) {
    y->nodes += n;
    if (y->nodes > MRL_YAML_NODES_MAX)
        return mrl_y_fail(y, MRL_E_LIMIT, "more than %u nodes, aliases expanded",
                          MRL_YAML_NODES_MAX);
    return MRL_OK;
}

static mrl_status push_entry(struct mrl_y *y, const struct mrl_y_entry *e) {
    MRL_TRY(MRL_VEC_ROOM(&y->tmp, y->stack, y->n, y->cap));
    y->stack[y->n++] = *e;
    return MRL_OK;
}

mrl_status mrl_y_check_value(struct mrl_y *y, const struct mrl_y_node *val) {
    if (!mrl_is_defined(val->v))
        return mrl_y_fail_at(y, y->text.ptr + val->start, MRL_E_SYNTAX,
                             "infinity and NaN have no JSON form");
    return MRL_OK;
}

mrl_status mrl_y_push(struct mrl_y *y, const struct mrl_y_node *key, const struct mrl_y_node *val) {
    MRL_TRY(mrl_y_check_value(y, val));
    struct mrl_y_entry e = {.val = val->v, .span = {0, 0, val->start, val->end}};
    if (key != NULL) {
        e.key = key->v;
        e.span.key_start = key->start;
        e.span.key_end = key->end;
    }
    return push_entry(y, &e);
}

/* The members of a merged mapping, as if they were written here. */
static mrl_status merge_one(struct mrl_y *y, const struct mrl_y_node *key,
                            const struct mrl_y_node *at, mrl_val v) {
    if (!mrl_is_obj(v))
        return mrl_y_fail_at(y, y->text.ptr + at->start, MRL_E_SYNTAX,
                             "<< wants a mapping or a list of mappings");
    MRL_TRY(mrl_y_count(y, v.len));
    for (uint32_t i = 0; i < v.len; i++) {
        struct mrl_y_node k = *key, item = *at;
        k.v = v.u.obj->m[i].key;
        item.v = v.u.obj->m[i].val;
        MRL_TRY(mrl_y_push(y, &k, &item));
    }
    return MRL_OK;
}

static mrl_status merge(struct mrl_y *y, const struct mrl_y_node *key,
                        const struct mrl_y_node *at) {
    if (!mrl_is_arr(at->v))
        return merge_one(y, key, at, at->v);
    for (uint32_t i = at->v.len; i > 0; i--) /* earlier mappings win */
        MRL_TRY(merge_one(y, key, at, at->v.u.arr->items[i - 1]));
    return MRL_OK;
}

/* Keys are strings, as JSON has them. */
static mrl_status string_key(struct mrl_y *y, struct mrl_y_node *key) {
    struct mrl_buf b;
    char text[32];
    if (key->kind == MRL_Y_FLOAT) {
        mrl_str s = mrl_arena_str(y->arena, mrl_y_float_key(key->number, text));
        MRL_CHECK(s.ptr != NULL, MRL_E_NOMEM);
        key->v = mrl_strval(s);
        return MRL_OK;
    }
    switch (key->v.tag) {
    case MRL_T_STR:
        return MRL_OK;
    case MRL_T_BOOL:
        key->v = key->v.u.i != 0 ? MRL_V("true") : MRL_V("false");
        return MRL_OK;
    case MRL_T_INT: {
        mrl_buf_init(&b, 1024);
        mrl_num_write(&b, key->v);
        mrl_str s = mrl_arena_str(y->arena, (mrl_str){b.ptr, b.len});
        mrl_buf_release(&b);
        MRL_CHECK(s.ptr != NULL, MRL_E_NOMEM);
        key->v = mrl_strval(s);
        return MRL_OK;
    }
    default:
        return mrl_y_fail_at(y, y->text.ptr + key->start, MRL_E_SYNTAX,
                             "a key must be a string, a boolean or a number of 64 bits, not %s",
                             key->kind == MRL_Y_INT ? "a larger one" : mrl_val_type_name(key->v));
    }
}

mrl_status mrl_y_push_pair(struct mrl_y *y, const struct mrl_y_node *key,
                           const struct mrl_y_node *val) {
    struct mrl_y_node k = *key;
    if (k.plain && mrl_str_eq(mrl_val_str(k.v), MRL_S("<<")))
        return merge(y, key, val);
    MRL_TRY(string_key(y, &k));
    return mrl_y_push(y, &k, val);
}

/* --- closing
 * ---------------------------------------------------------------------------------------- */

/* Drops repeated keys: the last value stands in the place of the first. */
static mrl_status unique(struct mrl_y *y, uint32_t from, uint32_t *n) {
    if (*n == 0)
        return MRL_OK;
    struct mrl_y_entry *e = y->stack + from;
    uint32_t kept = 0;
    struct mrl_builder seen;
    bool large = *n > 16;
    if (large)
        mrl_builder_init(&seen, &y->tmp, MRL_T_OBJ, *n);
    for (uint32_t i = 0; i < *n; i++) {
        uint32_t k = 0;
        if (large) {
            mrl_val at = mrl_build_get(&seen, e[i].key);
            k = mrl_is_defined(at) ? (uint32_t)at.u.i : kept;
            if (k == kept)
                mrl_build_member(&seen, e[i].key, mrl_int(kept));
            MRL_TRY(seen.status);
        } else {
            while (k < kept && (e[k].key.len != e[i].key.len ||
                                memcmp(e[k].key.u.s, e[i].key.u.s, e[i].key.len) != 0))
                k++;
        }
        e[k] = e[i];
        kept += k == kept;
    }
    *n = kept;
    return MRL_OK;
}

static mrl_status give_spans(struct mrl_y *y, const struct mrl_y_entry *e, uint32_t n, mrl_val *v) {
    if (!y->opts->keep_spans || n == 0)
        return MRL_OK;
    struct mrl_span *spans =
        mrl_arena_alloc(y->arena, n * sizeof *spans, _Alignof(struct mrl_span));
    MRL_CHECK(spans != NULL, MRL_E_NOMEM);
    for (uint32_t i = 0; i < n; i++)
        spans[i] = e[i].span;
    return mrl_val_seal(y->arena, v, spans);
}

mrl_status mrl_y_close(struct mrl_y *y, uint32_t from, enum mrl_tag tag, mrl_val *ret) {
    uint32_t n = y->n - from;
    struct mrl_arena_mark mark = mrl_arena_mark(&y->tmp);
    if (tag == MRL_T_OBJ) {
        bool large = n > 16;
        MRL_TRY(unique(y, from, &n));
        if (large)
            mrl_arena_rewind(&y->tmp, mark);
    }
    const struct mrl_y_entry *e = y->stack != NULL ? y->stack + from : NULL;
    mrl_val v = {.tag = (uint8_t)tag, .len = n};
    size_t item = tag == MRL_T_OBJ ? sizeof(struct mrl_member) : sizeof(mrl_val);
    struct mrl_arr *box = mrl_arena_alloc(y->arena, sizeof *box + n * item, 8);
    MRL_CHECK(box != NULL, MRL_E_NOMEM);
    box->side = NULL;
    for (uint32_t i = 0; i < n; i++) {
        if (tag == MRL_T_OBJ)
            ((struct mrl_obj *)box)->m[i] = (struct mrl_member){e[i].key, e[i].val};
        else
            box->items[i] = e[i].val;
    }
    v.u.arr = box;
    if (y->opts->keep_spans)
        MRL_TRY(give_spans(y, e, n, &v));
    else
        MRL_TRY(mrl_val_seal(y->arena, &v, NULL));
    y->n = from;
    *ret = v;
    return MRL_OK;
}
