/* key_given.h - the private key that the command line names, and how to come by its passphrase.
 *
 * Idea: a passphrase comes from a file or descriptor, from the environment, or from the terminal
 * without echo, in that order; never from an option, which every user of the machine could read.
 * All that is secret lives in one arena that is overwritten at the end. A PIN of a token goes the
 * same way, save that its file stands in the key's URI (token_given.h).
 */
#ifndef MRL_CLI_KEY_GIVEN_H
#define MRL_CLI_KEY_GIVEN_H

#include "base/privkey.h"
#include "cli/cli.h"

struct mrl_key_given {
    mrl_arena secrets;
    struct mrl_privkey *key; /* owned */
};

#define MRL_PASSPHRASE_OPTS                                                                        \
    {.name = "passphrase-file",                                                                    \
     .arg = "FILE",                                                                                \
     .help = "read the key's passphrase from here (/dev/fd/N: a descriptor) instead of "           \
             "MERLON_PASSWORD, COSIGN_PASSWORD or the terminal"}

/* Rows of the options that mrl_key_given_read reads, for a command's table. */
#define MRL_SIGN_OPTS                                                                              \
    {.name = "key",                                                                                \
     .letter = 'k',                                                                                \
     .arg = "FILE|URI",                                                                            \
     .help = "the private key to sign with: cosign.key, PKCS#8, SEC1, PKCS#1 or OpenSSH "          \
             "(Ed25519), or one in a token: pkcs11:token=NAME;object=LABEL?module-path=FILE"},     \
        MRL_PASSPHRASE_OPTS

/* Words on passphrases for a command's text. */
#define MRL_PASSPHRASE_TEXT                                                                        \
    "The passphrase of a sealed key is taken from --passphrase-file, else from the environment "   \
    "(MERLON_PASSWORD, COSIGN_PASSWORD), else asked for on the terminal. The PIN of a token is "   \
    "taken from the URI's pin-source=FILE, else from the environment (MERLON_PIN, "                \
    "COSIGN_PKCS11_PIN), else asked for; merlon key list shows what is in a token."

/* The passphrase, from `secrets`. `twice`: a new one, which a terminal is asked for again.
 * MRL_E_NOT_FOUND says which ways there are, MRL_E_CANCELLED when the terminal said no. */
mrl_status mrl_passphrase_get(const struct mrl_cli *cli, mrl_arena *secrets, bool twice,
                              struct mrl_err *err, mrl_str *ret) MRL_NODISCARD;

/* The PIN of a token, from `file` unless that is empty; as mrl_passphrase_get otherwise. */
mrl_status mrl_pin_get(mrl_arena *secrets, mrl_str file, struct mrl_err *err,
                       mrl_str *ret) MRL_NODISCARD;

/* Reads the key named by --key, or opens the token that it means. Errors name the file. Free in any
 * case. */
mrl_status mrl_key_given_read(const struct mrl_cli *cli, struct mrl_err *err,
                              struct mrl_key_given *ret) MRL_NODISCARD;
void mrl_key_given_free(struct mrl_key_given *g);

#endif
