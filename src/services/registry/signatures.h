/* signatures.h - the signatures and attestations that a source has for an image.
 *
 * Idea: both layouts in which cosign stores them are always looked at: manifests that refer to the
 * image, with Sigstore bundles as layers, and the tags sha256-<hex>.sig and .att with annotations.
 * Each becomes a candidate with its bundle; a candidate that cannot be read is kept with the
 * reason, since "why not" is what people ask. Nothing is believed here.
 */
#ifndef MRL_SERVICES_REGISTRY_SIGNATURES_H
#define MRL_SERVICES_REGISTRY_SIGNATURES_H

#include "formats/sigstore/bundle.h"
#include "services/registry/source.h"

#define MRL_CANDIDATES_MAX 1000u /* of one image: newest first where the source says */
#define MRL_CANDIDATE_BYTES_MAX ((size_t)64 << 20) /* of one bundle or envelope */

struct mrl_candidate {
    mrl_str from;      /* "referrer sha256:…", "tag sha256-….sig" */
    mrl_status status; /* of reading it */
    char why[MRL_ERR_TEXT_MAX];
    struct mrl_bundle bundle;
    bool simple; /* signed over `text`, which names the image */
    mrl_str text;
};

struct mrl_candidates {
    struct mrl_candidate *items;
    uint32_t n, cap;
    uint32_t n_left_out; /* above MRL_CANDIDATES_MAX */
};

/* Gathers the candidates of the image with that digest. Not finding any is no failure; a source
 * that cannot be asked is. */
mrl_status mrl_signatures_of(struct mrl_source *s, mrl_arena *a, mrl_str digest,
                             struct mrl_err *err, struct mrl_candidates *ret) MRL_NODISCARD;

#endif
