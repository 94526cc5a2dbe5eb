/* bigint.h - integers of any size in an arena.
 *
 * Idea: sign and magnitude, limbs of 32 bits, least significant first, no leading zero limbs.
 * Values are immutable once made. Every function returns false only when the arena is exhausted.
 * Costs: add O(n), mul O(n*m) schoolbook, divmod O(n*m) (Knuth D), decimal text O(n^2): bounded by
 * MRL_NUM_DIGITS_MAX, which callers check.
 */
#ifndef MRL_BASE_BIGINT_H
#define MRL_BASE_BIGINT_H

#include "base/arena.h"

struct mrl_big {
    uint32_t *d;
    uint32_t n; /* 0 means zero */
    bool neg;   /* never set for zero */
};

/* The number u, negative when neg. False when memory ran out. */
bool mrl_big_of_u64(mrl_arena *a, uint64_t u, bool neg, struct mrl_big *ret);
/* Digits of `base` (2..36), already checked by the caller. */
bool mrl_big_of_digits(mrl_arena *a, mrl_str digits, unsigned base, bool neg, struct mrl_big *ret);
/* Text in `base`, with '-' when negative. */
bool mrl_big_text(mrl_arena *a, struct mrl_big x, unsigned base, mrl_str *ret);
/* x + y when !negate_y, else x - y. */
bool mrl_big_add(mrl_arena *a, struct mrl_big x, struct mrl_big y, bool negate_y,
                 struct mrl_big *ret);
/* The product. Cost: limbs of x times limbs of y. */
bool mrl_big_mul(mrl_arena *a, struct mrl_big x, struct mrl_big y, struct mrl_big *ret);
/* Truncated division; y must not be zero. The remainder has the sign of x. */
bool mrl_big_divmod(mrl_arena *a, struct mrl_big x, struct mrl_big y, struct mrl_big *ret_q,
                    struct mrl_big *ret_r);
/* Magnitude shifted; the sign is kept. */
bool mrl_big_shl(mrl_arena *a, struct mrl_big x, uint32_t bits, struct mrl_big *ret);
/* Magnitude shifted right, truncating; *ret_sticky tells whether a one bit was lost. */
bool mrl_big_shr(mrl_arena *a, struct mrl_big x, uint32_t bits, struct mrl_big *ret,
                 bool *ret_sticky);
/* base to the power n. The result grows by n times the bits of base: callers bound n. */
bool mrl_big_pow(mrl_arena *a, uint32_t base, uint32_t exponent, struct mrl_big *ret);
/* Bits of the magnitude; 0 for zero. */
uint32_t mrl_big_bits(struct mrl_big x); /* length of the magnitude in bits */
int mrl_big_cmp_abs(struct mrl_big x, struct mrl_big y);
/* The value when it fits. */
bool mrl_big_to_i64(struct mrl_big x, int64_t *ret);
/* Two's-complement limbs of x, sign-extended to n limbs (n > x.n); and back. */
bool mrl_big_twos(mrl_arena *a, struct mrl_big x, uint32_t n, uint32_t **ret);
/* The number that a two's-complement pattern stands for: undoes mrl_big_twos. */
bool mrl_big_of_twos(mrl_arena *a, uint32_t *limbs, uint32_t n, struct mrl_big *ret);

#endif
