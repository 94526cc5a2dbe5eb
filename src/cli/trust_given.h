/* trust_given.h - what the command line says of whom to believe: a key, or a root and an identity.
 */
#ifndef MRL_CLI_TRUST_GIVEN_H
#define MRL_CLI_TRUST_GIVEN_H

#include "cli/cli.h"
#include "engines/trust/trust.h"

struct mrl_trust_given {
    struct mrl_want want;
    struct mrl_pubkey *key;  /* owned */
    struct mrl_trust *trust; /* owned */
};

/* Rows of the options that mrl_trust_given_read reads, for a command's table. */
#define MRL_TRUST_OPTS                                                                             \
    {.name = "key",                                                                                \
     .letter = 'k',                                                                                \
     .arg = "FILE|URI",                                                                            \
     .help = "the public key (PEM) that must have signed, or one in a token (pkcs11:...)"},        \
        {.name = "trusted-root",                                                                   \
         .letter = 't',                                                                            \
         .arg = "FILE",                                                                            \
         .help = "the trusted root (JSON): authorities and logs to believe"},                      \
        {.name = "certificate-identity",                                                           \
         .arg = "TEXT",                                                                            \
         .help = "who must have signed: the certificate's alternative name"},                      \
        {.name = "certificate-identity-regexp",                                                    \
         .arg = "PATTERN",                                                                         \
         .help = "a pattern (RE2) that the whole of that name must match"},                        \
        {.name = "certificate-oidc-issuer",                                                        \
         .arg = "URL",                                                                             \
         .help = "who must have vouched for the signer"},                                          \
        {.name = "certificate-oidc-issuer-regexp",                                                 \
         .arg = "PATTERN",                                                                         \
         .help = "a pattern that the whole of that URL must match"}

/* True when the options name somebody; else a usage error was printed. */
bool mrl_trust_given_enough(const struct mrl_cli *cli);
/* A text to ask for, of an exact text or a pattern, of which one is empty; warns of a pattern that
 * anybody fits. `what` names it in messages. */
mrl_status mrl_text_want_read(mrl_arena *a, const char *what, mrl_str exact, mrl_str pattern,
                              struct mrl_err *err, struct mrl_text_want *ret) MRL_NODISCARD;
/* A public key of a PEM file, or of a token (pkcs11:...); errors name it. Free with
 * mrl_pubkey_free. */
mrl_status mrl_key_file_read(mrl_arena *a, mrl_str file, struct mrl_err *err,
                             struct mrl_pubkey **ret) MRL_NODISCARD;
/* Reads the files named. Errors name the file. Free in any case. */
mrl_status mrl_trust_given_read(struct mrl_cli *cli, struct mrl_err *err,
                                struct mrl_trust_given *ret) MRL_NODISCARD;
void mrl_trust_given_free(struct mrl_trust_given *g);

#endif
