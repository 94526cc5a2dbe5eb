/* collect.c - entries to arrays and objects: keys as strings, merges, repeated keys.
 *
 * Entries of all open collections wait on one stack (members and spans side by side), and a
 * collection that closes takes those above its mark. Kubernetes reads YAML as JSON, so keys
 * become strings as sigs.k8s.io/yaml makes them, and of a repeated key the last one stands.
 * Merged members go in where << stands.
 */
#include "formats/yaml/internal.h"

#include "base/num.h"

mrl_status mrl_y_count(struct mrl_y *y, uint64_t n) {
    y->nodes += n;
    if (y->nodes > MRL_YAML_NODES_MAX)
        return mrl_y_fail(y, MRL_E_LIMIT, "more than %u nodes, aliases expanded",
                          MRL_YAML_NODES_MAX);
    return MRL_OK;
}

/* Room for one more entry: members and spans grow together. */
static mrl_status grow(struct mrl_y *y) {
    uint32_t cap = y->cap > 0 ? y->cap * 2 : 64;
    struct mrl_member *members =
        mrl_arena_regrow(&y->tmp, y->members, y->cap, cap, sizeof *members);
    struct mrl_span *spans = mrl_arena_regrow(&y->tmp, y->spans, y->cap, cap, sizeof *spans);
    MRL_CHECK(members != NULL && spans != NULL, MRL_E_NOMEM);
    y->members = members;
    y->spans = spans;
    y->cap = cap;
    return MRL_OK;
}

/* .inf and .nan are read as undefined; they are an error only where they would end up in a value.
 */
static mrl_status check_value(struct mrl_y *y, mrl_val v, uint32_t start) {
    if (!mrl_is_defined(v))
        return mrl_y_fail_at(y, y->text.ptr + start, MRL_E_SYNTAX,
                             "infinity and NaN have no JSON form");
    return MRL_OK;
}

mrl_status mrl_y_check_value(struct mrl_y *y, const struct mrl_y_node *val) {
    return check_value(y, val->v, val->start);
}

mrl_status mrl_y_push(struct mrl_y *y, const struct mrl_y_node *key, const struct mrl_y_node *val) {
    if (y->n == y->cap)
        MRL_TRY(grow(y));
    struct mrl_span *span = &y->spans[y->n];
    struct mrl_member *m = &y->members[y->n++];
    m->val = val->v;
    span->key_start = span->key_end = 0;
    span->val_start = val->start;
    span->val_end = val->end;
    if (key != NULL) {
        m->key = key->v;
        span->key_start = key->start;
        span->key_end = key->end;
    }
    return MRL_OK;
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

/* `<<`: a mapping, or a list of them. */
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

/* Values that can only be keys may still go when a later member takes their key: so they are looked
 * for in what is left. */
static mrl_status check_entries(struct mrl_y *y, mrl_val v, const struct mrl_span *spans) {
    for (uint32_t i = 0; i < v.len; i++)
        MRL_TRY(check_value(y, mrl_is_obj(v) ? v.u.obj->m[i].val : v.u.arr->items[i],
                            spans[i].val_start));
    return MRL_OK;
}

mrl_status mrl_y_close(struct mrl_y *y, uint32_t from, enum mrl_tag tag, mrl_val *ret) {
    MRL_ASSERT(from <= y->n && (tag == MRL_T_OBJ || tag == MRL_T_ARR));
    uint32_t n = y->n - from;
    mrl_val v = tag == MRL_T_OBJ ? mrl_empty_obj() : mrl_empty_arr();
    if (n == 0) {
        *ret = v;
        return MRL_OK;
    }
    struct mrl_member *m = y->members + from;
    struct mrl_span *spans = y->spans + from, *kept = y->opts->keep_spans ? spans : NULL;
    if (tag == MRL_T_OBJ) {
        MRL_TRY(mrl_obj_take(y->arena, m, kept, n, y->opts->ready, &v));
    } else {
        /* A list's entries are members without keys: the values are packed in place. */
        _Static_assert(sizeof(struct mrl_member) >= sizeof(mrl_val), "packing moves values down");
        mrl_val *items = (mrl_val *)(void *)m;
        for (uint32_t i = 0; i < n;
             i++) /* items move down: none is overwritten before it is read */
            items[i] = m[i].val;
        MRL_TRY(mrl_arr_take(y->arena, items, kept, n, y->opts->ready, &v));
    }
    MRL_TRY(check_entries(y, v, spans));
    y->n = from;
    *ret = v;
    return MRL_OK;
}
