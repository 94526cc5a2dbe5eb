/* bigfloat.h - binary floats with a 64-bit mantissa, rounded to nearest even.
 *
 * Idea: the arithmetic of Go's math/big.Float at precision 64, which OPA uses for every number that
 * is not whole. value = mant * 2^exp with the top bit of mant set, or mant == 0 for zero. Functions
 * that take an arena return false when it is exhausted. Source: Go's documentation of math/big;
 * Steele and White 1990 for the shortest decimal.
 */
#ifndef MRL_BASE_BIGFLOAT_H
#define MRL_BASE_BIGFLOAT_H

#include "base/bigint.h"

struct mrl_bigfloat {
    uint64_t mant;
    int64_t exp;
    bool neg;
};

/* digits * 10^exp10, correctly rounded to `bits` (at most 64) of mantissa. */
bool mrl_bf_of_decimal(mrl_arena *a, mrl_str digits, int64_t exp10, bool neg, unsigned bits,
                       struct mrl_bigfloat *ret);
/* The nearest float of a whole number of any size. */
bool mrl_bf_of_big(struct mrl_big x, struct mrl_bigfloat *ret);
/* The sum, rounded once; a difference by the sign of y. */
struct mrl_bigfloat mrl_bf_add(struct mrl_bigfloat x, struct mrl_bigfloat y);
/* The product, rounded once. */
struct mrl_bigfloat mrl_bf_mul(struct mrl_bigfloat x, struct mrl_bigfloat y);
/* y must not be zero. */
struct mrl_bigfloat mrl_bf_div(struct mrl_bigfloat x, struct mrl_bigfloat y);
/* True when x has no fraction; zero is whole. */
bool mrl_bf_is_whole(struct mrl_bigfloat x);
/* The integer part, truncated towards zero. */
bool mrl_bf_trunc(mrl_arena *a, struct mrl_bigfloat x, struct mrl_big *ret);
/* Shortest decimal that reads back as x at `bits` of mantissa: digits without leading or trailing
 * zeros; the value is 0.DIGITS * 10^point. near_below: take into account that the neighbour below a
 * power of two is nearer, as Go's strconv does for doubles (but not below the smallest normal one)
 * and Go's big.Float does not. */
bool mrl_bf_shortest(mrl_arena *a, struct mrl_bigfloat x, unsigned bits, bool near_below,
                     mrl_str *ret_digits, int64_t *ret_point);

#endif
