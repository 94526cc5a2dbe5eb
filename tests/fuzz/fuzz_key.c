/* fuzz_key.c - files of private keys: one byte picks the reader.
 *
 * Nobody has the passphrase: opening a sealed key costs scrypt, and what is inside of the seal is
 * the PKCS#8 that another reader here takes bare. Whatever is read signs, and verifies.
 */
#include "formats/keyfile/keyfile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static mrl_status nobody(void *cx, mrl_arena *secrets, struct mrl_err *err, mrl_str *ret) {
    (void)cx;
    (void)secrets;
    (void)ret;
    return mrl_err_set(err, MRL_E_NOT_FOUND, "key.passphrase", "nobody knows");
}

static mrl_status read_key(mrl_arena *a, uint8_t which, mrl_str text, struct mrl_err *err,
                           struct mrl_privkey **ret) {
    struct mrl_passphrase ask = {nobody, NULL};
    switch (which % 4) {
    case 0:
        return mrl_keyfile_read(a, text, MRL_S("key"), &ask, err, ret);
    case 1:
        return mrl_privkey_of_pkcs8(text, err, ret);
    case 2:
        return mrl_privkey_of_sec1(text, err, ret);
    default:
        return mrl_privkey_of_rsa(text, err, ret);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct mrl_privkey *key = NULL;
    struct mrl_err err;
    mrl_arena a;
    mrl_str sig;
    if (size == 0)
        return 0;
    mrl_arena_init(&a, 1 << 24);
    mrl_err_init(&err);
    mrl_str text = {(const char *)data + 1, size - 1};
    if (read_key(&a, data[0], text, &err, &key) == MRL_OK) {
        const struct mrl_pubkey *pub = mrl_privkey_public(key);
        if (mrl_privkey_sign(&a, key, MRL_S("m"), &err, &sig) == MRL_OK)
            MRL_ASSERT(mrl_pubkey_verify(pub, mrl_pubkey_scheme(pub), mrl_pubkey_digest(pub),
                                         MRL_S("m"), sig));
        mrl_privkey_free(key);
    } else {
        MRL_ASSERT(key == NULL && err.text[0] != '\0');
    }
    mrl_arena_wipe(&a);
    return 0;
}
