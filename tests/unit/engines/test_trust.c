/* test_trust.c - the parts of a verification one by one, and mutated bundles. */
#include "engines/trust/sign.h"
#include "engines/trust/signers.h"
#include "engines/trust/trust.h"
#include "formats/sigstore/bundle_write.h"
#include "test.h"

#include "base/file.h"
#include "formats/sigstore/note.h"

TEST(trust_time_is_decided_by_what_was_signed) {
    static const struct {
        struct mrl_proved_time times[2];
        uint32_t n;
        bool ok;
    } rows[] = {
        {{{0}}, 0, false},                /* never the clock */
        {{{MRL_TIME_LOG, 100}}, 1, true}, /* ends are inside */
        {{{MRL_TIME_AUTHORITY, 200}}, 1, true},
        {{{MRL_TIME_LOG, 99}}, 1, false},
        {{{MRL_TIME_AUTHORITY, 201}}, 1, false},
        {{{MRL_TIME_LOG, 150}, {MRL_TIME_AUTHORITY, 160}}, 2, true},
        {{{MRL_TIME_LOG, 150}, {MRL_TIME_AUTHORITY, 201}}, 2, false}, /* all, not one of them */
        {{{MRL_TIME_LOG, 0}, {MRL_TIME_AUTHORITY, 150}}, 2, false},
    };
    for (size_t i = 0; i < MRL_COUNTOF(rows); i++) {
        struct mrl_err err;
        mrl_err_init(&err);
        bool ok = mrl_trust_time(rows[i].times, rows[i].n, 100, 200, &err) == MRL_OK;
        if (ok != rows[i].ok)
            mrl_test_fail(__FILE__, __LINE__, "row %zu: %s", i, err.text);
    }
}

TEST(dsse_pae_is_the_published_one) {
    mrl_arena a;
    mrl_str got = {NULL, 0};
    mrl_arena_init(&a, 1 << 16);
    CHECK_INT(mrl_dsse_pae(&a, MRL_S("http://example.com/HelloWorld"), MRL_S("hello world"), &got),
              MRL_OK);
    CHECK_STR(got, MRL_S("DSSEv1 29 http://example.com/HelloWorld 11 hello world"));
    mrl_arena_release(&a);
}

/* --- Merkle trees ------------------------------------------------------------------------------
 */

struct hash {
    unsigned char b[32];
};

static mrl_str str_of(const struct hash *h) {
    return (mrl_str){(const char *)h->b, 32};
}

static struct hash join(const struct hash *l, const struct hash *r) {
    struct hash out = {{0}};
    unsigned char all[MRL_DIGEST_MAX];
    size_t n;
    mrl_str parts[] = {MRL_S("\x01"), str_of(l), str_of(r)};
    if (mrl_digest_parts(MRL_SHA256, parts, 3, all, &n) == MRL_OK)
        memcpy(out.b, all, 32);
    return out;
}

/* Root and path of leaf `at` of leaves [from, to), by the recursive definition of RFC 9162. */
static struct hash tree(const struct hash *leaves, size_t from, size_t to, size_t at,
                        struct hash *path, size_t *n_path) {
    if (to - from == 1)
        return leaves[from];
    size_t k = 1;
    while (2 * k < to - from)
        k *= 2;
    struct hash unused[16];
    size_t n_unused = 0;
    bool left = at < from + k;
    struct hash l =
        tree(leaves, from, from + k, at, left ? path : unused, left ? n_path : &n_unused);
    struct hash r = tree(leaves, from + k, to, at, left ? unused : path, left ? &n_unused : n_path);
    path[(*n_path)++] = left ? r : l;
    return join(&l, &r);
}

