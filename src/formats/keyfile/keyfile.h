/* keyfile.h - private keys in files: PEM of many labels, sealed or not.
 *
 * Idea: the label of the PEM block says what it is, and one table leads from there to a reader.
 * Known: PKCS#8 plain and encrypted (PBES2), SEC1, PKCS#1, cosign's sealed keys under both of their
 * labels, OpenSSH's Ed25519 keys that are not encrypted. The first block of a known label counts:
 * openssl writes "EC PARAMETERS" before a key.
 *
 * A passphrase is asked for only when the file is sealed, by a callback, so that no caller has to
 * know the forms. What a file may ask of us is bounded: bytes, and the work of its key derivation.
 *
 * Secrets: everything is taken from the arena `secrets`; end it with mrl_arena_wipe. No text of a
 * file or passphrase is put into an error.
 * Sources: RFC 7468, 5208, 5915, 8018; sigstore/cosign and theupdateframework's "encrypted" (JSON,
 * scrypt, secretbox); OpenSSH's PROTOCOL.key.
 */
#ifndef MRL_FORMATS_KEYFILE_H
#define MRL_FORMATS_KEYFILE_H

#include "base/privkey.h"

#define MRL_KEYFILE_BYTES_MAX ((size_t)64 << 10) /* an RSA key of 8192 bits in PEM has 7 KiB */
#define MRL_PASSPHRASE_MAX 1024u                 /* bytes */
#define MRL_KDF_ROUNDS_MAX 10000000u             /* PBKDF2: four seconds; openssl writes 2048 */

struct mrl_passphrase { /* how to come by a passphrase */
    /* Gives it from `secrets`; MRL_E_NOT_FOUND with what to do when there is no way. */
    mrl_status (*get)(void *cx, mrl_arena *secrets, struct mrl_err *err, mrl_str *ret);
    void *cx;
};

/* Reads the private key of `text`. MRL_E_NOT_FOUND when no block is one, MRL_E_UNSUPPORTED for
 * forms that are known and not read, MRL_E_SYNTAX, MRL_E_LIMIT; MRL_E_INVALID when the passphrase
 * does not open it. The errors' place is `file`. `ask` may be NULL: then sealed keys are refused.
 */
mrl_status mrl_keyfile_read(mrl_arena *secrets, mrl_str text, mrl_str file,
                            const struct mrl_passphrase *ask, struct mrl_err *err,
                            struct mrl_privkey **ret) MRL_NODISCARD;

/* The key as cosign writes it, sealed under the passphrase (which may be empty, as cosign allows).
 * Cost: 64 MiB and 0.2 s, which is the purpose. */
mrl_status mrl_keyfile_write_cosign(mrl_arena *secrets, const struct mrl_privkey *key,
                                    mrl_str passphrase, struct mrl_err *err,
                                    mrl_str *ret) MRL_NODISCARD;

#endif
