/* arith.c - operators on numbers and sets, rounding, ranges, bits.
 *
 * Numbers are exact decimals of any size (base/num.h): the operators add checks of their operands
 * and OPA's words for what has no result, no arithmetic of their own. minus and the set operators
 * share symbols, so that a - b looks at both operands.
 */
#include "engines/policy/builtins/builtins.h"

#include "base/num.h"

/* A two-number operation; what the number module refuses becomes a builtin error. */
typedef mrl_status (*num_op)(mrl_arena *a, mrl_val x, mrl_val y, mrl_val *ret);

static mrl_status two_numbers(struct mrl_bi *cx, const mrl_val *args, num_op op, mrl_val *ret) {
    mrl_val x, y;
    MRL_TRY(mrl_bi_num(cx, args, 1, &x));
    MRL_TRY(mrl_bi_num(cx, args, 2, &y));
    return op(cx->arena, x, y, ret);
}

/* plus: the sum of two numbers. */
mrl_status mrl_bi_plus(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    return two_numbers(cx, args, mrl_num_add, ret);
}

/* mul: the product of two numbers. */
mrl_status mrl_bi_mul(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    return two_numbers(cx, args, mrl_num_mul, ret);
}

/* Sets are hash tables, so each item costs one lookup. */
static mrl_status set_minus(struct mrl_bi *cx, mrl_val a, mrl_val b, mrl_val *ret) {
    struct mrl_builder out;
    mrl_builder_init(&out, cx->arena, MRL_T_SET, a.len);
    for (uint32_t i = 0; i < a.len; i++)
        if (!mrl_set_has(b, a.u.arr->items[i]))
            mrl_build_item(&out, a.u.arr->items[i]);
    return mrl_build_end(&out, ret);
}

/* minus: the difference of two numbers or two sets. */
mrl_status mrl_bi_minus(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    if (mrl_is_num(args[0]) && mrl_is_num(args[1]))
        return mrl_num_sub(cx->arena, args[0], args[1], ret);
    if (mrl_is_set(args[0]) && mrl_is_set(args[1]))
        return set_minus(cx, args[0], args[1], ret);
    if (!mrl_is_num(args[0]) && !mrl_is_set(args[0]))
        return mrl_bi_operand(cx, 1, "one of {number, set}", args[0]);
    return mrl_bi_operand(cx, 2, mrl_is_num(args[0]) ? "number" : "set", args[1]);
}

/* set_diff: the items of the first set that the second has not. */
mrl_status mrl_bi_set_diff(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    mrl_val a, b;
    MRL_TRY(mrl_bi_want(cx, args, 1, MRL_T_SET, &a));
    MRL_TRY(mrl_bi_want(cx, args, 2, MRL_T_SET, &b));
    return set_minus(cx, a, b, ret);
}

/* div: the quotient of two numbers. */
mrl_status mrl_bi_div(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    mrl_status status = two_numbers(cx, args, mrl_num_div, ret);
    return status == MRL_E_INVALID ? mrl_bi_fail(cx, "divide by zero") : status;
}

/* rem: the remainder of a division. */
mrl_status mrl_bi_rem(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    mrl_val x, y;
    MRL_TRY(mrl_bi_num(cx, args, 1, &x));
    MRL_TRY(mrl_bi_num(cx, args, 2, &y));
    mrl_status status = mrl_num_rem(cx->arena, x, y, ret);
    if (status == MRL_E_TYPE)
        return mrl_bi_fail(cx, "modulo on floating-point number");
    return status == MRL_E_INVALID ? mrl_bi_fail(cx, "modulo by zero") : status;
}

/* --- one number
 * ------------------------------------------------------------------------------------- */

#define ONE_NUMBER(name)                                                                           \
    mrl_status mrl_bi_##name(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {               \
        mrl_val x;                                                                                 \
        MRL_TRY(mrl_bi_num(cx, args, 1, &x));                                                      \
        return mrl_num_##name(cx->arena, x, ret);                                                  \
    }
ONE_NUMBER(abs)
ONE_NUMBER(round)
ONE_NUMBER(ceil)
ONE_NUMBER(floor)

