/* test_git.c - lists of files: what is read, and that nothing else is. */
#include "services/git/repo.h"
#include "test.h"

#define ONE "1111111111111111111111111111111111111111"
#define TWO "2222222222222222222222222222222222222222"

static const mrl_str tree = MRL_S_INIT("100644 blob " ONE "\ta/b.yaml\0"
                                       "120000 blob " TWO "\tnew\nline\t\"\0"
                                       "160000 commit " ONE "\tsub\0");

TEST(git_reads_a_tree) {
    struct mrl_git_entries e;
    mrl_arena a;
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    REQUIRE(mrl_git_read_entries(&a, tree, false, &e) == MRL_OK);
    REQUIRE(e.n == 3);
    CHECK_STR(e.items[0].path, MRL_S("a/b.yaml"));
    CHECK_STR(e.items[0].id, MRL_S(ONE));
    CHECK_INT(e.items[0].kind, MRL_GIT_FILE);
    CHECK_STR(e.items[1].path, MRL_S("new\nline\t\""));
    CHECK_INT(e.items[1].kind, MRL_GIT_SYMLINK);
    CHECK_INT(e.items[2].kind, MRL_GIT_SUBMODULE);
    mrl_arena_release(&a);
}

TEST(git_reads_an_index) {
    struct mrl_git_entries e;
    mrl_arena a;
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    REQUIRE(mrl_git_read_entries(&a, MRL_S("100755 " TWO " 0\tx\0"), true, &e) == MRL_OK);
    REQUIRE(e.n == 1);
    CHECK_STR(e.items[0].id, MRL_S(TWO));
    CHECK_STR(e.items[0].path, MRL_S("x"));
    mrl_arena_release(&a);
}

/* A list that is cut is none, but for the ends of its entries. */
TEST(git_refuses_a_tree_that_is_cut) {
    struct mrl_git_entries e;
    mrl_arena a;
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    for (size_t n = 1; n < tree.len; n++) {
        bool whole = tree.ptr[n - 1] == '\0';
        CHECK_INT(mrl_git_read_entries(&a, mrl_str_sub(tree, 0, n), false, &e),
                  whole ? MRL_OK : MRL_E_SYNTAX);
    }
    CHECK_INT(mrl_git_read_entries(&a, MRL_S("040000 tree " ONE "\tx\0"), false, &e), MRL_E_SYNTAX);
    CHECK_INT(mrl_git_read_entries(&a, MRL_S("100644 blob 123\tx\0"), false, &e), MRL_E_SYNTAX);
    CHECK_INT(mrl_git_read_entries(&a, MRL_S("100644 blob " ONE "\t\0"), false, &e), MRL_E_SYNTAX);
    mrl_arena_release(&a);
}
