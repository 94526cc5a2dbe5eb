/* test_suite.c - gator's suites: filters, assertions, and what is said of broken ones. */
#include "engines/gatekeeper/suite.h"
#include "formats/yaml/yaml.h"
#include "test.h"

static mrl_status read(mrl_arena *a, const char *text, struct mrl_err *err, struct mrl_suite *ret) {
    struct mrl_yaml_doc *docs;
    size_t n;
    MRL_TRY(mrl_yaml_parse(a, mrl_str_z(text), NULL, err, &docs, &n));
    return mrl_suite_read(a, docs[0].value, err, ret);
}

TEST(gatekeeper_suite_assertions) {
    static const struct {
        const char *assertion, *want; /* "holds", or a part of what is said */
    } cases[] = {
        {"{}", "holds"},
        {"{violations: yes}", "holds"},
        {"{violations: \"yes\"}", "holds"},
        {"{violations: no}", "got 2 violations, want 0; messages: red apple | green pear"},
        {"{violations: 2}", "holds"},
        {"{violations: 1}", "want 1"},
        {"{violations: 1, message: apple}", "holds"},
        {"{violations: yes, message: \"^apple\"}", "matching \"^apple\", want at least 1"},
        {"{violations: no, message: plum}", "holds"},
        {"{violations: -1}", "not negative"},
        {"{violations: maybe}", "not negative"},
        {"{violations: 1.5}", "not negative"},
        {"{message: \"(\"}", "missing closing )"},
        {"{message: 1}", "message must be a text"},
    };
    for (size_t i = 0; i < MRL_COUNTOF(cases); i++) {
        mrl_arena a;
        struct mrl_err err;
        struct mrl_suite s;
        struct mrl_gk_result items[] = {{.msg = MRL_S("red apple")}, {.msg = MRL_S("green pear")}};
        struct mrl_gk_results results = {.items = items, .n = 2};
        bool holds = false;
        mrl_str why = MRL_S("");
        mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
        mrl_err_init(&err);
        mrl_str text = mrl_arena_printf(
            &a, "tests: [{template: t, constraint: c, cases: [{object: o, assertions: [%s]}]}]",
            cases[i].assertion);
        REQUIRE(text.ptr != NULL);
        REQUIRE(read(&a, text.ptr, &err, &s) == MRL_OK);
        const struct mrl_suite_case *c = &s.tests[0].cases[0];
        if (c->problem.len > 0)
            why = c->problem;
        else
            CHECK_INT(mrl_assertion_holds(&c->assertions[0], &results, &a, &holds, &why), MRL_OK);
        why = holds ? MRL_S("holds") : why;
        if (mrl_str_find(why, mrl_str_z(cases[i].want), 0) == MRL_STR_NPOS)
            mrl_test_fail(__FILE__, __LINE__, "%s: got %.*s, want %s", cases[i].assertion,
                          MRL_F(why), cases[i].want);
        mrl_arena_release(&a);
    }
}

TEST(gatekeeper_suite_filters) {
    static const struct {
        const char *filter, *test, *one;
        bool want_test, want_case;
    } cases[] = {
        {"", "a", "b", true, true},
        {"a", "a", "b", true, true},
        {"b", "a", "b", true, true},
        {"c", "a", "b", false, false},
        {"a//", "a", "b", true, true},
        {"//b", "a", "b", true, true},
        {"//c", "a", "b", true, false},
        {"a//b", "xay", "abc", true, true},
        {"^a$//b", "xay", "abc", false, false},
        {"a//^b$", "a", "abc", true, false},
    };
    for (size_t i = 0; i < MRL_COUNTOF(cases); i++) {
        mrl_arena a;
        struct mrl_suite_filter f;
        struct mrl_suite_case one = {.name = mrl_str_z(cases[i].one)};
        struct mrl_suite_test t = {.name = mrl_str_z(cases[i].test), .cases = &one, .n_cases = 1};
        mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
        REQUIRE(mrl_suite_filter_read(&a, mrl_str_z(cases[i].filter), NULL, &f) == MRL_OK);
        CHECK_INT(mrl_suite_filter_test(&f, &a, &t), cases[i].want_test);
        CHECK_INT(mrl_suite_filter_case(&f, &a, &t, &one), cases[i].want_case);
        mrl_arena_release(&a);
    }
}

TEST(gatekeeper_suite_broken) {
    mrl_arena a;
    struct mrl_err err;
    struct mrl_suite s;
    struct mrl_suite_filter f;
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    mrl_err_init(&err);
    CHECK_INT(read(&a, "tests: 1", &err, &s), MRL_E_INVALID);
    REQUIRE(read(&a,
                 "tests: [{constraint: c}, {template: t}, {template: t, constraint: c, "
                 "expansion: e}, {template: t, constraint: c, skip: true, cases: [{}, "
                 "{object: o}]}]",
                 &err, &s) == MRL_OK);
    CHECK_STR(s.tests[0].problem, MRL_S("the test names no template"));
    CHECK_STR(s.tests[1].problem, MRL_S("the test names no constraint"));
    CHECK(mrl_str_find(s.tests[2].problem, MRL_S("expansion"), 0) != MRL_STR_NPOS);
    CHECK(s.tests[3].skip && s.tests[3].problem.len == 0);
    CHECK_STR(s.tests[3].cases[0].problem, MRL_S("the case names no object"));
    CHECK_STR(s.tests[3].cases[1].problem, MRL_S("the case has no assertions"));
    CHECK_INT(mrl_suite_filter_read(&a, MRL_S("a//b//c"), &err, &f), MRL_E_INVALID);
    CHECK_INT(mrl_suite_filter_read(&a, MRL_S("("), &err, &f), MRL_E_SYNTAX);
    mrl_arena_release(&a);
}