/* --- sets
 * ------------------------------------------------------------------------------------------- */

/* and: the intersection of two sets. */
mrl_status mrl_bi_set_and(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    mrl_val a, b;
    struct mrl_builder out;
    MRL_TRY(mrl_bi_want(cx, args, 1, MRL_T_SET, &a));
    MRL_TRY(mrl_bi_want(cx, args, 2, MRL_T_SET, &b));
    mrl_builder_init(&out, cx->arena, MRL_T_SET, 0);
    for (uint32_t i = 0; i < a.len; i++)
        if (mrl_set_has(b, a.u.arr->items[i]))
            mrl_build_item(&out, a.u.arr->items[i]);
    return mrl_build_end(&out, ret);
}

/* or: the union of two sets. */
mrl_status mrl_bi_set_or(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    mrl_val a, b;
    struct mrl_builder out;
    MRL_TRY(mrl_bi_want(cx, args, 1, MRL_T_SET, &a));
    MRL_TRY(mrl_bi_want(cx, args, 2, MRL_T_SET, &b));
    mrl_builder_init(&out, cx->arena, MRL_T_SET, a.len + b.len);
    for (uint32_t i = 0; i < a.len; i++)
        mrl_build_item(&out, a.u.arr->items[i]);
    for (uint32_t i = 0; i < b.len; i++)
        mrl_build_item(&out, b.u.arr->items[i]);
    return mrl_build_end(&out, ret);
}

/* union and intersection of a set of sets. */
static mrl_status sets_of(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    MRL_TRY(mrl_bi_want(cx, args, 1, MRL_T_SET, ret));
    for (uint32_t i = 0; i < ret->len; i++)
        if (!mrl_is_set(ret->u.arr->items[i]))
            return mrl_bi_operand_text(cx, 1, "must be set of sets but got set containing %s",
                                       mrl_val_type_name(ret->u.arr->items[i]));
    return MRL_OK;
}

/* union: the items that any of the sets has. */
mrl_status mrl_bi_union(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    mrl_val all;
    struct mrl_builder out;
    MRL_TRY(sets_of(cx, args, &all));
    mrl_builder_init(&out, cx->arena, MRL_T_SET, 0);
    for (uint32_t i = 0; i < all.len; i++) {
        mrl_val s = all.u.arr->items[i];
        for (uint32_t k = 0; k < s.len; k++)
            mrl_build_item(&out, s.u.arr->items[k]);
    }
    return mrl_build_end(&out, ret);
}

/* intersection: the items that all of the sets have. */
mrl_status mrl_bi_intersection(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    mrl_val all;
    struct mrl_builder out;
    MRL_TRY(sets_of(cx, args, &all));
    mrl_builder_init(&out, cx->arena, MRL_T_SET, 0);
    for (uint32_t i = 0; all.len > 0 && i < all.u.arr->items[0].len; i++) {
        mrl_val it = all.u.arr->items[0].u.arr->items[i];
        bool everywhere = true;
        for (uint32_t k = 1; k < all.len && everywhere; k++)
            everywhere = mrl_set_has(all.u.arr->items[k], it);
        if (everywhere)
            mrl_build_item(&out, it);
    }
    return mrl_build_end(&out, ret);
}

/* --- ranges
 * ----------------------------------------------------------------------------------------- */

/* A whole number operand of numbers.range. */
static mrl_status whole(struct mrl_bi *cx, const mrl_val *args, int pos, mrl_val *ret) {
    MRL_TRY(mrl_bi_num(cx, args, pos, ret));
    if (!mrl_num_is_whole(*ret))
        return mrl_bi_operand_text(cx, pos, "must be integer number but got floating-point number");
    return MRL_OK;
}

/* Numbers from one bound towards the other. Each is a step of the budget: the bounds are hostile.
 */
