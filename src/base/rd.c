/* rd.c - the bounded read cursor. The only place where raw input pointers are moved. */
#include "base/rd.h"

static const unsigned char *need(struct mrl_rd *r, size_t n) {
    MRL_DASSERT(r->start <= r->ptr && r->ptr <= r->end);
    if (MRL_UNLIKELY(r->failed || n > mrl_rd_left(r))) {
        r->failed = true;
        return NULL;
    }
    const unsigned char *p = r->ptr;
    r->ptr += n;
    return p;
}

mrl_str mrl_rd_take(struct mrl_rd *r, size_t n) {
    const unsigned char *p = need(r, n);
    return p ? (mrl_str){(const char *)p, n} : (mrl_str){NULL, 0};
}

void mrl_rd_skip(struct mrl_rd *r, size_t n) {
    need(r, n);
}

static uint64_t big_endian(struct mrl_rd *r, size_t n) {
    MRL_DASSERT(n >= 1 && n <= sizeof(uint64_t));
    const unsigned char *p = need(r, n);
    uint64_t v = 0;
    for (size_t i = 0; p != NULL && i < n; i++)
        v = v << 8 | p[i];
    return v;
}

static uint64_t little_endian(struct mrl_rd *r, size_t n) {
    MRL_DASSERT(n >= 1 && n <= sizeof(uint64_t));
    const unsigned char *p = need(r, n);
    uint64_t v = 0;
    for (size_t i = n; p != NULL && i > 0; i--)
        v = v << 8 | p[i - 1];
    return v;
}

uint8_t mrl_rd_u8(struct mrl_rd *r) {
    return (uint8_t)big_endian(r, 1);
}

uint16_t mrl_rd_be16(struct mrl_rd *r) {
    return (uint16_t)big_endian(r, 2);
}

uint32_t mrl_rd_be32(struct mrl_rd *r) {
    return (uint32_t)big_endian(r, 4);
}

uint64_t mrl_rd_be64(struct mrl_rd *r) {
    return big_endian(r, 8);
}

uint16_t mrl_rd_le16(struct mrl_rd *r) {
    return (uint16_t)little_endian(r, 2);
}

uint32_t mrl_rd_le32(struct mrl_rd *r) {
    return (uint32_t)little_endian(r, 4);
}

uint64_t mrl_rd_le64(struct mrl_rd *r) {
    return little_endian(r, 8);
}

struct mrl_rd mrl_rd_nested(struct mrl_rd *r, size_t n) {
    const unsigned char *p = need(r, n);
    if (p == NULL)
        return (struct mrl_rd){r->end, r->end, r->end, true};
    return (struct mrl_rd){p, p + n, p, false};
}

mrl_str mrl_rd_until(struct mrl_rd *r, char c) {
    MRL_DASSERT(r->start <= r->ptr && r->ptr <= r->end);
    const unsigned char *p = r->ptr;
    const unsigned char *hit = mrl_rd_done(r) ? NULL : memchr(p, c, mrl_rd_left(r));
    r->ptr = hit != NULL ? hit + 1 : r->end;
    return (mrl_str){(const char *)p, (size_t)((hit != NULL ? hit : r->end) - p)};
}

bool mrl_rd_accept(struct mrl_rd *r, mrl_str lit) {
    MRL_DASSERT(r->start <= r->ptr && r->ptr <= r->end);
    if (r->failed || lit.len > mrl_rd_left(r) || memcmp(r->ptr, lit.ptr, lit.len) != 0)
        return false;
    r->ptr += lit.len;
    return true;
}
