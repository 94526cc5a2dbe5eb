/* num.h - exact numbers, as Rego needs them.
 *
 * Idea: int64 on the fast path; beyond that exact integers of any size and, for anything with a
 * fraction or exponent, a binary float with a 64-bit mantissa and wide exponent, rounded to nearest
 * even: the arithmetic of Go's math/big as OPA uses it (big.Int, big.Float with precision 64),
 * including how results are printed. All functions take values of tag MRL_T_INT or MRL_T_NUM and
 * allocate only from the arena given. The code is our own because the semantics demand it (ADR
 * 0003). Limits: MRL_NUM_DIGITS_MAX digits, exponents from MRL_NUM_EXP_MIN to
 * MRL_NUM_EXP_MAX; beyond them MRL_E_LIMIT.
 */
#ifndef MRL_BASE_NUM_H
#define MRL_BASE_NUM_H

#include "base/value.h"

#define MRL_NUM_DIGITS_MAX 100000 /* digits of one number that arithmetic accepts */
#define MRL_NUM_EXP_MAX 100000    /* decimal exponent that arithmetic accepts */
/* The smallest one: printing what is so near to zero is quadratic in it, 0.15 s at this ceiling. */
#define MRL_NUM_EXP_MIN (-20000)

/* Checks `text` against the JSON number grammar and makes a value: MRL_T_INT when it is a whole
 * number without fraction or exponent that fits int64 ("-0" stays text), else MRL_T_NUM borrowing
 * the text. MRL_E_SYNTAX when it is no JSON number. */
mrl_status mrl_num_parse(mrl_str text, mrl_val *ret) MRL_NODISCARD;

/* Numeric order and equality: exact for any size, 1 == 1.0 == 1e0. Never allocates for values up to
 * 40 digits. */
int mrl_num_cmp(mrl_val a, mrl_val b);
/* Hash by numeric value: equal numbers hash equal. */
uint64_t mrl_num_hash(mrl_val a);

/* Arithmetic. Integers stay exact integers; otherwise 64-bit-mantissa floats. The result of a float
 * operation that is whole prints as an integer (and is an MRL_T_INT when it fits). */
mrl_status mrl_num_add(mrl_arena *a, mrl_val x, mrl_val y, mrl_val *ret) MRL_NODISCARD;
/* x - y; see mrl_num_add. */
mrl_status mrl_num_sub(mrl_arena *a, mrl_val x, mrl_val y, mrl_val *ret) MRL_NODISCARD;
/* x * y; see mrl_num_add. Cost: digits of x times digits of y. */
mrl_status mrl_num_mul(mrl_arena *a, mrl_val x, mrl_val y, mrl_val *ret) MRL_NODISCARD;
/* MRL_E_INVALID for division by zero. */
mrl_status mrl_num_div(mrl_arena *a, mrl_val x, mrl_val y, mrl_val *ret) MRL_NODISCARD;
/* Remainder of integers (sign of the dividend, as Go's Rem); MRL_E_INVALID for zero, MRL_E_TYPE for
 * a number that is not whole. */
mrl_status mrl_num_rem(mrl_arena *a, mrl_val x, mrl_val y, mrl_val *ret) MRL_NODISCARD;
/* -x; a float is rounded to 64 bits, as OPA does. */
mrl_status mrl_num_neg(mrl_arena *a, mrl_val x, mrl_val *ret) MRL_NODISCARD;
/* x without its sign. */
mrl_status mrl_num_abs(mrl_arena *a, mrl_val x, mrl_val *ret) MRL_NODISCARD;
/* round: half away from zero. */
mrl_status mrl_num_round(mrl_arena *a, mrl_val x, mrl_val *ret) MRL_NODISCARD;
/* The smallest whole number that is not below x. */
mrl_status mrl_num_ceil(mrl_arena *a, mrl_val x, mrl_val *ret) MRL_NODISCARD;
/* The largest whole number that is not above x. */
mrl_status mrl_num_floor(mrl_arena *a, mrl_val x, mrl_val *ret) MRL_NODISCARD;

enum mrl_num_bitop { MRL_BIT_AND, MRL_BIT_OR, MRL_BIT_XOR };
/* Two's-complement bit operations on whole numbers of any size; MRL_E_TYPE when not whole. */
mrl_status mrl_num_bits(mrl_arena *a, enum mrl_num_bitop op, mrl_val x, mrl_val y,
                        mrl_val *ret) MRL_NODISCARD;
/* All bits the other way: -x - 1. */
mrl_status mrl_num_bitnot(mrl_arena *a, mrl_val x, mrl_val *ret) MRL_NODISCARD;
/* Shift by 0..MRL_NUM_SHIFT_MAX bits; right shift is arithmetic. */
#define MRL_NUM_SHIFT_MAX 300000
/* x times 2 to the power n. MRL_E_LIMIT for n over MRL_NUM_SHIFT_MAX. */
mrl_status mrl_num_shl(mrl_arena *a, mrl_val x, uint32_t n, mrl_val *ret) MRL_NODISCARD;
/* x divided by 2 to the power n, rounded down: -1 stays -1. */
mrl_status mrl_num_shr(mrl_arena *a, mrl_val x, uint32_t n, mrl_val *ret) MRL_NODISCARD;

/* True when the number is whole (1.0 and 1e2 are). */
bool mrl_num_is_whole(mrl_val a);
/* The number as int64: false when it is not whole or does not fit. */
bool mrl_num_to_i64(mrl_val a, int64_t *ret);
/* Nearest double (correctly rounded; may be +-inf). */
double mrl_num_to_double(mrl_val a);
/* As strtod, for a text of at most 1,100 bytes: the one place that calls it. Longer: 0. */
double mrl_double_of(mrl_str text);
/* A value from a double: shortest text that round-trips, Go's 'g'/'f' choice as encoding/json. NaN
 * and infinities give MRL_E_INVALID. */
mrl_status mrl_num_of_double(mrl_arena *a, double d, mrl_val *ret) MRL_NODISCARD;
/* A whole number; one over INT64_MAX becomes text. */
mrl_status mrl_num_of_u64(mrl_arena *a, uint64_t u, mrl_val *ret) MRL_NODISCARD;

/* Whole number <-> text in base 2..36 (lower case, optional '-' sign, no prefix). */
mrl_status mrl_num_to_base(mrl_arena *a, mrl_val x, unsigned base, mrl_str *ret) MRL_NODISCARD;
/* Reads what mrl_num_to_base writes, upper case too. MRL_E_SYNTAX for a digit that the base has
 * not. */
mrl_status mrl_num_of_base(mrl_arena *a, mrl_str text, unsigned base, mrl_val *ret) MRL_NODISCARD;

/* Appends the number as OPA prints it in JSON: the text as written for MRL_T_NUM. */
struct mrl_buf;
void mrl_num_write(struct mrl_buf *b, mrl_val a);

#endif
