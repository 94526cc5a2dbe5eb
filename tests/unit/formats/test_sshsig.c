/* test_sshsig.c - signatures made by ssh-keygen, and the list of allowed signers. */
#include "formats/sshsig/sshsig.h"
#include "test.h"

static const char sig_ed25519[] =
    "-----BEGIN SSH SIGNATURE-----\n"
    "U1NIU0lHAAAAAQAAADMAAAALc3NoLWVkMjU1MTkAAAAgKkQl/edD31ZugHcHyxurRf8lNi\n"
    "3lZOIQ54S7Yeq9J8IAAAADZ2l0AAAAAAAAAAZzaGE1MTIAAABTAAAAC3NzaC1lZDI1NTE5\n"
    "AAAAQBFjae5BPuwgTVG8Sg3CSXt2JmXBHTbUh4Q2sxp/dZKMu6FLGC9wvenD0N/woTZ7P+\n"
    "OrdwcWi39wVZl57d/a0Ag=\n"
    "-----END SSH SIGNATURE-----\n";
static const char sig_ecdsa[] =
    "-----BEGIN SSH SIGNATURE-----\n"
    "U1NIU0lHAAAAAQAAAGgAAAATZWNkc2Etc2hhMi1uaXN0cDI1NgAAAAhuaXN0cDI1NgAAAE\n"
    "EE+1D82tMoFfkx0pXbr/6x1zaCZEH2X5F+GTR3S5YhDIJ+WynFz0kW509p+Q27ckoWqNtO\n"
    "ReflkpmBaW1mX45B1wAAAANnaXQAAAAAAAAABnNoYTUxMgAAAGQAAAATZWNkc2Etc2hhMi\n"
    "1uaXN0cDI1NgAAAEkAAAAhAKp6y75sU2e9UbRZduCvwUH+578PUhjINijoFvXBngVfAAAA\n"
    "IHIW8AhkhNK6saKCqphtOvoUjuSrS+EINpZ9ASMVHTAt\n"
    "-----END SSH SIGNATURE-----\n";
static const char sig_rsa[] =
    "-----BEGIN SSH SIGNATURE-----\n"
    "U1NIU0lHAAAAAQAAAZcAAAAHc3NoLXJzYQAAAAMBAAEAAAGBAK3pIvIGJcr9pIDe88lAe6\n"
    "/LN406Rt3j8LIO5gOpFxlr3U/Les7CiDZmQJvBY2zhy1epJD6dzZ90//OkeVKHxlXBjL+w\n"
    "fA4oGdikpvJayKqJrFrLPkKl541Q7+rnrqLYOasueIAViFqhHHKUkCM6HeO5UjAtK7dKq6\n"
    "a/rrBXRhcfRB0t8pTEkDuAk+yT8wADajG21T9jvt+VoJokuZ96UxoaNVa0I62icnm+uAMc\n"
    "qgfe9V0nWWkp9Jfe5cHiSgfSOTfujzFdlF8R6yvAiVDOnWjYc3mB1DruMaWohCITw+a3cs\n"
    "Ma7oLd+c5f8hUEiBGeiluneEgOiV13ld8G6PKoxnMbdrvkAKjJF1gGniHZeN227FZXpUvK\n"
    "kFBjxfgZ4mhVG8yQ1NVJfh3jm9U5QM3TgPv/ENYVyKef0TJZBJutU/rWGam2MyMpqaCsj1\n"
    "a8vB1EDjOzbHTAbqOmVwJEKBB8ggi+MnVFQHefxXJPMmc4tLPguE5coUnWR02jzyiq2eaS\n"
    "+QAAAANnaXQAAAAAAAAABnNoYTUxMgAAAZQAAAAMcnNhLXNoYTItNTEyAAABgDxUmiWjtb\n"
    "LN0DR+NYVujXlmTw9nqX2yYxMoTKWG+PB5UqnpaVTKe/DogTqag2EbJoZyWEIi5njq47C+\n"
    "tzHWD+g6rI46qEkhto7Sks8kloRTIbnd6+4pJWWGg5+QjmQ7BmXDKrxU1H/ql03iM9WsL9\n"
    "4nGt9X28lmbVV6lZyubvC05THD9lCXDyOV7njvf+BBtmenI5zOsZ7LtQGc/duCjT/UHWHH\n"
    "6zUgA37JcXB7NkTeW8vLpCJmdK3TeOetjFKUQL5zRwZT1YNp3JrS+Q10dMfmNKnAELeCgA\n"
    "oiZshvMOV9B4KKzy2FPTh7MO+C4gqmN4fl9enEl/LcbLuyR+oVE0AGaERsWwaXozZ663d2\n"
    "etgEysh5Hf1NNYzlrUiAN2KT6ekR2eKzIg88+FP6TXcrzPnO/u+MbEBOUM7+AIH3/FVbay\n"
    "cIndlKhG4eAq8Z7sWPl00RRq2jCFf6Xn2SFK72iUSfbpW2Pu5zJ5+av+RqWKSW8qbAUFw9\n"
    "SwUI4VPgNSXF7g==\n"
    "-----END SSH SIGNATURE-----\n";
