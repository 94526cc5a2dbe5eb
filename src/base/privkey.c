/* privkey.c - see privkey.h.
 *
 * As in pubkey.c, functions of one type are used and never a decoder that guesses, and the thread's
 * error queue is cleared on each failure. OpenSSL's own texts are not passed on: some of them quote
 * what they could not read.
 */
#include "base/privkey.h"

#include "base/mem.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pkcs12.h>
#include <openssl/rand.h>
#include <openssl/x509.h>

struct mrl_privkey {
    EVP_PKEY *pkey; /* NULL: `signer` has it */
    struct mrl_signer signer;
    struct mrl_pubkey *public_half;
};

/* --- reading ------------------------------------------------------------------------------- */

static mrl_status public_of(EVP_PKEY *pkey, struct mrl_err *err, struct mrl_pubkey **ret) {
    unsigned char *der = NULL;
    int n = i2d_PUBKEY(pkey, &der);
    ERR_clear_error();
    if (n <= 0)
        return mrl_err_set(err, MRL_E_SYNTAX, "key.syntax", "the key has no public half");
    mrl_status status = mrl_pubkey_of_spki((mrl_str){(char *)der, (size_t)n}, err, ret);
    OPENSSL_free(der);
    return status;
}

/* Takes over pkey (NULL: it could not be read). */
static mrl_status wrap(EVP_PKEY *pkey, struct mrl_err *err, struct mrl_privkey **ret) {
    struct mrl_pubkey *public_half = NULL;
    ERR_clear_error();
    if (pkey == NULL)
        return mrl_err_set(err, MRL_E_SYNTAX, "key.syntax", "not a private key");
    mrl_status status = public_of(pkey, err, &public_half);
    struct mrl_privkey *key = status == MRL_OK ? mrl_mem_alloc(sizeof *key) : NULL;
    if (key == NULL) {
        mrl_pubkey_free(public_half);
        EVP_PKEY_free(pkey);
        return status != MRL_OK ? status : MRL_E_NOMEM;
    }
    *key = (struct mrl_privkey){.pkey = pkey, .public_half = public_half};
    *ret = key;
    return MRL_OK;
}

static const unsigned char *start_of(mrl_str s) {
    return (const unsigned char *)(s.ptr != NULL ? s.ptr : "");
}

/* Bytes behind a key are no part of it: the file is not what it seems. */
static bool used_up(mrl_str der, const unsigned char *at) {
    return at == start_of(der) + der.len;
}

mrl_status mrl_privkey_of_pkcs8(mrl_str der, struct mrl_err *err, struct mrl_privkey **ret) {
    const unsigned char *at = start_of(der);
    MRL_CHECK(der.len <= INT32_MAX, MRL_E_LIMIT);
    PKCS8_PRIV_KEY_INFO *info = d2i_PKCS8_PRIV_KEY_INFO(NULL, &at, (long)der.len);
    EVP_PKEY *pkey = info != NULL && used_up(der, at) ? EVP_PKCS82PKEY(info) : NULL;
    PKCS8_PRIV_KEY_INFO_free(info);
    return wrap(pkey, err, ret);
}

mrl_status mrl_privkey_of_encrypted(mrl_str der, mrl_str passphrase, struct mrl_err *err,
                                    struct mrl_privkey **ret) {
    const unsigned char *at = start_of(der);
    MRL_CHECK(der.len <= INT32_MAX && passphrase.len <= INT32_MAX, MRL_E_LIMIT);
    X509_SIG *sealed = d2i_X509_SIG(NULL, &at, (long)der.len);
    if (sealed == NULL || !used_up(der, at)) {
        X509_SIG_free(sealed);
        return wrap(NULL, err, ret);
    }
    PKCS8_PRIV_KEY_INFO *info =
        PKCS8_decrypt(sealed, (const char *)start_of(passphrase), (int)passphrase.len);
    EVP_PKEY *pkey = info != NULL ? EVP_PKCS82PKEY(info) : NULL;
    X509_SIG_free(sealed);
    PKCS8_PRIV_KEY_INFO_free(info);
    /* With CBC there is no tag: a wrong passphrase may, once in 256, decrypt to well-padded
     * nonsense, which is no key either. Both are the same answer. */
    if (pkey == NULL) {
        ERR_clear_error();
        return mrl_err_set(err, MRL_E_INVALID, "key.passphrase",
                           "the passphrase does not open the key, or the file is damaged");
    }
    return wrap(pkey, err, ret);
}

