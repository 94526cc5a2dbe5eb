/* num.c - numbers by value: grammar, order, hash, arithmetic. See num.h. */
#include "base/num.h"

#include "base/bigfloat.h"
#include "base/buf.h"
#include <stdlib.h>
#include <string.h>

/* --- reading ------------------------------------------------------------------------------------
 */

struct decimal {         /* a number text taken apart: 0.digits * 10^point */
    mrl_str whole, part; /* digits before and after the point, as written */
    int64_t exp;         /* of the exponent part; saturated */
    bool neg;
};

static size_t digits_at(mrl_str s, size_t i) {
    size_t n = i;
    while (n < s.len && s.ptr[n] >= '0' && s.ptr[n] <= '9')
        n++;
    return n - i;
}

static bool read_exponent(mrl_str s, size_t i, int64_t *ret_exp, size_t *ret_end) {
    bool neg = i < s.len && s.ptr[i] == '-';
    if (i < s.len && (s.ptr[i] == '-' || s.ptr[i] == '+'))
        i++;
    size_t n = digits_at(s, i);
    int64_t e = 0;
    for (size_t k = i; k < i + n; k++)
        if (e < 1000000000)
            e = e * 10 + (s.ptr[k] - '0');
    *ret_exp = neg ? -e : e;
    *ret_end = i + n;
    return n > 0;
}

/* Takes a JSON number apart; false when it is none. */
static bool take_apart(mrl_str s, struct decimal *d) {
    *d = (struct decimal){.neg = s.len > 0 && s.ptr[0] == '-'};
    size_t i = d->neg, n = digits_at(s, i);
    if (n == 0 || (n > 1 && s.ptr[i] == '0'))
        return false;
    d->whole = mrl_str_sub(s, i, i + n);
    i += n;
    if (i < s.len && s.ptr[i] == '.') {
        n = digits_at(s, i + 1);
        if (n == 0)
            return false;
        d->part = mrl_str_sub(s, i + 1, i + 1 + n);
        i += 1 + n;
    }
    if (i < s.len && (s.ptr[i] | 0x20) == 'e' && !read_exponent(s, i + 1, &d->exp, &i))
        return false;
    return i == s.len;
}

static bool fits_i64(mrl_str digits, bool neg, int64_t *ret) {
    if (digits.len > 19)
        return false;
    uint64_t u = 0;
    for (size_t i = 0; i < digits.len; i++)
        u = u * 10 + (uint64_t)(digits.ptr[i] - '0');
    if (u > (uint64_t)INT64_MAX + neg)
        return false;
    *ret = neg ? (int64_t)(0 - u) : (int64_t)u;
    return true;
}

mrl_status mrl_num_parse(mrl_str text, mrl_val *ret) {
    struct decimal d;
    int64_t i;
    if (!take_apart(text, &d) || text.len > MRL_VAL_LEN_MAX)
        return MRL_E_SYNTAX;
    bool plain = d.whole.len + d.neg == text.len;
    if (plain && fits_i64(d.whole, d.neg, &i) && !(d.neg && i == 0))
        *ret = mrl_int(i);
    else
        *ret = (mrl_val){.tag = MRL_T_NUM, .len = (uint32_t)text.len, .u.s = text.ptr};
    return MRL_OK;
}

/* --- normal form: significant digits and the place of the point
 * ------------------------------------ */

struct normal {   /* +-0.d1d2... * 10^point; n == 0 is zero */
    mrl_str a, b; /* the digits are a then b, without leading and trailing zeros */
    size_t n;
    int64_t point;
    bool neg;
};

static mrl_str without_leading(mrl_str s, int64_t *dropped) {
    size_t i = 0;
    while (i < s.len && s.ptr[i] == '0')
        i++;
    *dropped = (int64_t)i;
    return mrl_str_sub(s, i, s.len);
}

static mrl_str without_trailing(mrl_str s) {
    while (s.len > 0 && s.ptr[s.len - 1] == '0')
        s.len--;
    return s;
}

