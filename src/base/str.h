/* str.h - byte slices.
 *
 * Idea: text and bytes travel as {ptr, len} by value; NUL-terminated strings exist only at the edge
 * to system calls. A slice borrows: it owns nothing and is valid as long as what it points into.
 * The empty slice may have ptr == NULL. Cost: no function here allocates unless it takes an arena.
 */
#ifndef MRL_BASE_STR_H
#define MRL_BASE_STR_H

#include "base/common.h"

#include <string.h>

typedef struct mrl_str {
    const char *ptr;
    size_t len;
} mrl_str;

/* A slice of a string literal: MRL_S("text"). Usable in initialisers. */
#define MRL_S(lit) ((mrl_str){"" lit, sizeof(lit) - 1})
#define MRL_S_INIT(lit) {"" lit, sizeof(lit) - 1}
/* Arguments for printf's "%.*s". */
#define MRL_F(s) ((int)(s).len), ((s).ptr ? (s).ptr : "")

/* A slice of a NUL-terminated string (NULL gives the empty slice). */
static inline mrl_str mrl_str_z(const char *z) {
    return z ? (mrl_str){z, strlen(z)} : (mrl_str){NULL, 0};
}

/* Equality of n bytes. Names and keys are short, and a call of memcmp costs more than comparing
 * them: up to 16 bytes are two words that may overlap. */
static inline bool mrl_bytes_eq(const char *a, const char *b, size_t n) {
    uint64_t a0, a1, b0, b1;
    uint32_t c0, c1, d0, d1;
    if (n > 16)
        return memcmp(a, b, n) == 0;
    if (n >= 8) {
        memcpy(&a0, a, 8);
        memcpy(&b0, b, 8);
        memcpy(&a1, a + n - 8, 8);
        memcpy(&b1, b + n - 8, 8);
        return ((a0 ^ b0) | (a1 ^ b1)) == 0;
    }
    if (n >= 4) {
        memcpy(&c0, a, 4);
        memcpy(&d0, b, 4);
        memcpy(&c1, a + n - 4, 4);
        memcpy(&d1, b + n - 4, 4);
        return ((c0 ^ d0) | (c1 ^ d1)) == 0;
    }
    return n == 0 || (a[0] == b[0] && a[n / 2] == b[n / 2] && a[n - 1] == b[n - 1]);
}

/* Byte equality. */
static inline bool mrl_str_eq(mrl_str a, mrl_str b) {
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/* The same with letters of ASCII in either case; other bytes, NUL among them, must be equal. */
bool mrl_str_eq_case(mrl_str a, mrl_str b);

/* Total order by unsigned bytes, shorter first on a common prefix: <0, 0, >0. */
static inline int mrl_str_cmp(mrl_str a, mrl_str b) {
    size_t n = a.len < b.len ? a.len : b.len;
    int c = n ? memcmp(a.ptr, b.ptr, n) : 0;
    if (c != 0)
        return c;
    return (a.len > b.len) - (a.len < b.len);
}

/* The part [from, to) of s, clamped to its bounds. */
static inline mrl_str mrl_str_sub(mrl_str s, size_t from, size_t to) {
    if (to > s.len)
        to = s.len;
    if (from > to)
        from = to;
    return (mrl_str){s.ptr ? s.ptr + from : NULL, to - from};
}

static inline bool mrl_str_starts(mrl_str s, mrl_str prefix) {
    return s.len >= prefix.len && (prefix.len == 0 || memcmp(s.ptr, prefix.ptr, prefix.len) == 0);
}

static inline bool mrl_str_ends(mrl_str s, mrl_str suffix) {
    return s.len >= suffix.len &&
           (suffix.len == 0 || memcmp(s.ptr + s.len - suffix.len, suffix.ptr, suffix.len) == 0);
}

#define MRL_STR_NPOS ((size_t)-1)

/* Offset of the first `needle` in s at or after `from`, or MRL_STR_NPOS. An empty needle matches at
 * `from`. Cost: O(n) with memmem. */
size_t mrl_str_find(mrl_str s, mrl_str needle, size_t from);

/* Offset of the last `needle`, or MRL_STR_NPOS. Cost: O(n * m) worst. */
size_t mrl_str_rfind(mrl_str s, mrl_str needle);

/* s without leading and trailing ASCII white space. */
mrl_str mrl_str_trim(mrl_str s);

/* Cuts s at the first `sep`: returns the part before, leaves the part after in *rest. Without a
 * separator the whole s is returned and *rest becomes empty with ptr NULL. */
mrl_str mrl_str_cut(mrl_str s, char sep, mrl_str *rest);

/* 64-bit seeded hash (wyhash-like multiply-fold). The process seed is random unless set by
 * mrl_hash_seed: hostile keys cannot aim at a table. Not for cryptography. */
uint64_t mrl_hash_bytes(const void *ptr, size_t len, uint64_t seed);

/* The process-wide table seed: drawn once from getrandom. Thread-safe after the first call in main.
 */
uint64_t mrl_hash_seed(void);

#endif
