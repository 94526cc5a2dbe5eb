/* der.c - see der.h. */
#include "formats/der/der.h"

#include "base/civil.h"

#include <stdio.h>

int mrl_der_peek(const struct mrl_rd *r) {
    return r->failed ? -1 : mrl_rd_peek(r, 0);
}

/* A length: below 128 in one byte, else in as few bytes as it takes and never in more than four. */
static size_t length(struct mrl_rd *r) {
    unsigned first = mrl_rd_u8(r);
    if (first < 0x80)
        return first;
    unsigned n = first & 0x7f;
    size_t len = 0;
    if (n == 0 || n > 4) { /* 0: the indefinite form of BER */
        r->failed = true;
        return 0;
    }
    for (unsigned i = 0; i < n; i++)
        len = len << 8 | mrl_rd_u8(r);
    if (len < 0x80 || len >> (8 * (n - 1)) == 0) /* a shorter form exists */
        r->failed = true;
    return len;
}

/* Header and content of the next element; the header's size too. */
static struct mrl_rd element(struct mrl_rd *r, int *ret_tag, mrl_str *ret_all) {
    const unsigned char *start = r->ptr;
    unsigned tag = mrl_rd_u8(r);
    if ((tag & 0x1f) == 0x1f) /* tags above 30 occur in nothing that we read */
        r->failed = true;
    size_t len = length(r);
    struct mrl_rd in = mrl_rd_nested(r, r->failed ? SIZE_MAX : len);
    *ret_tag = (int)tag;
    if (ret_all != NULL)
        *ret_all = r->failed ? (mrl_str){NULL, 0}
                             : (mrl_str){(const char *)start, (size_t)(r->ptr - start)};
    return in;
}

struct mrl_rd mrl_der_enter(struct mrl_rd *r, int tag, mrl_str *ret_all) {
    int got = 0;
    if (mrl_der_peek(r) != tag)
        r->failed = true;
    struct mrl_rd in = element(r, &got, ret_all);
    in.failed |= r->failed;
    return in;
}

/* An OID is a row of numbers to the base 128: none begins with a zero digit, the last one ends. */
static bool oid_is_whole(mrl_str oid) {
    bool begins = true;
    for (size_t i = 0; i < oid.len; i++) {
        if (begins && (unsigned char)oid.ptr[i] == 0x80)
            return false;
        begins = (oid.ptr[i] & 0x80) == 0;
    }
    return oid.len > 0 && begins;
}

mrl_str mrl_der_bytes(struct mrl_rd *r, int tag) {
    struct mrl_rd in = mrl_der_enter(r, tag, NULL);
    mrl_str bytes = mrl_rd_take(&in, mrl_rd_left(&in));
    r->failed |= tag == MRL_DER_OID && !r->failed && !oid_is_whole(bytes);
    return r->failed ? (mrl_str){NULL, 0} : bytes;
}

mrl_str mrl_der_any(struct mrl_rd *r, int *ret_tag) {
    mrl_str all;
    int tag;
    (void)element(r, &tag, &all);
    if (ret_tag != NULL)
        *ret_tag = tag;
    return all;
}

bool mrl_der_skip_if(struct mrl_rd *r, int tag) {
    if (mrl_der_peek(r) != tag)
        return false;
    (void)mrl_der_any(r, NULL);
    return true;
}

bool mrl_der_bool(struct mrl_rd *r) {
    mrl_str b = mrl_der_bytes(r, MRL_DER_BOOLEAN);
    unsigned v = b.len == 1 ? (unsigned char)b.ptr[0] : 1;
    if (v != 0 && v != 0xff)
        r->failed = true;
    return v == 0xff;
}

mrl_str mrl_der_integer(struct mrl_rd *r) {
    return mrl_der_integer_as(r, MRL_DER_INTEGER);
}

mrl_str mrl_der_integer_as(struct mrl_rd *r, int tag) {
    mrl_str b = mrl_der_bytes(r, tag);
    /* The first nine bits may not be all equal: one byte less would do. */
    bool padded = b.len > 1 && ((b.ptr[0] == 0 && (b.ptr[1] & 0x80) == 0) ||
                                ((unsigned char)b.ptr[0] == 0xff && (b.ptr[1] & 0x80) != 0));
    if (b.len == 0 || padded)
        r->failed = true;
    return b;
}

