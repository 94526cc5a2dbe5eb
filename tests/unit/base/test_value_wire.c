/* test_value_wire.c - values through a message: what goes in comes out, what lies is refused. */
#include "base/value_wire.h"
#include "base/wire.h"
#include "test.h"

#define SOURCE_LEN 1000

static mrl_val sample(mrl_arena *a) {
    mrl_val list = mrl_undefined(), all = mrl_undefined();
    mrl_val items[] = {mrl_null(),  mrl_bool(false), mrl_bool(true),       mrl_int(INT64_MIN),
                       mrl_int(42), MRL_V(""),       MRL_V("caf\xc3\xa9"), mrl_empty_obj()};
    mrl_val numbers[2] = {mrl_undefined(), mrl_undefined()};
    struct mrl_member members[12];
    static char names[12][4];
    if (mrl_arr_of(a, items, MRL_COUNTOF(items), &list) != MRL_OK)
        return list;
    numbers[0] = (mrl_val){.tag = MRL_T_NUM, .len = 4, .u.s = "1.50"};
    numbers[1] = (mrl_val){.tag = MRL_T_NUM, .len = 2, .u.s = "-0"};
    for (size_t i = 0; i < MRL_COUNTOF(members); i++) {
        snprintf(names[i], sizeof names[i], "k%zu", i);
        members[i] = (struct mrl_member){mrl_strval(mrl_str_z(names[i])),
                                         i % 3 == 0 ? list : numbers[i % 2]};
    }
    if (mrl_obj_of(a, members, MRL_COUNTOF(members), &all) != MRL_OK)
        return mrl_undefined();
    struct mrl_span *spans = MRL_ARENA_ARRAY(a, struct mrl_span, MRL_COUNTOF(members));
    for (uint32_t i = 0; spans != NULL && i < MRL_COUNTOF(members); i++)
        spans[i] = (struct mrl_span){i, i + 1, i + 2, SOURCE_LEN - i};
    if (spans == NULL || mrl_val_seal(a, &all, spans) != MRL_OK)
        return mrl_undefined();
    return all;
}

static mrl_status decode(mrl_arena *a, mrl_str bytes, mrl_val *ret) {
    struct mrl_rd r = mrl_rd_of(bytes);
    mrl_status status = mrl_wire_get_value(a, &r, SOURCE_LEN, ret);
    return status == MRL_OK && !mrl_rd_done(&r) ? MRL_E_SYNTAX : status;
}

TEST(value_wire_goes_there_and_back) {
    mrl_arena a;
    struct mrl_buf b;
    mrl_val back = mrl_undefined();
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    mrl_buf_init(&b, 1 << 20);
    mrl_val v = sample(&a);
    if (mrl_is_defined(v)) {
        mrl_wire_put_value(&b, v);
        CHECK_INT(b.status, MRL_OK);
        mrl_status status = decode(&a, mrl_buf_str(&b), &back);
        CHECK_INT(status, MRL_OK);
        v.len = status == MRL_OK ? v.len : 0; /* without memory there is nothing to compare */
        CHECK(mrl_val_eq(v, back));
        CHECK(mrl_str_eq(mrl_val_str(MRL_GET(back, "k2")), MRL_S("1.50"))); /* text kept */
        for (uint32_t i = 0; i < v.len; i++)
            CHECK(memcmp(mrl_val_span(v, i), mrl_val_span(back, i), sizeof(struct mrl_span)) == 0);
        CHECK_INT(mrl_obj_find(back, MRL_V("k11")), 11); /* the index works */
        for (size_t n = 0; n < b.len; n++)               /* cut anywhere, it is refused */
            CHECK_INT(decode(&a, (mrl_str){b.ptr, n}, &back), MRL_E_SYNTAX);
    }
    mrl_buf_release(&b);
    mrl_arena_release(&a);
}

TEST(value_wire_refuses_lies) {
    static const struct {
        const char *what;
        mrl_str bytes;
    } cases[] = {
        {"no kind", MRL_S_INIT("\x08")},
        {"a count beyond the message", MRL_S_INIT("\x06\xff\xff\xff\x7f\x00")},
        {"a string beyond the message", MRL_S_INIT("\x05\xff\xff\xff\xff"
                                                   "ab")},
        {"bad UTF-8", MRL_S_INIT("\x05\x01\x00\x00\x00\xff")},
        {"no number", MRL_S_INIT("\x04\x03\x00\x00\x00"
                                 "1e+")},
        {"a whole number as text", MRL_S_INIT("\x04\x02\x00\x00\x00"
                                              "17")},
        {"a key that is no string", MRL_S_INIT("\x07\x01\x00\x00\x00\x00\x00\x00")},
        {"a key that is a list",
         MRL_S_INIT("\x07\x01\x00\x00\x00\x00\x06\x00\x00\x00\x00\x00\x00")},
        {"a key twice", MRL_S_INIT("\x07\x02\x00\x00\x00\x00\x05\x01\x00\x00\x00"
                                   "k\x00"
                                   "\x05\x01\x00\x00\x00"
                                   "k\x01")},
        {"spans: neither 0 nor 1", MRL_S_INIT("\x06\x00\x00\x00\x00\x02")},
        {"a span that ends before it starts",
         MRL_S_INIT("\x06\x01\x00\x00\x00\x01\0\0\0\0\0\0\0\0\x05\0\0\0\x04\0\0\0\x00")},
        {"a span behind the source",
         MRL_S_INIT("\x06\x01\x00\x00\x00\x01\0\0\0\0\0\0\0\0\x05\0\0\0\xe9\x03\0\0\x00")},
    };
    mrl_arena a;
    mrl_arena_init(&a, 1 << 20);
    for (size_t i = 0; i < MRL_COUNTOF(cases); i++) {
        mrl_val v = mrl_undefined();
        mrl_status status = decode(&a, cases[i].bytes, &v);
        if (status != MRL_E_SYNTAX && status != MRL_E_LIMIT)
            mrl_test_fail(__FILE__, __LINE__, "%s: %s", cases[i].what, mrl_status_name(status));
    }
    mrl_arena_release(&a);
}

TEST(value_wire_depth_has_a_ceiling) {
    mrl_arena a;
    struct mrl_buf b;
    mrl_val v = mrl_undefined();
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    for (unsigned levels = MRL_VAL_DEPTH_MAX - 1; levels <= MRL_VAL_DEPTH_MAX + 1; levels++) {
        mrl_buf_init(&b, 1 << 20);
        for (unsigned i = 0; i < levels; i++)
            mrl_buf_add(&b, MRL_S("\x06\x01\0\0\0\0"));
        mrl_buf_byte(&b, 0);
        CHECK_INT(decode(&a, mrl_buf_str(&b), &v),
                  levels <= MRL_VAL_DEPTH_MAX ? MRL_OK : MRL_E_LIMIT);
        mrl_buf_release(&b);
    }
    mrl_arena_release(&a);
}
