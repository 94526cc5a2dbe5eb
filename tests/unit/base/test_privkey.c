/* test_privkey.c - private keys and what seals them, against published vectors. */
#include "base/ed25519.h"
#include "base/mem.h"
#include "base/privkey.h"
#include "base/secretbox.h"
#include "test.h"

#include <openssl/evp.h>

static mrl_str from_hex(mrl_arena *a, const char *hex) {
    size_t n = strlen(hex) / 2;
    char *out = mrl_arena_alloc(a, n + 1, 1);
    if (out == NULL) { /* --oom: the test goes on with zeros, and may not crash */
        static const char zeros[256];
        mrl_test_fail(__FILE__, __LINE__, "no memory");
        return (mrl_str){zeros, n};
    }
    for (size_t i = 0; i < n; i++) {
        unsigned byte = 0;
        (void)sscanf(hex + 2 * i, "%2x", &byte);
        out[i] = (char)byte;
    }
    return (mrl_str){out, n};
}

TEST(privkey_ed25519_is_that_of_rfc_8032) {
    static const struct { /* section 7.1, tests 1 to 3 */
        const char *seed, *public_key, *message, *sig;
    } rows[] = {
        {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
         "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
         "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701"
         "cf9"
         "b46bd25bf5f0595bbe24655141438e7a100b"},
        {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
         "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
         "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d"
         "0f1"
         "1d8c387b2eaeb4302aeeb00d291612bb0c00"},
        {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
         "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
         "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f7609"
         "84d"
         "c6594a7c15e9716ed28dc027beceea1ec40a"},
    };
    for (size_t i = 0; i < MRL_COUNTOF(rows); i++) {
        mrl_arena a;
        struct mrl_privkey *key = NULL;
        mrl_str spki = {NULL, 0}, sig = {NULL, 0};
        mrl_arena_init(&a, 1 << 16);
        CHECK_INT(mrl_privkey_of_seed(from_hex(&a, rows[i].seed), NULL, &key), MRL_OK);
        REQUIRE(key != NULL);
        CHECK_INT(mrl_pubkey_spki(&a, mrl_privkey_public(key), &spki), MRL_OK);
        REQUIRE(spki.len > 32);
        CHECK_STR(mrl_str_sub(spki, spki.len - 32, spki.len), from_hex(&a, rows[i].public_key));
        CHECK_INT(mrl_privkey_sign(&a, key, from_hex(&a, rows[i].message), NULL, &sig), MRL_OK);
        CHECK_STR(sig, from_hex(&a, rows[i].sig));
        mrl_privkey_free(key);
        mrl_arena_wipe(&a);
    }
}

TEST(privkey_each_kind_signs_and_survives_pkcs8) {
    static const enum mrl_pubkey_kind kinds[] = {MRL_KEY_P256, MRL_KEY_P384, MRL_KEY_P521,
                                                 MRL_KEY_ED25519};
    for (size_t i = 0; i < MRL_COUNTOF(kinds); i++) {
        mrl_arena a;
        struct mrl_privkey *key = NULL, *again = NULL;
        mrl_str der = {NULL, 0}, sig = {NULL, 0};
        mrl_arena_init(&a, 1 << 16);
        CHECK_INT(mrl_privkey_generate(kinds[i], NULL, &key), MRL_OK);
        REQUIRE(key != NULL);
        const struct mrl_pubkey *pub = mrl_privkey_public(key);
        CHECK_INT(mrl_pubkey_kind(pub), kinds[i]);
        CHECK_INT(mrl_privkey_pkcs8(&a, key, &der), MRL_OK);
        CHECK_INT(mrl_privkey_of_pkcs8(der, NULL, &again), MRL_OK);
        REQUIRE(again != NULL);
        CHECK_INT(mrl_privkey_sign(&a, again, MRL_S("message"), NULL, &sig), MRL_OK);
        CHECK(mrl_pubkey_verify(pub, mrl_pubkey_scheme(pub), mrl_pubkey_digest(pub),
                                MRL_S("message"), sig));
        CHECK(!mrl_pubkey_verify(pub, mrl_pubkey_scheme(pub), mrl_pubkey_digest(pub),
                                 MRL_S("massage"), sig));
        /* Nothing may stand behind a key, and no part of it may be missing. */
        for (size_t n = 0; n < der.len; n++) {
            struct mrl_privkey *part = NULL;
            CHECK_INT(mrl_privkey_of_pkcs8(mrl_str_sub(der, 0, n), NULL, &part), MRL_E_SYNTAX);
        }
        mrl_privkey_free(key);
        mrl_privkey_free(again);
        mrl_arena_wipe(&a);
    }
}

