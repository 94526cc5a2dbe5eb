/* bigfloat.c - see bigfloat.h. Rounding keeps a sticky bit, so that every result is exact to
 * nearest even. */
#include "base/bigfloat.h"

/* The top bits of x (with a sticky bit for what was lost below) rounded to `bits` of mantissa. */
static bool round_big(mrl_arena *a, struct mrl_big x, bool sticky, int64_t exp, unsigned bits,
                      struct mrl_bigfloat *ret) {
    MRL_ASSERT(bits > 0 && bits <= 64);
    uint32_t len = mrl_big_bits(x);
    if (len == 0) {
        *ret = (struct mrl_bigfloat){0, 0, x.neg};
        return true;
    }
    uint32_t drop = len > bits ? len - bits : 0;
    struct mrl_big half, top = x;
    bool half_bit = false, lost = sticky;
    if (drop > 0) {
        bool below;
        if (!mrl_big_shr(a, x, drop - 1, &half, &below) ||
            !mrl_big_shr(a, half, 1, &top, &half_bit))
            return false;
        lost |= below;
    }
    uint64_t m = top.d[0] | (top.n > 1 ? (uint64_t)top.d[1] << 32 : 0);
    exp += drop;
    if (half_bit && (lost || (m & 1)) && (++m == 0 || (bits < 64 && m >> bits != 0))) {
        m = m == 0 ? 1ULL << 63 : m >> 1;
        exp++;
    }
    int up = __builtin_clzll(m);
    *ret = (struct mrl_bigfloat){m << up, exp - up, x.neg};
    return true;
}

bool mrl_bf_of_big(struct mrl_big x, struct mrl_bigfloat *ret) {
    uint32_t len = mrl_big_bits(x);
    unsigned __int128 top = 0; /* up to 96 bits: enough for 64, the half bit and a sticky bit */
    uint32_t from = x.n > 3 ? x.n - 3 : 0;
    bool sticky = false;
    for (uint32_t i = 0; i < from; i++)
        sticky |= x.d[i] != 0;
    for (uint32_t i = x.n; i-- > from;)
        top = top << 32 | x.d[i];
    uint32_t have = len - from * 32;
    if (len == 0) {
        *ret = (struct mrl_bigfloat){0, 0, x.neg};
        return true;
    }
    int64_t exp = (int64_t)from * 32;
    uint64_t m;
    if (have > 64) {
        uint32_t drop = have - 64;
        unsigned __int128 low = top & (((unsigned __int128)1 << drop) - 1);
        unsigned __int128 half = (unsigned __int128)1 << (drop - 1);
        m = (uint64_t)(top >> drop);
        exp += drop;
        if ((low > half || (low == half && (sticky || (m & 1)))) && ++m == 0) {
            m = 1ULL << 63;
            exp++;
        }
    } else {
        int up = (int)(64 - have);
        m = (uint64_t)top << up;
        exp -= up;
    }
    *ret = (struct mrl_bigfloat){m, exp, x.neg};
    return true;
}

bool mrl_bf_of_decimal(mrl_arena *a, mrl_str digits, int64_t exp10, bool neg, unsigned bits,
                       struct mrl_bigfloat *ret) {
    struct mrl_big n, power;
    if (!mrl_big_of_digits(a, digits, 10, neg, &n))
        return false;
    if (n.n == 0) {
        *ret = (struct mrl_bigfloat){0, 0, neg};
        return true;
    }
    uint32_t e = (uint32_t)(exp10 < 0 ? -exp10 : exp10);
    if (!mrl_big_pow(a, 10, e, &power))
        return false;
    if (exp10 >= 0)
        return mrl_big_mul(a, n, power, &n) && round_big(a, n, false, 0, bits, ret);
    uint32_t have = mrl_big_bits(n), want = mrl_big_bits(power) + bits + 3;
    uint32_t shift = have < want ? want - have : 0;
    struct mrl_big q, r;
    return mrl_big_shl(a, n, shift, &n) && mrl_big_divmod(a, n, power, &q, &r) &&
           round_big(a, q, r.n > 0, -(int64_t)shift, bits, ret);
}

