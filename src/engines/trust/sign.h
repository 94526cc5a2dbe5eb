/* sign.h - signing: what trust.h verifies, made.
 *
 * Idea: there are two things to sign, a message (a file) and a statement about an artifact (an
 * image, with or without a predicate), and both become a struct mrl_bundle that formats/sigstore
 * writes. What is made is read back by the same rules that judge others: a key that we would not
 * verify with never gets here (privkey.h), and each signature was verified once.
 *
 * Who signs is a struct mrl_sign_as: a key whose owner the verifier knows, or a certificate for a
 * key of minutes (services/signing), with witnesses that add what makes its time provable. The
 * commands know no difference.
 *
 * Sources: the Sigstore bundle format; in-toto attestation v1 (Statement); DSSE 1.0; cosign's
 * SIGNATURE_SPEC.md for the text of simple signing.
 */
#ifndef MRL_ENGINES_TRUST_SIGN_H
#define MRL_ENGINES_TRUST_SIGN_H

#include "base/privkey.h"
#include "engines/trust/trust.h"

#define MRL_STATEMENT_PAYLOAD MRL_S("application/vnd.in-toto+json")
#define MRL_SIGN_PREDICATE MRL_S("https://sigstore.dev/cosign/sign/v1")

struct mrl_sign_as { /* borrowed, all of it */
    const struct mrl_privkey *key;
    mrl_str certificate; /* DER, for `key`; empty: verifiers know the key by its hint */
    /* Adds log entries and timestamps to a signed bundle; NULL: there are none. */
    mrl_status (*witness)(void *cx, mrl_arena *a, struct mrl_bundle *b, struct mrl_err *err);
    void *cx;
};

/* Signs the bytes of an artifact: a bundle with a message signature. Files are small enough to be
 * read whole (file.h); the digest stands in the bundle beside the signature. */
mrl_status mrl_sign_message(mrl_arena *a, const struct mrl_sign_as *signer,
                            const struct mrl_artifact *artifact, struct mrl_err *err,
                            struct mrl_bundle *ret) MRL_NODISCARD;

/* Signs a payload in an envelope (DSSE). */
mrl_status mrl_sign_envelope(mrl_arena *a, const struct mrl_sign_as *signer, mrl_str payload_type,
                             mrl_str payload, struct mrl_err *err,
                             struct mrl_bundle *ret) MRL_NODISCARD;

/* Who a certificate says that its holder is: slices borrow it. MRL_E_SYNTAX, or MRL_E_INVALID
 * ("trust.identity") when it does not name one signer and who vouched for him. */
struct mrl_signer_name {
    mrl_str identity, issuer;
};
mrl_status mrl_signer_name_of(mrl_str certificate, struct mrl_err *err,
                              struct mrl_signer_name *ret) MRL_NODISCARD;

/* Checks all of a bundle by certificate that needs no trusted root, before it is given out: the
 * signature is by the certificate's key, entries are about this signature, their proofs lead to the
 * root that their checkpoint names, timestamps are over this signature, and all times lie inside of
 * the certificate's validity. Whether anybody may be believed it does not say: mrl_trust_verify
 * does. MRL_E_INVALID with the ids of mrl_trust_verify, or the parsers' errors. */
mrl_status mrl_bundle_coheres(mrl_arena *a, const struct mrl_bundle *b,
                              const struct mrl_artifact *artifact,
                              struct mrl_err *err) MRL_NODISCARD;

struct mrl_statement { /* an in-toto Statement v1 with one subject */
    mrl_str name;      /* of the subject; may be empty */
    mrl_str sha256;    /* its digest in hex */
    mrl_str predicate_type;
    mrl_str predicate; /* JSON; empty: {} */
};
/* The text of a statement. MRL_E_INVALID when the predicate is no object, MRL_E_SYNTAX with the
 * place in it when it is no JSON or repeats a key: `file` names it. */
mrl_status mrl_statement_write(mrl_arena *a, const struct mrl_statement *s, mrl_str file,
                               struct mrl_err *err, mrl_str *ret) MRL_NODISCARD;

/* The text that cosign 1 and 2 sign for an image: `digest` is "sha256:…", `reference` how the image
 * was named (may be empty). */
mrl_status mrl_simple_signing_write(mrl_arena *a, mrl_str digest, mrl_str reference,
                                    mrl_str *ret) MRL_NODISCARD;

/* The predicate type that a short name stands for ("cyclonedx"), or the text itself when it is a
 * URI; empty for anything else. The names are those of cosign that take their predicate as it is.
 */
mrl_str mrl_predicate_type(mrl_str name);
/* The short names, "a, b, c": for messages and help. */
#define MRL_PREDICATE_NAMES                                                                        \
    "cyclonedx, spdxjson, slsaprovenance, slsaprovenance02, slsaprovenance1, link, vuln, "         \
    "openvex, "                                                                                    \
    "vsa, check"
#define MRL_CHECK_PREDICATE MRL_S("urn:merlon:attestation:check:v1")

#endif
