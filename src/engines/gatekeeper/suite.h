/* suite.h - gator's test suites: tests of constraints, and what their cases expect.
 *
 * Idea: a Suite names a template and a constraint for each test, and for each case an object, the
 * inventory around it, and assertions about the violations. This module reads the text of a suite
 * and judges results; files and runs are the caller's. Paths are relative to the suite's folder.
 * Source: gator's documentation of `gator verify`.
 */
#ifndef MRL_GATEKEEPER_SUITE_H
#define MRL_GATEKEEPER_SUITE_H

#include "engines/gatekeeper/gatekeeper.h"
#include "engines/match/regex.h"

#define MRL_SUITE_TESTS_MAX 100000 /* tests of a suite, cases of a test, assertions of a case */

struct mrl_assertion {
    int64_t violations;        /* that many exactly; MRL_SOME for at least one */
    mrl_str message;           /* pattern that the message of a violation must match to count */
    struct mrl_regex *pattern; /* NULL: every violation counts */
};
#define MRL_SOME (-1)

struct mrl_suite_case {
    mrl_str name, object;
    struct mrl_gk_names inventory;
    struct mrl_assertion *assertions;
    uint32_t n_assertions;
    bool skip;
    mrl_str problem; /* why it cannot be run; empty: it can */
};

struct mrl_suite_test {
    mrl_str name, template, constraint;
    mrl_str problem;
    struct mrl_suite_case *cases;
    uint32_t n_cases;
    bool skip, invalid; /* invalid: the constraint must be refused by its schema */
};

struct mrl_suite {
    mrl_str name;
    struct mrl_suite_test *tests;
    uint32_t n_tests;
    bool skip;
};

/* Reads a Suite. MRL_E_INVALID with what is wrong when no test of it can be told from another; a
 * broken test or case becomes its `problem`. Texts are borrowed from the value. */
mrl_status mrl_suite_read(mrl_arena *a, mrl_val suite, struct mrl_err *err,
                          struct mrl_suite *ret) MRL_NODISCARD;

/* Whether the results fulfil an assertion; if not, *ret_why says what came instead. */
mrl_status mrl_assertion_holds(const struct mrl_assertion *x, const struct mrl_gk_results *results,
                               mrl_arena *a, bool *ret, mrl_str *ret_why) MRL_NODISCARD;

/* --- which tests to run: gator's --run ------------------------------------------------------ */

struct mrl_suite_filter {
    struct mrl_regex *test, *one; /* NULL: any. `one` is for cases */
    bool either;                  /* one pattern: a test or a case of that name */
};

/* "PATTERN" (a test or a case), "TEST//CASE", "TEST//", "//CASE"; empty: everything. */
mrl_status mrl_suite_filter_read(mrl_arena *a, mrl_str text, struct mrl_err *err,
                                 struct mrl_suite_filter *ret) MRL_NODISCARD;
/* True when the test, or one of its cases, is wanted. `scratch` is left as it was. */
bool mrl_suite_filter_test(const struct mrl_suite_filter *f, mrl_arena *scratch,
                           const struct mrl_suite_test *t);
bool mrl_suite_filter_case(const struct mrl_suite_filter *f, mrl_arena *scratch,
                           const struct mrl_suite_test *t, const struct mrl_suite_case *c);

#endif
