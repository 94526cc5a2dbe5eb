/* text.c - mutants of bytes: bits turned over, cuts, too much; and fields of bytes in base64. */
#include "mutate.h"

#include "base/base64.h"

void mutate_text(struct run *r, const struct subject *s) {
    mrl_str copy = mrl_arena_str(r->arena, s->text);
    char *bytes = (char *)(uintptr_t)copy.ptr;
    r->where = MRL_S("the text");
    MRL_ASSERT(bytes != NULL);
    r->how = "bit turned over";
    for (size_t i = 0; i < 8 * copy.len; i++) {
        if (!its_turn(r, r->stride_bits))
            continue;
        r->at = i;
        bytes[i / 8] ^= (char)(1 << i % 8);
        try_mutant(r, s, copy);
        bytes[i / 8] ^= (char)(1 << i % 8);
    }
    r->how = "cut";
    for (size_t n = 0; n < copy.len; n++)
        if (its_turn(r, r->stride_fields)) {
            r->at = n;
            try_mutant(r, s, mrl_str_sub(copy, 0, n));
        }
}

/* Bytes as base64 between the text around them. */
static void put(struct run *r, const struct subject *s, mrl_str bytes, mrl_str before,
                mrl_str after) {
    struct mrl_buf b;
    mrl_str digits;
    mrl_buf_init_in(&b, &r->scratch, 1 << 24);
    if (mrl_base64_encode(&r->scratch, bytes, MRL_BASE64_STD, true, &digits) != MRL_OK)
        return;
    mrl_buf_add(&b, before);
    mrl_buf_add(&b, digits);
    mrl_buf_add(&b, after);
    try_mutant(r, s, mrl_buf_str(&b));
}

static void mutate_elements(struct run *r, const struct subject *s, mrl_str der, mrl_str before,
                            mrl_str after) {
    bool more = true;
    for (uint32_t element = 0; more; element++)
        for (uint32_t way = 0;; way++) {
            struct mrl_buf b;
            const char *how;
            mrl_buf_init(&b, 1 << 20);
            bool there = mutate_der(der, element, way, &b, &how);
            if (there && its_turn(r, r->stride_fields)) {
                r->how = how;
                r->at = element;
                put(r, s, mrl_buf_str(&b), before, after);
            }
            mrl_buf_release(&b);
            more = there || way > 0;
            if (!there)
                break;
        }
}

void mutate_bytes(struct run *r, const struct subject *s, mrl_str bytes, mrl_str before,
                  mrl_str after) {
    mrl_str copy = mrl_arena_str(r->arena, bytes);
    char *p = (char *)(uintptr_t)copy.ptr;
    MRL_ASSERT(p != NULL);
    r->how = "bit of the bytes turned over";
    for (size_t i = 0; i < 8 * copy.len; i++) {
        if (!its_turn(r, r->stride_bits))
            continue;
        r->at = i;
        p[i / 8] ^= (char)(1 << i % 8);
        put(r, s, copy, before, after);
        p[i / 8] ^= (char)(1 << i % 8);
    }
    r->how = "bytes cut";
    for (size_t n = 0; n < copy.len; n++)
        if (its_turn(r, r->stride_fields)) {
            r->at = n;
            put(r, s, mrl_str_sub(copy, 0, n), before, after);
        }
    r->how = "a byte behind";
    char *longer = mrl_arena_alloc(r->arena, bytes.len + 1, 1);
    MRL_ASSERT(longer != NULL);
    memcpy(longer, bytes.ptr, bytes.len);
    for (int c = 0; c < 256; c += 85) {
        longer[bytes.len] = (char)c;
        put(r, s, (mrl_str){longer, bytes.len + 1}, before, after);
    }
    if (der_is_whole(bytes))
        mutate_elements(r, s, bytes, before, after);
}
