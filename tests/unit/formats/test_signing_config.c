/* test_signing_config.c - which services a signing configuration chooses, by rows. */
#include "formats/sigstore/signing_config.h"
#include "test.h"

#define HEAD "{\"mediaType\": \"application/vnd.dev.sigstore.signingconfig.v0.2+json\""
#define SERVICE(url, version, start, end, owner)                                                   \
    "{\"url\": \"" url "\", \"majorApiVersion\": " version ", \"operator\": \"" owner              \
    "\", \"validFor\": {\"start\": \"" start "\"" end "}}"
#define ENDS(t) ", \"end\": \"" t "\""
#define LOGS(items, selector)                                                                      \
    HEAD ", \"rekorTlogUrls\": [" items "], \"rekorTlogConfig\": {" selector "}}"

#define OLD SERVICE("https://old", "1", "2020-01-01T00:00:00Z", "", "a")
#define NEW SERVICE("https://new", "1", "2025-01-01T00:00:00Z", "", "a")
#define TILES SERVICE("https://tiles", "2", "2024-01-01T00:00:00Z", "", "b")
#define OVER SERVICE("https://over", "2", "2019-01-01T00:00:00Z", ENDS("2021-01-01T00:00:00Z"), "c")
#define LATER SERVICE("https://later", "2", "2099-01-01T00:00:00Z", "", "d")
#define FUTURE SERVICE("https://future", "3", "2020-01-01T00:00:00Z", "", "e")
#define ANY "\"selector\": \"ANY\""
#define ALL "\"selector\": \"ALL\""
#define EXACT(n) "\"selector\": \"EXACT\", \"count\": " n

#define NOW 1780000000 /* May 2026 */

TEST(signing_config_chooses_what_is_in_use) {
    static const struct {
        const char *text;
        mrl_status status;
        uint32_t n;
        const char *first, *second;
    } rows[] = {
        {LOGS(OLD "," NEW, ANY), MRL_OK, 1, "https://new", NULL},     /* the newest */
        {LOGS(NEW "," TILES, ANY), MRL_OK, 1, "https://tiles", NULL}, /* the highest version */
        {LOGS(OVER "," LATER "," OLD, ANY), MRL_OK, 1, "https://old", NULL},
        {LOGS(FUTURE "," OLD, ANY), MRL_OK, 1, "https://old", NULL}, /* not spoken here */
        {LOGS(OLD "," NEW "," TILES, ALL), MRL_OK, 2, "https://tiles", "https://new"},
        {LOGS(OLD "," NEW "," TILES, EXACT("2")), MRL_OK, 2, "https://tiles", "https://new"},
        {LOGS(OLD "," NEW, EXACT("2")), MRL_E_NOT_FOUND, 0, NULL, NULL}, /* one operator */
        {LOGS(OLD, EXACT("4000000000")), MRL_E_NOT_FOUND, 0, NULL, NULL},
        {LOGS(OVER "," LATER, ANY), MRL_E_NOT_FOUND, 0, NULL, NULL},
        {LOGS("", ANY), MRL_OK, 0, NULL, NULL},
    };
    for (size_t i = 0; i < MRL_COUNTOF(rows); i++) {
        struct mrl_signing_config c;
        struct mrl_service chosen[MRL_SERVICES_MAX];
        uint32_t n = 0;
        mrl_arena a;
        mrl_arena_init(&a, 1 << 20);
        REQUIRE(mrl_signing_config_parse(&a, mrl_str_z(rows[i].text), MRL_S("c"), NULL, &c) ==
                MRL_OK);
        mrl_status status = mrl_services_choose(&c.logs, "log", 2, NOW, NULL, chosen, &n);
        if (status != rows[i].status || n != rows[i].n)
            mrl_test_fail(__FILE__, __LINE__, "row %zu: status %d, %u services", i, status, n);
        if (rows[i].first != NULL && n > 0)
            CHECK_STR(chosen[0].url, mrl_str_z(rows[i].first));
        if (rows[i].second != NULL && n > 1)
            CHECK_STR(chosen[1].url, mrl_str_z(rows[i].second));
        mrl_arena_release(&a);
    }
}

TEST(signing_config_refuses_what_it_does_not_understand) {
    static const struct {
        const char *text;
        mrl_status status;
    } rows[] = {
        {"{}", MRL_E_UNSUPPORTED},
        {"{\"mediaType\": \"application/vnd.dev.sigstore.signingconfig.v0.1+json\"}",
         MRL_E_UNSUPPORTED},
        {HEAD ", \"caUrls\": {}}", MRL_E_SYNTAX},
        {HEAD ", \"caUrls\": [{}]}", MRL_E_SYNTAX},
        {HEAD ", \"caUrls\": [{\"url\": \"https://a\"}]}", MRL_E_SYNTAX}, /* since when? */
        {LOGS(OLD, ""), MRL_E_SYNTAX},
        {LOGS(OLD, "\"selector\": \"SOME\""), MRL_E_SYNTAX},
        {LOGS(OLD, "\"selector\": \"EXACT\""), MRL_E_SYNTAX},
        {HEAD ", \"mediaType\": \"x\"}", MRL_E_SYNTAX}, /* two things at once */
        {HEAD, MRL_E_SYNTAX},
    };
    for (size_t i = 0; i < MRL_COUNTOF(rows); i++) {
        struct mrl_signing_config c;
        mrl_arena a;
        mrl_arena_init(&a, 1 << 20);
        mrl_status status =
            mrl_signing_config_parse(&a, mrl_str_z(rows[i].text), MRL_S("c"), NULL, &c);
        if (status != rows[i].status)
            mrl_test_fail(__FILE__, __LINE__, "row %zu: status %d", i, status);
        mrl_arena_release(&a);
    }
}
