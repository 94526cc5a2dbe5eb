/* bigint.c - schoolbook arithmetic on 32-bit limbs. Source: Knuth, TAOCP 2, 4.3.1. */
#include "base/bigint.h"

static uint32_t *limbs(mrl_arena *a, size_t n) {
    return MRL_ARENA_ARRAY(a, uint32_t, n + 1);
}

static struct mrl_big trimmed(uint32_t *d, uint32_t n, bool neg) {
    MRL_DASSERT(d != NULL || n == 0);
    while (n > 0 && d[n - 1] == 0)
        n--;
    return (struct mrl_big){d, n, neg && n > 0};
}

bool mrl_big_of_u64(mrl_arena *a, uint64_t u, bool neg, struct mrl_big *ret) {
    uint32_t *d = limbs(a, 2);
    if (d == NULL)
        return false;
    d[0] = (uint32_t)u;
    d[1] = (uint32_t)(u >> 32);
    *ret = trimmed(d, 2, neg);
    return true;
}

/* d = d * m + c in place; returns the new length. */
static uint32_t mul_small(uint32_t *d, uint32_t n, uint32_t m, uint32_t c) {
    MRL_DASSERT(m > 0); /* the caller has a limb of room behind d[n - 1] */
    uint64_t carry = c;
    for (uint32_t i = 0; i < n; i++) {
        carry += (uint64_t)d[i] * m;
        d[i] = (uint32_t)carry;
        carry >>= 32;
    }
    if (carry > 0)
        d[n++] = (uint32_t)carry;
    return n;
}

/* d = d / m in place; returns the remainder. */
static uint32_t div_small(uint32_t *d, uint32_t n, uint32_t m) {
    MRL_DASSERT(m > 0);
    uint64_t rem = 0;
    for (uint32_t i = n; i-- > 0;) {
        rem = rem << 32 | d[i];
        d[i] = (uint32_t)(rem / m);
        rem %= m;
    }
    return (uint32_t)rem;
}