/* `scratch` (21 bytes) holds the digits of an MRL_T_INT. */
static struct normal normalise(mrl_val v, char *scratch) {
    struct decimal d = {.neg = false};
    if (v.tag == MRL_T_INT) {
        uint64_t u = v.u.i < 0 ? 0 - (uint64_t)v.u.i : (uint64_t)v.u.i;
        size_t at = 21;
        do {
            scratch[--at] = (char)('0' + u % 10);
            u /= 10;
        } while (u > 0);
        d.whole = (mrl_str){scratch + at, 21 - at};
        d.neg = v.u.i < 0;
    } else {
        bool ok = take_apart(mrl_val_str(v), &d);
        MRL_ASSERT(ok);
    }
    struct normal r = {.neg = d.neg};
    int64_t dropped;
    r.a = without_leading(d.whole, &dropped);
    r.point = (int64_t)r.a.len + d.exp;
    r.b = without_trailing(d.part);
    if (r.a.len == 0) {
        r.b = without_leading(r.b, &dropped);
        r.point = d.exp - dropped;
    }
    if (r.b.len == 0)
        r.a = without_trailing(r.a);
    r.n = r.a.len + r.b.len;
    if (r.n == 0)
        r = (struct normal){.point = 0};
    return r;
}

static char normal_digit(const struct normal *x, size_t i) {
    if (i < x->a.len)
        return x->a.ptr[i];
    i -= x->a.len;
    return i < x->b.len ? x->b.ptr[i] : '0';
}

static int cmp_normal_abs(const struct normal *x, const struct normal *y) {
    if (x->n == 0 || y->n == 0)
        return (x->n != 0) - (y->n != 0);
    if (x->point != y->point)
        return x->point < y->point ? -1 : 1;
    size_t n = x->n > y->n ? x->n : y->n;
    for (size_t i = 0; i < n; i++) {
        char a = normal_digit(x, i), b = normal_digit(y, i);
        if (a != b)
            return a < b ? -1 : 1;
    }
    return 0;
}

int mrl_num_cmp(mrl_val a, mrl_val b) {
    if (a.tag == MRL_T_INT && b.tag == MRL_T_INT)
        return (a.u.i > b.u.i) - (a.u.i < b.u.i);
    char sa[21], sb[21];
    struct normal x = normalise(a, sa), y = normalise(b, sb);
    if (x.neg != y.neg)
        return x.neg ? -1 : 1;
    int c = cmp_normal_abs(&x, &y);
    return x.neg ? -c : c;
}

uint64_t mrl_num_hash(mrl_val v) {
    int64_t i;
    uint64_t seed = mrl_hash_seed();
    if (mrl_num_to_i64(v, &i)) {
        unsigned __int128 p = (unsigned __int128)((uint64_t)i ^ 0x9E3779B97F4A7C15ULL) * (seed | 1);
        return (uint64_t)p ^ (uint64_t)(p >> 64);
    }
    char scratch[21];
    struct normal x = normalise(v, scratch);
    uint64_t h = seed ^ (uint64_t)x.point ^ (x.neg ? 0x5555555555555555ULL : 0);
    for (size_t k = 0; k < x.n; k++) /* digit by digit: the two parts may be split differently */
        h = (h ^ (uint8_t)normal_digit(&x, k)) * UINT64_C(0x100000001B3);
    return h ^ h >> 29;
}

bool mrl_num_is_whole(mrl_val v) {
    char scratch[21];
    if (v.tag == MRL_T_INT)
        return true;
    struct normal x = normalise(v, scratch);
    return x.n == 0 || x.point >= (int64_t)x.n;
}

