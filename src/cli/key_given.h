/* key_given.h - the private key that the command line names, and how to come by its passphrase.
 *
 * Idea: a passphrase comes from a file or descriptor, from the environment, or from the terminal
 * without echo, in that order; never from an option, which every user of the machine could read.
 * All that is secret lives in one arena that is overwritten at the end.
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
     .arg = "FILE",                                                                                \
     .help = "the private key to sign with: cosign.key, PKCS#8, SEC1, PKCS#1 or OpenSSH "          \
             "(Ed25519)"},                                                                         \
        MRL_PASSPHRASE_OPTS

/* Words on passphrases for a command's text. */
#define MRL_PASSPHRASE_TEXT                                                                        \
    "The passphrase of a sealed key is taken from --passphrase-file, else from the environment "   \
    "(MERLON_PASSWORD, COSIGN_PASSWORD), else asked for on the terminal."

/* The passphrase, from `secrets`. `twice`: a new one, which a terminal is asked for again.
 * MRL_E_NOT_FOUND says which ways there are, MRL_E_CANCELLED when the terminal said no. */
mrl_status mrl_passphrase_get(const struct mrl_cli *cli, mrl_arena *secrets, bool twice,
                              struct mrl_err *err, mrl_str *ret) MRL_NODISCARD;

/* Reads the key named by --key. Errors name the file. Free in any case. */
mrl_status mrl_key_given_read(const struct mrl_cli *cli, struct mrl_err *err,
                              struct mrl_key_given *ret) MRL_NODISCARD;
void mrl_key_given_free(struct mrl_key_given *g);

#endif
