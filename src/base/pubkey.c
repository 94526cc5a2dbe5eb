/* pubkey.c - see pubkey.h.
 *
 * OpenSSL 3.0's decoders are lenient and slow, so callers hand over DER that our own strict reader
 * has walked already (formats/der), and d2i functions of one type are used, never a "decode
 * whatever this is". Its error queue belongs to the thread: it is cleared on each failure so that
 * it does not grow.
 */
#include "base/pubkey.h"

#include "base/ed25519.h"
#include "base/mem.h"

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

struct mrl_pubkey {
    EVP_PKEY *pkey;
    enum mrl_pubkey_kind kind;
    unsigned char raw[MRL_ED25519_KEY]; /* of an Ed25519 key: the point */
};

static const EVP_MD *method(enum mrl_digest kind) {
    switch (kind) {
    case MRL_SHA256:
        return EVP_sha256();
    case MRL_SHA384:
        return EVP_sha384();
    case MRL_SHA512:
        return EVP_sha512();
    default:
        return NULL; /* MD5 and SHA-1 sign nothing here */
    }
}

/* --- reading ------------------------------------------------------------------------------- */

static bool ec_kind(const EVP_PKEY *pkey, enum mrl_pubkey_kind *ret) {
    char name[32];
    size_t n = 0;
    if (EVP_PKEY_get_group_name(pkey, name, sizeof name, &n) != 1)
        return false;
    switch (OBJ_txt2nid(name)) {
    case NID_X9_62_prime256v1:
        *ret = MRL_KEY_P256;
        return true;
    case NID_secp384r1:
        *ret = MRL_KEY_P384;
        return true;
    case NID_secp521r1:
        *ret = MRL_KEY_P521;
        return true;
    default:
        return false;
    }
}

static bool kind_of(const EVP_PKEY *pkey, enum mrl_pubkey_kind *ret) {
    int bits = EVP_PKEY_get_bits(pkey);
    switch (EVP_PKEY_get_base_id(pkey)) {
    case EVP_PKEY_EC:
        return ec_kind(pkey, ret);
    case EVP_PKEY_ED25519:
        *ret = MRL_KEY_ED25519;
        return true;
    case EVP_PKEY_RSA:
        *ret = MRL_KEY_RSA;
        return bits >= MRL_RSA_BITS_MIN && bits <= MRL_RSA_BITS_MAX;
    default:
        return false;
    }
}

/* Takes over pkey (NULL: it could not be read). */
static mrl_status wrap(EVP_PKEY *pkey, struct mrl_err *err, struct mrl_pubkey **ret) {
    enum mrl_pubkey_kind kind;
    ERR_clear_error();
    if (pkey == NULL)
        return mrl_err_set(err, MRL_E_SYNTAX, "key.syntax", "not a public key");
    if (!kind_of(pkey, &kind)) {
        EVP_PKEY_free(pkey);
        return mrl_err_set(err, MRL_E_UNSUPPORTED, "key.kind",
                           "keys are P-256, P-384, P-521, Ed25519, or RSA of %d to %d bits",
                           MRL_RSA_BITS_MIN, MRL_RSA_BITS_MAX);
    }
    struct mrl_pubkey *key = mrl_mem_alloc(sizeof *key);
    if (key == NULL) {
        EVP_PKEY_free(pkey);
        return MRL_E_NOMEM;
    }
    *key = (struct mrl_pubkey){.pkey = pkey, .kind = kind};
    size_t n = sizeof key->raw;
    if (kind == MRL_KEY_ED25519 && EVP_PKEY_get_raw_public_key(pkey, key->raw, &n) != 1) {
        mrl_pubkey_free(key);
        return MRL_E_NOMEM;
    }
    *ret = key;
    return MRL_OK;
}

mrl_status mrl_pubkey_of_spki(mrl_str der, struct mrl_err *err, struct mrl_pubkey **ret) {
    const unsigned char *at = (const unsigned char *)(der.ptr != NULL ? der.ptr : "");
    MRL_CHECK(der.len <= INT32_MAX, MRL_E_LIMIT);
    EVP_PKEY *pkey = d2i_PUBKEY(NULL, &at, (long)der.len);
    if (pkey != NULL && at != (const unsigned char *)der.ptr + der.len) {
        EVP_PKEY_free(pkey);
        pkey = NULL; /* bytes behind the key */
    }
    return wrap(pkey, err, ret);
}

mrl_status mrl_pubkey_of_rsa(mrl_str der, struct mrl_err *err, struct mrl_pubkey **ret) {
    const unsigned char *at = (const unsigned char *)(der.ptr != NULL ? der.ptr : "");
    MRL_CHECK(der.len <= INT32_MAX, MRL_E_LIMIT);
    EVP_PKEY *pkey = d2i_PublicKey(EVP_PKEY_RSA, NULL, &at, (long)der.len);
    if (pkey != NULL && at != (const unsigned char *)der.ptr + der.len) {
        EVP_PKEY_free(pkey);
        pkey = NULL;
    }
    return wrap(pkey, err, ret);
}

void mrl_pubkey_free(struct mrl_pubkey *key) {
    if (key == NULL)
        return;
    EVP_PKEY_free(key->pkey);
    mrl_mem_free(key);
}

