/* rd.h - the bounded read cursor.
 *
 * Idea: every parser reads through this one type. A read past the end returns zeros and sets a
 * sticky error, so that a parser can read a whole structure and ask once. A nested cursor cannot
 * leave its parent. The cursor borrows its bytes. Source: the "stuffer" of s2n-tls.
 */
#ifndef MRL_BASE_RD_H
#define MRL_BASE_RD_H

#include "base/str.h"

struct mrl_rd {
    const unsigned char *ptr;
    const unsigned char *end;
    const unsigned char *start;
    bool failed; /* sticky: a read asked for more than there is */
};

/* A cursor over all of s. */
static inline struct mrl_rd mrl_rd_of(mrl_str s) {
    const unsigned char *p = (const unsigned char *)(s.ptr ? s.ptr : "");
    return (struct mrl_rd){p, p + s.len, p, false};
}

static inline size_t mrl_rd_left(const struct mrl_rd *r) {
    return (size_t)(r->end - r->ptr);
}

static inline size_t mrl_rd_offset(const struct mrl_rd *r) {
    return (size_t)(r->ptr - r->start);
}

static inline bool mrl_rd_done(const struct mrl_rd *r) {
    return r->ptr == r->end;
}

/* The byte `ahead` places further, or -1 at the end. Never fails. */
static inline int mrl_rd_peek(const struct mrl_rd *r, size_t ahead) {
    return ahead < mrl_rd_left(r) ? r->ptr[ahead] : -1;
}

/* n bytes as a slice; on failure the empty slice and nothing is consumed. */
mrl_str mrl_rd_take(struct mrl_rd *r, size_t n);
/* Skips n bytes. */
void mrl_rd_skip(struct mrl_rd *r, size_t n);
/* Integers in the byte order named; 0 on failure. */
uint8_t mrl_rd_u8(struct mrl_rd *r);
/* Two bytes, the high one first. */
uint16_t mrl_rd_be16(struct mrl_rd *r);
/* Four bytes, the high one first. */
uint32_t mrl_rd_be32(struct mrl_rd *r);
/* Eight bytes, the high one first. */
uint64_t mrl_rd_be64(struct mrl_rd *r);
/* Two bytes, the low one first. */
uint16_t mrl_rd_le16(struct mrl_rd *r);
/* Four bytes, the low one first. */
uint32_t mrl_rd_le32(struct mrl_rd *r);
/* Eight bytes, the low one first. */
uint64_t mrl_rd_le64(struct mrl_rd *r);
/* A cursor over the next n bytes, which are consumed here. On failure an empty, failed cursor. */
struct mrl_rd mrl_rd_nested(struct mrl_rd *r, size_t n);
/* The bytes up to (not including) `c`, which is consumed; the rest of the input without one. */
mrl_str mrl_rd_until(struct mrl_rd *r, char c);
/* True and consumed when the next bytes are `lit`. */
bool mrl_rd_accept(struct mrl_rd *r, mrl_str lit);

#endif
