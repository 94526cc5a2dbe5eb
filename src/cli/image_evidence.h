/* image_evidence.h - what stands proved about one image: its signatures and attestations, and whose
 * they are.
 *
 * Idea: everything that the source has for the image is tried against everybody whom the caller
 * believes. What holds is a fact with the names of its signers; what does not is kept with the
 * reason, since "why not" is what people ask. Whether the facts will do is not decided here: that
 * is the policy's business (trust_policy.h, policies/supply-chain).
 */
#ifndef MRL_CLI_IMAGE_EVIDENCE_H
#define MRL_CLI_IMAGE_EVIDENCE_H

#include "engines/trust/signers.h"
#include "formats/intoto/provenance.h"
#include "services/registry/signatures.h"

#define MRL_PREDICATE_BYTES_MAX                                                                    \
    ((size_t)1 << 20) /* of a predicate that becomes a fact as it is                               \
                       */

struct mrl_image_fact { /* of the candidate with the same number */
    mrl_status status;  /* MRL_OK: it is the signature of one signer at least */
    char why[MRL_ERR_TEXT_MAX];
    uint64_t signers; /* a bit for each of them */
    struct mrl_verified verified;
    bool is_signature; /* else an attestation */
    bool has_facts;    /* and one that says how the image was made */
    struct mrl_provenance facts;
};

struct mrl_image_ask { /* borrowed */
    const struct mrl_known_signer *signers;
    uint32_t n_signers; /* at most MRL_SIGNERS_MAX */
    int64_t now;        /* seconds since 1970 */
};

struct mrl_image_evidence {
    struct mrl_descriptor image; /* resolved once; all else is about its digest */
    mrl_str manifest;
    struct mrl_candidates found;
    struct mrl_image_fact *facts;          /* found.n of them */
    uint32_t n_signatures, n_attestations; /* that hold */
    uint32_t n_unread;                     /* that the source did not give */
};

/* Gathers the evidence of the image that was resolved: ret->image and ret->manifest are set. Not
 * finding any is no failure. */
mrl_status mrl_image_evidence_gather(mrl_arena *a, struct mrl_source *source,
                                     const struct mrl_image_ask *ask, struct mrl_err *err,
                                     struct mrl_image_evidence *ret) MRL_NODISCARD;

/* True for a status that says that evidence could not be had: nobody knows what it would say. */
bool mrl_evidence_out_of_reach(mrl_status status);

/* The evidence as controls see it: {"asked", "digest", "signatures", "attestations", "refused",
 * "unread", "leftOut"}. */
mrl_status mrl_image_evidence_value(mrl_arena *a, const struct mrl_image_evidence *e,
                                    const struct mrl_image_ask *ask, mrl_val *ret) MRL_NODISCARD;

#endif
