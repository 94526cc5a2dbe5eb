/* privkey.h - private keys: reading, making, signing. The wrapper of OpenSSL beside pubkey.h.
 *
 * Idea: a private key is read once and never shown again, save as PKCS#8 to be sealed. Its public
 * half is worked out when it is read and goes through the same gate as any public key, so that we
 * never sign with a key that we would not verify with. Each signature is verified before it is
 * given out: a fault in the machine, or a file whose halves do not belong together, would otherwise
 * give away the key or a signature that nobody can check.
 *
 * Secrets: OpenSSL wipes its copy when the key is freed. What callers hold (file text, passphrases,
 * PKCS#8) belongs into an arena that ends with mrl_arena_wipe.
 *
 * A key may also be one that somebody else holds, a token for example: struct mrl_signer then makes
 * the signatures, and everything else holds as well, the verification above all.
 *
 * Threads: a key is frozen and may be shared; one of a struct mrl_signer belongs to one thread.
 * Owner: heap, freed by mrl_privkey_free.
 * Sources: RFC 5208 and 5958 (PKCS#8), RFC 5915 (SEC1), RFC 8032, RFC 8017, RFC 7914 (scrypt).
 */
#ifndef MRL_BASE_PRIVKEY_H
#define MRL_BASE_PRIVKEY_H

#include "base/pubkey.h"

struct mrl_privkey;

#define MRL_ED25519_SEED 32u
#define MRL_SCRYPT_BYTES_MAX ((size_t)160 << 20) /* N = 131072, r = 8 */

/* Reads PKCS#8. MRL_E_SYNTAX when it is none, MRL_E_UNSUPPORTED for kinds outside of pubkey.h. */
mrl_status mrl_privkey_of_pkcs8(mrl_str der, struct mrl_err *err,
                                struct mrl_privkey **ret) MRL_NODISCARD;
/* Reads an EncryptedPrivateKeyInfo. MRL_E_INVALID when the passphrase does not open it. The cost is
 * what the file asks for: callers bound its iterations first (formats/keyfile does). */
mrl_status mrl_privkey_of_encrypted(mrl_str der, mrl_str passphrase, struct mrl_err *err,
                                    struct mrl_privkey **ret) MRL_NODISCARD;
/* Reads an ECPrivateKey (SEC1), or a PKCS#1 RSAPrivateKey. */
mrl_status mrl_privkey_of_sec1(mrl_str der, struct mrl_err *err,
                               struct mrl_privkey **ret) MRL_NODISCARD;
mrl_status mrl_privkey_of_rsa(mrl_str der, struct mrl_err *err,
                              struct mrl_privkey **ret) MRL_NODISCARD;
/* The Ed25519 key of a seed of MRL_ED25519_SEED bytes. */
mrl_status mrl_privkey_of_seed(mrl_str seed, struct mrl_err *err,
                               struct mrl_privkey **ret) MRL_NODISCARD;
/* A new key: MRL_KEY_P256, P384, P521 or ED25519; MRL_E_UNSUPPORTED for RSA. */
mrl_status mrl_privkey_generate(enum mrl_pubkey_kind kind, struct mrl_err *err,
                                struct mrl_privkey **ret) MRL_NODISCARD;
/* Who signs for a key that is not here. */
struct mrl_signer {
    void *cx;
    /* A signature of `message` in the form that pubkey.h verifies, from `a`. */
    mrl_status (*sign)(void *cx, mrl_arena *a, mrl_str message, struct mrl_err *err, mrl_str *ret);
    void (*free)(void *cx);
};
/* The private half of `public_half` as `signer` has it. Takes both over, also when it fails. */
mrl_status mrl_privkey_of_signer(struct mrl_pubkey *public_half, const struct mrl_signer *signer,
                                 struct mrl_privkey **ret) MRL_NODISCARD;
void mrl_privkey_free(struct mrl_privkey *key); /* NULL is allowed */

/* The public half, owned by the private key. */
const struct mrl_pubkey *mrl_privkey_public(const struct mrl_privkey *key);
/* The key as unencrypted PKCS#8: a secret. MRL_E_UNSUPPORTED for the key of a struct mrl_signer. */
mrl_status mrl_privkey_pkcs8(mrl_arena *secrets, const struct mrl_privkey *key,
                             mrl_str *ret) MRL_NODISCARD;

/* Signs `message` with the scheme and digest that belong to the key (pubkey.h), and verifies the
 * result. MRL_E_INTERNAL when the two halves do not fit; the signer's errors. Cost: P-256 100 us,
 * Ed25519 65 us with the verification. */
mrl_status mrl_privkey_sign(mrl_arena *a, const struct mrl_privkey *key, mrl_str message,
                            struct mrl_err *err, mrl_str *ret) MRL_NODISCARD;

/* scrypt: fills out[0..n). MRL_E_INVALID for parameters that need more than MRL_SCRYPT_BYTES_MAX or
 * that scrypt does not have. Cost: 128 * N * r bytes of memory. */
mrl_status mrl_scrypt(mrl_str passphrase, mrl_str salt, uint64_t cost, uint64_t block,
                      uint64_t parallel, unsigned char *out, size_t n) MRL_NODISCARD;
/* n bytes that nobody can guess. */
mrl_status mrl_random(unsigned char *out, size_t n) MRL_NODISCARD;

#endif
