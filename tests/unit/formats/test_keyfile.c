/* test_keyfile.c - key files of other tools (tests/cases/keys), cut, spoiled and sealed. */
#include "formats/keyfile/keyfile.h"
#include "test.h"

#include "base/file.h"
#include "base/mem.h"

struct asking {
    mrl_str answer;
    unsigned asked;
};

static mrl_status answer(void *cx, mrl_arena *secrets, struct mrl_err *err, mrl_str *ret) {
    struct asking *q = cx;
    (void)secrets;
    (void)err;
    q->asked++;
    *ret = q->answer;
    return MRL_OK;
}

static mrl_str text_of(mrl_arena *a, const char *name) {
    mrl_str text = {NULL, 0}, path = mrl_arena_printf(a, "tests/cases/keys/%s", name);
    CHECK_INT(path.ptr == NULL ? MRL_E_NOMEM : mrl_file_read(a, path, 0, NULL, &text), MRL_OK);
    return text;
}

TEST(keyfile_forms_of_other_tools) {
    static const struct {
        const char *file;
        mrl_status status;
        enum mrl_pubkey_kind kind;
        unsigned asked;
        const char *says;
    } rows[] = {
        {"p256.pem", MRL_OK, MRL_KEY_P256, 0, ""},
        {"p256.sec1.pem", MRL_OK, MRL_KEY_P256, 0, ""}, /* behind "EC PARAMETERS" */
        {"p256.enc.pem", MRL_OK, MRL_KEY_P256, 1, ""},
        {"p384.pem", MRL_OK, MRL_KEY_P384, 0, ""},
        {"ed25519.pem", MRL_OK, MRL_KEY_ED25519, 0, ""},
        {"rsa.pem", MRL_OK, MRL_KEY_RSA, 0, ""},
        {"ssh_ed25519", MRL_OK, MRL_KEY_ED25519, 0, ""},
        {"cosign.key", MRL_OK, MRL_KEY_P256, 1, ""},
        {"cosign.old-label.key", MRL_OK, MRL_KEY_P256, 1, ""},
        {"rsa1024.pem", MRL_E_UNSUPPORTED, 0, 0, "2048"},
        {"secp256k1.pem", MRL_E_UNSUPPORTED, 0, 0, "P-256"},
        {"ssh_ecdsa", MRL_E_UNSUPPORTED, 0, 0, "ed25519"},
        {"ssh_ed25519.enc", MRL_E_UNSUPPORTED, 0, 0, "ssh-keygen"},
        {"p256.old-enc.pem", MRL_E_UNSUPPORTED, 0, 0, "openssl pkcs8 -topk8"},
        {"p256.pbes1.pem", MRL_E_UNSUPPORTED, 0, 0, "PBES2"},
        {"p256.scrypt.pem", MRL_E_UNSUPPORTED, 0, 0, "PBKDF2"},
        {"p256.rounds.pem", MRL_E_LIMIT, 0, 0, "10000001 rounds"},
        {"p256.pub", MRL_E_NOT_FOUND, 0, 0, "public key"},
        {"README.md", MRL_E_NOT_FOUND, 0, 0, "no PEM block"},
    };
    for (size_t i = 0; i < MRL_COUNTOF(rows); i++) {
        mrl_arena a;
        struct mrl_privkey *key = NULL;
        struct asking q = {MRL_S("secret"), 0};
        struct mrl_passphrase ask = {answer, &q};
        struct mrl_err err;
        mrl_arena_init(&a, 1 << 22);
        mrl_err_init(&err);
        mrl_status status = mrl_keyfile_read(&a, text_of(&a, rows[i].file), mrl_str_z(rows[i].file),
                                             &ask, &err, &key);
        if (status != rows[i].status || q.asked != rows[i].asked ||
            (key != NULL && mrl_pubkey_kind(mrl_privkey_public(key)) != rows[i].kind) ||
            (status != MRL_OK && strstr(err.text, rows[i].says) == NULL))
            mrl_test_fail(__FILE__, __LINE__, "%s: status %d, asked %u: %s", rows[i].file, status,
                          q.asked, err.text);
        if (status != MRL_OK)
            CHECK_STR(err.pos.file, mrl_str_z(rows[i].file));
        mrl_privkey_free(key);
        mrl_arena_wipe(&a);
    }
}

TEST(keyfile_a_wrong_passphrase_is_told_and_not_shown) {
    static const char *const files[] = {"cosign.key", "p256.enc.pem"};
    static const char *const wrong[] = {"hunter2-wrong", ""};
    for (size_t i = 0; i < 2; i++)
        for (size_t k = 0; k < 2; k++) {
            mrl_arena a;
            struct mrl_privkey *key = NULL;
            struct asking q = {mrl_str_z(wrong[k]), 0};
            struct mrl_passphrase ask = {answer, &q};
            struct mrl_err err;
            mrl_arena_init(&a, 1 << 22);
            mrl_err_init(&err);
            CHECK_INT(mrl_keyfile_read(&a, text_of(&a, files[i]), MRL_S("k"), &ask, &err, &key),
                      MRL_E_INVALID);
            CHECK(strstr(err.text, "passphrase") != NULL && strstr(err.text, "hunter2") == NULL);
            CHECK(key == NULL);
            mrl_arena_wipe(&a);
        }
}

TEST(keyfile_nobody_to_ask_is_denied) {
    mrl_arena a;
    struct mrl_privkey *key = NULL;
    mrl_arena_init(&a, 1 << 22);
    CHECK_INT(mrl_keyfile_read(&a, text_of(&a, "cosign.key"), MRL_S("k"), NULL, NULL, &key),
              MRL_E_DENIED);
    mrl_arena_wipe(&a);
}

