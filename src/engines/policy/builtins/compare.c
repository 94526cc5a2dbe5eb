/* compare.c - comparisons, membership, type tests and casts.
 *
 * Values of all types have one order (null < boolean < number < string < array < object < set),
 * so comparing never fails. The type tests and the comparisons are mostly compiled into
 * instructions (vm/run.c); what is here runs where a `with` replaces them, or where their value
 * is wanted.
 */
#include "engines/policy/builtins/builtins.h"

#include "base/num.h"

#define COMPARISON(name, op)                                                                       \
    mrl_status mrl_bi_##name(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {               \
        *ret = mrl_bool(mrl_val_cmp(cx->arena, args[0], args[1]) op 0);                            \
        return MRL_OK;                                                                             \
    }
COMPARISON(lt, <)
COMPARISON(lte, <=)
COMPARISON(gt, >)
COMPARISON(gte, >=)

/* equal: true when both values are the same. */
mrl_status mrl_bi_equal(struct mrl_bi *cx MRL_UNUSED, const mrl_val *args, mrl_val *ret) {
    *ret = mrl_bool(mrl_val_eq(args[0], args[1]));
    return MRL_OK;
}

/* neq: true when the values differ. */
mrl_status mrl_bi_neq(struct mrl_bi *cx MRL_UNUSED, const mrl_val *args, mrl_val *ret) {
    *ret = mrl_bool(!mrl_val_eq(args[0], args[1]));
    return MRL_OK;
}

/* `x in xs`: an item of a set or array, or a value (not a key) of an object; false for scalars. */
static bool has_item(mrl_val collection, mrl_val item) {
    if (mrl_is_set(collection))
        return mrl_set_has(collection, item);
    for (uint32_t i = 0; mrl_is_arr(collection) && i < collection.len; i++)
        if (mrl_val_eq(collection.u.arr->items[i], item))
            return true;
    for (uint32_t i = 0; mrl_is_obj(collection) && i < collection.len; i++)
        if (mrl_val_eq(collection.u.obj->m[i].val, item))
            return true;
    return false;
}

/* internal.member_2: true when the item is in the collection. */
mrl_status mrl_bi_member_2(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    MRL_TRY(mrl_bi_spend(cx, mrl_is_arr(args[1]) || mrl_is_obj(args[1]) ? args[1].len : 1));
    *ret = mrl_bool(has_item(args[1], args[0]));
    return MRL_OK;
}

/* internal.member_3: true when the collection holds the value at the key. */
mrl_status mrl_bi_member_3(struct mrl_bi *cx MRL_UNUSED, const mrl_val *args, mrl_val *ret) {
    mrl_val got = mrl_undefined();
    int64_t i;
    if (mrl_is_obj(args[2]))
        got = mrl_obj_get(args[2], args[0]);
    else if (mrl_is_arr(args[2]) && mrl_is_num(args[0]) && mrl_num_to_i64(args[0], &i) && i >= 0)
        got = mrl_arr_at(args[2], (size_t)i);
    else if (mrl_is_set(args[2]) && mrl_set_has(args[2], args[0]))
        got = args[0];
    *ret = mrl_bool(mrl_is_defined(got) && mrl_val_eq(got, args[1]));
    return MRL_OK;
}

/* --- types
 * ------------------------------------------------------------------------------------------ */

/* type_name: the name of the value's type. */
mrl_status mrl_bi_type_name(struct mrl_bi *cx MRL_UNUSED, const mrl_val *args, mrl_val *ret) {
    *ret = mrl_strval(mrl_str_z(mrl_val_type_name(args[0])));
    return MRL_OK;
}

#define TYPE_TEST(name, test)                                                                      \
    mrl_status mrl_bi_##name(struct mrl_bi *cx MRL_UNUSED, const mrl_val *args, mrl_val *ret) {    \
        *ret = mrl_bool(test);                                                                     \
        return MRL_OK;                                                                             \
    }
TYPE_TEST(is_array, mrl_is_arr(args[0]))
TYPE_TEST(is_boolean, args[0].tag == MRL_T_BOOL)
TYPE_TEST(is_null, args[0].tag == MRL_T_NULL)
TYPE_TEST(is_number, mrl_is_num(args[0]))
TYPE_TEST(is_object, mrl_is_obj(args[0]))
TYPE_TEST(is_set, mrl_is_set(args[0]))
TYPE_TEST(is_string, mrl_is_str(args[0]))

/* --- casts
 * ------------------------------------------------------------------------------------------ */

/* Infinities and NaN: Go parses them, Rego has no such numbers. */
static bool is_special(mrl_str s) {
    static const char *const names[] = {"inf", "infinity", "nan"};
    if (s.len > 0 && (s.ptr[0] == '+' || s.ptr[0] == '-'))
        s = mrl_str_sub(s, 1, s.len);
    for (size_t i = 0; i < MRL_COUNTOF(names); i++)
        if (mrl_str_eq_case(s, mrl_str_z(names[i])))
            return true;
    return false;
}

