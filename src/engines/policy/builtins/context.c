/* context.c - what builtins share: error texts in OPA's words, argument readers, the budget, and
 * the bounded cache of compiled objects.
 *
 * Errors carry the builtin's name and the operand's number in OPA's words, as tests and people
 * compare them. The cache keeps what is dear to make and asked for again (regexes, globs, time
 * zones): one slot a hash, the newcomer evicts. An object of the cache is valid until the next
 * put of any kind.
 */
#include "engines/policy/builtin.h"

#include "base/mem.h"
#include "base/num.h"

#include <stdarg.h>
#include <stdio.h>

mrl_status mrl_bi_fail(struct mrl_bi *cx, const char *fmt, ...) {
    char text[MRL_ERR_TEXT_MAX];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    return mrl_err_set(cx->err, MRL_E_INVALID, "eval_builtin_error", "%s: %s", cx->name, text);
}

mrl_status mrl_bi_operand_text(struct mrl_bi *cx, int pos, const char *fmt, ...) {
    MRL_ASSERT(pos >= 1); /* operands are counted from 1, as in messages */
    char text[MRL_ERR_TEXT_MAX];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    return mrl_err_set(cx->err, MRL_E_TYPE, "eval_type_error", "%s: operand %d %s", cx->name, pos,
                       text);
}

mrl_status mrl_bi_operand(struct mrl_bi *cx, int pos, const char *want, mrl_val got) {
    return mrl_bi_operand_text(cx, pos, "must be %s but got %s", want, mrl_val_type_name(got));
}

mrl_status mrl_bi_spend(struct mrl_bi *cx, uint64_t n) {
    if (cx->cancel != NULL && atomic_load_explicit(cx->cancel, memory_order_relaxed) != 0)
        return MRL_E_CANCELLED;
    /* Without a budget: tests call builtins alone. */
    if (cx->steps_left == NULL)
        return MRL_OK;
    if (*cx->steps_left < n) {
        /* The VM looks at it after each step: what a builtin could not pay ends the query. */
        *cx->steps_left = 0;
        return mrl_err_set(cx->err, MRL_E_BUDGET, "eval_budget_error",
                           "%s: the instruction budget of the query is used up", cx->name);
    }
    *cx->steps_left -= n;
    return MRL_OK;
}

mrl_status mrl_bi_want(struct mrl_bi *cx, const mrl_val *args, int pos, enum mrl_tag tag,
                       mrl_val *ret) {
    MRL_DASSERT(pos >= 1 && pos <= MRL_BUILTIN_ARITY_MAX);
    mrl_val v = args[pos - 1];
    if (v.tag != tag)
        return mrl_bi_operand(cx, pos, mrl_val_type_name((mrl_val){.tag = (uint8_t)tag}), v);
    *ret = v;
    return MRL_OK;
}

mrl_status mrl_bi_str(struct mrl_bi *cx, const mrl_val *args, int pos, mrl_str *ret) {
    MRL_DASSERT(pos >= 1);
    mrl_val v = mrl_undefined();
    MRL_TRY(mrl_bi_want(cx, args, pos, MRL_T_STR, &v));
    *ret = mrl_val_str(v);
    return MRL_OK;
}

mrl_status mrl_bi_num(struct mrl_bi *cx, const mrl_val *args, int pos, mrl_val *ret) {
    MRL_DASSERT(pos >= 1);
    mrl_val v = args[pos - 1];
    if (!mrl_is_num(v))
        return mrl_bi_operand(cx, pos, "number", v);
    *ret = v;
    return MRL_OK;
}

mrl_status mrl_bi_int(struct mrl_bi *cx, const mrl_val *args, int pos, int64_t *ret) {
    MRL_DASSERT(pos >= 1);
    mrl_val v;
    MRL_TRY(mrl_bi_num(cx, args, pos, &v));
    if (!mrl_num_to_i64(v, ret))
        return mrl_bi_operand_text(cx, pos, "must be integer number but got floating-point number");
    return MRL_OK;
}

/* --- the cache of compiled objects: direct-mapped, so that eviction needs no bookkeeping
 * ----------- */

struct cache_slot {
    /* Compared as a pointer: each user has one static text. key is a copy, the object is owned. */
    const char *kind;
    char *key;
    size_t key_len;
    void *object;
    void (*drop)(void *);
};

struct mrl_bi_cache {
    uint32_t n;
    struct cache_slot slots[];
};

struct mrl_bi_cache *mrl_bi_cache_new(uint32_t max_objects) {
    MRL_ASSERT(max_objects > 0);
    uint32_t n = 1;
    while (n < max_objects && n < (1u << 20))
        n *= 2;
    struct mrl_bi_cache *c = mrl_mem_alloc(sizeof *c + n * sizeof c->slots[0]);
    if (c == NULL)
        return NULL;
    memset(c, 0, sizeof *c + n * sizeof c->slots[0]);
    c->n = n;
    return c;
}

static void slot_clear(struct cache_slot *s) {
    if (s->object != NULL && s->drop != NULL)
        s->drop(s->object);
    mrl_mem_free(s->key);
    memset(s, 0, sizeof *s);
}

void mrl_bi_cache_free(struct mrl_bi_cache *c) {
    if (c == NULL)
        return;
    for (uint32_t i = 0; i < c->n; i++)
        slot_clear(&c->slots[i]);
    mrl_mem_free(c);
}

/* Seeded: policies come from outside and could otherwise choose keys that evict each other. */
static struct cache_slot *slot_of(struct mrl_bi_cache *c, const char *kind, mrl_str key) {
    MRL_DASSERT((c->n & (c->n - 1)) == 0);
    uint64_t h = mrl_hash_bytes(key.ptr, key.len, mrl_hash_seed() ^ (uintptr_t)kind);
    return &c->slots[h & (c->n - 1)];
}

void *mrl_bi_cache_get(struct mrl_bi *cx, const char *kind, mrl_str key) {
    if (cx->objects == NULL)
        return NULL;
    struct cache_slot *s = slot_of(cx->objects, kind, key);
    if (s->object == NULL || s->kind != kind || !mrl_str_eq((mrl_str){s->key, s->key_len}, key))
        return NULL;
    return s->object;
}

mrl_status mrl_bi_cache_put(struct mrl_bi *cx, const char *kind, mrl_str key, void *object,
                            void (*drop)(void *)) {
    /* Then the caller still owns the object. */
    MRL_CHECK(cx->objects != NULL, MRL_E_UNSUPPORTED);
    char *copy = mrl_mem_alloc(key.len + 1);
    MRL_CHECK(copy != NULL, MRL_E_NOMEM);
    if (key.len > 0)
        memcpy(copy, key.ptr, key.len);
    copy[key.len] = '\0';
    struct cache_slot *s = slot_of(cx->objects, kind, key);
    slot_clear(s);
    *s = (struct cache_slot){kind, copy, key.len, object, drop};
    return MRL_OK;
}