static mrl_status of_type(int type, mrl_str der, struct mrl_err *err, struct mrl_privkey **ret) {
    const unsigned char *at = start_of(der);
    MRL_CHECK(der.len <= INT32_MAX, MRL_E_LIMIT);
    EVP_PKEY *pkey = d2i_PrivateKey(type, NULL, &at, (long)der.len);
    if (pkey != NULL && !used_up(der, at)) {
        EVP_PKEY_free(pkey);
        pkey = NULL;
    }
    return wrap(pkey, err, ret);
}

mrl_status mrl_privkey_of_sec1(mrl_str der, struct mrl_err *err, struct mrl_privkey **ret) {
    return of_type(EVP_PKEY_EC, der, err, ret);
}

mrl_status mrl_privkey_of_rsa(mrl_str der, struct mrl_err *err, struct mrl_privkey **ret) {
    return of_type(EVP_PKEY_RSA, der, err, ret);
}

mrl_status mrl_privkey_of_seed(mrl_str seed, struct mrl_err *err, struct mrl_privkey **ret) {
    EVP_PKEY *pkey = NULL;
    if (seed.len == MRL_ED25519_SEED)
        pkey = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, start_of(seed), seed.len);
    return wrap(pkey, err, ret);
}

mrl_status mrl_privkey_generate(enum mrl_pubkey_kind kind, struct mrl_err *err,
                                struct mrl_privkey **ret) {
    static const char *const curves[] = {"P-256", "P-384", "P-521"};
    EVP_PKEY *pkey = NULL;
    if (kind == MRL_KEY_ED25519)
        pkey = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    else if (kind <= MRL_KEY_P521)
        pkey = EVP_PKEY_Q_keygen(NULL, NULL, "EC", curves[kind]);
    else
        return mrl_err_set(err, MRL_E_UNSUPPORTED, "key.kind",
                           "new keys are P-256, P-384, P-521 or Ed25519");
    if (pkey == NULL) {
        ERR_clear_error();
        return mrl_err_set(err, MRL_E_INTERNAL, "key.generate", "the key could not be made");
    }
    return wrap(pkey, err, ret);
}

mrl_status mrl_privkey_of_signer(struct mrl_pubkey *public_half, const struct mrl_signer *signer,
                                 struct mrl_privkey **ret) {
    MRL_ASSERT(public_half != NULL && signer->sign != NULL && signer->free != NULL);
    struct mrl_privkey *key = mrl_mem_alloc(sizeof *key);
    if (key == NULL) {
        mrl_pubkey_free(public_half);
        signer->free(signer->cx);
        return MRL_E_NOMEM;
    }
    *key = (struct mrl_privkey){.signer = *signer, .public_half = public_half};
    *ret = key;
    return MRL_OK;
}

void mrl_privkey_free(struct mrl_privkey *key) {
    if (key == NULL)
        return;
    if (key->signer.free != NULL)
        key->signer.free(key->signer.cx);
    EVP_PKEY_free(key->pkey); /* wipes what it holds */
    mrl_pubkey_free(key->public_half);
    mrl_mem_free(key);
}

/* --- using --------------------------------------------------------------------------------- */

const struct mrl_pubkey *mrl_privkey_public(const struct mrl_privkey *key) {
    return key->public_half;
}

