/* digest.c - see digest.h. */
#include "base/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

static const EVP_MD *method(enum mrl_digest kind) {
    switch (kind) {
    case MRL_MD5:
        return EVP_md5();
    case MRL_SHA1:
        return EVP_sha1();
    case MRL_SHA256:
        return EVP_sha256();
    case MRL_SHA384:
        return EVP_sha384();
    default:
        return EVP_sha512();
    }
}

mrl_status mrl_digest(enum mrl_digest kind, mrl_str data, unsigned char out[MRL_DIGEST_MAX],
                      size_t *ret_n) {
    unsigned n = 0;
    if (EVP_Digest(data.ptr != NULL ? data.ptr : "", data.len, out, &n, method(kind), NULL) != 1)
        return MRL_E_UNSUPPORTED;
    *ret_n = n;
    return MRL_OK;
}

static bool update_all(EVP_MD_CTX *cx, const mrl_str *parts, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (EVP_DigestUpdate(cx, parts[i].ptr != NULL ? parts[i].ptr : "", parts[i].len) != 1)
            return false;
    return true;
}

mrl_status mrl_digest_parts(enum mrl_digest kind, const mrl_str *parts, size_t n,
                            unsigned char out[MRL_DIGEST_MAX], size_t *ret_n) {
    unsigned size = 0;
    EVP_MD_CTX *cx = EVP_MD_CTX_new();
    MRL_CHECK(cx != NULL, MRL_E_NOMEM);
    bool ok = EVP_DigestInit_ex(cx, method(kind), NULL) == 1 && update_all(cx, parts, n) &&
              EVP_DigestFinal_ex(cx, out, &size) == 1;
    EVP_MD_CTX_free(cx);
    MRL_CHECK(ok, MRL_E_UNSUPPORTED);
    *ret_n = size;
    return MRL_OK;
}

mrl_status mrl_hmac(enum mrl_digest kind, mrl_str key, mrl_str data,
                    unsigned char out[MRL_DIGEST_MAX], size_t *ret_n) {
    unsigned n = 0;
    MRL_CHECK(key.len <= INT32_MAX, MRL_E_LIMIT);
    const unsigned char *text = (const unsigned char *)(data.ptr != NULL ? data.ptr : "");
    if (HMAC(method(kind), key.ptr != NULL ? key.ptr : "", (int)key.len, text, data.len, out, &n) ==
        NULL)
        return MRL_E_UNSUPPORTED;
    *ret_n = n;
    return MRL_OK;
}

bool mrl_equal_const_time(mrl_str a, mrl_str b) {
    return a.len == b.len && (a.len == 0 || CRYPTO_memcmp(a.ptr, b.ptr, a.len) == 0);
}
