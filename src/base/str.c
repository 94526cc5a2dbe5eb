/* str.c - comparing and searching slices, and the seeded hash. */
#include "base/str.h"

#include <stdatomic.h>
#include <sys/random.h>
#include <time.h>

size_t mrl_str_find(mrl_str s, mrl_str needle, size_t from) {
    MRL_DASSERT(s.ptr != NULL || s.len == 0);
    if (from > s.len)
        return MRL_STR_NPOS;
    if (needle.len == 0)
        return from;
    if (s.ptr == NULL)
        return MRL_STR_NPOS;
    const char *hit = memmem(s.ptr + from, s.len - from, needle.ptr, needle.len);
    return hit != NULL ? (size_t)(hit - s.ptr) : MRL_STR_NPOS;
}

size_t mrl_str_rfind(mrl_str s, mrl_str needle) {
    if (needle.len > s.len)
        return MRL_STR_NPOS;
    for (size_t i = s.len - needle.len + 1; i-- > 0;)
        if (needle.len == 0 || memcmp(s.ptr + i, needle.ptr, needle.len) == 0)
            return i;
    return MRL_STR_NPOS;
}

static bool is_space(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

mrl_str mrl_str_trim(mrl_str s) {
    size_t from = 0, to = s.len;
    while (from < to && is_space(s.ptr[from]))
        from++;
    while (to > from && is_space(s.ptr[to - 1]))
        to--;
    return mrl_str_sub(s, from, to);
}

mrl_str mrl_str_cut(mrl_str s, char sep, mrl_str *rest) {
    const char *hit = s.len > 0 ? memchr(s.ptr, sep, s.len) : NULL;
    if (hit == NULL) {
        *rest = (mrl_str){NULL, 0};
        return s;
    }
    size_t at = (size_t)(hit - s.ptr);
    *rest = mrl_str_sub(s, at + 1, s.len);
    return mrl_str_sub(s, 0, at);
}

static uint64_t load64(const unsigned char *p) {
    uint64_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

/* Up to 8 bytes as one number, without a call of memcpy for a length unknown to the compiler. From
 * 4 bytes on two words overlap; below, first, middle and last byte are all there is. Different
 * texts of one length give different numbers; the length itself is mixed in by the caller. */
static uint64_t load_tail(const unsigned char *p, size_t n) {
    uint32_t lo, hi;
    if (n >= 4) {
        memcpy(&lo, p, 4);
        memcpy(&hi, p + n - 4, 4);
        return (uint64_t)hi << 32 | lo;
    }
    return n == 0 ? 0 : (uint64_t)p[0] << 16 | (uint64_t)p[n / 2] << 8 | p[n - 1];
}

/* Multiply-fold, the mixing step of wyhash (W. Yi). */
static uint64_t fold(uint64_t a, uint64_t b) {
    unsigned __int128 p = (unsigned __int128)a * b;
    return (uint64_t)p ^ (uint64_t)(p >> 64);
}

uint64_t mrl_hash_bytes(const void *ptr, size_t len, uint64_t seed) {
    const unsigned char *p = ptr;
    uint64_t h = seed ^ 0xa0761d6478bd642fULL;
    size_t n = len;
    for (; n > 16; n -= 16, p += 16)
        h = fold(load64(p) ^ 0xe7037ed1a0b428dbULL, load64(p + 8) ^ h);
    uint64_t a = n >= 8 ? load64(p) : load_tail(p, n);
    uint64_t b = n > 8 ? load_tail(p + 8, n - 8) : 0;
    return fold(0x8ebc6af09c88c6e3ULL ^ len, fold(a ^ 0x589965cc75374cc3ULL, b ^ h));
}

uint64_t mrl_hash_seed(void) {
    static _Atomic uint64_t seed;
    uint64_t s = atomic_load_explicit(&seed, memory_order_relaxed);
    if (MRL_LIKELY(s != 0))
        return s;
    if (getrandom(&s, sizeof s, GRND_NONBLOCK) != (ssize_t)sizeof s || s == 0) {
        struct timespec ts;
        clock_gettime(CLOCK_REALTIME, &ts);
        s = (uint64_t)ts.tv_nsec * 0x9E3779B97F4A7C15ULL ^ (uint64_t)(uintptr_t)&ts;
    }
    uint64_t none = 0;
    s |= 1;
    return atomic_compare_exchange_strong(&seed, &none, s) ? s : none;
}

static char lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool mrl_str_eq_case(mrl_str a, mrl_str b) {
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++)
        if (lower(a.ptr[i]) != lower(b.ptr[i]))
            return false;
    return true;
}
