/* token.h - keys in tokens: signing with a key that never leaves its device.
 *
 * Idea: a struct mrl_token is a running merlon-p11 with one module in it (p11.h). From a URI it
 * makes a private key as any other (privkey.h), whose signatures come from the token and are
 * verified here; or only the public half. The module crashes, hangs and lies in a process of its
 * own, and each of that is an error with the module's name.
 *
 * PINs: asked for through a callback, and only when the token wants one; they live in the caller's
 * arena of secrets and are sent to merlon-p11 and nowhere else.
 *
 * Owner: heap, closed by mrl_token_close. One thread. Cost: some 2 ms and what the module needs.
 */
#ifndef MRL_SERVICES_TOKEN_TOKEN_H
#define MRL_SERVICES_TOKEN_TOKEN_H

#include "base/privkey.h"
#include "formats/keyfile/keyfile.h"
#include "services/token/choose.h"

#define MRL_TOKEN_TIMEOUT_MS 60000 /* somebody may have to touch the device */

struct mrl_token_opts { /* borrowed as long as the token is open */
    mrl_str module;     /* path of the vendor's module */
    int64_t timeout_ms; /* of one call; 0 = MRL_TOKEN_TIMEOUT_MS */
    /* What merlon-p11 gets as environment: "NAME=value"s up to a NULL. A value that names a file
     * makes it readable; MERLON_TOKEN_PATH (folders with ':' between) may be written. */
    const char *const *env;
};

struct mrl_token;

/* Starts merlon-p11 and loads the module. MRL_E_NOT_FOUND, MRL_E_WORKER, MRL_E_BUDGET, ... */
mrl_status mrl_token_open(const struct mrl_token_opts *opts, struct mrl_err *err,
                          struct mrl_token **ret) MRL_NODISCARD;
void mrl_token_close(struct mrl_token *t); /* NULL is allowed */

/* The tokens that are there; they live as long as `t`. */
const struct mrl_p11_slot *mrl_token_slots(const struct mrl_token *t, uint32_t *ret_n);

/* Opens a session with the token and reads its keys and certificates into `a`. With `pin` it logs
 * in, when the token wants that, and private keys are seen; without, only what anybody may see. */
mrl_status mrl_token_objects(struct mrl_token *t, mrl_arena *a, const struct mrl_p11_slot *slot,
                             const mrl_str *pin, struct mrl_err *err,
                             struct mrl_p11_objects *ret) MRL_NODISCARD;

/* The private key that the URI means. Takes `t` over, also when it fails. `secrets` must outlive
 * the key: the PIN lies there. */
mrl_status mrl_token_private(struct mrl_token *t, mrl_arena *secrets, const struct mrl_p11_uri *uri,
                             const struct mrl_passphrase *ask, struct mrl_err *err,
                             struct mrl_privkey **ret) MRL_NODISCARD;
/* The public key that the URI means, without a PIN. */
mrl_status mrl_token_public(struct mrl_token *t, mrl_arena *a, const struct mrl_p11_uri *uri,
                            struct mrl_err *err, struct mrl_pubkey **ret) MRL_NODISCARD;

#endif