bool mrl_num_to_i64(mrl_val v, int64_t *ret) {
    if (v.tag == MRL_T_INT) {
        *ret = v.u.i;
        return true;
    }
    char scratch[21], digits[20];
    struct normal x = normalise(v, scratch);
    if (x.n > 0 && (x.point < (int64_t)x.n || x.point > 19))
        return false;
    size_t n = (size_t)x.point;
    for (size_t i = 0; i < n; i++)
        digits[i] = normal_digit(&x, i);
    return fits_i64((mrl_str){digits, n}, x.neg, ret);
}

/* --- conversions
 * ---------------------------------------------------------------------------------- */

static mrl_status of_big(mrl_arena *a, struct mrl_big x, mrl_val *ret) {
    int64_t i;
    if (mrl_big_to_i64(x, &i)) {
        *ret = mrl_int(i);
        return MRL_OK;
    }
    mrl_str text;
    MRL_CHECK(mrl_big_text(a, x, 10, &text), MRL_E_NOMEM);
    *ret = (mrl_val){.tag = MRL_T_NUM, .len = (uint32_t)text.len, .u.s = text.ptr};
    return MRL_OK;
}

static mrl_status check_size(mrl_val v) {
    char scratch[21];
    struct normal x = normalise(v, scratch);
    MRL_CHECK(x.n <= MRL_NUM_DIGITS_MAX && x.point <= MRL_NUM_EXP_MAX && x.point >= MRL_NUM_EXP_MIN,
              MRL_E_LIMIT);
    return MRL_OK;
}

/* Digits of a normal form, with `zeros` more at the end, as one slice. */
static bool joined(mrl_arena *a, const struct normal *x, size_t zeros, mrl_str *ret) {
    char *p = mrl_arena_alloc(a, x->n + zeros + 1, 1);
    if (p == NULL)
        return false;
    for (size_t i = 0; i < x->n + zeros; i++)
        p[i] = normal_digit(x, i);
    *ret = (mrl_str){p, x->n + zeros};
    return true;
}

/* The number as a big integer: MRL_E_TYPE when it is not whole. */
static mrl_status to_big(mrl_arena *a, mrl_val v, struct mrl_big *ret) {
    if (v.tag == MRL_T_INT) {
        uint64_t u = v.u.i < 0 ? 0 - (uint64_t)v.u.i : (uint64_t)v.u.i;
        return mrl_big_of_u64(a, u, v.u.i < 0, ret) ? MRL_OK : MRL_E_NOMEM;
    }
    MRL_CHECK(mrl_num_is_whole(v), MRL_E_TYPE);
    MRL_TRY(check_size(v));
    char scratch[21];
    struct normal x = normalise(v, scratch);
    mrl_str digits;
    MRL_CHECK(joined(a, &x, (size_t)x.point - x.n, &digits), MRL_E_NOMEM);
    return mrl_big_of_digits(a, digits, 10, x.neg, ret) ? MRL_OK : MRL_E_NOMEM;
}

static mrl_status to_float(mrl_arena *a, mrl_val v, unsigned bits, struct mrl_bigfloat *ret) {
    MRL_TRY(check_size(v));
    char scratch[21];
    struct normal x = normalise(v, scratch);
    mrl_str digits;
    MRL_CHECK(joined(a, &x, 0, &digits), MRL_E_NOMEM);
    bool ok = mrl_bf_of_decimal(a, digits, x.point - (int64_t)x.n, x.neg, bits, ret);
    return ok ? MRL_OK : MRL_E_NOMEM;
}

/* Go's 'g' format of 0.digits * 10^point with the shortest precision; exponents of `e_max` and
 * more, or below -4, are written as such. */
