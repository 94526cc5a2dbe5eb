/* uri.h - names of keys in tokens: URIs of PKCS#11 (RFC 7512).
 *
 * Idea: an attribute that is there must match, one that is missing matches everything. What we do
 * not know we refuse: a part that is passed over would name more keys than were meant. A PIN in a
 * URI is refused, too, since command lines can be read by every user of the machine; the text of a
 * URI with one is never repeated in an error.
 *
 * Ownership: texts are decoded into the arena. Limits: MRL_P11_URI_MAX bytes. Pure: no files.
 */
#ifndef MRL_SERVICES_TOKEN_URI_H
#define MRL_SERVICES_TOKEN_URI_H

#include "base/buf.h"

#define MRL_P11_SCHEME "pkcs11:"
#define MRL_P11_URI_MAX 4096u

/* A text whose ptr is NULL was not given. */
struct mrl_p11_uri {
    mrl_str token, manufacturer, serial, model; /* of the token */
    mrl_str object, id, type;                   /* of the key: CKA_LABEL, CKA_ID, class */
    mrl_str slot_id;                            /* decimal, as given */
    mrl_str module_path, pin_source;
    uint64_t slot; /* when slot_id was given */
};

/* True for texts that begin with "pkcs11:": then mrl_p11_uri_parse says what is wrong with one. */
bool mrl_p11_uri_is(mrl_str text);
/* Reads a URI. MRL_E_SYNTAX, MRL_E_LIMIT; MRL_E_INVALID for a PIN in it; MRL_E_UNSUPPORTED for what
 * we do not match by. */
mrl_status mrl_p11_uri_parse(mrl_arena *a, mrl_str text, struct mrl_err *err,
                             struct mrl_p11_uri *ret) MRL_NODISCARD;
/* Writes a URI that mrl_p11_uri_parse reads as the same. */
void mrl_p11_uri_write(struct mrl_buf *b, const struct mrl_p11_uri *uri);

#endif
