/* token_given.h - the token that the command line names by a URI (services/token).
 *
 * Idea: the URI says which module, token and key; the environment says the rest, since it belongs
 * to the machine and not to the command: MERLON_PKCS11_MODULE the module, MERLON_TOKEN_PATH the
 * folders that it may write, MERLON_TOKEN_NETWORK=1 that it may use the network, MERLON_TOKEN_ENV
 * further variables that it is given, MERLON_TOKEN_TIMEOUT the seconds that one answer may take.
 */
#ifndef MRL_CLI_TOKEN_GIVEN_H
#define MRL_CLI_TOKEN_GIVEN_H

#include "cli/cli.h"
#include "services/token/token.h"

/* Words on the environment for a command's text. */
#define MRL_TOKEN_TEXT                                                                             \
    "The module runs in a process of its own (merlon-p11) that reads the system's files and "      \
    "writes only below the folders in MERLON_TOKEN_PATH (with ':' between). Variables:\n\n"        \
    "MERLON_PKCS11_MODULE: the module, where the URI has no module-path.\n"                        \
    "MERLON_TOKEN_NETWORK=1: the module may reach other machines.\n"                               \
    "MERLON_TOKEN_ENV: further variables for the module, with ',' between.\n"                      \
    "MERLON_TOKEN_TIMEOUT: seconds that an answer may take (default: 60)."

/* Opens the module: `module` unless it is empty, else that of the environment. All that the token
 * borrows goes to `a`. MRL_E_NOT_FOUND when none is named; mrl_token_open's errors. */
mrl_status mrl_token_given_open(mrl_arena *a, mrl_str module, struct mrl_err *err,
                                struct mrl_token **ret) MRL_NODISCARD;

/* The keys that a URI means: token.h. The PIN comes by mrl_pin_get. */
mrl_status mrl_token_given_private(mrl_arena *secrets, mrl_str uri, struct mrl_err *err,
                                   struct mrl_privkey **ret) MRL_NODISCARD;
/* The public half, which needs no PIN. */
mrl_status mrl_token_given_public(mrl_arena *a, mrl_str uri, struct mrl_err *err,
                                  struct mrl_pubkey **ret) MRL_NODISCARD;
/* The PIN for the URI: pin-source, the environment, the terminal. */
mrl_status mrl_token_given_pin(mrl_arena *secrets, const struct mrl_p11_uri *uri,
                               struct mrl_err *err, mrl_str *ret) MRL_NODISCARD;

#endif