static mrl_status write_general(mrl_arena *a, mrl_str digits, int64_t point, bool neg,
                                int64_t e_max, mrl_val *ret) {
    struct mrl_buf b;
    mrl_buf_init(&b, MRL_NUM_DIGITS_MAX + 64);
    int64_t exp = point - 1;
    if (neg)
        mrl_buf_byte(&b, '-');
    if (exp < -4 || exp >= e_max) {
        mrl_buf_byte(&b, digits.ptr[0]);
        if (digits.len > 1) {
            mrl_buf_byte(&b, '.');
            mrl_buf_add(&b, mrl_str_sub(digits, 1, digits.len));
        }
        mrl_buf_printf(&b, "e%c%02lld", exp < 0 ? '-' : '+', (long long)(exp < 0 ? -exp : exp));
    } else if (point <= 0) {
        mrl_buf_add(&b, MRL_S("0."));
        mrl_buf_fill(&b, '0', (size_t)-point);
        mrl_buf_add(&b, digits);
    } else {
        mrl_buf_add(&b, mrl_str_sub(digits, 0, (size_t)point));
        if ((size_t)point > digits.len)
            mrl_buf_fill(&b, '0', (size_t)point - digits.len);
        if ((size_t)point < digits.len) {
            mrl_buf_byte(&b, '.');
            mrl_buf_add(&b, mrl_str_sub(digits, (size_t)point, digits.len));
        }
    }
    mrl_status status = b.status;
    mrl_str text = {NULL, 0};
    if (status == MRL_OK)
        text = mrl_arena_str(a, mrl_buf_str(&b));
    mrl_buf_release(&b);
    MRL_TRY(status);
    MRL_CHECK(text.ptr != NULL, MRL_E_NOMEM);
    return mrl_num_parse(text, ret);
}

/* OPA's text of a float: all digits when it is whole, else Go's 'g' with the shortest precision. */
static mrl_status of_float(mrl_arena *a, struct mrl_bigfloat x, mrl_val *ret) {
    if (x.mant == 0) {
        *ret = mrl_int(0);
        return MRL_OK;
    }
    mrl_str digits;
    int64_t point;
    MRL_CHECK(x.exp < 4 * MRL_NUM_EXP_MAX && x.exp > 4 * MRL_NUM_EXP_MIN, MRL_E_LIMIT);
    MRL_CHECK(mrl_bf_shortest(a, x, 64, false, &digits, &point), MRL_E_NOMEM);
    return write_general(a, digits, point, x.neg, mrl_bf_is_whole(x) ? INT64_MAX : 6, ret);
}

/* --- arithmetic
 * ------------------------------------------------------------------------------------ */

static mrl_status add_slow(mrl_arena *a, mrl_val x, mrl_val y, bool negate_y, mrl_val *ret) {
    if (mrl_num_is_whole(x) && mrl_num_is_whole(y)) {
        struct mrl_big bx, by, sum;
        MRL_TRY(to_big(a, x, &bx));
        MRL_TRY(to_big(a, y, &by));
        MRL_CHECK(mrl_big_add(a, bx, by, negate_y, &sum), MRL_E_NOMEM);
        return of_big(a, sum, ret);
    }
    struct mrl_bigfloat fx, fy;
    MRL_TRY(to_float(a, x, 64, &fx));
    MRL_TRY(to_float(a, y, 64, &fy));
    fy.neg = fy.neg != negate_y;
    return of_float(a, mrl_bf_add(fx, fy), ret);
}

mrl_status mrl_num_add(mrl_arena *a, mrl_val x, mrl_val y, mrl_val *ret) {
    int64_t i;
    if (x.tag == MRL_T_INT && y.tag == MRL_T_INT && !__builtin_add_overflow(x.u.i, y.u.i, &i)) {
        *ret = mrl_int(i);
        return MRL_OK;
    }
    return add_slow(a, x, y, false, ret);
}

mrl_status mrl_num_sub(mrl_arena *a, mrl_val x, mrl_val y, mrl_val *ret) {
    int64_t i;
    if (x.tag == MRL_T_INT && y.tag == MRL_T_INT && !__builtin_sub_overflow(x.u.i, y.u.i, &i)) {
        *ret = mrl_int(i);
        return MRL_OK;
    }
    return add_slow(a, x, y, true, ret);
}