#define KEY "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAICpEJf3nQ99WboB3B8sbq0X/JTYt5WTiEOeEu2HqvSfC"
#define FINGERPRINT "SHA256:vqICbTzwTdLVqGAD3d6sQj8KdqAl0pXTATZEwTZ4k3w"

TEST(sshsig_verifies_what_ssh_keygen_makes) {
    static const char *const all[] = {sig_ed25519, sig_ecdsa, sig_rsa};
    for (size_t i = 0; i < MRL_COUNTOF(all); i++) {
        mrl_arena a;
        struct mrl_sshsig s;
        mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
        REQUIRE(mrl_sshsig_parse(&a, mrl_str_z(all[i]), NULL, &s) == MRL_OK);
        CHECK_STR(s.ns, MRL_S("git"));
        CHECK_INT(mrl_sshsig_verify(&a, &s, MRL_S("hello\n"), NULL), MRL_OK);
        CHECK_INT(mrl_sshsig_verify(&a, &s, MRL_S("hello"), NULL), MRL_E_INVALID);
        s.ns = MRL_S("file"); /* the namespace is signed */
        CHECK_INT(mrl_sshsig_verify(&a, &s, MRL_S("hello\n"), NULL), MRL_E_INVALID);
        mrl_arena_release(&a);
    }
}

/* Each bit: the signature fails, or it is the very same one. */
TEST(sshsig_mutations_fail) {
    char text[sizeof sig_ecdsa];
    mrl_arena a;
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    for (size_t i = 0; i < 8 * (sizeof text - 1); i++) {
        struct mrl_sshsig s;
        memcpy(text, sig_ecdsa, sizeof text);
        text[i / 8] ^= (char)(1 << i % 8);
        mrl_str t = {text, sizeof text - 1};
        if (mrl_sshsig_parse(&a, t, NULL, &s) == MRL_OK &&
            mrl_sshsig_verify(&a, &s, MRL_S("hello\n"), NULL) == MRL_OK) {
            struct mrl_sshsig want;
            REQUIRE(mrl_sshsig_parse(&a, mrl_str_z(sig_ecdsa), NULL, &want) == MRL_OK);
            CHECK_STR(s.key, want.key);
            CHECK_STR(s.sig, want.sig);
        }
        mrl_arena_reset(&a);
    }
    mrl_arena_release(&a);
}

TEST(sshsig_truncations_are_errors) {
    mrl_arena a;
    struct mrl_sshsig s;
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    for (size_t n = 0; n + 2 < sizeof sig_ed25519; n++) {
        CHECK(mrl_sshsig_parse(&a, (mrl_str){sig_ed25519, n}, NULL, &s) == MRL_E_SYNTAX);
        mrl_arena_reset(&a);
    }
    mrl_arena_release(&a);
}

