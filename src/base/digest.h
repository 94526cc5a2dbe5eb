/* digest.h - hashes and HMAC. The wrapper of OpenSSL's EVP digests. */
#ifndef MRL_BASE_DIGEST_H
#define MRL_BASE_DIGEST_H

#include "base/status.h"

enum mrl_digest { MRL_MD5, MRL_SHA1, MRL_SHA256, MRL_SHA384, MRL_SHA512 };

#define MRL_DIGEST_MAX 64 /* bytes of the longest digest */

/* The digest of `data`: writes its bytes to out and their number to *ret_n. */
mrl_status mrl_digest(enum mrl_digest kind, mrl_str data, unsigned char out[MRL_DIGEST_MAX],
                      size_t *ret_n) MRL_NODISCARD;
/* The digest of several parts, one behind the other. */
mrl_status mrl_digest_parts(enum mrl_digest kind, const mrl_str *parts, size_t n,
                            unsigned char out[MRL_DIGEST_MAX], size_t *ret_n) MRL_NODISCARD;
/* The HMAC (RFC 2104) of `data` under `key`. */
mrl_status mrl_hmac(enum mrl_digest kind, mrl_str key, mrl_str data,
                    unsigned char out[MRL_DIGEST_MAX], size_t *ret_n) MRL_NODISCARD;
/* Equality whose time does not depend on where the texts differ. */
bool mrl_equal_const_time(mrl_str a, mrl_str b);

#endif
