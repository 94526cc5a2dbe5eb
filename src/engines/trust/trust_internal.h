/* trust_internal.h - shared by the files of engines/trust only. */
#ifndef MRL_ENGINES_TRUST_INTERNAL_H
#define MRL_ENGINES_TRUST_INTERNAL_H

#include "engines/trust/trust.h"
#include "formats/sigstore/root.h"
#include "formats/tsp/tsp.h"
#include "formats/x509/x509.h"

/* Keys are read at their first use: a root lists many, a signature needs three. */
struct mrl_trust_log {
    const struct mrl_root_log *root;
    struct mrl_pubkey *key;
};

struct mrl_trust_cert {
    struct mrl_x509 x509;
    struct mrl_pubkey *key;
};

/* The key of a log or certificate; NULL when it cannot be read: then nothing verifies by it. */
const struct mrl_pubkey *mrl_trust_log_key(struct mrl_trust_log *log);
const struct mrl_pubkey *mrl_trust_cert_key(struct mrl_trust_cert *cert);

struct mrl_trust_authority {
    const struct mrl_root_authority *root;
    struct mrl_trust_cert *certs; /* root->n_certs of them */
    mrl_str purpose;              /* what it is believed for: an OID of ExtKeyUsage */
};

struct mrl_trust {
    mrl_arena arena;
    struct mrl_trusted_root root;
    struct mrl_trust_log *tlogs, *ctlogs; /* in the order of root's lists */
    struct mrl_trust_authority *cas, *tsas;
    struct mrl_trust_memo own_memo, *memo;
};

/* A failure of one step: MRL_E_INVALID with `id` and text. */
#define mrl_trust_fail(err, id, ...) mrl_err_set((err), MRL_E_INVALID, (id), __VA_ARGS__)

/* SHA-256 of the parts, one behind the other. */
mrl_status mrl_sha256_of(const mrl_str *parts, size_t n, unsigned char out[32]) MRL_NODISCARD;

/* Finds the authority whose chain leads from `leaf` to its end with every certificate valid at
 * `seconds`, and gives the certificate that issued the leaf. */
mrl_status mrl_trust_chain(struct mrl_trust *t, const struct mrl_trust_authority *list, uint32_t n,
                           const struct mrl_x509 *leaf, int64_t seconds, struct mrl_err *err,
                           const struct mrl_trust_cert **ret_issuer) MRL_NODISCARD;
/* Checks that a certificate may sign: no CA, digitalSignature, `eku`, nothing critical unknown. */
mrl_status mrl_trust_leaf(const struct mrl_x509 *leaf, mrl_str eku,
                          struct mrl_err *err) MRL_NODISCARD;

/* RFC 3161 section 2.3: a certificate for timestamps alone, that says so critically. */
bool mrl_trust_for_timestamps_alone(const struct mrl_x509 *c);

/* Verifies a timestamp over `sig` and gives its time. MRL_E_NOT_FOUND: its authority is not known
 * to the root. *ret_mark is what makes it the one that it is (the authority's signature); it is set
 * as soon as the timestamp could be read. */
mrl_status mrl_trust_timestamp(mrl_arena *a, struct mrl_trust *t, mrl_str der, mrl_str sig,
                               struct mrl_err *err, mrl_str *ret_mark,
                               int64_t *ret_seconds) MRL_NODISCARD;

/* The timestamp is over `sig`. */
mrl_status mrl_trust_stamps(const struct mrl_tsp *p, mrl_str sig,
                            struct mrl_err *err) MRL_NODISCARD;

/* At least one promise of a known certificate log holds, and none of a known log is wrong. */
mrl_status mrl_trust_sct(mrl_arena *a, struct mrl_trust *t, const struct mrl_x509 *leaf,
                         const struct mrl_x509 *issuer, struct mrl_err *err) MRL_NODISCARD;

/* What an entry must be about. */
struct mrl_trust_subject {
    bool is_dsse;
    mrl_str sig;
    mrl_str verifier;      /* DER of the certificate, or of the key */
    mrl_str signed_digest; /* SHA-256 of the signed bytes: the artifact, or the envelope's PAE */
    mrl_str payload;       /* of an envelope */
};
/* Verifies what an entry brings: promise, proof, checkpoint, and that it is about `subject`. Gives
 * the time that the log promised (0: none) and the log's key for its validity. */
mrl_status mrl_trust_entry(mrl_arena *a, struct mrl_trust *t, const struct mrl_tlog_entry *e,
                           const struct mrl_trust_subject *subject, struct mrl_err *err,
                           int64_t *ret_seconds, struct mrl_trust_log **ret) MRL_NODISCARD;

/* The part of mrl_trust_entry that needs no root: it is about `subject`, and its proof leads to the
 * root of its checkpoint, whoever signed that. */
mrl_status mrl_trust_entry_about(mrl_arena *a, const struct mrl_tlog_entry *e,
                                 const struct mrl_trust_subject *subject,
                                 struct mrl_err *err) MRL_NODISCARD;

/* Reads identity (SubjectAltName) and issuer (Fulcio's extension) of a certificate and compares. */
mrl_status mrl_trust_identity(mrl_arena *scratch, const struct mrl_x509 *leaf,
                              const struct mrl_want *want, struct mrl_err *err,
                              struct mrl_verified *ret) MRL_NODISCARD;

/* The artifact is a subject of the in-toto statement, whose predicate type is given. */
mrl_status mrl_trust_statement(mrl_arena *a, mrl_str payload_type, mrl_str payload,
                               const struct mrl_artifact *artifact, struct mrl_err *err,
                               mrl_str *ret_type) MRL_NODISCARD;

#endif