/* --- what a key is ------------------------------------------------------------------------- */

enum mrl_pubkey_kind mrl_pubkey_kind(const struct mrl_pubkey *key) {
    return key->kind;
}

const char *mrl_pubkey_kind_name(enum mrl_pubkey_kind kind) {
    static const char *const names[] = {"P-256", "P-384", "P-521", "Ed25519", "RSA"};
    return names[kind];
}

mrl_status mrl_pubkey_spki(mrl_arena *a, const struct mrl_pubkey *key, mrl_str *ret) {
    unsigned char *der = NULL;
    int n = i2d_PUBKEY(key->pkey, &der);
    MRL_CHECK(n > 0, MRL_E_NOMEM);
    *ret = mrl_arena_str(a, (mrl_str){(char *)der, (size_t)n});
    OPENSSL_free(der);
    return ret->ptr != NULL ? MRL_OK : MRL_E_NOMEM;
}

enum mrl_sig_scheme mrl_pubkey_scheme(const struct mrl_pubkey *key) {
    switch (key->kind) {
    case MRL_KEY_ED25519:
        return MRL_SIG_ED25519;
    case MRL_KEY_RSA:
        return MRL_SIG_RSA_PKCS1;
    default:
        return MRL_SIG_ECDSA;
    }
}

enum mrl_digest mrl_pubkey_digest(const struct mrl_pubkey *key) {
    switch (key->kind) {
    case MRL_KEY_P384:
        return MRL_SHA384;
    case MRL_KEY_P521:
        return MRL_SHA512;
    default:
        return MRL_SHA256;
    }
}

/* --- verifying ----------------------------------------------------------------------------- */

static bool fits(const struct mrl_pubkey *key, enum mrl_sig_scheme scheme) {
    switch (scheme) {
    case MRL_SIG_ED25519:
        return key->kind == MRL_KEY_ED25519;
    case MRL_SIG_RSA_PKCS1:
    case MRL_SIG_RSA_PSS:
        return key->kind == MRL_KEY_RSA;
    default:
        return key->kind <= MRL_KEY_P521;
    }
}

static bool set_padding(EVP_PKEY_CTX *cx, enum mrl_sig_scheme scheme) {
    if (scheme == MRL_SIG_RSA_PKCS1)
        return EVP_PKEY_CTX_set_rsa_padding(cx, RSA_PKCS1_PADDING) == 1;
    if (scheme == MRL_SIG_RSA_PSS)
        return EVP_PKEY_CTX_set_rsa_padding(cx, RSA_PKCS1_PSS_PADDING) == 1 &&
               EVP_PKEY_CTX_set_rsa_pss_saltlen(cx, RSA_PSS_SALTLEN_AUTO) == 1;
    return true;
}

static bool verify_message(EVP_MD_CTX *cx, EVP_PKEY *pkey, enum mrl_sig_scheme scheme,
                           const EVP_MD *md, mrl_str message, mrl_str sig) {
    EVP_PKEY_CTX *key_cx = NULL;
    if (EVP_DigestVerifyInit(cx, &key_cx, md, NULL, pkey) != 1 || !set_padding(key_cx, scheme))
        return false;
    return EVP_DigestVerify(cx, (const unsigned char *)sig.ptr, sig.len,
                            (const unsigned char *)(message.ptr != NULL ? message.ptr : ""),
                            message.len) == 1;
}

bool mrl_pubkey_verify(const struct mrl_pubkey *key, enum mrl_sig_scheme scheme,
                       enum mrl_digest digest, mrl_str message, mrl_str sig) {
    const EVP_MD *md = method(digest);
    if (!fits(key, scheme) || sig.len == 0)
        return false;
    if (scheme == MRL_SIG_ED25519)
        return mrl_ed25519_verify(key->raw, message, sig);
    if (md == NULL)
        return false;
    EVP_MD_CTX *cx = EVP_MD_CTX_new();
    bool ok = cx != NULL && verify_message(cx, key->pkey, scheme, md, message, sig);
    EVP_MD_CTX_free(cx);
    if (!ok)
        ERR_clear_error();
    return ok;
}

bool mrl_pubkey_verify_digest(const struct mrl_pubkey *key, enum mrl_sig_scheme scheme,
                              enum mrl_digest digest, mrl_str value, mrl_str sig) {
    const EVP_MD *md = method(digest);
    if (!fits(key, scheme) || scheme == MRL_SIG_ED25519 || sig.len == 0 || md == NULL ||
        value.len != (size_t)EVP_MD_get_size(md))
        return false;
    EVP_PKEY_CTX *cx = EVP_PKEY_CTX_new(key->pkey, NULL);
    bool ok = cx != NULL && EVP_PKEY_verify_init(cx) == 1 && set_padding(cx, scheme) &&
              EVP_PKEY_CTX_set_signature_md(cx, md) == 1 &&
              EVP_PKEY_verify(cx, (const unsigned char *)sig.ptr, sig.len,
                              (const unsigned char *)value.ptr, value.len) == 1;
    EVP_PKEY_CTX_free(cx);
    if (!ok)
        ERR_clear_error();
    return ok;
}