/* A 128-bit magnitude times 2^exp, rounded to 64 bits. sticky: something non-zero lies below. */
static struct mrl_bigfloat round_wide(unsigned __int128 v, int64_t exp, bool sticky, bool neg) {
    if (v == 0)
        return (struct mrl_bigfloat){0, 0, neg};
    uint64_t hi = (uint64_t)(v >> 64);
    int up = hi != 0 ? __builtin_clzll(hi) : 64 + __builtin_clzll((uint64_t)v);
    v <<= up;
    exp += 64 - up;
    uint64_t m = (uint64_t)(v >> 64), low = (uint64_t)v;
    uint64_t half = 1ULL << 63;
    if ((low > half || (low == half && (sticky || (m & 1)))) && ++m == 0) {
        m = half;
        exp++;
    }
    return (struct mrl_bigfloat){m, exp, neg};
}

struct mrl_bigfloat mrl_bf_mul(struct mrl_bigfloat x, struct mrl_bigfloat y) {
    return round_wide((unsigned __int128)x.mant * y.mant, x.exp + y.exp, false, x.neg != y.neg);
}

struct mrl_bigfloat mrl_bf_div(struct mrl_bigfloat x, struct mrl_bigfloat y) {
    MRL_ASSERT(y.mant != 0);
    /* 63 more bits of quotient than the mantissas give: (x << 63) / y has 63 or 64 bits; two rounds
     * of long division give 126 and more, the remainder is the sticky bit. */
    unsigned __int128 n = (unsigned __int128)x.mant << 63;
    unsigned __int128 q = n / y.mant, r = n % y.mant;
    unsigned __int128 low = (r << 63) / y.mant;
    bool sticky = ((r << 63) % y.mant) != 0;
    return round_wide((q << 63) | low, x.exp - y.exp - 126, sticky, x.neg != y.neg);
}

struct mrl_bigfloat mrl_bf_add(struct mrl_bigfloat x, struct mrl_bigfloat y) {
    if (x.mant == 0 || y.mant == 0)
        return x.mant == 0 && y.mant == 0 ? (struct mrl_bigfloat){0, 0, x.neg && y.neg}
               : x.mant == 0              ? y
                                          : x;
    if (x.exp < y.exp) {
        struct mrl_bigfloat swap = x;
        x = y;
        y = swap;
    }
    /* x stands in the upper part of 127 bits; y is shifted down, lost bits are sticky. */
    unsigned __int128 wide_x = (unsigned __int128)x.mant << 62;
    unsigned __int128 wide_y = (unsigned __int128)y.mant << 62;
    int64_t shift = x.exp - y.exp;
    bool sticky = false;
    if (shift > 126) {
        sticky = true;
        wide_y = 0;
    } else {
        sticky = shift > 0 && (wide_y & (((unsigned __int128)1 << shift) - 1)) != 0;
        wide_y >>= shift;
    }
    if (x.neg == y.neg)
        return round_wide(wide_x + wide_y, x.exp - 62, sticky, x.neg);
    if (wide_x == wide_y && !sticky)
        return (struct mrl_bigfloat){0, 0, false};
    if (wide_x >= wide_y) /* a lost part of y makes the difference a little smaller */
        return round_wide(wide_x - wide_y - sticky, x.exp - 62, sticky, x.neg);
    return round_wide(wide_y - wide_x, x.exp - 62, sticky, y.neg);
}

bool mrl_bf_is_whole(struct mrl_bigfloat x) {
    return x.mant == 0 || x.exp >= 0 || (x.exp > -64 && (x.mant & ((1ULL << -x.exp) - 1)) == 0);
}

bool mrl_bf_trunc(mrl_arena *a, struct mrl_bigfloat x, struct mrl_big *ret) {
    if (x.exp <= -64)
        return mrl_big_of_u64(a, 0, false, ret);
    if (x.exp < 0)
        return mrl_big_of_u64(a, x.mant >> -x.exp, x.neg, ret);
    struct mrl_big m;
    return mrl_big_of_u64(a, x.mant, x.neg, &m) && mrl_big_shl(a, m, (uint32_t)x.exp, ret);
}

/* --- shortest decimal ---------------------------------------------------------------------------
 */

struct decimal { /* 0.digits * 10^point */
    char *digits;
    size_t n;
    int64_t point;
};