/* One proof against the reader, and with each thing about it changed. */
static void check_proof(const struct hash *leaves, size_t size, size_t at) {
    struct hash path[16];
    mrl_str hashes[17];
    size_t n = 0;
    struct hash root = tree(leaves, 0, size, at, path, &n);
    for (size_t i = 0; i < n; i++)
        hashes[i] = str_of(&path[i]);
    hashes[n] = str_of(&root);
    mrl_str leaf = str_of(&leaves[at]);
    uint32_t m = (uint32_t)n;
    CHECK(mrl_merkle_included(at, size, hashes, m, leaf, str_of(&root)));
    CHECK(!mrl_merkle_included(at + size, size, hashes, m, leaf, str_of(&root)));
    CHECK(!mrl_merkle_included(at, size, hashes, m + 1, leaf, str_of(&root)));
    CHECK(!mrl_merkle_included(at, size, hashes, m, leaf, leaf) || size == 1);
    if (n == 0)
        return;
    CHECK(!mrl_merkle_included(at, size, hashes, m - 1, leaf, str_of(&root)));
    path[n - 1].b[7] ^= 1;
    CHECK(!mrl_merkle_included(at, size, hashes, m, leaf, str_of(&root)));
}

TEST(merkle_proofs_of_all_small_trees) {
    struct hash leaves[21];
    for (size_t i = 0; i < MRL_COUNTOF(leaves); i++)
        memset(leaves[i].b, (int)i + 1, 32);
    for (size_t size = 1; size <= MRL_COUNTOF(leaves); size++)
        for (size_t at = 0; at < size; at++)
            check_proof(leaves, size, at);
}

TEST(merkle_refuses_huge_trees_with_short_paths) {
    struct hash h = {{0}};
    mrl_str hashes[1] = {str_of(&h)};
    CHECK(!mrl_merkle_included(0, UINT64_MAX, hashes, 1, str_of(&h), str_of(&h)));
    CHECK(!mrl_merkle_included(UINT64_MAX, UINT64_MAX, hashes, 1, str_of(&h), str_of(&h)));
    CHECK(!mrl_merkle_included(0, 0, hashes, 0, str_of(&h), str_of(&h)));
}

/* --- checkpoints ----------------------------------------------------------------------------- */

#define HASH64 "rs1YPY0ydAV0lxgfrq5pE4oRpUJwo3syeps5+eGUTDI=\n"
#define SIGNED "\n\xe2\x80\x94 log 8w1amdbj1mg=\n"

TEST(checkpoint_lines) {
    static const struct {
        const char *text;
        bool ok;
    } rows[] = {
        {"log\n7\n" HASH64 SIGNED, true},
        {"log\n7\n" HASH64 "extension\n" SIGNED, true},
        {"log\n7\n" HASH64 SIGNED "\xe2\x80\x94 witness 8w1amdbj1mg=\n", true},
        {"", false},
        {"log\n7\n" HASH64, false},
        {"log\n7\n" HASH64 "\n", false},
        {"\n7\n" HASH64 SIGNED, false},
        {"log\n07\n" HASH64 SIGNED, false},
        {"log\n-7\n" HASH64 SIGNED, false},
        {"log\n18446744073709551616\n" HASH64 SIGNED, false},
        {"log\n7\nrs1Y\n" SIGNED, false},
        {"log\n7\n" HASH64 "\n- log 8w1amdbj1mg=\n", false},
        {"log\n7\n" HASH64 "\n\xe2\x80\x94 log\n", false},
        {"log\n7\n" HASH64 "\n\xe2\x80\x94 log 8w1a\n", false}, /* a hint alone */
        {"log\n7\n" HASH64 "\n\xe2\x80\x94 log 8w1amdbj1mg=", false},
    };
    for (size_t i = 0; i < MRL_COUNTOF(rows); i++) {
        struct mrl_checkpoint c;
        mrl_arena a;
        mrl_arena_init(&a, 1 << 16);
        bool ok = mrl_checkpoint_parse(&a, mrl_str_z(rows[i].text), NULL, &c) == MRL_OK;
        if (ok != rows[i].ok)
            mrl_test_fail(__FILE__, __LINE__, "row %zu", i);
        mrl_arena_release(&a);
    }
}

/* --- mutated bundles -----------------------------------------------------------------------------
 */

#define IDENTITY                                                                                   \
    "https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/"      \
    "workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main"

