/* test_time.c - the calendar and RFC 3339. */
#include "base/civil.h"
#include "base/rfc3339.h"
#include "test.h"

TEST(civil_round_trip_every_day_of_800_years) {
    for (int64_t day = -mrl_civil_days(2370, 1, 1), n = 0; n < 292194; day++, n++) {
        struct mrl_civil c = mrl_civil_at(day * 86400 + 86399);
        REQUIRE(mrl_civil_days(c.year, c.month, c.day) == day);
        REQUIRE(c.day <= mrl_civil_month_days(c.year, c.month));
        REQUIRE(c.hour == 23 && c.minute == 59 && c.second == 59);
    }
}

TEST(civil_known_days) {
    CHECK_INT(mrl_civil_days(1970, 1, 1), 0);
    CHECK_INT(mrl_civil_days(2000, 2, 29), 11016);
    CHECK_INT(mrl_civil_days(0, 1, 1), -719528);
    CHECK_INT(mrl_civil_weekday(-1), 3);
    CHECK_INT(mrl_civil_month_days(1900, 2), 28);
    CHECK_INT(mrl_civil_yday(&(struct mrl_civil){.year = 2024, .month = 12, .day = 31}), 366);
}

TEST(rfc3339_reads_and_writes) {
    static const struct {
        const char *text;
        int64_t seconds;
        int32_t ns;
        const char *back;
    } rows[] = {
        {"1970-01-01T00:00:00Z", 0, 0, "1970-01-01T00:00:00Z"},
        {"2020-02-29T04:05:06.5+05:30", 1582929306, 500000000, "2020-02-28T22:35:06.5Z"},
        {"1969-12-31T23:59:59.000000001Z", -1, 1, "1969-12-31T23:59:59.000000001Z"},
        {"0000-01-01T00:00:00-00:01", -62167219140, 0, "0000-01-01T00:01:00Z"},
        {"2020-01-01T00:00:00.1234567899Z", 1577836800, 123456789,
         "2020-01-01T00:00:00.123456789Z"},
    };
    for (size_t i = 0; i < MRL_COUNTOF(rows); i++) {
        int64_t s = 0;
        int32_t ns = 0;
        struct mrl_buf b;
        mrl_buf_init(&b, 64);
        CHECK(mrl_rfc3339_parse(mrl_str_z(rows[i].text), &s, &ns) == MRL_OK);
        CHECK_INT(s, rows[i].seconds);
        CHECK_INT(ns, rows[i].ns);
        mrl_rfc3339_write(&b, s, ns);
        CHECK_STR(mrl_buf_str(&b), mrl_str_z(rows[i].back));
        mrl_buf_release(&b);
    }
}

TEST(rfc3339_refuses) {
    static const char *const bad[] = {
        "",
        "2020-01-01",
        "2020-02-30T00:00:00Z",
        "2020-01-01t00:00:00Z",
        "2020-01-01T24:00:00Z",
        "2020-01-01T00:00:60Z",
        "2020-01-01T00:00:00",
        "2020-01-01T00:00:00.Z",
        "2020-01-01T00:00:00,5Z",
        "2020-01-01T00:00:00+24:00",
        "2020-01-01T00:00:00Z ",
        "+020-01-01T00:00:00Z",
    };
    for (size_t i = 0; i < MRL_COUNTOF(bad); i++) {
        int64_t s = 7;
        int32_t ns = 7;
        if (mrl_rfc3339_parse(mrl_str_z(bad[i]), &s, &ns) != MRL_E_SYNTAX || s != 7 || ns != 7)
            mrl_test_fail(__FILE__, __LINE__, "accepted \"%s\"", bad[i]);
    }
}