mrl_status mrl_num_mul(mrl_arena *a, mrl_val x, mrl_val y, mrl_val *ret) {
    int64_t i;
    if (x.tag == MRL_T_INT && y.tag == MRL_T_INT && !__builtin_mul_overflow(x.u.i, y.u.i, &i)) {
        *ret = mrl_int(i);
        return MRL_OK;
    }
    if (mrl_num_is_whole(x) && mrl_num_is_whole(y)) {
        struct mrl_big bx, by, product;
        MRL_TRY(to_big(a, x, &bx));
        MRL_TRY(to_big(a, y, &by));
        MRL_CHECK(mrl_big_mul(a, bx, by, &product), MRL_E_NOMEM);
        return of_big(a, product, ret);
    }
    struct mrl_bigfloat fx, fy;
    MRL_TRY(to_float(a, x, 64, &fx));
    MRL_TRY(to_float(a, y, 64, &fy));
    return of_float(a, mrl_bf_mul(fx, fy), ret);
}

mrl_status mrl_num_div(mrl_arena *a, mrl_val x, mrl_val y, mrl_val *ret) {
    if (x.tag == MRL_T_INT && y.tag == MRL_T_INT && y.u.i > 0 && x.u.i % y.u.i == 0) {
        *ret = mrl_int(x.u.i / y.u.i);
        return MRL_OK;
    }
    struct mrl_bigfloat fx, fy;
    MRL_TRY(to_float(a, x, 64, &fx));
    MRL_TRY(to_float(a, y, 64, &fy));
    MRL_CHECK(fy.mant != 0, MRL_E_INVALID);
    return of_float(a, mrl_bf_div(fx, fy), ret);
}

mrl_status mrl_num_rem(mrl_arena *a, mrl_val x, mrl_val y, mrl_val *ret) {
    if (x.tag == MRL_T_INT && y.tag == MRL_T_INT && y.u.i != 0 && y.u.i != -1) {
        *ret = mrl_int(x.u.i % y.u.i);
        return MRL_OK;
    }
    struct mrl_big bx, by, q, r;
    MRL_TRY(to_big(a, x, &bx));
    MRL_TRY(to_big(a, y, &by));
    MRL_CHECK(by.n > 0, MRL_E_INVALID);
    MRL_CHECK(mrl_big_divmod(a, bx, by, &q, &r), MRL_E_NOMEM);
    return of_big(a, r, ret);
}

mrl_status mrl_num_neg(mrl_arena *a, mrl_val x, mrl_val *ret) {
    return mrl_num_sub(a, mrl_int(0), x, ret);
}

mrl_status mrl_num_abs(mrl_arena *a, mrl_val x, mrl_val *ret) {
    if (x.tag == MRL_T_INT && x.u.i > INT64_MIN) {
        *ret = mrl_int(x.u.i < 0 ? -x.u.i : x.u.i);
        return MRL_OK;
    }
    struct mrl_bigfloat f;
    MRL_TRY(to_float(a, x, 64, &f));
    f.neg = false;
    return of_float(a, f, ret);
}

enum rounding { AWAY, CEIL, FLOOR };

static mrl_status round_to_whole(mrl_arena *a, mrl_val x, enum rounding how, mrl_val *ret) {
    if (x.tag == MRL_T_INT) {
        *ret = x;
        return MRL_OK;
    }
    struct mrl_bigfloat f, half = {1ULL << 63, -64, false};
    MRL_TRY(to_float(a, x, 64, &f));
    half.neg = f.neg;
    bool whole = mrl_bf_is_whole(f);
    struct mrl_big i, one;
    MRL_CHECK(mrl_bf_trunc(a, how == AWAY ? mrl_bf_add(f, half) : f, &i), MRL_E_NOMEM);
    MRL_CHECK(mrl_big_of_u64(a, 1, false, &one), MRL_E_NOMEM);
    if (how == CEIL && !whole && !f.neg)
        MRL_CHECK(mrl_big_add(a, i, one, false, &i), MRL_E_NOMEM);
    if (how == FLOOR && !whole && f.neg)
        MRL_CHECK(mrl_big_add(a, i, one, true, &i), MRL_E_NOMEM);
    return of_big(a, i, ret);
}