struct bench {
    mrl_arena arena;
    struct mrl_trust_memo memo;
    struct mrl_trust *trust;
    struct mrl_artifact artifact;
    mrl_str bundle;
};

static mrl_status read_file(mrl_arena *a, const char *root, const char *name, mrl_str *ret) {
    mrl_str path = mrl_arena_printf(a, "%s/sigstore/%s", root, name);
    return path.ptr != NULL ? mrl_file_read(a, path, 0, NULL, ret) : MRL_E_NOMEM;
}

static bool open_bench(struct bench *b, const char *root, const char *folder) {
    mrl_str text, artifact;
    char name[200];
    memset(b, 0, sizeof *b);
    mrl_arena_init(&b->arena, MRL_ARENA_UNLIMITED);
    snprintf(name, sizeof name, "bundle-verify/%s/bundle.sigstore.json", folder);
    if (read_file(&b->arena, root, name, &b->bundle) != MRL_OK)
        return false;
    snprintf(name, sizeof name, "bundle-verify/%s/trusted_root.json", folder);
    if (read_file(&b->arena, root, name, &text) != MRL_OK &&
        read_file(&b->arena, root, "public_good_trusted_root.json", &text) != MRL_OK)
        return false;
    return read_file(&b->arena, root, "a.txt", &artifact) == MRL_OK &&
           mrl_artifact_of(artifact, &b->artifact) == MRL_OK &&
           mrl_trust_new(text, MRL_S("root"), &b->memo, NULL, &b->trust) == MRL_OK;
}

static mrl_status verify_text(struct bench *b, mrl_arena *a, mrl_str text,
                              struct mrl_verified *ret) {
    struct mrl_want want = {
        .identity = {.exact = MRL_S(IDENTITY)},
        .issuer = {.exact = MRL_S("https://token.actions.githubusercontent.com")}};
    struct mrl_bundle bundle;
    MRL_TRY(mrl_bundle_parse(a, text, MRL_S("bundle"), NULL, &bundle));
    return mrl_trust_verify(a, b->trust, &want, &bundle, &b->artifact, NULL, ret);
}

/* A changed byte makes the bundle fail, or it proves the very same (white space, spare bits). */
static void mutate(struct bench *b, size_t at, char flip, const struct mrl_verified *want) {
    mrl_arena a;
    struct mrl_verified got;
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    mrl_str copy = mrl_arena_str(&a, b->bundle);
    REQUIRE(copy.ptr != NULL);
    ((char *)(uintptr_t)copy.ptr)[at] ^= flip;
    if (verify_text(b, &a, copy, &got) == MRL_OK) {
        CHECK_STR(got.identity, want->identity);
        CHECK_STR(got.payload, want->payload);
        CHECK(got.n_times > 0 && got.n_entries > 0);
        /* Evidence that was broken on its way may be unknown, never other evidence. */
        for (uint32_t i = 0; i < got.n_times; i++)
            CHECK_INT(got.times[i].seconds, want->times[i].seconds);
    }
    mrl_arena_release(&a);
}

TEST(trust_mutated_bundles_prove_nothing_else) {
    static const char *const folders[] = {"happy-path-v0.3", "rekor2-happy-path"};
    const char *root = mrl_test_conformance();
    if (root == NULL)
        SKIP("the shared conformance data are absent");
    for (size_t f = 0; f < MRL_COUNTOF(folders); f++) {
        struct bench b;
        struct mrl_verified want = {0};
        bool ok = open_bench(&b, root, folders[f]) &&
                  verify_text(&b, &b.arena, b.bundle, &want) == MRL_OK;
        CHECK(ok);
        for (size_t at = f; ok && at < b.bundle.len; at += 23)
            mutate(&b, at, (char)(1 << at % 7), &want);
        for (size_t n = 0; ok && n < b.bundle.len; n += 101) { /* cut short */
            struct mrl_verified got;
            CHECK(verify_text(&b, &b.arena, mrl_str_sub(b.bundle, 0, n), &got) != MRL_OK);
        }
        mrl_trust_free(b.trust);
        mrl_arena_release(&b.arena);
    }
}

