/* test.h - the unit test kit.
 *
 * TEST(name) { ... } registers itself; tests/unit/main.c runs all, or those whose name contains an
 * argument. CHECK* record a failure with file and line and go on. SKIP("why") ends the test as
 * skipped.
 */
#ifndef MRL_TESTS_TEST_H
#define MRL_TESTS_TEST_H

#include "base/str.h"

#include <stdio.h>

struct mrl_test {
    const char *name;
    void (*fn)(void);
    const char *file;
};

#define TEST(id)                                                                                   \
    static void test_##id(void);                                                                   \
    static const struct mrl_test test_row_##id                                                     \
        __attribute__((used, section("mrl_tests"), aligned(8))) = {#id, test_##id, __FILE__};      \
    static void test_##id(void)

/* Records a failure of the running test. */
void mrl_test_fail(const char *file, int line, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* Marks the running test as skipped. */
void mrl_test_skip(const char *why);
/* Root of the shared conformance data, or NULL (then the caller SKIPs). */
const char *mrl_test_conformance(void);

#define SKIP(why)                                                                                  \
    do {                                                                                           \
        mrl_test_skip(why);                                                                        \
        return;                                                                                    \
    } while (0)
#define CHECK(cond)                                                                                \
    do {                                                                                           \
        if (!(cond))                                                                               \
            mrl_test_fail(__FILE__, __LINE__, "%s", #cond);                                        \
    } while (0)
#define CHECK_INT(got, want)                                                                       \
    do {                                                                                           \
        long long got_ = (long long)(got), want_ = (long long)(want);                              \
        if (got_ != want_)                                                                         \
            mrl_test_fail(__FILE__, __LINE__, "%s: got %lld, want %lld", #got, got_, want_);       \
    } while (0)
#define CHECK_STR(got, want)                                                                       \
    do {                                                                                           \
        mrl_str got_ = (got), want_ = (want);                                                      \
        if (!mrl_str_eq(got_, want_))                                                              \
            mrl_test_fail(__FILE__, __LINE__, "%s: got \"%.*s\", want \"%.*s\"", #got,             \
                          MRL_F(got_), MRL_F(want_));                                              \
    } while (0)
/* Stops the test when a precondition fails. */
#define REQUIRE(cond)                                                                              \
    do {                                                                                           \
        if (!(cond)) {                                                                             \
            mrl_test_fail(__FILE__, __LINE__, "%s", #cond);                                        \
            return;                                                                                \
        }                                                                                          \
    } while (0)

#endif