static unsigned digit_value(char c) {
    MRL_DASSERT((c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z'));
    return c <= '9' ? (unsigned)(c - '0') : (unsigned)((c | 0x20) - 'a') + 10;
}

/* Largest power of base that fits a limb, and its exponent. */
static uint32_t chunk_of(unsigned base, unsigned *ret_digits) {
    MRL_ASSERT(base >= 2 && base <= 36);
    uint64_t power = base;
    unsigned digits = 1;
    while (power * base <= UINT32_MAX) {
        power *= base;
        digits++;
    }
    *ret_digits = digits;
    return (uint32_t)power;
}

bool mrl_big_of_digits(mrl_arena *a, mrl_str s, unsigned base, bool neg, struct mrl_big *ret) {
    unsigned per_chunk;
    chunk_of(base, &per_chunk);
    uint32_t *d = limbs(a, s.len / per_chunk + 2);
    if (d == NULL)
        return false;
    uint32_t n = 0;
    for (size_t i = 0; i < s.len;) {
        uint32_t value = 0, power = 1;
        for (unsigned k = 0; k < per_chunk && i < s.len; k++, i++) {
            value = value * base + digit_value(s.ptr[i]);
            power *= base;
        }
        n = mul_small(d, n, power, value);
    }
    *ret = trimmed(d, n, neg);
    return true;
}

bool mrl_big_text(mrl_arena *a, struct mrl_big x, unsigned base, mrl_str *ret) {
    unsigned per_chunk;
    uint32_t power = chunk_of(base, &per_chunk);
    size_t cap = (size_t)x.n * 32 + 2; /* base 2 is the longest */
    char *text = mrl_arena_alloc(a, cap + 1, 1);
    uint32_t *d = limbs(a, x.n);
    if (text == NULL || d == NULL)
        return false;
    if (x.n > 0)
        memcpy(d, x.d, x.n * sizeof *d);
    size_t at = cap;
    text[cap] = '\0';
    for (uint32_t n = x.n; n > 0;) {
        uint32_t rem = div_small(d, n, power);
        while (n > 0 && d[n - 1] == 0)
            n--;
        for (unsigned k = 0; k < per_chunk && (n > 0 || rem > 0); k++, rem /= base)
            text[--at] = "0123456789abcdefghijklmnopqrstuvwxyz"[rem % base];
    }
    if (at == cap)
        text[--at] = '0';
    if (x.neg)
        text[--at] = '-';
    *ret = (mrl_str){text + at, cap - at};
    return true;
}

int mrl_big_cmp_abs(struct mrl_big x, struct mrl_big y) {
    if (x.n != y.n)
        return x.n < y.n ? -1 : 1;
    for (uint32_t i = x.n; i-- > 0;)
        if (x.d[i] != y.d[i])
            return x.d[i] < y.d[i] ? -1 : 1;
    return 0;
}

static bool add_abs(mrl_arena *a, struct mrl_big x, struct mrl_big y, struct mrl_big *ret) {
    if (x.n < y.n)
        return add_abs(a, y, x, ret);
    uint32_t *d = limbs(a, (size_t)x.n + 1);
    if (d == NULL)
        return false;
    uint64_t carry = 0;
    for (uint32_t i = 0; i < x.n; i++) {
        carry += (uint64_t)x.d[i] + (i < y.n ? y.d[i] : 0);
        d[i] = (uint32_t)carry;
        carry >>= 32;
    }
    d[x.n] = (uint32_t)carry;
    *ret = trimmed(d, x.n + 1, false);
    return true;
}

/* |x| - |y| for |x| >= |y|. */
static bool sub_abs(mrl_arena *a, struct mrl_big x, struct mrl_big y, struct mrl_big *ret) {
    uint32_t *d = limbs(a, x.n);
    if (d == NULL)
        return false;
    uint64_t borrow = 0;
    for (uint32_t i = 0; i < x.n; i++) {
        uint64_t v = (uint64_t)x.d[i] - (i < y.n ? y.d[i] : 0) - borrow;
        d[i] = (uint32_t)v;
        borrow = v >> 63;
    }
    *ret = trimmed(d, x.n, false);
    return true;
}

bool mrl_big_add(mrl_arena *a, struct mrl_big x, struct mrl_big y, bool negate_y,
                 struct mrl_big *ret) {
    bool y_neg = y.neg != negate_y;
    bool ok, neg;
    if (x.neg == y_neg) {
        ok = add_abs(a, x, y, ret);
        neg = x.neg;
    } else if (mrl_big_cmp_abs(x, y) >= 0) {
        ok = sub_abs(a, x, y, ret);
        neg = x.neg;
    } else {
        ok = sub_abs(a, y, x, ret);
        neg = y_neg;
    }
    if (ok)
        ret->neg = neg && ret->n > 0;
    return ok;
}

bool mrl_big_mul(mrl_arena *a, struct mrl_big x, struct mrl_big y, struct mrl_big *ret) {
    uint32_t *d = limbs(a, (size_t)x.n + y.n);
    if (d == NULL)
        return false;
    for (uint32_t i = 0; i < x.n; i++) {
        uint64_t carry = 0;
        for (uint32_t j = 0; j < y.n; j++) {
            carry += (uint64_t)x.d[i] * y.d[j] + d[i + j];
            d[i + j] = (uint32_t)carry;
            carry >>= 32;
        }
        d[i + y.n] = (uint32_t)carry;
    }
    *ret = trimmed(d, x.n + y.n, x.neg != y.neg);
    return true;
}

/* One step of Knuth D: subtracts q * v from the window u[0..n]; adds v back once when q was one too
 * large (steps D4 to D6). */
static uint32_t knuth_step(uint32_t *u, const uint32_t *v, uint32_t n, uint64_t q) {
    uint64_t borrow = 0, carry = 0;
    for (uint32_t i = 0; i < n; i++) {
        carry += q * v[i];
        uint64_t t = (uint64_t)u[i] - (uint32_t)carry - borrow;
        u[i] = (uint32_t)t;
        borrow = t >> 63;
        carry >>= 32;
    }
    uint64_t t = (uint64_t)u[n] - carry - borrow;
    u[n] = (uint32_t)t;
    if (t >> 63 == 0)
        return (uint32_t)q;
    carry = 0;
    for (uint32_t i = 0; i < n; i++) {
        carry += (uint64_t)u[i] + v[i];
        u[i] = (uint32_t)carry;
        carry >>= 32;
    }
    u[n] += (uint32_t)carry;
    return (uint32_t)(q - 1);
}

bool mrl_big_divmod(mrl_arena *a, struct mrl_big x, struct mrl_big y, struct mrl_big *ret_q,
                    struct mrl_big *ret_r) {
    MRL_ASSERT(y.n > 0);
    if (mrl_big_cmp_abs(x, y) < 0) {
        *ret_q = (struct mrl_big){x.d, 0, false};
        *ret_r = x;
        return true;
    }
    uint32_t shift = (uint32_t)__builtin_clz(y.d[y.n - 1]);
    struct mrl_big u, v;
    uint32_t *q = limbs(a, (size_t)x.n - y.n + 1);
    if (q == NULL || !mrl_big_shl(a, x, shift, &u) || !mrl_big_shl(a, y, shift, &v))
        return false;
    u.d[x.n] = u.n > x.n ? u.d[x.n] : 0; /* shl leaves room for one more limb */
    for (uint32_t j = x.n - y.n + 1; j-- > 0;) {
        uint64_t top = (uint64_t)u.d[j + y.n] << 32 | u.d[j + y.n - 1];
        uint64_t guess = top / v.d[y.n - 1], rest = top % v.d[y.n - 1];
        while (guess > UINT32_MAX || (y.n > 1 && rest <= UINT32_MAX &&
                                      guess * v.d[y.n - 2] > (rest << 32 | u.d[j + y.n - 2]))) {
            guess--;
            rest += v.d[y.n - 1];
        }
        q[j] = knuth_step(u.d + j, v.d, y.n, guess);
    }
    bool sticky;
    struct mrl_big rem = trimmed(u.d, y.n, x.neg);
    *ret_q = trimmed(q, x.n - y.n + 1, x.neg != y.neg);
    return mrl_big_shr(a, rem, shift, ret_r, &sticky);
}

bool mrl_big_shl(mrl_arena *a, struct mrl_big x, uint32_t bits, struct mrl_big *ret) {
    uint32_t words = bits / 32, rest = bits % 32;
    uint32_t *d = limbs(a, (size_t)x.n + words + 1);
    if (d == NULL)
        return false;
    for (uint32_t i = 0; i < x.n; i++) {
        uint64_t v = (uint64_t)x.d[i] << rest;
        d[i + words] |= (uint32_t)v;
        d[i + words + 1] = (uint32_t)(v >> 32);
    }
    *ret = trimmed(d, x.n + words + 1, x.neg);
    return true;
}

bool mrl_big_shr(mrl_arena *a, struct mrl_big x, uint32_t bits, struct mrl_big *ret,
                 bool *ret_sticky) {
    uint32_t words = bits / 32, rest = bits % 32;
    bool sticky = false;
    for (uint32_t i = 0; i < words && i < x.n; i++)
        sticky |= x.d[i] != 0;
    uint32_t n = x.n > words ? x.n - words : 0;
    uint32_t *d = limbs(a, n);
    if (d == NULL)
        return false;
    if (n > 0)
        sticky |= (x.d[words] & ((1u << rest) - 1)) != 0;
    for (uint32_t i = 0; i < n; i++) {
        uint64_t v = x.d[i + words];
        if (i + words + 1 < x.n)
            v |= (uint64_t)x.d[i + words + 1] << 32;
        d[i] = (uint32_t)(v >> rest);
    }
    *ret = trimmed(d, n, x.neg);
    *ret_sticky = sticky;
    return true;
}

bool mrl_big_pow(mrl_arena *a, uint32_t base, uint32_t exponent, struct mrl_big *ret) {
    struct mrl_big result, square;
    if (!mrl_big_of_u64(a, 1, false, &result) || !mrl_big_of_u64(a, base, false, &square))
        return false;
    for (; exponent > 0; exponent >>= 1) {
        if ((exponent & 1) && !mrl_big_mul(a, result, square, &result))
            return false;
        if (exponent > 1 && !mrl_big_mul(a, square, square, &square))
            return false;
    }
    *ret = result;
    return true;
}

uint32_t mrl_big_bits(struct mrl_big x) {
    return x.n == 0 ? 0 : x.n * 32 - (uint32_t)__builtin_clz(x.d[x.n - 1]);
}

bool mrl_big_to_i64(struct mrl_big x, int64_t *ret) {
    if (x.n > 2)
        return false;
    uint64_t u = (x.n > 0 ? x.d[0] : 0) | (x.n > 1 ? (uint64_t)x.d[1] << 32 : 0);
    if (u > (uint64_t)INT64_MAX + x.neg)
        return false;
    *ret = x.neg ? (int64_t)(0 - u) : (int64_t)u;
    return true;
}

bool mrl_big_twos(mrl_arena *a, struct mrl_big x, uint32_t n, uint32_t **ret) {
    MRL_ASSERT(n > x.n);
    uint32_t *d = limbs(a, n);
    if (d == NULL)
        return false;
    if (x.n > 0)
        memcpy(d, x.d, x.n * sizeof *d);
    uint64_t carry = 1;
    for (uint32_t i = 0; x.neg && i < n; i++) {
        carry += (uint32_t)~d[i];
        d[i] = (uint32_t)carry;
        carry >>= 32;
    }
    *ret = d;
    return true;
}

bool mrl_big_of_twos(mrl_arena *a, uint32_t *d, uint32_t n, struct mrl_big *ret) {
    (void)a;
    bool neg = n > 0 && (d[n - 1] >> 31) != 0;
    uint64_t carry = 1;
    for (uint32_t i = 0; neg && i < n; i++) {
        carry += (uint32_t)~d[i];
        d[i] = (uint32_t)carry;
        carry >>= 32;
    }
    *ret = trimmed(d, n, neg);
    return true;
}