mrl_status mrl_num_round(mrl_arena *a, mrl_val x, mrl_val *ret) {
    return round_to_whole(a, x, AWAY, ret);
}

mrl_status mrl_num_ceil(mrl_arena *a, mrl_val x, mrl_val *ret) {
    return round_to_whole(a, x, CEIL, ret);
}

mrl_status mrl_num_floor(mrl_arena *a, mrl_val x, mrl_val *ret) {
    return round_to_whole(a, x, FLOOR, ret);
}

/* --- bits
 * ------------------------------------------------------------------------------------------ */

static uint32_t apply(enum mrl_num_bitop op, uint32_t x, uint32_t y) {
    return op == MRL_BIT_AND ? x & y : op == MRL_BIT_OR ? x | y : x ^ y;
}

mrl_status mrl_num_bits(mrl_arena *a, enum mrl_num_bitop op, mrl_val x, mrl_val y, mrl_val *ret) {
    struct mrl_big bx, by, r;
    MRL_TRY(to_big(a, x, &bx));
    MRL_TRY(to_big(a, y, &by));
    uint32_t n = (bx.n > by.n ? bx.n : by.n) + 1, *dx, *dy;
    MRL_CHECK(mrl_big_twos(a, bx, n, &dx) && mrl_big_twos(a, by, n, &dy), MRL_E_NOMEM);
    for (uint32_t i = 0; i < n; i++)
        dx[i] = apply(op, dx[i], dy[i]);
    MRL_CHECK(mrl_big_of_twos(a, dx, n, &r), MRL_E_NOMEM);
    return of_big(a, r, ret);
}

mrl_status mrl_num_bitnot(mrl_arena *a, mrl_val x, mrl_val *ret) {
    MRL_CHECK(mrl_num_is_whole(x), MRL_E_TYPE);
    mrl_val neg;
    MRL_TRY(mrl_num_neg(a, x, &neg));
    return mrl_num_sub(a, neg, mrl_int(1), ret);
}

mrl_status mrl_num_shl(mrl_arena *a, mrl_val x, uint32_t n, mrl_val *ret) {
    struct mrl_big b;
    MRL_CHECK(n <= MRL_NUM_SHIFT_MAX, MRL_E_LIMIT);
    MRL_TRY(to_big(a, x, &b));
    MRL_CHECK(mrl_big_shl(a, b, n, &b), MRL_E_NOMEM);
    return of_big(a, b, ret);
}

mrl_status mrl_num_shr(mrl_arena *a, mrl_val x, uint32_t n, mrl_val *ret) {
    struct mrl_big b, one;
    bool sticky;
    MRL_TRY(to_big(a, x, &b));
    MRL_CHECK(mrl_big_shr(a, b, n, &b, &sticky), MRL_E_NOMEM);
    b.neg = b.neg || (sticky && b.n == 0 && mrl_num_cmp(x, mrl_int(0)) < 0);
    if (sticky && mrl_num_cmp(x, mrl_int(0)) < 0) { /* arithmetic shift rounds down */
        MRL_CHECK(mrl_big_of_u64(a, 1, false, &one), MRL_E_NOMEM);
        b.neg = b.n > 0;
        MRL_CHECK(mrl_big_add(a, b, one, true, &b), MRL_E_NOMEM);
    }
    return of_big(a, b, ret);
}

/* --- doubles, bases, text
 * ----------------------------------------------------------------------------- */