uint64_t mrl_der_u63(struct mrl_rd *r) {
    mrl_str b = mrl_der_integer(r);
    uint64_t v = 0;
    if (r->failed || b.len > 8 || (b.ptr[0] & 0x80) != 0) {
        r->failed = true;
        return 0;
    }
    for (size_t i = 0; i < b.len; i++)
        v = v << 8 | (unsigned char)b.ptr[i];
    return v;
}

mrl_str mrl_der_bits(struct mrl_rd *r) {
    mrl_str b = mrl_der_bytes(r, MRL_DER_BIT_STRING);
    if (b.len == 0 || b.ptr[0] != 0) { /* the first byte counts the unused bits of the last */
        r->failed = true;
        return (mrl_str){NULL, 0};
    }
    return mrl_str_sub(b, 1, b.len);
}

/* --- time ---------------------------------------------------------------------------------- */

/* n digits as a number; -1 when one is none. */
static int digits(mrl_str *s, size_t n) {
    int v = 0;
    if (s->len < n)
        return -1;
    for (size_t i = 0; i < n; i++) {
        if (s->ptr[i] < '0' || s->ptr[i] > '9')
            return -1;
        v = v * 10 + (s->ptr[i] - '0');
    }
    *s = mrl_str_sub(*s, n, s->len);
    return v;
}

/* What stands behind the seconds: ".digits" when allowed, then 'Z'. DER has no trailing zeros. */
static bool tail_fits(mrl_str s, bool fraction) {
    if (fraction && s.len > 2 && s.ptr[0] == '.') {
        size_t n = 1;
        while (n < s.len && s.ptr[n] >= '0' && s.ptr[n] <= '9')
            n++;
        if (n == 1 || s.ptr[n - 1] == '0')
            return false;
        s = mrl_str_sub(s, n, s.len);
    }
    return mrl_str_eq(s, MRL_S("Z"));
}

int64_t mrl_der_time(struct mrl_rd *r, bool fraction) {
    bool utc = mrl_der_peek(r) == MRL_DER_UTC_TIME;
    mrl_str s = mrl_der_bytes(r, utc ? MRL_DER_UTC_TIME : MRL_DER_GENERALIZED_TIME);
    int year = digits(&s, utc ? 2 : 4);
    struct mrl_civil c = {.year = utc ? year + (year < 50 ? 2000 : 1900) : year};
    c.month = digits(&s, 2);
    c.day = digits(&s, 2);
    c.hour = digits(&s, 2);
    c.minute = digits(&s, 2);
    c.second = digits(&s, 2);
    bool ok = !r->failed && year >= 0 && c.month >= 1 && c.month <= 12 && c.day >= 1 &&
              c.day <= mrl_civil_month_days(c.year, c.month) && c.hour >= 0 && c.hour <= 23 &&
              c.minute >= 0 && c.minute <= 59 && c.second >= 0 && c.second <= 59 &&
              tail_fits(s, fraction && !utc);
    if (!ok) {
        r->failed = true;
        return 0;
    }
    return mrl_civil_seconds(&c);
}

/* --- names --------------------------------------------------------------------------------- */

bool mrl_der_oid_text(mrl_str oid, char *out, size_t size) {
    uint64_t v = 0;
    size_t n = 0;
    bool first = true;
    if (oid.len == 0 || (oid.ptr[oid.len - 1] & 0x80) != 0)
        return false;
    for (size_t i = 0; i < oid.len; i++) {
        if (v >> 56 != 0)
            return false;
        v = v << 7 | ((unsigned char)oid.ptr[i] & 0x7f);
        if ((oid.ptr[i] & 0x80) != 0)
            continue;
        uint64_t top = v < 80 ? v / 40 : 2; /* the first two arcs share one number */
        int wrote = first ? snprintf(out + n, size - n, "%llu.%llu", (unsigned long long)top,
                                     (unsigned long long)(v - top * 40))
                          : snprintf(out + n, size - n, ".%llu", (unsigned long long)v);
        if (wrote < 0 || (size_t)wrote >= size - n)
            return false;
        n += (size_t)wrote;
        v = 0;
        first = false;
    }
    return true;
}