static mrl_status parse(mrl_arena *a, const char *text, struct mrl_err *err,
                        struct mrl_signers *ret) {
    return mrl_signers_parse(a, mrl_str_z(text), MRL_S("f"), err, ret);
}

TEST(signers_are_found_by_key_namespace_and_time) {
    static const struct {
        const char *options;
        int64_t when;
        const char *why; /* NULL: found */
    } rows[] = {
        {"", 0, NULL},
        {"namespaces=\"git\" ", 0, NULL},
        {"namespaces=\"file,g*\" ", 0, NULL},
        {"namespaces=\"file\" ", 0, "namespaces"},
        {"namespaces=\"*,!git\" ", 0, "namespaces"},
        {"cert-authority ", 0, "certificates"},
        {"valid-after=\"19700102Z\" ", 86399, "valid-after"},
        {"valid-after=\"19700102Z\" ", 86400, NULL},
        {"valid-before=\"197001020000Z\" ", 86400, NULL},
        {"valid-before=\"19700101235959Z\",namespaces=\"git\" ", 86400, "valid-before"},
    };
    for (size_t i = 0; i < MRL_COUNTOF(rows); i++) {
        mrl_arena a;
        struct mrl_signers list;
        const char *why = "";
        mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
        mrl_str text = mrl_arena_printf(&a, "# c\n\n\"a b\" %s" KEY " comment\n", rows[i].options);
        REQUIRE(mrl_signers_parse(&a, text, MRL_S("f"), NULL, &list) == MRL_OK);
        REQUIRE(list.n == 1);
        const struct mrl_signer *s =
            mrl_signers_find(&list, list.items[0].key, MRL_S("git"), rows[i].when, &why);
        CHECK((s != NULL) == (rows[i].why == NULL));
        CHECK(s != NULL || strstr(why, rows[i].why) != NULL);
        if (s != NULL)
            CHECK_STR(s->principals, MRL_S("a b"));
        CHECK(mrl_signers_find(&list, MRL_S("other"), MRL_S("git"), 0, &why) == NULL);
        mrl_arena_release(&a);
    }
}

TEST(signers_that_are_not_understood_are_refused_with_their_line) {
    static const char *const bad[] = {
        "a",
        "a ssh-ed25519",
        "a ssh-ed25519 !!!!",
        "a ssh-rsa "
        "AAAAC3NzaC1lZDI1NTE5",
        "a unknown=\"x\" " KEY,
        "a namespaces=git " KEY,
        "a namespaces=\"git\",namespaces=\"x\" " KEY,
        "a valid-after=\"20240101\" " KEY,
        "a valid-after=\"20240230Z\" " KEY,
        "a valid-after=\"2024010124Z\" " KEY,
        "a , " KEY,
        "\"a " KEY,
    };
    for (size_t i = 0; i < MRL_COUNTOF(bad); i++) {
        mrl_arena a;
        struct mrl_signers list;
        struct mrl_err err;
        mrl_err_init(&err);
        mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
        mrl_str text = mrl_arena_printf(&a, "b " KEY "\n%s\n", bad[i]);
        CHECK_INT(parse(&a, text.ptr, &err, &list), MRL_E_SYNTAX);
        CHECK_INT(err.pos.line, 2);
        mrl_arena_release(&a);
    }
}

TEST(ssh_fingerprints_are_those_of_ssh_keygen) {
    mrl_arena a;
    struct mrl_signers list;
    mrl_str text;
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    REQUIRE(parse(&a, "a " KEY, NULL, &list) == MRL_OK);
    REQUIRE(mrl_ssh_fingerprint(&a, list.items[0].key, &text) == MRL_OK);
    CHECK_STR(text, MRL_S(FINGERPRINT));
    mrl_arena_release(&a);
}
