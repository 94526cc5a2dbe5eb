/* value_wire.c - see value_wire.h. */
#include "base/value_wire.h"

#include "base/num.h"
#include "base/utf8.h"
#include "base/value_internal.h"
#include "base/wire.h"

enum kind { KIND_NULL, KIND_FALSE, KIND_TRUE, KIND_INT, KIND_NUM, KIND_STR, KIND_ARR, KIND_OBJ };

/* --- writing ------------------------------------------------------------------------------- */

static void put_spans(struct mrl_buf *b, mrl_val v) {
    MRL_DASSERT(mrl_is_container(v));
    const struct mrl_side *side = mrl_side_of(v);
    bool any = side != NULL && side->spans != NULL;
    mrl_buf_byte(b, (char)any);
    for (uint32_t i = 0; any && i < v.len; i++) {
        const struct mrl_span *s = &side->spans[i];
        mrl_wire_u32(b, s->key_start);
        mrl_wire_u32(b, s->key_end);
        mrl_wire_u32(b, s->val_start);
        mrl_wire_u32(b, s->val_end);
    }
}

static void put(struct mrl_buf *b, mrl_val v, unsigned depth);

static void put_entries(struct mrl_buf *b, mrl_val v, unsigned depth) {
    bool object = mrl_is_obj(v);
    mrl_buf_byte(b, object ? KIND_OBJ : KIND_ARR);
    mrl_wire_u32(b, v.len);
    put_spans(b, v);
    for (uint32_t i = 0; i < v.len && b->status == MRL_OK; i++) {
        put(b, mrl_entry(v, i), depth - 1);
        if (object)
            put(b, v.u.obj->m[i].val, depth - 1);
    }
}

static void put(struct mrl_buf *b, mrl_val v, unsigned depth) {
    switch (v.tag) {
    case MRL_T_NULL:
        mrl_buf_byte(b, KIND_NULL);
        break;
    case MRL_T_BOOL:
        mrl_buf_byte(b, mrl_is_true(v) ? KIND_TRUE : KIND_FALSE);
        break;
    case MRL_T_INT:
        mrl_buf_byte(b, KIND_INT);
        mrl_wire_u64(b, (uint64_t)v.u.i);
        break;
    case MRL_T_NUM:
    case MRL_T_STR:
        mrl_buf_byte(b, v.tag == MRL_T_NUM ? KIND_NUM : KIND_STR);
        mrl_wire_str(b, mrl_val_str(v));
        break;
    default:
        MRL_ASSERT(mrl_is_arr(v) || mrl_is_obj(v));
        if (depth > 0)
            put_entries(b, v, depth);
        else
            b->status = MRL_E_LIMIT; /* as a reader would say */
    }
}

void mrl_wire_put_value(struct mrl_buf *b, mrl_val v) {
    put(b, v, MRL_VAL_DEPTH_MAX);
}

/* --- reading ------------------------------------------------------------------------------- */

struct reading {
    mrl_arena *arena;
    struct mrl_rd *rd;
    uint32_t source_len;
};

static mrl_status get(struct reading *g, unsigned depth, mrl_val *ret);

static mrl_status get_spans(struct reading *g, uint32_t n, const struct mrl_span **ret) {
    *ret = NULL;
    uint8_t any = mrl_rd_u8(g->rd);
    MRL_CHECK(!g->rd->failed && any <= 1, MRL_E_SYNTAX);
    if (any == 0)
        return MRL_OK;
    MRL_CHECK(n <= mrl_rd_left(g->rd) / sizeof(struct mrl_span), MRL_E_SYNTAX);
    struct mrl_span *spans = MRL_ARENA_ARRAY(g->arena, struct mrl_span, n);
    MRL_CHECK(spans != NULL, MRL_E_NOMEM);
    for (uint32_t i = 0; i < n; i++) {
        struct mrl_span *s = &spans[i];
        s->key_start = mrl_rd_le32(g->rd);
        s->key_end = mrl_rd_le32(g->rd);
        s->val_start = mrl_rd_le32(g->rd);
        s->val_end = mrl_rd_le32(g->rd);
        MRL_CHECK(s->key_start <= s->key_end && s->key_end <= g->source_len &&
                      s->val_start <= s->val_end && s->val_end <= g->source_len,
                  MRL_E_SYNTAX);
    }
    *ret = spans;
    return MRL_OK;
}

