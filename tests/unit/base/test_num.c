/* test_num.c - exact numbers; expected results were checked against OPA. */
#include "base/buf.h"
#include "base/num.h"
#include "test.h"

static mrl_val num(const char *text) {
    mrl_val v = mrl_undefined();
    if (mrl_num_parse(mrl_str_z(text), &v) != MRL_OK)
        mrl_test_fail(__FILE__, __LINE__, "not a number: %s", text);
    return v;
}

static void check_text(mrl_status status, mrl_val got, const char *want) {
    struct mrl_buf b;
    mrl_buf_init(&b, 1 << 20);
    CHECK_INT(status, MRL_OK);
    if (status == MRL_OK) {
        mrl_num_write(&b, got);
        CHECK_STR(mrl_buf_str(&b), mrl_str_z(want));
    }
    mrl_buf_release(&b);
}

TEST(num_grammar) {
    static const char *const bad[] = {"",    "-",  "01",  "1.", ".5", "1e",
                                      "1e+", "+1", "0x1", "1 ", "--1"};
    mrl_val v;
    for (size_t i = 0; i < MRL_COUNTOF(bad); i++)
        CHECK_INT(mrl_num_parse(mrl_str_z(bad[i]), &v), MRL_E_SYNTAX);
    CHECK_INT(num("9223372036854775807").tag, MRL_T_INT);
    CHECK_INT(num("-9223372036854775808").tag, MRL_T_INT);
    CHECK_INT(num("9223372036854775808").tag, MRL_T_NUM);
    CHECK_INT(num("1.0").tag, MRL_T_NUM);
}

TEST(num_order_and_hash_go_by_value) {
    static const char *const equal[][2] = {{"1", "1.0"},
                                           {"100", "1e2"},
                                           {"0", "-0"},
                                           {"0.1", "1e-1"},
                                           {"12.50", "1.25e1"},
                                           {"0e9", "0"},
                                           {"1e20", "100000000000000000000"}};
    for (size_t i = 0; i < MRL_COUNTOF(equal); i++) {
        CHECK_INT(mrl_num_cmp(num(equal[i][0]), num(equal[i][1])), 0);
        CHECK(mrl_num_hash(num(equal[i][0])) == mrl_num_hash(num(equal[i][1])));
    }
    static const char *const rising[] = {"-1e9", "-10.5", "-10", "-0.1", "0",  "1e-30",
                                         "0.1",  "0.11",  "1",   "9.9",  "10", "1e1000"};
    for (size_t i = 0; i + 1 < MRL_COUNTOF(rising); i++) {
        CHECK(mrl_num_cmp(num(rising[i]), num(rising[i + 1])) < 0);
        CHECK(mrl_num_cmp(num(rising[i + 1]), num(rising[i])) > 0);
    }
}

TEST(num_arithmetic_matches_opa) {
    typedef mrl_status (*op)(mrl_arena *, mrl_val, mrl_val, mrl_val *);
    static const struct {
        op fn;
        const char *x, *y, *want;
    } cases[] = {
        {mrl_num_add, "0.1", "0.2", "0.3"},
        {mrl_num_add, "1.0", "1.0", "2"},
        {mrl_num_add, "9223372036854775807", "1", "9223372036854775808"},
        {mrl_num_add, "18446744073709551617", "1", "18446744073709551618"},
        {mrl_num_add, "1234567", "0.1", "1.2345671e+06"},
        {mrl_num_sub, "1", "0.9", "0.10000000000000000002"},
        {mrl_num_sub, "-9223372036854775808", "1", "-9223372036854775809"},
        {mrl_num_sub, "0.5", "0.5", "0"},
        {mrl_num_mul, "123456789012345678901234567890", "2", "246913578024691357802469135780"},
        {mrl_num_mul, "4294967296", "4294967296", "18446744073709551616"},
        {mrl_num_mul, "1.5", "1.5", "2.25"},
        {mrl_num_div, "1", "3", "0.33333333333333333334"},
        {mrl_num_div, "7", "2", "3.5"},
        {mrl_num_div, "10", "5", "2"},
        {mrl_num_div, "2", "3", "0.6666666666666666667"},
        {mrl_num_rem, "-5", "3", "-2"},
        {mrl_num_rem, "123456789012345678901234567890", "987654321098", "14568824140"},
    };
    mrl_arena a;
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    for (size_t i = 0; i < MRL_COUNTOF(cases); i++) {
        mrl_val got = mrl_undefined();
        mrl_status status = cases[i].fn(&a, num(cases[i].x), num(cases[i].y), &got);
        check_text(status, got, cases[i].want);
    }
    mrl_val v;
    CHECK_INT(mrl_num_div(&a, mrl_int(1), num("0.0"), &v), MRL_E_INVALID);
    CHECK_INT(mrl_num_rem(&a, mrl_int(1), mrl_int(0), &v), MRL_E_INVALID);
    CHECK_INT(mrl_num_rem(&a, num("1.5"), mrl_int(1), &v), MRL_E_TYPE);
    mrl_arena_release(&a);
}

