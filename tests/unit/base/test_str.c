/* test_str.c - comparing slices. */
#include "base/str.h"
#include "test.h"

TEST(str_letters_are_the_same_in_either_case) {
    CHECK(mrl_str_eq_case(MRL_S("Docker.IO"), MRL_S("docker.io")));
    CHECK(mrl_str_eq_case(MRL_S(""), MRL_S("")));
    CHECK(!mrl_str_eq_case(MRL_S("a"), MRL_S("ab")));
    CHECK(!mrl_str_eq_case(MRL_S("["), MRL_S("{"))); /* as far apart as letters are */
    CHECK(!mrl_str_eq_case(MRL_S("a\0b"), MRL_S("a\0c")));
    CHECK(!mrl_str_eq_case(MRL_S("\xC3\x84"), MRL_S("\xC3\xA4")));
}
