/* test_der.c - what BER allows and DER does not is refused. */
#include "formats/der/der.h"
#include "test.h"

struct row {
    const char *what;
    mrl_str bytes;
    bool ok;
};

static void check_rows(const struct row *rows, size_t n, bool (*reads)(struct mrl_rd *r)) {
    for (size_t i = 0; i < n; i++) {
        struct mrl_rd r = mrl_rd_of(rows[i].bytes);
        bool ok = reads(&r) && mrl_der_ended(&r);
        if (ok != rows[i].ok)
            mrl_test_fail(__FILE__, __LINE__, "%s: %s", rows[i].what, ok ? "accepted" : "refused");
    }
}

static bool octets(struct mrl_rd *r) {
    (void)mrl_der_bytes(r, MRL_DER_OCTET_STRING);
    return !r->failed;
}

TEST(der_lengths_have_one_form) {
    static const struct row rows[] = {
        {"empty", MRL_S_INIT("\x04\x00"), true},
        {"one byte", MRL_S_INIT("\x04\x01x"), true},
        {"nothing", MRL_S_INIT(""), false},
        {"another tag", MRL_S_INIT("\x05\x00"), false},
        {"cut length", MRL_S_INIT("\x04"), false},
        {"cut content", MRL_S_INIT("\x04\x02x"), false},
        {"bytes behind", MRL_S_INIT("\x04\x00x"), false},
        {"long form of a short length", MRL_S_INIT("\x04\x81\x01x"), false},
        {"leading zero in the length", MRL_S_INIT("\x04\x82\x00\x01x"), false},
        {"indefinite", MRL_S_INIT("\x04\x80x\x00\x00"), false},
        {"a length of five bytes", MRL_S_INIT("\x04\x85\x01\x00\x00\x00\x00"), false},
        {"more than there is", MRL_S_INIT("\x04\x84\xff\xff\xff\xff"), false},
        {"a tag above 30", MRL_S_INIT("\x1f\x04\x00"), false},
    };
    check_rows(rows, MRL_COUNTOF(rows), octets);
}

TEST(der_long_length_is_read) {
    char all[3 + 200] = {0x04, (char)0x81, (char)200};
    struct mrl_rd r = mrl_rd_of((mrl_str){all, sizeof all});
    CHECK_INT(mrl_der_bytes(&r, MRL_DER_OCTET_STRING).len, 200);
    CHECK(mrl_der_ended(&r));
}

static bool integer(struct mrl_rd *r) {
    (void)mrl_der_u63(r);
    return !r->failed;
}

TEST(der_integers_are_shortest) {
    static const struct row rows[] = {
        {"zero", MRL_S_INIT("\x02\x01\x00"), true},
        {"127", MRL_S_INIT("\x02\x01\x7f"), true},
        {"128", MRL_S_INIT("\x02\x02\x00\x80"), true},
        {"empty", MRL_S_INIT("\x02\x00"), false},
        {"a zero too many", MRL_S_INIT("\x02\x02\x00\x7f"), false},
        {"negative", MRL_S_INIT("\x02\x01\x80"), false},
        {"an ff too many", MRL_S_INIT("\x02\x02\xff\x80"), false},
        {"2^63 - 1", MRL_S_INIT("\x02\x08\x7f\xff\xff\xff\xff\xff\xff\xff"), true},
        {"2^63", MRL_S_INIT("\x02\x09\x00\x80\x00\x00\x00\x00\x00\x00\x00"), false},
    };
    check_rows(rows, MRL_COUNTOF(rows), integer);
}

static bool boolean(struct mrl_rd *r) {
    (void)mrl_der_bool(r);
    return !r->failed;
}

TEST(der_booleans_have_two_forms) {
    static const struct row rows[] = {{"true", MRL_S_INIT("\x01\x01\xff"), true},
                                      {"false", MRL_S_INIT("\x01\x01\x00"), true},
                                      {"one", MRL_S_INIT("\x01\x01\x01"), false},
                                      {"two bytes", MRL_S_INIT("\x01\x02\xff\xff"), false},
                                      {"empty", MRL_S_INIT("\x01\x00"), false}};
    check_rows(rows, MRL_COUNTOF(rows), boolean);
}