TEST(num_rounding) {
    mrl_arena a;
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    mrl_val v = mrl_undefined();
    check_text(mrl_num_round(&a, num("2.5"), &v), v, "3");
    check_text(mrl_num_round(&a, num("-2.5"), &v), v, "-3");
    check_text(mrl_num_ceil(&a, num("-2.5"), &v), v, "-2");
    check_text(mrl_num_ceil(&a, num("2.1"), &v), v, "3");
    check_text(mrl_num_floor(&a, num("-2.5"), &v), v, "-3");
    check_text(mrl_num_floor(&a, num("2.9"), &v), v, "2");
    check_text(mrl_num_abs(&a, num("-1.50"), &v), v, "1.5");
    mrl_arena_release(&a);
}

TEST(num_bits_are_twos_complement) {
    mrl_arena a;
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    mrl_val v = mrl_undefined();
    check_text(mrl_num_bits(&a, MRL_BIT_AND, num("-1"), num("18446744073709551615"), &v), v,
               "18446744073709551615");
    check_text(mrl_num_bits(&a, MRL_BIT_OR, num("-8"), num("3"), &v), v, "-5");
    check_text(mrl_num_bits(&a, MRL_BIT_XOR, num("5"), num("-1"), &v), v, "-6");
    check_text(mrl_num_bitnot(&a, num("42"), &v), v, "-43");
    check_text(mrl_num_shl(&a, num("1"), 70, &v), v, "1180591620717411303424");
    check_text(mrl_num_shr(&a, num("-5"), 1, &v), v, "-3");
    check_text(mrl_num_shr(&a, num("-1"), 40, &v), v, "-1");
    mrl_arena_release(&a);
}

TEST(num_doubles_and_bases) {
    mrl_arena a;
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    mrl_val v = mrl_undefined();
    check_text(mrl_num_of_double(&a, 0.1, &v), v, "0.1");
    check_text(mrl_num_of_double(&a, 1e21, &v), v, "1e+21");
    check_text(mrl_num_of_double(&a, 123456789.0, &v), v, "123456789");
    check_text(mrl_num_of_double(&a, 5e-324, &v), v, "5e-324");
    /* Powers of two: the neighbour below is nearer, so a digit more may be needed (as Go's
     * strconv). */
    check_text(mrl_num_of_double(&a, 0x1p64, &v), v, "18446744073709552000");
    check_text(mrl_num_of_double(&a, 0x1p65, &v), v, "36893488147419103000");
    check_text(mrl_num_of_double(&a, 0x1p-1000, &v), v, "9.332636185032189e-302");
    check_text(mrl_num_of_double(&a, 0x1p-1022, &v), v, "2.2250738585072014e-308");
    CHECK(mrl_num_to_double(num("0.1")) == 0.1);
    CHECK(mrl_num_to_double(num("1.7976931348623157e308")) == 1.7976931348623157e308);
    CHECK(mrl_num_to_double(num("4.9e-324")) == 4.9e-324);
    check_text(mrl_num_of_base(&a, MRL_S("-ff"), 16, &v), v, "-255");
    mrl_str text = MRL_S("");
    CHECK_INT(mrl_num_to_base(&a, num("123456789012345678901234567890"), 36, &text), MRL_OK);
    CHECK_STR(text, MRL_S("byw97um9s91dlz68tsi"));
    CHECK_INT(mrl_num_of_base(&a, MRL_S("12"), 2, &v), MRL_E_SYNTAX);
    mrl_arena_release(&a);
}