/* A SEC1 key whose public half is another key's: its signatures would verify by nobody. */
TEST(privkey_halves_that_do_not_fit_sign_nothing) {
    mrl_arena a;
    struct mrl_privkey *key = NULL;
    struct mrl_err err;
    mrl_str sig = {NULL, 0};
    mrl_arena_init(&a, 1 << 16);
    mrl_err_init(&err);
    mrl_str der = from_hex(
        &a, "30770201010420c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721"
            "a00a06082a8648ce3d030107a14403420004"
            "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
            "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5");
    mrl_status status = mrl_privkey_of_sec1(der, &err, &key);
    if (status == MRL_OK)
        status = mrl_privkey_sign(&a, key, MRL_S("message"), &err, &sig);
    CHECK(status == MRL_E_INTERNAL || status == MRL_E_SYNTAX);
    CHECK(sig.ptr == NULL);
    mrl_privkey_free(key);
    mrl_arena_release(&a);
}

TEST(privkey_survives_failing_allocations) {
    for (uint64_t n = 1; n < 12; n++) {
        mrl_arena a;
        struct mrl_privkey *key = NULL;
        mrl_str sig = {NULL, 0};
        mrl_arena_init(&a, 1 << 16);
        mrl_mem_fail_at(n);
        mrl_status status = mrl_privkey_generate(MRL_KEY_P256, NULL, &key);
        if (status == MRL_OK)
            status = mrl_privkey_sign(&a, key, MRL_S("message"), NULL, &sig);
        mrl_mem_fail_at(0);
        CHECK(status == MRL_OK || status == MRL_E_NOMEM);
        CHECK((status == MRL_OK) == (sig.ptr != NULL));
        mrl_privkey_free(key);
        mrl_arena_wipe(&a);
    }
}

/* --- what seals keys ------------------------------------------------------------------------- */

TEST(scrypt_is_that_of_rfc_7914) {
    unsigned char out[64];
    mrl_arena a;
    mrl_arena_init(&a, 1 << 12);
    CHECK_INT(mrl_scrypt(MRL_S("password"), MRL_S("NaCl"), 1024, 8, 16, out, sizeof out), MRL_OK);
    CHECK_STR(((mrl_str){(char *)out, sizeof out}),
              from_hex(&a, "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
                           "2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640"));
    /* No cost that is no power of two, none that takes all memory. */
    CHECK_INT(mrl_scrypt(MRL_S("p"), MRL_S("s"), 1000, 8, 1, out, sizeof out), MRL_E_INVALID);
    CHECK_INT(mrl_scrypt(MRL_S("p"), MRL_S("s"), 1 << 20, 8, 1, out, sizeof out), MRL_E_INVALID);
    mrl_arena_release(&a);
}

/* The vector of NaCl's tests (tests/secretbox.c). */
static const char box_key[] = "1b27556473e985d462cd51197a9a46c76009549eac6474f206c4ee0844f68389";
static const char box_nonce[] = "69696ee955b62b73cd62bda875fc73d68219e0036b7a0b37";
static const char box_message[] =
    "be075fc53c81f2d5cf141316ebeb0c7b5228c52a4c62cbd44b66849b64244ffce5ecbaaf33bd751a1ac728d45e6c"
    "61296cdc3c01233561f41db66cce314adb310e3be8250c46f06dceea3a7fa1348057e2f6556ad6b1318a024a838f"
    "21af1fde048977eb48f59ffd4924ca1c60902e52f0a089bc76897040e082f937763848645e0705";
static const char box_sealed[] =
    "f3ffc7703f9400e52a7dfb4b3d3305d98e993b9f48681273c29650ba32fc76ce48332ea7164d96a4476fb8c531a1"
    "186ac0dfc17c98dce87b4da7f011ec48c97271d2c20f9b928fe2270d6fb863d51738b48eeee314a7cc8ab9321645"
    "48e526ae90224368517acfeabd6bb3732bc0e9da99832b61ca01b6de56244a9e88d5f9b37973f622a43d14a6599b"
    "1f654cb45a74e355a5";