static mrl_status range(struct mrl_bi *cx, mrl_val from, mrl_val to, mrl_val step, mrl_val *ret) {
    MRL_DASSERT(mrl_num_cmp(step, mrl_int(0)) > 0);
    struct mrl_builder out;
    mrl_builder_init(&out, cx->arena, MRL_T_ARR, 0);
    bool up = mrl_num_cmp(from, to) <= 0;
    if (!up)
        MRL_TRY(mrl_num_neg(cx->arena, step, &step));
    for (mrl_val at = from; up ? mrl_num_cmp(at, to) <= 0 : mrl_num_cmp(at, to) >= 0;) {
        MRL_TRY(mrl_bi_spend(cx, 1));
        mrl_build_item(&out, at);
        MRL_CHECK(out.status == MRL_OK, out.status);
        MRL_TRY(mrl_num_add(cx->arena, at, step, &at));
    }
    return mrl_build_end(&out, ret);
}

/* numbers.range: all whole numbers from one to the other, both included. */
mrl_status mrl_bi_numbers_range(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    mrl_val from, to;
    MRL_TRY(whole(cx, args, 1, &from));
    MRL_TRY(whole(cx, args, 2, &to));
    return range(cx, from, to, mrl_int(1), ret);
}

/* numbers.range_step: whole numbers from one towards the other by a step. */
mrl_status mrl_bi_numbers_range_step(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    mrl_val from, to, step;
    MRL_TRY(whole(cx, args, 1, &from));
    MRL_TRY(whole(cx, args, 2, &to));
    MRL_TRY(whole(cx, args, 3, &step));
    if (mrl_num_cmp(step, mrl_int(0)) <= 0)
        return mrl_bi_fail(cx, "step must be a positive integer");
    return range(cx, from, to, step, ret);
}

/* --- bits
 * ------------------------------------------------------------------------------------------- */

/* Negative numbers behave as two's complement of unlimited width, as Go's big.Int does. */
static mrl_status bits(struct mrl_bi *cx, const mrl_val *args, enum mrl_num_bitop op,
                       mrl_val *ret) {
    mrl_val x, y;
    MRL_TRY(whole(cx, args, 1, &x));
    MRL_TRY(whole(cx, args, 2, &y));
    return mrl_num_bits(cx->arena, op, x, y, ret);
}

/* bits.and: bitwise and of two whole numbers. */
mrl_status mrl_bi_bits_and(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    return bits(cx, args, MRL_BIT_AND, ret);
}

/* bits.or: bitwise or of two whole numbers. */
mrl_status mrl_bi_bits_or(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    return bits(cx, args, MRL_BIT_OR, ret);
}

/* bits.xor: bitwise exclusive or of two whole numbers. */
mrl_status mrl_bi_bits_xor(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    return bits(cx, args, MRL_BIT_XOR, ret);
}

/* bits.negate: bitwise not of a whole number. */
mrl_status mrl_bi_bits_negate(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    mrl_val x;
    MRL_TRY(whole(cx, args, 1, &x));
    return mrl_num_bitnot(cx->arena, x, ret);
}

typedef mrl_status (*shift_op)(mrl_arena *a, mrl_val x, uint32_t n, mrl_val *ret);

/* The width of a shift has a ceiling: 1 << 10^9 would be a number of 120 MB. */
static mrl_status shift(struct mrl_bi *cx, const mrl_val *args, shift_op op, mrl_val *ret) {
    mrl_val x, y;
    int64_t n;
    MRL_TRY(whole(cx, args, 1, &x));
    MRL_TRY(whole(cx, args, 2, &y));
    if (mrl_num_cmp(y, mrl_int(0)) < 0)
        return mrl_bi_operand_text(cx, 2,
                                   "must be an unsigned integer number but got a negative "
                                   "integer");
    if (!mrl_num_to_i64(y, &n) || n > MRL_NUM_SHIFT_MAX)
        return mrl_bi_fail(cx, "shift by more than %d bits", MRL_NUM_SHIFT_MAX);
    MRL_DASSERT(n >= 0);
    return op(cx->arena, x, (uint32_t)n, ret);
}

/* bits.lsh: shifts a whole number left. */
mrl_status mrl_bi_bits_lsh(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    return shift(cx, args, mrl_num_shl, ret);
}

/* bits.rsh: shifts a whole number right. */
mrl_status mrl_bi_bits_rsh(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    return shift(cx, args, mrl_num_shr, ret);
}