/* --- signing ----------------------------------------------------------------------------------
 */

TEST(sign_what_is_signed_verifies_and_reads_back) {
    static const enum mrl_pubkey_kind kinds[] = {MRL_KEY_P256, MRL_KEY_P384, MRL_KEY_ED25519};
    for (size_t i = 0; i < MRL_COUNTOF(kinds); i++)
        for (int dsse = 0; dsse < 2; dsse++) {
            mrl_arena a;
            struct mrl_privkey *key = NULL;
            struct mrl_artifact artifact, other;
            struct mrl_bundle made, read;
            struct mrl_verified v;
            mrl_str text = {NULL, 0}, payload;
            struct mrl_statement s = {
                .name = MRL_S("a \"name\""),
                .sha256 = MRL_S("2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"),
                .predicate_type = MRL_S("https://example.com/p"),
                .predicate = MRL_S(" {\"x\": 1}\n")};
            mrl_arena_init(&a, 1 << 20);
            CHECK_INT(mrl_privkey_generate(kinds[i], NULL, &key), MRL_OK);
            REQUIRE(key != NULL);
            struct mrl_want want = {.key = mrl_privkey_public(key)};
            CHECK_INT(mrl_artifact_of(MRL_S("hello"), &artifact), MRL_OK);
            CHECK_INT(mrl_artifact_of(MRL_S("Hello"), &other), MRL_OK);
            REQUIRE(mrl_statement_write(&a, &s, MRL_S("p"), NULL, &payload) == MRL_OK);
            mrl_status status = dsse
                                    ? mrl_sign_envelope(&a, &(struct mrl_sign_as){.key = key},
                                                        MRL_STATEMENT_PAYLOAD, payload, NULL, &made)
                                    : mrl_sign_message(&a, &(struct mrl_sign_as){.key = key},
                                                       &artifact, NULL, &made);
            REQUIRE(status == MRL_OK);
            REQUIRE(mrl_bundle_write(&a, &made, &text) == MRL_OK);
            REQUIRE(mrl_bundle_parse(&a, text, MRL_S("b"), NULL, &read) == MRL_OK);
            CHECK_STR(read.key_hint, made.key_hint);
            REQUIRE(mrl_trust_verify(&a, NULL, &want, &read, &artifact, NULL, &v) == MRL_OK);
            CHECK_INT(mrl_trust_verify(&a, NULL, &want, &read, &other, NULL, &v), MRL_E_INVALID);
            if (dsse)
                CHECK_STR(v.predicate_type, s.predicate_type);
            mrl_privkey_free(key);
            mrl_arena_release(&a);
        }
}

/* A predicate goes into the statement as it stands: nothing but one JSON object may. */
TEST(sign_a_predicate_cannot_write_around_itself) {
    static const char *const bad[] = {
        "[]", "1", "{", "{}, \"subject\": []", "{\"a\": 1, \"a\": 2}", "{} {}"};
    for (size_t i = 0; i < MRL_COUNTOF(bad); i++) {
        mrl_arena a;
        struct mrl_statement s = {.predicate = mrl_str_z(bad[i])};
        mrl_str text = {NULL, 0};
        mrl_arena_init(&a, 1 << 16);
        CHECK(mrl_statement_write(&a, &s, MRL_S("p"), NULL, &text) != MRL_OK);
        CHECK(text.ptr == NULL);
        mrl_arena_release(&a);
    }
}

TEST(sign_names_of_predicate_types) {
    CHECK_STR(mrl_predicate_type(MRL_S("cyclonedx")), MRL_S("https://cyclonedx.org/bom"));
    CHECK_STR(mrl_predicate_type(MRL_S("check")), MRL_CHECK_PREDICATE);
    CHECK_STR(mrl_predicate_type(MRL_S("https://a.example/b")), MRL_S("https://a.example/b"));
    CHECK_INT(mrl_predicate_type(MRL_S("cyclondx")).len, 0);
}

