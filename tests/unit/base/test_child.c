/* test_child.c - other programs: what they get, what they may do, how they end. */
#include "base/child.h"
#include "test.h"

static const char *const no_env[] = {"A=b", NULL};

static mrl_status run(mrl_arena *a, const char *script, mrl_str input, mrl_str extra,
                      struct mrl_err *err, struct mrl_child_end *end) {
    const char *const argv[] = {"sh", "-c", script, NULL};
    struct mrl_child c = {argv, no_env, input, extra, 1 << 20, 5000};
    return mrl_child_run(a, &c, err, end);
}

TEST(child_gets_its_input_and_nothing_else) {
    mrl_arena a;
    struct mrl_child_end end;
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    REQUIRE(run(&a, "cat; cat /proc/self/fd/3; echo $A$HOME; exit 7", MRL_S("in "), MRL_S("extra "),
                NULL, &end) == MRL_OK);
    CHECK_STR(end.output, MRL_S("in extra b\n"));
    CHECK_INT(end.code, 7);
    REQUIRE(run(&a, "printf 'one\\033\\ntwo' >&2; kill -9 $$", MRL_S(""), MRL_S(""), NULL, &end) ==
            MRL_OK);
    CHECK_STR(mrl_str_z(end.words), MRL_S("one?"));
    CHECK_INT(end.code, 128 + 9);
    mrl_arena_release(&a);
}

/* Input and output are larger than pipes hold, and the child may stop reading at any time. */
TEST(child_neither_waits_for_ever_nor_dies_of_a_closed_pipe) {
    mrl_arena a;
    struct mrl_child_end end;
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    char *big = mrl_arena_calloc(&a, 900000, 1);
    REQUIRE(big != NULL);
    REQUIRE(run(&a, "cat", (mrl_str){big, 900000}, MRL_S(""), NULL, &end) == MRL_OK);
    CHECK_INT(end.output.len, 900000);
    REQUIRE(run(&a, "exec 0<&-; echo x", (mrl_str){big, 900000}, MRL_S(""), NULL, &end) == MRL_OK);
    CHECK_STR(end.output, MRL_S("x\n"));
    mrl_arena_release(&a);
}

TEST(child_has_ceilings) {
    mrl_arena a;
    struct mrl_child_end end = {.code = 77};
    struct mrl_err err;
    static const char *const loop[] = {"sh", "-c", "while :; do echo x; done", NULL};
    static const char *const wait[] = {"sleep", "60", NULL};
    static const char *const none[] = {"/nonexistent/program", NULL};
    struct mrl_child c = {loop, no_env, {NULL, 0}, {NULL, 0}, 1000, 5000};
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    mrl_err_init(&err);
    CHECK_INT(mrl_child_run(&a, &c, &err, &end), MRL_E_LIMIT);
    c.argv = wait;
    c.timeout_ms = 50;
    CHECK_INT(mrl_child_run(&a, &c, &err, &end), MRL_E_BUDGET);
    c.argv = none;
    CHECK_INT(mrl_child_run(&a, &c, &err, &end), MRL_E_NOT_FOUND);
    CHECK_INT(end.code, 77); /* untouched on failure */
    mrl_arena_release(&a);
}
