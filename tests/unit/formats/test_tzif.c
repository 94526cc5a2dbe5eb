/* test_tzif.c - rules of time zones, and zone files that lie. */
#include "formats/tzif/tzif.h"
#include "test.h"

TEST(tz_rule_switches_at_the_second) {
    static const struct {
        const char *rule;
        int64_t seconds;
        int32_t offset;
        const char *name;
    } rows[] = {
        {"UTC0", 0, 0, "UTC"},
        {"<+0530>-5:30", 0, 19800, "+0530"},
        {"CET-1CEST,M3.5.0,M10.5.0/3", 1711846799, 3600, "CET"}, /* 2024-03-31T01:00:00Z */
        {"CET-1CEST,M3.5.0,M10.5.0/3", 1711846800, 7200, "CEST"},
        {"CET-1CEST,M3.5.0,M10.5.0/3", 1729990799, 7200, "CEST"}, /* 2024-10-27T01:00:00Z */
        {"CET-1CEST,M3.5.0,M10.5.0/3", 1729990800, 3600, "CET"},
        {"AEST-10AEDT,M10.1.0,M4.1.0/3", 1704067200, 39600, "AEDT"}, /* summer over new year */
        {"AAA3BBB,J60/0,J61/0", 1709262000, -7200, "BBB"},           /* 2024-03-01T03:00:00Z */
        {"AAA3BBB,J60/0,J61/0", 1709261999, -10800, "AAA"},
        {"AAA0BBB,59/0,60/0", 1709164800, 3600, "BBB"}, /* day 59 of a leap year: 29 February */
        {"CET-1CEST,M3.5.0,M10.5.0/3", INT64_MAX, 3600, "CET"},
    };
    for (size_t i = 0; i < MRL_COUNTOF(rows); i++) {
        struct mrl_tz_rule rule;
        REQUIRE(mrl_tz_rule_parse(mrl_str_z(rows[i].rule), &rule) == MRL_OK);
        const struct mrl_tzif_type *t = mrl_tz_rule_at(&rule, rows[i].seconds);
        CHECK_INT(t->offset_s, rows[i].offset);
        CHECK_STR(mrl_str_z(t->name), mrl_str_z(rows[i].name));
    }
}

TEST(tz_rule_refuses) {
    static const char *const bad[] = {"",
                                      "CET",
                                      "AB1",
                                      "CET25",
                                      "CET-1CEST",
                                      "CET-1CEST,M13.1.0,M1.1.0",
                                      "<+05-5",
                                      "CET-1 ",
                                      "CET-1CEST,M3.6.0,M10.5.0",
                                      "CET-1:60",
                                      "CET-1CEST,J0,J1",
                                      "CET-1CEST,M3.5.0"};
    for (size_t i = 0; i < MRL_COUNTOF(bad); i++) {
        struct mrl_tz_rule rule;
        if (mrl_tz_rule_parse(mrl_str_z(bad[i]), &rule) != MRL_E_SYNTAX)
            mrl_test_fail(__FILE__, __LINE__, "accepted \"%s\"", bad[i]);
    }
}

/* A version 1 file with one transition at second 1000, from type 0 (UTC) to type 1 (+1h). */
static const char one[] = "TZif\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1"
                          "\0\0\0\2\0\0\0\10\0\0\3\xE8\1\0\0\0\0\0\0\0\0\16\20\1\4ABC\0DEF";

TEST(tzif_reads_one_transition) {
    mrl_arena a;
    struct mrl_tzif z;
    mrl_arena_init(&a, 1 << 20);
    REQUIRE(mrl_tzif_parse(&a, (mrl_str){one, sizeof one}, NULL, &z) == MRL_OK);
    CHECK_STR(mrl_str_z(mrl_tzif_at(&z, 999)->name), MRL_S("ABC"));
    CHECK_STR(mrl_str_z(mrl_tzif_at(&z, 1000)->name), MRL_S("DEF"));
    CHECK_INT(mrl_tzif_at(&z, INT64_MAX)->offset_s, 3600);
    mrl_arena_release(&a);
}

TEST(tzif_refuses_every_cut) {
    for (size_t n = 0; n < sizeof one; n++) {
        mrl_arena a;
        struct mrl_tzif z;
        mrl_arena_init(&a, 1 << 20);
        if (mrl_tzif_parse(&a, (mrl_str){one, n}, NULL, &z) == MRL_OK)
            mrl_test_fail(__FILE__, __LINE__, "accepted the first %zu bytes", n);
        mrl_arena_release(&a);
    }
}