/* --- whom a policy believes --------------------------------------------------------------------
 */

static bool pattern_fits(mrl_arena *a, const char *pattern, const char *text) {
    struct mrl_text_want w;
    bool anyone, fits = false;
    if (mrl_trust_pattern(a, mrl_str_z(pattern), NULL, &w, &anyone) != MRL_OK)
        return false;
    return mrl_regex_find(w.regex, a, mrl_str_z(text), 0, NULL, &fits) == MRL_OK && fits;
}

TEST(trust_patterns_match_the_whole_text) {
    static const struct {
        const char *pattern, *text;
        bool fits;
    } rows[] = {
        {"https://x/a", "https://x/a", true},
        {"https://x/a", "https://x/ab", false},
        {"https://x/a", "evil-https://x/a", false},
        {"https://x/.*", "https://x/any", true},
        {"a|b", "ax", false}, /* not "^a" or "b$" */
        {"a|b", "xb", false},
        {"a|b", "b", true},
        {"a", "a\n", false},
        {"^a$", "a", true},
        {"(?i)a", "A", true},
    };
    mrl_arena a;
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    for (size_t i = 0; i < MRL_COUNTOF(rows); i++)
        CHECK_INT(pattern_fits(&a, rows[i].pattern, rows[i].text), rows[i].fits);
    mrl_arena_release(&a);
}

TEST(trust_patterns_that_break_out_are_refused) {
    static const char *const rows[] = {"a)|(?:b", "(", "a)", "[", "\\Qa", "a\\"};
    mrl_arena a;
    struct mrl_text_want w;
    bool anyone;
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    for (size_t i = 0; i < MRL_COUNTOF(rows); i++)
        CHECK(mrl_trust_pattern(&a, mrl_str_z(rows[i]), NULL, &w, &anyone) != MRL_OK);
    mrl_arena_release(&a);
}

TEST(trust_patterns_for_anybody_are_told) {
    static const struct {
        const char *pattern;
        bool anyone;
    } rows[] = {{".*", true},          {".+", true}, {"^.*$", true},           {"(a|.*)", true},
                {"https://.*", false}, {"", false},  {".*@example.com", false}};
    mrl_arena a;
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    for (size_t i = 0; i < MRL_COUNTOF(rows); i++) {
        struct mrl_text_want w;
        bool anyone = !rows[i].anyone;
        CHECK_INT(mrl_trust_pattern(&a, mrl_str_z(rows[i].pattern), NULL, &w, &anyone), MRL_OK);
        CHECK_INT(anyone, rows[i].anyone);
    }
    mrl_arena_release(&a);
}

TEST(trust_signers_are_believed_for_a_time) {
    static const struct {
        int64_t from, until, proved[2], now;
        uint32_t n;
        bool believed;
    } rows[] = {
        {10, 20, {0}, 15, 0, true},
        {10, 20, {0}, 9, 0, false},
        {10, 20, {0}, 21, 0, false},
        {10, 20, {0}, 10, 0, true},
        {10, 20, {0}, 20, 0, true},
        {10, 20, {15}, 99, 1, true}, /* signed in time */
        {10, 20, {25}, 15, 1, false},
        {10, 20, {15, 25}, 15, 2, false},
        {INT64_MIN, INT64_MAX, {0}, 0, 0, true},
    };
    for (size_t i = 0; i < MRL_COUNTOF(rows); i++) {
        struct mrl_known_signer s = {
            .name = MRL_S("release"), .from = rows[i].from, .until = rows[i].until};
        struct mrl_verified v = {.n_times = rows[i].n};
        struct mrl_err err;
        mrl_err_init(&err);
        for (uint32_t k = 0; k < rows[i].n; k++)
            v.times[k].seconds = rows[i].proved[k];
        CHECK_INT(mrl_signer_believed(&s, &v, rows[i].now, &err) == MRL_OK, rows[i].believed);
        CHECK(rows[i].believed || strcmp(err.id, "trust.believed") == 0);
    }
}