TEST(secretbox_is_that_of_nacl) {
    mrl_arena a;
    mrl_str got = {NULL, 0};
    mrl_arena_init(&a, 1 << 16);
    const unsigned char *key = (const unsigned char *)from_hex(&a, box_key).ptr;
    const unsigned char *nonce = (const unsigned char *)from_hex(&a, box_nonce).ptr;
    mrl_str message = from_hex(&a, box_message), sealed = from_hex(&a, box_sealed);
    CHECK_INT(mrl_secretbox_seal(&a, key, nonce, message, &got), MRL_OK);
    CHECK_STR(got, sealed);
    CHECK_INT(mrl_secretbox_open(&a, key, nonce, sealed, &got), MRL_OK);
    CHECK_STR(got, message);
    mrl_arena_release(&a);
}

TEST(secretbox_one_changed_bit_opens_nothing) {
    mrl_arena a;
    mrl_arena_init(&a, 1 << 20);
    const unsigned char *key = (const unsigned char *)from_hex(&a, box_key).ptr;
    const unsigned char *nonce = (const unsigned char *)from_hex(&a, box_nonce).ptr;
    mrl_str sealed = from_hex(&a, box_sealed);
    for (size_t bit = 0; bit < 8 * sealed.len; bit++) {
        mrl_str copy = mrl_arena_str(&a, sealed), got = {NULL, 0};
        REQUIRE(copy.ptr != NULL);
        ((char *)copy.ptr)[bit / 8] ^= (char)(1 << bit % 8);
        CHECK_INT(mrl_secretbox_open(&a, key, nonce, copy, &got), MRL_E_INVALID);
        CHECK(got.ptr == NULL);
    }
    for (size_t n = 0; n < sealed.len; n++) {
        mrl_str got = {NULL, 0};
        CHECK_INT(mrl_secretbox_open(&a, key, nonce, mrl_str_sub(sealed, 0, n), &got),
                  MRL_E_INVALID);
    }
    mrl_arena_release(&a);
}

/* --- two libraries, one answer --------------------------------------------------------------- */

static bool openssl_verifies(mrl_str public_key, mrl_str message, mrl_str sig) {
    EVP_PKEY *pkey = EVP_PKEY_new_raw_public_key(
        EVP_PKEY_ED25519, NULL, (const unsigned char *)public_key.ptr, public_key.len);
    EVP_MD_CTX *cx = EVP_MD_CTX_new();
    bool ok = pkey != NULL && EVP_DigestVerifyInit(cx, NULL, NULL, NULL, pkey) == 1 &&
              EVP_DigestVerify(cx, (const unsigned char *)sig.ptr, sig.len,
                               (const unsigned char *)message.ptr, message.len) == 1;
    EVP_MD_CTX_free(cx);
    EVP_PKEY_free(pkey);
    return ok;
}

static void check_not_laxer(mrl_str key, mrl_str message, mrl_str sig) {
    bool ours = mrl_ed25519_verify((const unsigned char *)key.ptr, message, sig);
    if (ours && !openssl_verifies(key, message, sig))
        mrl_test_fail(__FILE__, __LINE__, "libsodium accepts what OpenSSL refuses");
}

TEST(ed25519_is_never_laxer_than_openssl) {
    mrl_arena a;
    struct mrl_privkey *key = NULL;
    mrl_str spki = {NULL, 0}, sig = {NULL, 0}, message = MRL_S("message");
    mrl_arena_init(&a, 1 << 20);
    CHECK_INT(mrl_privkey_generate(MRL_KEY_ED25519, NULL, &key), MRL_OK);
    REQUIRE(key != NULL);
    CHECK_INT(mrl_pubkey_spki(&a, mrl_privkey_public(key), &spki), MRL_OK);
    CHECK_INT(mrl_privkey_sign(&a, key, message, NULL, &sig), MRL_OK);
    REQUIRE(spki.len > 32 && sig.len == 64);
    mrl_str raw = mrl_str_sub(spki, spki.len - 32, spki.len);
    CHECK(mrl_ed25519_verify((const unsigned char *)raw.ptr, message, sig));
    for (size_t bit = 0; bit < 8 * (raw.len + sig.len); bit++) {
        mrl_str k = mrl_arena_str(&a, raw), s = mrl_arena_str(&a, sig);
        REQUIRE(k.ptr != NULL && s.ptr != NULL);
        mrl_str at = bit < 8 * raw.len ? k : s;
        size_t n = bit < 8 * raw.len ? bit : bit - 8 * raw.len;
        ((char *)at.ptr)[n / 8] ^= (char)(1 << n % 8);
        check_not_laxer(k, message, s);
        CHECK(!mrl_ed25519_verify((const unsigned char *)k.ptr, message, s));
    }
    mrl_privkey_free(key);
    mrl_arena_release(&a);
}

