/* test_git_object.c - what is signed of commits and tags; .gitmodules. */
#include "formats/git/object.h"
#include "test.h"

#define HEAD "tree 0\nauthor A <a@x> 1 +0000\ncommitter B <b@x> 1700000000 +0100\n"
#define SIG "gpgsig -----BEGIN SSH SIGNATURE-----\n AAAA\n -----END SSH SIGNATURE-----\n"

TEST(git_commit_without_its_signature_is_what_is_signed) {
    mrl_arena a;
    struct mrl_git_signed s;
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    REQUIRE(mrl_git_commit(&a,
                           MRL_S(HEAD SIG "gpgsig-sha256 x\n y\nencoding z\n\nsubject\n\nbody\n"),
                           NULL, &s) == MRL_OK);
    CHECK_STR(s.payload, MRL_S(HEAD "encoding z\n\nsubject\n\nbody\n"));
    CHECK_STR(s.signature,
              MRL_S("-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END SSH SIGNATURE-----\n"));
    CHECK_STR(s.who, MRL_S("B <b@x>"));
    CHECK_STR(s.subject, MRL_S("subject"));
    CHECK_INT(s.when, 1700000000);
    CHECK_INT(mrl_git_sort_of(s.signature), MRL_GIT_SSH);
    REQUIRE(mrl_git_commit(&a, MRL_S(HEAD "\ngpgsig x\n"), NULL, &s) == MRL_OK);
    CHECK(s.signature.ptr == NULL); /* in the message it is none */
    mrl_arena_release(&a);
}

TEST(git_commits_of_two_minds_are_refused) {
    static const char *const bad[] = {
        "",
        "tree 0\n",
        HEAD,
        "x" HEAD "\n",
        HEAD SIG SIG "\nm\n",
        HEAD "committer C <c@x> 1 +0000\n\nm\n",
        "tree 0\ncommitter A 1 +0000\n\nm\n",
        "tree 0\ncommitter A <a> x +0000\n\nm\n",
        "tree 0\ncommitter A <a> 9999999999999999999 +0\n\nm\n",
    };
    mrl_arena a;
    struct mrl_git_signed s;
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    for (size_t i = 0; i < MRL_COUNTOF(bad); i++)
        CHECK_INT(mrl_git_commit(&a, mrl_str_z(bad[i]), NULL, &s), MRL_E_SYNTAX);
    mrl_arena_release(&a);
}

TEST(git_tag_is_signed_up_to_its_last_signature) {
    struct mrl_git_signed s;
    mrl_str head = MRL_S("object 0\ntype commit\ntag v1\ntagger A <a@x> 7 +0000\n\nm\n"
                         "-----BEGIN PGP SIGNATURE-----\n");
    mrl_str text = MRL_S("object 0\ntype commit\ntag v1\ntagger A <a@x> 7 +0000\n\nm\n"
                         "-----BEGIN PGP SIGNATURE-----\n-----BEGIN SSH SIGNATURE-----\nA\n");
    REQUIRE(mrl_git_tag(text, NULL, &s) == MRL_OK);
    CHECK_STR(s.payload, head);
    CHECK_STR(s.signature, MRL_S("-----BEGIN SSH SIGNATURE-----\nA\n"));
    CHECK_STR(s.target, MRL_S("0"));
    CHECK_INT(s.when, 7);
    CHECK(mrl_git_tag(MRL_S("object 0\nobject 1\ntagger A <a@x> 7 +0000\n\nm\n"), NULL, &s) ==
          MRL_E_SYNTAX);
    CHECK(mrl_git_tag(MRL_S("object 0\n\nm\n"), NULL, &s) == MRL_E_SYNTAX);
}

TEST(git_modules_give_paths_and_addresses) {
    mrl_arena a;
    struct mrl_git_submodules m;
    struct mrl_err err;
    mrl_err_init(&err);
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    REQUIRE(
        mrl_git_modules(&a,
                        MRL_S("# c\n[submodule \"x\"]\n\tpath = lib/x\n\tURL = \"https://x/y\"\n"
                              "\tupdate = !sh\n[submodule \"y\"]\npath=y\n"),
                        NULL, &m) == MRL_OK);
    REQUIRE(m.n == 2);
    CHECK_STR(m.items[0].path, MRL_S("lib/x"));
    CHECK_STR(m.items[0].url, MRL_S("https://x/y"));
    CHECK_STR(m.items[0].update, MRL_S("!sh"));
    CHECK_STR(m.items[1].name, MRL_S("y"));
    CHECK_INT(mrl_git_modules(&a, MRL_S("\n[core]\n"), &err, &m), MRL_E_SYNTAX);
    CHECK_INT(err.pos.line, 2);
    CHECK_INT(mrl_git_modules(&a, MRL_S("path = x\n"), NULL, &m), MRL_E_SYNTAX);
    CHECK_INT(mrl_git_modules(&a, MRL_S("[submodule \"x\"]\nurl = a\\\nb\n"), NULL, &m),
              MRL_E_SYNTAX);
    mrl_arena_release(&a);
}