TEST(keyfile_cut_anywhere_is_refused) {
    static const char *const files[] = {"p256.pem", "p256.enc.pem", "ed25519.pem", "ssh_ed25519",
                                        "cosign.key"};
    for (size_t i = 0; i < MRL_COUNTOF(files); i++) {
        mrl_arena a;
        struct asking q = {MRL_S("secret"), 0};
        struct mrl_passphrase ask = {answer, &q};
        mrl_arena_init(&a, 1 << 26);
        mrl_str text = text_of(&a, files[i]);
        for (size_t n = 0; n + 6 < text.len; n++) { /* the last dashes and line end may go */
            struct mrl_privkey *key = NULL;
            mrl_status status =
                mrl_keyfile_read(&a, mrl_str_sub(text, 0, n), MRL_S("k"), &ask, NULL, &key);
            if (status == MRL_OK)
                mrl_test_fail(__FILE__, __LINE__, "%s cut at %zu is a key", files[i], n);
            mrl_privkey_free(key);
        }
        mrl_arena_wipe(&a);
    }
}

/* Whatever a changed file becomes, no signature that does not verify comes out of it. */
TEST(keyfile_spoiled_bytes_never_sign_wrongly) {
    static const char *const files[] = {"p256.pem", "ed25519.pem", "ssh_ed25519"};
    for (size_t i = 0; i < MRL_COUNTOF(files); i++) {
        mrl_arena a, b;
        mrl_arena_init(&a, 1 << 16);
        mrl_arena_init(&b, 1 << 20);
        mrl_str text = text_of(&a, files[i]);
        for (size_t n = 0; n < text.len; n++) {
            struct mrl_privkey *key = NULL;
            mrl_str copy = mrl_arena_str(&b, text), sig;
            REQUIRE(copy.ptr != NULL);
            ((char *)copy.ptr)[n] ^= 1;
            if (mrl_keyfile_read(&b, copy, MRL_S("k"), NULL, NULL, &key) == MRL_OK &&
                mrl_privkey_sign(&b, key, MRL_S("m"), NULL, &sig) == MRL_OK) {
                const struct mrl_pubkey *pub = mrl_privkey_public(key);
                CHECK(mrl_pubkey_verify(pub, mrl_pubkey_scheme(pub), mrl_pubkey_digest(pub),
                                        MRL_S("m"), sig));
            }
            mrl_privkey_free(key);
            mrl_arena_reset(&b);
        }
        mrl_arena_wipe(&a);
        mrl_arena_wipe(&b);
    }
}

TEST(keyfile_what_is_sealed_opens_again) {
    static const enum mrl_pubkey_kind kinds[] = {MRL_KEY_P256, MRL_KEY_ED25519};
    for (size_t i = 0; i < 2; i++) {
        mrl_arena a;
        struct mrl_privkey *key = NULL, *again = NULL;
        mrl_str text = {NULL, 0}, one = {NULL, 0}, two = {NULL, 0};
        struct asking q = {i == 0 ? MRL_S("secret") : MRL_S(""), 0};
        struct mrl_passphrase ask = {answer, &q};
        mrl_arena_init(&a, 1 << 22);
        CHECK_INT(mrl_privkey_generate(kinds[i], NULL, &key), MRL_OK);
        REQUIRE(key != NULL);
        CHECK_INT(mrl_keyfile_write_cosign(&a, key, q.answer, NULL, &text), MRL_OK);
        CHECK(mrl_str_starts(text, MRL_S("-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\n")));
        CHECK(mrl_str_ends(text, MRL_S("-----END ENCRYPTED SIGSTORE PRIVATE KEY-----\n")));
        CHECK_INT(mrl_keyfile_read(&a, text, MRL_S("k"), &ask, NULL, &again), MRL_OK);
        REQUIRE(again != NULL);
        CHECK_INT(mrl_privkey_pkcs8(&a, key, &one), MRL_OK);
        CHECK_INT(mrl_privkey_pkcs8(&a, again, &two), MRL_OK);
        CHECK(mrl_str_eq(one, two));
        mrl_privkey_free(key);
        mrl_privkey_free(again);
        mrl_arena_wipe(&a);
    }
}

TEST(keyfile_a_passphrase_has_a_ceiling) {
    mrl_arena a;
    struct mrl_privkey *key = NULL;
    mrl_str text;
    static char much[MRL_PASSPHRASE_MAX + 1];
    mrl_arena_init(&a, 1 << 20);
    CHECK_INT(mrl_privkey_generate(MRL_KEY_P256, NULL, &key), MRL_OK);
    REQUIRE(key != NULL);
    CHECK_INT(mrl_keyfile_write_cosign(&a, key, (mrl_str){much, sizeof much}, NULL, &text),
              MRL_E_LIMIT);
    mrl_privkey_free(key);
    mrl_arena_wipe(&a);
}

TEST(keyfile_survives_failing_allocations) {
    static const char *const files[] = {"p256.pem", "ssh_ed25519", "p256.enc.pem"};
    for (size_t i = 0; i < MRL_COUNTOF(files); i++)
        for (uint64_t n = 1; n < 16; n++) {
            mrl_arena a, b;
            struct mrl_privkey *key = NULL;
            struct asking q = {MRL_S("secret"), 0};
            struct mrl_passphrase ask = {answer, &q};
            mrl_arena_init(&a, 1 << 20);
            mrl_arena_init(&b, 1 << 20);
            mrl_str text = text_of(&b, files[i]);
            mrl_mem_fail_at(n);
            mrl_status status = mrl_keyfile_read(&a, text, MRL_S("k"), &ask, NULL, &key);
            mrl_mem_fail_at(0);
            CHECK(status == MRL_OK || status == MRL_E_NOMEM);
            mrl_privkey_free(key);
            mrl_arena_wipe(&a);
            mrl_arena_release(&b);
        }
}
