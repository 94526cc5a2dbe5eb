/* fuzz_num.c - arithmetic against other implementations.
 *
 * Two numbers from the input. Whole numbers: OpenSSL's BN gives sum, difference, product, quotient
 * and remainder. Others: on x86-64 a long double has the 64-bit mantissa and the rounding of Go's
 * big.Float as OPA uses it, so the machine gives the answer while exponents stay in its range.
 * Always: order, equality and hash agree with each other, and a printed result reads back equal.
 */
#include "base/buf.h"
#include "base/num.h"

#include <float.h>
#include <math.h>
#include <openssl/bn.h>
#include <stdio.h>
#include <stdlib.h>

#define TEXT_MAX 300
#define DIGITS_MAX 1000 /* of a whole number such as 1e900 */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The text of a number, NUL-terminated. */
static void text_of(mrl_val v, char *z, size_t size) {
    struct mrl_buf b;
    mrl_buf_init(&b, 1 << 20);
    mrl_num_write(&b, v);
    MRL_ASSERT(b.status == MRL_OK);
    snprintf(z, size, "%.*s", MRL_F(mrl_buf_str(&b)));
    mrl_buf_release(&b);
}

static void same(mrl_val got, char *want) {
    char text[4 * DIGITS_MAX];
    text_of(got, text, sizeof text);
    MRL_ASSERT(want != NULL);
    MRL_ASSERT(strcmp(text, strcmp(want, "-0") == 0 ? "0" : want) == 0);
    OPENSSL_free(want);
}

/* --- whole numbers: BN --------------------------------------------------------------------- */

static void against_bn(mrl_arena *a, mrl_val x, mrl_val y) {
    mrl_str tx, ty; /* 1e3 as 1000 */
    if (mrl_num_to_base(a, x, 10, &tx) != MRL_OK || mrl_num_to_base(a, y, 10, &ty) != MRL_OK ||
        tx.len > DIGITS_MAX || ty.len > DIGITS_MAX)
        return;
    tx = mrl_arena_str(a, tx); /* NUL-terminated */
    ty = mrl_arena_str(a, ty);
    BIGNUM *bx = NULL, *by = NULL, *r = BN_new(), *rem = BN_new();
    BN_CTX *cx = BN_CTX_new();
    mrl_val v = mrl_undefined();
    MRL_ASSERT(cx != NULL && r != NULL && rem != NULL);
    MRL_ASSERT(BN_dec2bn(&bx, tx.ptr) != 0 && BN_dec2bn(&by, ty.ptr) != 0);
    MRL_ASSERT((BN_cmp(bx, by) > 0) - (BN_cmp(bx, by) < 0) == mrl_num_cmp(x, y));
    if (BN_add(r, bx, by) == 1 && mrl_num_add(a, x, y, &v) == MRL_OK)
        same(v, BN_bn2dec(r));
    if (BN_sub(r, bx, by) == 1 && mrl_num_sub(a, x, y, &v) == MRL_OK)
        same(v, BN_bn2dec(r));
    if (BN_mul(r, bx, by, cx) == 1 && mrl_num_mul(a, x, y, &v) == MRL_OK)
        same(v, BN_bn2dec(r));
    if (BN_is_zero(by)) {
        MRL_ASSERT(mrl_num_div(a, x, y, &v) == MRL_E_INVALID);
        MRL_ASSERT(mrl_num_rem(a, x, y, &v) == MRL_E_INVALID);
    } else if (BN_div(r, rem, bx, by, cx) == 1) {
        MRL_ASSERT(mrl_num_rem(a, x, y, &v) == MRL_OK);
        same(v, BN_bn2dec(rem));
        if (BN_is_zero(rem) && mrl_num_div(a, x, y, &v) == MRL_OK && BN_num_bits(bx) <= 64 &&
            BN_num_bits(by) <= 64)
            same(v, BN_bn2dec(r));
    }
    BN_free(bx);
    BN_free(by);
    BN_free(r);
    BN_free(rem);
    BN_CTX_free(cx);
}

/* --- others: long double ------------------------------------------------------------------- */

static bool in_range(long double d) {
    return d == 0 || (fabsl(d) > 1e-1000L && fabsl(d) < 1e1000L);
}

static void check_ld(mrl_val got, long double want) {
    char text[4 * TEXT_MAX];
    int exp;
    /* big.Float prints a power of two with a digit too few now and then (Go's roundShortest). */
    if (!in_range(want) || fabsl(frexpl(want, &exp)) == 0.5L)
        return;
    text_of(got, text, sizeof text);
    MRL_ASSERT(strtold(text, NULL) == want);
}

