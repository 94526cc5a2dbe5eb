/* choose.h - which token and which key a URI means, among those that are there.
 *
 * Idea: a URI must mean exactly one. With none or several the error says which there are, as URIs
 * that can be used as they are. What belongs together in a token (private key, public key,
 * certificate) is joined by CKA_ID, else by label. Pure.
 */
#ifndef MRL_SERVICES_TOKEN_CHOOSE_H
#define MRL_SERVICES_TOKEN_CHOOSE_H

#include "base/pubkey.h"
#include "services/token/p11.h"
#include "services/token/uri.h"

struct mrl_p11_objects {
    struct mrl_p11_object *v;
    uint32_t n;
};

/* The one token that the URI means. MRL_E_NOT_FOUND, MRL_E_CONFLICT. */
mrl_status mrl_p11_choose_slot(const struct mrl_p11_uri *uri, const struct mrl_p11_slot *slots,
                               uint32_t n, struct mrl_err *err,
                               const struct mrl_p11_slot **ret) MRL_NODISCARD;
/* True when all that the URI says of the token holds for this one. */
bool mrl_p11_slot_matches(const struct mrl_p11_uri *uri, const struct mrl_p11_slot *slot);

/* The one private key that the URI means. */
mrl_status mrl_p11_choose_private(const struct mrl_p11_uri *uri,
                                  const struct mrl_p11_objects *objects, struct mrl_err *err,
                                  const struct mrl_p11_object **ret) MRL_NODISCARD;
/* The public half of a private key: its own, or that of what lies beside it. MRL_E_NOT_FOUND. The
 * key is the caller's. */
mrl_status mrl_p11_public_half(mrl_arena *a, const struct mrl_p11_objects *objects,
                               const struct mrl_p11_object *key, struct mrl_err *err,
                               struct mrl_pubkey **ret) MRL_NODISCARD;
/* The one public key that the URI means, wherever it is found: several objects with the same key
 * are one. The key is the caller's. */
mrl_status mrl_p11_choose_public(mrl_arena *a, const struct mrl_p11_uri *uri,
                                 const struct mrl_p11_objects *objects, struct mrl_err *err,
                                 struct mrl_pubkey **ret) MRL_NODISCARD;

/* The name of an object: its URI's attributes. */
struct mrl_p11_uri mrl_p11_name(const struct mrl_p11_object *object);
/* The URI's word for a class: "private", "public", "cert". */
const char *mrl_p11_class_name(enum mrl_p11_class class);

#endif