/* Exact decimal of m * 2^exp. */
static bool decimal_of(mrl_arena *a, struct mrl_big m, int64_t exp, struct decimal *ret) {
    struct mrl_big power;
    mrl_str text;
    int64_t scale = 0;
    if (exp >= 0) {
        if (!mrl_big_shl(a, m, (uint32_t)exp, &m))
            return false;
    } else { /* m / 2^k = m * 5^k / 10^k */
        scale = -exp;
        if (!mrl_big_pow(a, 5, (uint32_t)scale, &power) || !mrl_big_mul(a, m, power, &m))
            return false;
    }
    if (!mrl_big_text(a, m, 10, &text))
        return false;
    size_t n = text.len;
    while (n > 1 && text.ptr[n - 1] == '0')
        n--;
    char *copy = mrl_arena_alloc(a, text.len + 2, 1);
    if (copy == NULL)
        return false;
    memcpy(copy, text.ptr, n);
    *ret = (struct decimal){copy, n, (int64_t)text.len - scale};
    return true;
}

static void drop_zeros(struct decimal *d) {
    while (d->n > 1 && d->digits[d->n - 1] == '0')
        d->n--;
}

static void cut_down(struct decimal *d, size_t n) {
    if (n < d->n)
        d->n = n;
    drop_zeros(d);
}

static void cut_up(struct decimal *d, size_t n) {
    if (n >= d->n)
        return;
    while (n > 0 && d->digits[n - 1] == '9')
        n--;
    if (n == 0) { /* 0.99.. becomes 0.1 * 10 */
        d->digits[0] = '1';
        d->n = 1;
        d->point++;
        return;
    }
    d->digits[n - 1]++;
    d->n = n;
    drop_zeros(d);
}

static void cut_near(struct decimal *d, size_t n) {
    if (n >= d->n)
        return;
    bool up = d->digits[n] > '5' || (d->digits[n] == '5' && d->n > n + 1) ||
              (d->digits[n] == '5' && n > 0 && (d->digits[n - 1] - '0') % 2 != 0);
    if (up)
        cut_up(d, n);
    else
        cut_down(d, n);
}

static char digit_at(const struct decimal *d, size_t i) {
    return i < d->n ? d->digits[i] : '0';
}

bool mrl_bf_shortest(mrl_arena *a, struct mrl_bigfloat x, unsigned bits, bool near_below,
                     mrl_str *ret_digits, int64_t *ret_point) {
    MRL_ASSERT(x.mant != 0 && bits > 0 && bits <= 64);
    /* m has two bits more than the precision, so that 2 is half a unit in the last place. Below a
     * power of two the neighbours stand half as far apart. */
    struct mrl_big m, less, more, low_m, high_m;
    struct decimal d, low, high;
    int64_t exp = x.exp + 64 - bits - 2;
    uint64_t top = x.mant >> (64 - bits);
    uint64_t below = near_below && top == (uint64_t)1 << (bits - 1) ? 1 : 2;
    if (!mrl_big_of_u64(a, top, false, &m) || !mrl_big_shl(a, m, 2, &m) ||
        !mrl_big_of_u64(a, below, false, &less) || !mrl_big_of_u64(a, 2, false, &more) ||
        !mrl_big_add(a, m, less, true, &low_m) || !mrl_big_add(a, m, more, false, &high_m) ||
        !decimal_of(a, m, exp, &d) || !decimal_of(a, low_m, exp, &low) ||
        !decimal_of(a, high_m, exp, &high))
        return false;
    bool inclusive = (top & 1) == 0;
    for (size_t i = 0; i < d.n; i++) {
        char c = d.digits[i];
        bool down = digit_at(&low, i) != c || (inclusive && i + 1 == low.n);
        bool up =
            c != digit_at(&high, i) && (inclusive || c + 1 < digit_at(&high, i) || i + 1 < high.n);
        if (!down && !up)
            continue;
        if (down && up)
            cut_near(&d, i + 1);
        else if (down)
            cut_down(&d, i + 1);
        else
            cut_up(&d, i + 1);
        break;
    }
    *ret_digits = (mrl_str){d.digits, d.n};
    *ret_point = d.point;
    return true;
}