static void against_long_double(mrl_arena *a, mrl_val x, mrl_val y) {
#if LDBL_MANT_DIG == 64
    char tx[TEXT_MAX + 8], ty[TEXT_MAX + 8];
    text_of(x, tx, sizeof tx);
    text_of(y, ty, sizeof ty);
    volatile long double lx = strtold(tx, NULL), ly = strtold(ty, NULL);
    mrl_val v = mrl_undefined();
    if (!in_range(lx) || !in_range(ly))
        return;
    if (mrl_num_add(a, x, y, &v) == MRL_OK)
        check_ld(v, lx + ly);
    if (mrl_num_sub(a, x, y, &v) == MRL_OK)
        check_ld(v, lx - ly);
    if (mrl_num_mul(a, x, y, &v) == MRL_OK)
        check_ld(v, lx * ly);
    if (ly != 0 && mrl_num_div(a, x, y, &v) == MRL_OK)
        check_ld(v, lx / ly);
#endif
}

/* --- always -------------------------------------------------------------------------------- */

static void properties(mrl_arena *a, mrl_val x, mrl_val y) {
    int c = mrl_num_cmp(x, y);
    mrl_val v = mrl_undefined(), w = mrl_undefined();
    MRL_ASSERT(mrl_num_cmp(y, x) == -c && mrl_num_cmp(x, x) == 0);
    MRL_ASSERT(c != 0 || mrl_num_hash(x) == mrl_num_hash(y));
    MRL_ASSERT((c == 0) == mrl_val_eq(x, y));
    if (mrl_num_add(a, x, y, &v) == MRL_OK && mrl_num_add(a, y, x, &w) == MRL_OK)
        MRL_ASSERT(mrl_num_cmp(v, w) == 0);
    /* The first negation may round to 64 bits; after that the sign is all that changes. */
    if (mrl_num_neg(a, x, &v) == MRL_OK && mrl_num_neg(a, v, &w) == MRL_OK &&
        mrl_num_neg(a, w, &w) == MRL_OK)
        MRL_ASSERT(mrl_num_cmp(v, w) == 0);
    int64_t i;
    if (mrl_num_to_i64(x, &i))
        MRL_ASSERT(mrl_num_cmp(x, mrl_int(i)) == 0);
    mrl_str hex;
    if (mrl_num_is_whole(x) && mrl_num_to_base(a, x, 16, &hex) == MRL_OK) {
        MRL_ASSERT(mrl_num_of_base(a, hex, 16, &v) == MRL_OK);
        MRL_ASSERT(mrl_num_cmp(x, v) == 0);
    }
    char tx[TEXT_MAX + 8];
    text_of(x, tx, sizeof tx);
    double d = mrl_num_to_double(x), e = strtod(tx, NULL);
    MRL_ASSERT(d == e || (isinf(d) && isinf(e)));
    if (mrl_num_of_double(a, d, &v) == MRL_OK)
        MRL_ASSERT(mrl_num_to_double(v) == d);
}

/* An exponent of five digits costs milliseconds (it is a number of 10,000 digits and more):
 * allowed, bounded, and too slow to learn from. */
static bool is_huge(mrl_str s) {
    size_t digits = 0;
    bool exponent = false;
    for (size_t i = 0; i < s.len; i++) {
        exponent |= s.ptr[i] == 'e' || s.ptr[i] == 'E';
        digits += exponent && s.ptr[i] >= '0' && s.ptr[i] <= '9' && (digits > 0 || s.ptr[i] != '0');
    }
    return digits > 3;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    mrl_str rest, text = {(const char *)data, size};
    mrl_str one = mrl_str_cut(text, ' ', &rest);
    mrl_val x = mrl_undefined(), y = mrl_undefined();
    mrl_arena a;
    if (one.len > TEXT_MAX || rest.len > TEXT_MAX || is_huge(one) || is_huge(rest) ||
        mrl_num_parse(one, &x) != MRL_OK || mrl_num_parse(rest, &y) != MRL_OK)
        return 0;
    mrl_arena_init(&a, 1 << 26);
    properties(&a, x, y);
    if (mrl_num_is_whole(x) && mrl_num_is_whole(y))
        against_bn(&a, x, y);
    else
        against_long_double(&a, x, y);
    mrl_arena_release(&a);
    return 0;
}