/* The builder finds keys that come twice: then it holds fewer members than were sent. */
static mrl_status get_members(struct reading *g, uint32_t n, unsigned depth, mrl_val *ret) {
    struct mrl_builder b;
    mrl_builder_init(&b, g->arena, MRL_T_OBJ, n);
    for (uint32_t i = 0; i < n && b.status == MRL_OK; i++) {
        mrl_val key = mrl_undefined(), v = mrl_undefined();
        MRL_TRY(get(g, 0, &key)); /* depth 0: no container can be a key */
        MRL_CHECK(mrl_is_str(key), MRL_E_SYNTAX);
        MRL_TRY(get(g, depth - 1, &v));
        mrl_build_member(&b, key, v);
    }
    MRL_TRY(mrl_build_end(&b, ret));
    return ret->len == n ? MRL_OK : MRL_E_SYNTAX;
}

static mrl_status get_items(struct reading *g, uint32_t n, unsigned depth, mrl_val *ret) {
    struct mrl_builder b;
    mrl_builder_init(&b, g->arena, MRL_T_ARR, n);
    for (uint32_t i = 0; i < n && b.status == MRL_OK; i++) {
        mrl_val v = mrl_undefined();
        MRL_TRY(get(g, depth - 1, &v));
        mrl_build_item(&b, v);
    }
    return mrl_build_end(&b, ret);
}

static mrl_status get_container(struct reading *g, enum kind kind, unsigned depth, mrl_val *ret) {
    MRL_DASSERT(kind == KIND_ARR || kind == KIND_OBJ);
    const struct mrl_span *spans = NULL;
    uint32_t n = mrl_rd_le32(g->rd);
    MRL_CHECK(depth > 0, MRL_E_LIMIT);
    /* An entry takes a byte or more: a count cannot make us reserve what was never sent. */
    MRL_CHECK(n <= mrl_rd_left(g->rd), MRL_E_SYNTAX);
    MRL_TRY(get_spans(g, n, &spans));
    MRL_TRY(kind == KIND_OBJ ? get_members(g, n, depth, ret) : get_items(g, n, depth, ret));
    return mrl_val_seal(g->arena, ret, n > 0 ? spans : NULL);
}

static mrl_status get_text(struct reading *g, enum kind kind, mrl_val *ret) {
    MRL_DASSERT(kind == KIND_NUM || kind == KIND_STR);
    mrl_str s = mrl_wire_get_str(g->rd, MRL_VAL_LEN_MAX);
    MRL_CHECK(!g->rd->failed, MRL_E_SYNTAX);
    if (kind == KIND_STR) {
        MRL_CHECK(mrl_utf8_valid(s), MRL_E_SYNTAX);
        *ret = mrl_strval(s);
        return MRL_OK;
    }
    MRL_TRY(mrl_num_parse(s, ret));
    return ret->tag == MRL_T_NUM ? MRL_OK : MRL_E_SYNTAX; /* whole numbers come as KIND_INT */
}

static mrl_status get(struct reading *g, unsigned depth, mrl_val *ret) {
    uint8_t kind = mrl_rd_u8(g->rd);
    MRL_CHECK(!g->rd->failed, MRL_E_SYNTAX);
    switch (kind) {
    case KIND_NULL:
        *ret = mrl_null();
        return MRL_OK;
    case KIND_FALSE:
    case KIND_TRUE:
        *ret = mrl_bool(kind == KIND_TRUE);
        return MRL_OK;
    case KIND_INT:
        *ret = mrl_int((int64_t)mrl_rd_le64(g->rd));
        return g->rd->failed ? MRL_E_SYNTAX : MRL_OK;
    case KIND_NUM:
    case KIND_STR:
        return get_text(g, (enum kind)kind, ret);
    case KIND_ARR:
    case KIND_OBJ:
        return get_container(g, (enum kind)kind, depth, ret);
    default:
        return MRL_E_SYNTAX;
    }
}

mrl_status mrl_wire_get_value(mrl_arena *a, struct mrl_rd *r, uint32_t source_len, mrl_val *ret) {
    struct reading g = {a, r, source_len};
    return get(&g, MRL_VAL_DEPTH_MAX, ret);
}
