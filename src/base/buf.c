/* buf.c - the growing output buffer. */
#include "base/buf.h"

#include "base/mem.h"

#include <stdio.h>

#define CAP_FIRST 256
#define CAP_FIRST_ARENA 64 /* growing in place is cheap there, and what is left over is lost */

void mrl_buf_init(struct mrl_buf *b, size_t max) {
    *b = (struct mrl_buf){.max = max};
}

void mrl_buf_init_in(struct mrl_buf *b, mrl_arena *a, size_t max) {
    *b = (struct mrl_buf){.max = max, .arena = a};
}

void mrl_buf_release(struct mrl_buf *b) {
    if (b->arena == NULL)
        mrl_mem_free(b->ptr);
    mrl_buf_init_in(b, b->arena, b->max);
}

void mrl_buf_clear(struct mrl_buf *b) {
    b->len = 0;
    b->status = MRL_OK;
}

mrl_status mrl_buf_give(struct mrl_buf *b, mrl_arena *a, mrl_str *ret) {
    mrl_status status = b->status;
    mrl_str text = status == MRL_OK ? mrl_arena_str(a, mrl_buf_str(b)) : (mrl_str){NULL, 0};
    mrl_buf_release(b);
    MRL_TRY(status);
    MRL_CHECK(text.ptr != NULL, MRL_E_NOMEM);
    *ret = text;
    return MRL_OK;
}

bool mrl_buf_reserve(struct mrl_buf *b, size_t n) {
    MRL_ASSERT(b->len <= b->cap && (b->ptr != NULL || b->cap == 0));
    if (b->status != MRL_OK)
        return false;
    if (n <= b->cap - b->len)
        return true;
    size_t need;
    if (!mrl_add_size(b->len, n, &need) || need > b->max) {
        b->status = MRL_E_LIMIT;
        return false;
    }
    size_t cap = b->cap > 0 ? b->cap : b->arena != NULL ? CAP_FIRST_ARENA : CAP_FIRST;
    while (cap < need)
        cap = cap > SIZE_MAX / 2 ? need : cap * 2;
    if (cap > b->max)
        cap = b->max;
    char *p = b->arena != NULL ? mrl_arena_regrow(b->arena, b->ptr, b->cap, cap, 1)
                               : mrl_mem_realloc(b->ptr, cap);
    if (p == NULL) {
        b->status = MRL_E_NOMEM;
        return false;
    }
    b->ptr = p;
    b->cap = cap;
    return true;
}

void mrl_buf_add(struct mrl_buf *b, mrl_str s) {
    if (s.len == 0 || !mrl_buf_reserve(b, s.len))
        return;
    memcpy(b->ptr + b->len, s.ptr, s.len);
    b->len += s.len;
}

void mrl_buf_byte(struct mrl_buf *b, char c) {
    if (mrl_buf_reserve(b, 1))
        b->ptr[b->len++] = c;
}

void mrl_buf_fill(struct mrl_buf *b, char c, size_t n) {
    if (n == 0 || !mrl_buf_reserve(b, n))
        return;
    memset(b->ptr + b->len, c, n);
    b->len += n;
}

void mrl_buf_printf(struct mrl_buf *b, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    mrl_buf_vprintf(b, fmt, ap);
    va_end(ap);
}

void mrl_buf_vprintf(struct mrl_buf *b, const char *fmt, va_list ap) {
    va_list again;
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    if (n > 0 && mrl_buf_reserve(b, (size_t)n + 1)) {
        vsnprintf(b->ptr + b->len, (size_t)n + 1, fmt, again);
        b->len += (size_t)n;
    }
    va_end(again);
}

void mrl_buf_u64(struct mrl_buf *b, uint64_t v) {
    char digits[20];
    size_t n = sizeof digits;
    do {
        digits[--n] = (char)('0' + v % 10);
        v /= 10;
    } while (v > 0);
    mrl_buf_add(b, (mrl_str){digits + n, sizeof digits - n});
}

void mrl_buf_i64(struct mrl_buf *b, int64_t v) {
    if (v < 0)
        mrl_buf_byte(b, '-');
    mrl_buf_u64(b, v < 0 ? 0 - (uint64_t)v : (uint64_t)v);
}