/* Keys and signatures on which implementations are known to differ: points of small order, which
 * sign everything, and an S of the group's order or above. */
TEST(ed25519_odd_points_sign_nothing) {
    static const char *const points[] = {
        "0100000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    };
    static const char *const scalars[] = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010", /* the order */
        "0100000000000000000000000000000000000000000000000000000000000000",
    };
    for (size_t k = 0; k < MRL_COUNTOF(points); k++)
        for (size_t r = 0; r < MRL_COUNTOF(points); r++)
            for (size_t s = 0; s < MRL_COUNTOF(scalars); s++) {
                mrl_arena a;
                mrl_arena_init(&a, 1 << 12);
                mrl_str key = from_hex(&a, points[k]);
                mrl_str head = from_hex(&a, points[r]), tail = from_hex(&a, scalars[s]);
                mrl_str sig = mrl_arena_printf(&a, "%64s", "");
                REQUIRE(sig.ptr != NULL);
                memcpy((char *)sig.ptr, head.ptr, 32);
                memcpy((char *)sig.ptr + 32, tail.ptr, 32);
                CHECK(!mrl_ed25519_verify((const unsigned char *)key.ptr, MRL_S("m"), sig));
                mrl_arena_release(&a);
            }
}

/* --- keys that somebody else holds --------------------------------------------------------- */

struct elsewhere {
    const struct mrl_privkey *key; /* signs for it; another one's, when it lies */
    int freed;
};

static mrl_status sign_elsewhere(void *cx, mrl_arena *a, mrl_str message, struct mrl_err *err,
                                 mrl_str *ret) {
    struct elsewhere *e = cx;
    return e->key != NULL ? mrl_privkey_sign(a, e->key, message, err, ret)
                          : mrl_err_set(err, MRL_E_DENIED, "test.away", "the device is away");
}

static void free_elsewhere(void *cx) {
    ((struct elsewhere *)cx)->freed++;
}

TEST(privkey_of_a_signer_verifies_what_it_is_given) {
    struct mrl_privkey *good = NULL, *bad = NULL, *key = NULL;
    struct mrl_pubkey *public_half = NULL;
    mrl_str spki = {"", 0}, sig = {"", 0}, secret;
    mrl_arena a;
    mrl_arena_init(&a, 1 << 20);
    CHECK_INT(mrl_privkey_generate(MRL_KEY_P256, NULL, &good), MRL_OK);
    CHECK_INT(mrl_privkey_generate(MRL_KEY_P256, NULL, &bad), MRL_OK);
    REQUIRE(good != NULL && bad != NULL);
    CHECK_INT(mrl_pubkey_spki(&a, mrl_privkey_public(good), &spki), MRL_OK);
    CHECK_INT(mrl_pubkey_of_spki(spki, NULL, &public_half), MRL_OK);
    REQUIRE(public_half != NULL);
    struct elsewhere e = {.key = good};
    struct mrl_signer signer = {&e, sign_elsewhere, free_elsewhere};
    CHECK_INT(mrl_privkey_of_signer(public_half, &signer, &key), MRL_OK);
    if (key != NULL) {
        CHECK_INT(mrl_privkey_sign(&a, key, MRL_S("m"), NULL, &sig), MRL_OK);
        CHECK(mrl_pubkey_verify(mrl_privkey_public(good), MRL_SIG_ECDSA, MRL_SHA256, MRL_S("m"),
                                sig));
        e.key = bad;
        CHECK_INT(mrl_privkey_sign(&a, key, MRL_S("m"), NULL, &sig), MRL_E_INTERNAL);
        e.key = NULL;
        CHECK_INT(mrl_privkey_sign(&a, key, MRL_S("m"), NULL, &sig), MRL_E_DENIED);
        CHECK_INT(mrl_privkey_pkcs8(&a, key, &secret), MRL_E_UNSUPPORTED);
    }
    mrl_privkey_free(key);
    CHECK_INT(e.freed, 1); /* also when there was no memory for the key */
    mrl_privkey_free(good);
    mrl_privkey_free(bad);
    mrl_arena_release(&a);
}