double mrl_num_to_double(mrl_val v) {
    if (v.tag == MRL_T_INT)
        return (double)v.u.i;
    mrl_arena a;
    struct mrl_bigfloat f;
    char scratch[21];
    struct normal x = normalise(v, scratch);
    if (x.n == 0 || x.point < -400)
        return x.neg ? -0.0 : 0.0;
    double d = x.point > 310 ? __builtin_inf() : 0;
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    if (d == 0 && to_float(&a, v, 53, &f) == MRL_OK) {
        mrl_status again = MRL_OK;
        if (f.exp + 64 < -1021 && f.exp + 64 > -1074) /* subnormal: fewer bits, rounded once */
            again = to_float(&a, v, (unsigned)(f.exp + 64 + 1074), &f);
        d = again != MRL_OK ? 0 : __builtin_ldexp((double)(f.mant >> 11), (int)f.exp + 11);
    }
    mrl_arena_release(&a);
    return x.neg ? -d : d;
}

mrl_status mrl_num_of_double(mrl_arena *a, double d, mrl_val *ret) {
    MRL_CHECK(__builtin_isfinite(d), MRL_E_INVALID);
    if (d == 0) {
        *ret = mrl_int(0);
        return MRL_OK;
    }
    int exp;
    double m = __builtin_frexp(d < 0 ? -d : d, &exp);
    struct mrl_bigfloat f = {(uint64_t)__builtin_ldexp(m, 64), exp - 64, d < 0};
    mrl_str digits;
    int64_t point;
    unsigned bits = exp < -1021 ? (unsigned)(exp + 1074) : 53;
    bool near_below = exp > -1021; /* subnormal doubles stand evenly */
    MRL_CHECK(mrl_bf_shortest(a, f, bits > 0 ? bits : 1, near_below, &digits, &point), MRL_E_NOMEM);
    return write_general(a, digits, point, d < 0, 21, ret);
}

mrl_status mrl_num_of_u64(mrl_arena *a, uint64_t u, mrl_val *ret) {
    struct mrl_big b;
    MRL_CHECK(mrl_big_of_u64(a, u, false, &b), MRL_E_NOMEM);
    return of_big(a, b, ret);
}

mrl_status mrl_num_to_base(mrl_arena *a, mrl_val x, unsigned base, mrl_str *ret) {
    struct mrl_big b;
    MRL_CHECK(base >= 2 && base <= 36, MRL_E_INVALID);
    MRL_TRY(to_big(a, x, &b));
    return mrl_big_text(a, b, base, ret) ? MRL_OK : MRL_E_NOMEM;
}

mrl_status mrl_num_of_base(mrl_arena *a, mrl_str text, unsigned base, mrl_val *ret) {
    MRL_CHECK(base >= 2 && base <= 36, MRL_E_INVALID);
    bool neg = text.len > 0 && text.ptr[0] == '-';
    mrl_str digits = mrl_str_sub(text, neg, text.len);
    MRL_CHECK(digits.len > 0, MRL_E_SYNTAX);
    MRL_CHECK(digits.len <= MRL_NUM_DIGITS_MAX, MRL_E_LIMIT);
    for (size_t i = 0; i < digits.len; i++) {
        char c = digits.ptr[i];
        bool ok = (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
        unsigned v = c <= '9' ? (unsigned)(c - '0') : (unsigned)((c | 0x20) - 'a') + 10;
        MRL_CHECK(ok && v < base, MRL_E_SYNTAX);
    }
    struct mrl_big b;
    MRL_CHECK(mrl_big_of_digits(a, digits, base, neg, &b), MRL_E_NOMEM);
    return of_big(a, b, ret);
}

void mrl_num_write(struct mrl_buf *b, mrl_val v) {
    if (v.tag == MRL_T_INT)
        mrl_buf_i64(b, v.u.i);
    else
        mrl_buf_add(b, mrl_val_str(v));
}

double mrl_double_of(mrl_str text) {
    char z[1104];
    if (text.len >= sizeof z)
        return 0;
    memcpy(z, text.len > 0 ? text.ptr : "", text.len);
    z[text.len] = '\0';
    return strtod(z, NULL);
}