/* Text to number, as lenient as Go's ParseFloat is with signs and leading zeros, and as exact as
 * JSON's numbers are here: the digits are kept, no float is made. */
static mrl_status number_of_text(struct mrl_bi *cx, mrl_val s, mrl_val *ret) {
    mrl_str text = mrl_val_str(s), digits = text;
    bool plus = digits.len > 0 && digits.ptr[0] == '+';
    if (plus)
        digits = mrl_str_sub(digits, 1, digits.len);
    /* JSON wants no leading zeros, Go's parser allows them; both refuse white space. */
    bool minus = digits.len > 1 && digits.ptr[0] == '-' && !plus;
    size_t zeros = minus ? 1 : 0;
    while (zeros + 1 < digits.len && digits.ptr[zeros] == '0' && digits.ptr[zeros + 1] >= '0' &&
           digits.ptr[zeros + 1] <= '9')
        zeros++;
    if (zeros > (minus ? 1u : 0u))
        digits = mrl_arena_printf(cx->arena, "%s%.*s", minus ? "-" : "", (int)(digits.len - zeros),
                                  digits.ptr + zeros);
    if (mrl_num_parse(digits, ret) == MRL_OK) {
        if (!plus && zeros <= (minus ? 1u : 0u))
            return MRL_OK;
        /* The value must not share the rewritten text: adding zero writes it anew. */
        return mrl_num_add(cx->arena, *ret, mrl_int(0), ret);
    }
    if (is_special(text))
        return mrl_bi_operand_text(cx, 1, "must be valid number");
    return mrl_bi_fail(cx, "strconv.ParseFloat: parsing \"%.*s\": invalid syntax", MRL_F(text));
}

/* to_number: the number that a string, boolean or null stands for. */
mrl_status mrl_bi_to_number(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    switch (args[0].tag) {
    case MRL_T_NULL:
        *ret = mrl_int(0);
        return MRL_OK;
    case MRL_T_BOOL:
        *ret = mrl_int(args[0].u.i);
        return MRL_OK;
    case MRL_T_INT:
    case MRL_T_NUM:
        *ret = args[0];
        return MRL_OK;
    case MRL_T_STR:
        return number_of_text(cx, args[0], ret);
    default:
        return mrl_bi_operand(cx, 1, "one of {boolean, null, number, string}", args[0]);
    }
}

/* The value as it is when `ok`; the casts that OPA has deprecated test more than they convert. */
static mrl_status cast(struct mrl_bi *cx, const mrl_val *args, bool ok, const char *want,
                       mrl_val *ret) {
    if (!ok)
        return mrl_bi_operand(cx, 1, want, args[0]);
    *ret = args[0];
    return MRL_OK;
}

/* cast_array: the array, or a set as an array. */
mrl_status mrl_bi_cast_array(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    if (!mrl_is_set(args[0]))
        return cast(cx, args, mrl_is_arr(args[0]), "one of {array, set}", ret);
    mrl_status status = MRL_OK;
    struct mrl_builder out;
    const uint32_t *order = mrl_val_order(cx->arena, args[0], &status);
    MRL_TRY(status);
    mrl_builder_init(&out, cx->arena, MRL_T_ARR, args[0].len);
    for (uint32_t i = 0; i < args[0].len; i++)
        mrl_build_item(&out, args[0].u.arr->items[order != NULL ? order[i] : i]);
    return mrl_build_end(&out, ret);
}

/* cast_set: the set, or an array as a set. */
mrl_status mrl_bi_cast_set(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    if (!mrl_is_arr(args[0]))
        return cast(cx, args, mrl_is_set(args[0]), "one of {array, set}", ret);
    struct mrl_builder out;
    mrl_builder_init(&out, cx->arena, MRL_T_SET, args[0].len);
    for (uint32_t i = 0; i < args[0].len; i++)
        mrl_build_item(&out, args[0].u.arr->items[i]);
    return mrl_build_end(&out, ret);
}

/* cast_boolean: the value when it is a boolean. */
mrl_status mrl_bi_cast_boolean(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    return cast(cx, args, args[0].tag == MRL_T_BOOL, "boolean", ret);
}

/* cast_null: the value when it is null. */
mrl_status mrl_bi_cast_null(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    return cast(cx, args, args[0].tag == MRL_T_NULL, "null", ret);
}

/* cast_object: the value when it is an object. */
mrl_status mrl_bi_cast_object(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    return cast(cx, args, mrl_is_obj(args[0]), "object", ret);
}

/* cast_string: the value when it is a string. */
mrl_status mrl_bi_cast_string(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    return cast(cx, args, mrl_is_str(args[0]), "string", ret);
}
