/* buf.h - growable output with a ceiling.
 *
 * Idea: everything that merlon writes is built in a struct mrl_buf first. Appending never fails at
 * the call: the first failure (memory or ceiling) is kept in `status`, later appends do nothing,
 * and the owner asks once at the end. Memory is heap, owned by the buffer; or an arena's, where a
 * hot path wants no heap and the text is to stay anyway.
 */
#ifndef MRL_BASE_BUF_H
#define MRL_BASE_BUF_H

#include "base/arena.h"
#include "base/status.h"

#include <stdarg.h>

struct mrl_buf {
    char *ptr;
    size_t len;
    size_t cap;
    size_t max;        /* ceiling for len, in bytes */
    mrl_status status; /* MRL_OK, MRL_E_NOMEM or MRL_E_LIMIT: sticky */
    mrl_arena *arena;  /* NULL: heap */
};

/* Prepares an empty buffer; allocates nothing. */
void mrl_buf_init(struct mrl_buf *b, size_t max);
/* The same in an arena: what was written stays there when the buffer is released. */
void mrl_buf_init_in(struct mrl_buf *b, mrl_arena *a, size_t max);
/* Frees the memory; the buffer is empty and usable again. */
void mrl_buf_release(struct mrl_buf *b);
/* Empties the buffer, keeps its memory, clears a sticky failure. */
void mrl_buf_clear(struct mrl_buf *b);

/* Copies the text into the arena and releases the buffer, whatever happens. Gives the buffer's
 * sticky failure, or MRL_E_NOMEM. */
mrl_status mrl_buf_give(struct mrl_buf *b, mrl_arena *a, mrl_str *ret) MRL_NODISCARD;

/* Makes room for n more bytes; false (and sticky status) when that is not possible. */
bool mrl_buf_reserve(struct mrl_buf *b, size_t n);

/* Appending: a slice, a byte, n times a byte, formatted text. Never fails at the call. */
void mrl_buf_add(struct mrl_buf *b, mrl_str s);
/* Appends one byte. */
void mrl_buf_byte(struct mrl_buf *b, char c);
/* Appends the byte n times. */
void mrl_buf_fill(struct mrl_buf *b, char c, size_t n);
/* Appends formatted text. It is formatted twice, to learn its length first. */
void mrl_buf_printf(struct mrl_buf *b, const char *fmt, ...) MRL_PRINTF(2, 3);
/* As mrl_buf_printf, with the arguments of a caller that takes them itself. */
void mrl_buf_vprintf(struct mrl_buf *b, const char *fmt, va_list ap) MRL_PRINTF(2, 0);
/* Decimal text of a number: faster than printf. */
void mrl_buf_i64(struct mrl_buf *b, int64_t v);
/* Appends a number without a sign. */
void mrl_buf_u64(struct mrl_buf *b, uint64_t v);

/* Appends a literal. */
#define MRL_BUF_LIT(b, lit) mrl_buf_add((b), MRL_S(lit))

static inline mrl_str mrl_buf_str(const struct mrl_buf *b) {
    return (mrl_str){b->ptr, b->len};
}

#endif