mrl_status mrl_privkey_pkcs8(mrl_arena *secrets, const struct mrl_privkey *key, mrl_str *ret) {
    unsigned char *der = NULL;
    MRL_CHECK(key->pkey != NULL, MRL_E_UNSUPPORTED);
    PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(key->pkey);
    int n = info != NULL ? i2d_PKCS8_PRIV_KEY_INFO(info, &der) : -1;
    PKCS8_PRIV_KEY_INFO_free(info);
    ERR_clear_error();
    MRL_CHECK(n > 0, MRL_E_NOMEM);
    *ret = mrl_arena_str(secrets, (mrl_str){(char *)der, (size_t)n});
    OPENSSL_clear_free(der, (size_t)n);
    return ret->ptr != NULL ? MRL_OK : MRL_E_NOMEM;
}

/* Writes at most *n bytes to out; *n becomes their number. */
static bool sign_into(EVP_MD_CTX *cx, const struct mrl_privkey *key, mrl_str message,
                      unsigned char *out, size_t *n) {
    static const char *const digests[] = {
        [MRL_SHA256] = "SHA256", [MRL_SHA384] = "SHA384", [MRL_SHA512] = "SHA512"};
    const char *digest = digests[mrl_pubkey_digest(key->public_half)];
    if (mrl_pubkey_scheme(key->public_half) == MRL_SIG_ED25519)
        digest = NULL; /* it hashes inside, twice */
    return EVP_DigestSignInit_ex(cx, NULL, digest, NULL, NULL, key->pkey, NULL) == 1 &&
           EVP_DigestSign(cx, out, n, start_of(message), message.len) == 1;
}

/* By OpenSSL. An empty signature where that fails: it verifies nowhere. */
static mrl_status sign_here(mrl_arena *a, const struct mrl_privkey *key, mrl_str message,
                            mrl_str *ret) {
    size_t n = (size_t)EVP_PKEY_get_size(key->pkey);
    unsigned char *out = mrl_arena_alloc(a, n, 1);
    EVP_MD_CTX *cx = out != NULL ? EVP_MD_CTX_new() : NULL;
    MRL_CHECK(cx != NULL, MRL_E_NOMEM);
    bool ok = sign_into(cx, key, message, out, &n);
    EVP_MD_CTX_free(cx);
    ERR_clear_error();
    *ret = (mrl_str){(char *)out, ok ? n : 0};
    return MRL_OK;
}

mrl_status mrl_privkey_sign(mrl_arena *a, const struct mrl_privkey *key, mrl_str message,
                            struct mrl_err *err, mrl_str *ret) {
    const struct mrl_pubkey *public_half = key->public_half;
    mrl_str sig;
    MRL_TRY(key->pkey != NULL ? sign_here(a, key, message, &sig)
                              : key->signer.sign(key->signer.cx, a, message, err, &sig));
    if (!mrl_pubkey_verify(public_half, mrl_pubkey_scheme(public_half),
                           mrl_pubkey_digest(public_half), message, sig))
        return mrl_err_set(err, MRL_E_INTERNAL, "key.sign",
                           "the signature just made does not verify: the key's halves do not "
                           "belong together, or the machine made a mistake");
    *ret = sig;
    return MRL_OK;
}

/* --- what key files need ------------------------------------------------------------------- */

mrl_status mrl_scrypt(mrl_str passphrase, mrl_str salt, uint64_t cost, uint64_t block,
                      uint64_t parallel, unsigned char *out, size_t n) {
    int ok = EVP_PBE_scrypt((const char *)start_of(passphrase), passphrase.len, start_of(salt),
                            salt.len, cost, block, parallel, MRL_SCRYPT_BYTES_MAX, out, n);
    ERR_clear_error();
    return ok == 1 ? MRL_OK : MRL_E_INVALID;
}

mrl_status mrl_random(unsigned char *out, size_t n) {
    MRL_CHECK(n <= INT32_MAX, MRL_E_LIMIT);
    return RAND_bytes(out, (int)n) == 1 ? MRL_OK : MRL_E_INTERNAL;
}