TEST(der_times) {
    static const struct {
        mrl_str bytes;
        bool fraction, ok;
        int64_t seconds;
    } rows[] = {
        {MRL_S_INIT("\x17\x0d"
                    "700101000000Z"),
         false, true, 0},
        {MRL_S_INIT("\x17\x0d"
                    "491231235959Z"),
         false, true, 2524607999},
        {MRL_S_INIT("\x17\x0d"
                    "500101000000Z"),
         false, true, -631152000},
        {MRL_S_INIT("\x18\x0f"
                    "20260229000000Z"),
         false, false, 0}, /* no leap year */
        {MRL_S_INIT("\x18\x0f"
                    "20240229000000Z"),
         false, true, 1709164800},
        {MRL_S_INIT("\x18\x12"
                    "20240229000000.25Z"),
         true, true, 1709164800},
        {MRL_S_INIT("\x18\x12"
                    "20240229000000.25Z"),
         false, false, 0},
        {MRL_S_INIT("\x18\x12"
                    "20240229000000.20Z"),
         true, false, 0}, /* trailing zero */
        {MRL_S_INIT("\x18\x10"
                    "20240229000000.Z"),
         true, false, 0},
        {MRL_S_INIT("\x17\x0d"
                    "701301000000Z"),
         false, false, 0},
        {MRL_S_INIT("\x17\x0d"
                    "700101240000Z"),
         false, false, 0},
        {MRL_S_INIT("\x17\x0b"
                    "7001010000Z"),
         false, false, 0}, /* seconds are required */
        {MRL_S_INIT("\x17\x11"
                    "700101000000+0000"),
         false, false, 0},
        {MRL_S_INIT("\x17\x0d"
                    "7001010000x0Z"),
         false, false, 0},
    };
    for (size_t i = 0; i < MRL_COUNTOF(rows); i++) {
        struct mrl_rd r = mrl_rd_of(rows[i].bytes);
        int64_t got = mrl_der_time(&r, rows[i].fraction);
        if (mrl_der_ended(&r) != rows[i].ok || (rows[i].ok && got != rows[i].seconds))
            mrl_test_fail(__FILE__, __LINE__, "row %zu: %s, %lld", i,
                          r.failed ? "refused" : "accepted", (long long)got);
    }
}

TEST(der_names_oids) {
    char out[32];
    CHECK(mrl_der_oid_text(MRL_S("\x2a\x86\x48\xce\x3d\x04\x03\x02"), out, sizeof out));
    CHECK_STR(mrl_str_z(out), MRL_S("1.2.840.10045.4.3.2"));
    CHECK(mrl_der_oid_text(MRL_S("\x88\x37\x03"), out, sizeof out));
    CHECK_STR(mrl_str_z(out), MRL_S("2.999.3"));
    CHECK(!mrl_der_oid_text(MRL_S("\x2a\x86"), out, sizeof out));
    CHECK(!mrl_der_oid_text(MRL_S("\x2a\x86\x48\xce\x3d\x04\x03\x02"), out, 10));
}

static bool oid(struct mrl_rd *r) {
    (void)mrl_der_bytes(r, MRL_DER_OID);
    return !r->failed;
}

TEST(der_oids_are_whole_numbers) {
    static const struct row rows[] = {
        {"one number", MRL_S_INIT("\x06\x01\x2a"), true},
        {"two digits", MRL_S_INIT("\x06\x03\x2a\x86\x48"), true},
        {"nothing", MRL_S_INIT("\x06\x00"), false},
        {"a zero in front", MRL_S_INIT("\x06\x03\x2a\x80\x01"), false},
        {"a number that does not end", MRL_S_INIT("\x06\x02\x2a\x86"), false},
    };
    check_rows(rows, MRL_COUNTOF(rows), oid);
}
