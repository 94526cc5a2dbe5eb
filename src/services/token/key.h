/* key.h - keys and signatures as tokens give them, and as everybody else has them.
 *
 * Idea: tokens speak of curves and points, of r and s one behind the other, of digests that the
 * caller makes. Here these become a SubjectPublicKeyInfo and the signatures of pubkey.h. All that
 * comes from a token is hostile: lengths are checked, curves are those of a short list, and the key
 * goes through the gate of mrl_pubkey_of_spki as any other. Pure.
 *
 * Sources: PKCS#11 3.0 section 6.3 (EC), RFC 5480, RFC 8410, RFC 8017 section 9.2.
 */
#ifndef MRL_SERVICES_TOKEN_KEY_H
#define MRL_SERVICES_TOKEN_KEY_H

#include "base/pubkey.h"
#include "services/token/p11.h"

/* The public key that an object holds. MRL_E_NOT_FOUND: it holds none (private EC keys often do
 * not); MRL_E_UNSUPPORTED, MRL_E_SYNTAX. The key is the caller's. */
mrl_status mrl_p11_pubkey(mrl_arena *a, const struct mrl_p11_object *object, struct mrl_err *err,
                          struct mrl_pubkey **ret) MRL_NODISCARD;

/* What the token is to sign so that a signature of `message` comes out, and how. */
mrl_status mrl_p11_input(mrl_arena *a, const struct mrl_pubkey *key, mrl_str message,
                         enum mrl_p11_mechanism *ret_mechanism, mrl_str *ret) MRL_NODISCARD;

/* The token's signature in the form of pubkey.h. MRL_E_WORKER for a length that it cannot have. */
mrl_status mrl_p11_signature(mrl_arena *a, const struct mrl_pubkey *key, mrl_str raw,
                             struct mrl_err *err, mrl_str *ret) MRL_NODISCARD;

#endif
