/* pubkey.h - public keys and the signatures that they verify. The wrapper of OpenSSL's EVP_PKEY.
 *
 * Idea: a key is read once from its SubjectPublicKeyInfo and frozen; the scheme of a signature is
 * what the caller says it must be, never what the signature claims. Keys that no one should trust
 * (RSA below 2048 bits, curves outside the list) are refused when they are read.
 *
 * Threads: a key is frozen and may be shared. Owner: heap, freed by mrl_pubkey_free.
 * Sources: FIPS 186-5, RFC 8017, RFC 8032, RFC 5480.
 */
#ifndef MRL_BASE_PUBKEY_H
#define MRL_BASE_PUBKEY_H

#include "base/arena.h"
#include "base/digest.h"
#include "base/status.h"

struct mrl_pubkey;

enum mrl_pubkey_kind { MRL_KEY_P256, MRL_KEY_P384, MRL_KEY_P521, MRL_KEY_ED25519, MRL_KEY_RSA };

enum mrl_sig_scheme {
    MRL_SIG_ECDSA,     /* ASN.1 DER signature over a digest */
    MRL_SIG_ED25519,   /* over the message itself: no digest */
    MRL_SIG_RSA_PKCS1, /* RSASSA-PKCS1-v1_5 */
    MRL_SIG_RSA_PSS,   /* RSASSA-PSS, MGF1 with the same digest, salt of any length */
};

#define MRL_RSA_BITS_MIN 2048
#define MRL_RSA_BITS_MAX 8192 /* verification cost grows with the square */

/* Reads a DER SubjectPublicKeyInfo that must be used up. MRL_E_SYNTAX when it is none,
 * MRL_E_UNSUPPORTED for kinds and sizes outside the lists above. */
mrl_status mrl_pubkey_of_spki(mrl_str der, struct mrl_err *err,
                              struct mrl_pubkey **ret) MRL_NODISCARD;
/* Reads a PKCS#1 RSAPublicKey, as some logs publish theirs. */
mrl_status mrl_pubkey_of_rsa(mrl_str der, struct mrl_err *err,
                             struct mrl_pubkey **ret) MRL_NODISCARD;
/* Frees a key. NULL is allowed. */
void mrl_pubkey_free(struct mrl_pubkey *key);
enum mrl_pubkey_kind mrl_pubkey_kind(const struct mrl_pubkey *key);
/* The kind of a key in words. */
const char *mrl_pubkey_kind_name(enum mrl_pubkey_kind kind);

/* The key's SubjectPublicKeyInfo in DER. */
mrl_status mrl_pubkey_spki(mrl_arena *a, const struct mrl_pubkey *key, mrl_str *ret) MRL_NODISCARD;

/* The scheme and digest that belong to a key where no document says otherwise: P-256 with SHA-256,
 * P-384 with SHA-384, P-521 with SHA-512, RSA PKCS#1 with SHA-256. */
enum mrl_sig_scheme mrl_pubkey_scheme(const struct mrl_pubkey *key);
enum mrl_digest mrl_pubkey_digest(const struct mrl_pubkey *key);

/* True when `sig` is a signature of `message`. False for every defect, also a scheme that does not
 * fit the key. Cost: P-256 60 us, P-384 470 us, Ed25519 40 us (libsodium, see ed25519.h), RSA-2048
 * 15 us. */
bool mrl_pubkey_verify(const struct mrl_pubkey *key, enum mrl_sig_scheme scheme,
                       enum mrl_digest digest, mrl_str message, mrl_str sig);
/* The same where only the message's digest is known; false for Ed25519, which has no such form. */
bool mrl_pubkey_verify_digest(const struct mrl_pubkey *key, enum mrl_sig_scheme scheme,
                              enum mrl_digest digest, mrl_str value, mrl_str sig);

#endif
