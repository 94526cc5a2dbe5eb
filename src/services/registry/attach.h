/* attach.h - attaching a signature or attestation to an image, in both layouts of cosign.
 *
 * Idea: signatures.h reads both, this writes both. The layout of cosign 3 is a manifest of its own
 * that refers to the image (OCI 1.1 subject), with the bundle as its one layer. The layout of
 * cosign 1 and 2 is one manifest below the tag sha256-<hex>.sig or .att, to which a layer is added.
 *
 * Nothing is visible until the sink's commit, which is the caller's.
 */
#ifndef MRL_SERVICES_REGISTRY_ATTACH_H
#define MRL_SERVICES_REGISTRY_ATTACH_H

#include "formats/sigstore/bundle.h"
#include "services/registry/sink.h"
#include "services/registry/source.h"

struct mrl_attachment {
    const struct mrl_descriptor *image; /* with media type, digest and size */
    const struct mrl_bundle *bundle;
    mrl_str predicate_type;
    mrl_str created;        /* RFC 3339: time is passed in */
    mrl_str simple_signing; /* legacy signatures: the text that the bundle's signature is over */
};

/* Writes a bundle that refers to the image. */
mrl_status mrl_attach_bundle(struct mrl_sink *sink, mrl_arena *a, const struct mrl_attachment *what,
                             struct mrl_err *err) MRL_NODISCARD;

/* Adds a layer below the image's tag: .sig with a simple-signing text, else .att with an envelope.
 * What `source` has below that tag stays; layers that already say the same are not repeated.
 * MRL_E_LIMIT when there are MRL_LAYERS_MAX. */
mrl_status mrl_attach_legacy(struct mrl_source *source, struct mrl_sink *sink, mrl_arena *a,
                             const struct mrl_attachment *what, struct mrl_err *err) MRL_NODISCARD;

#endif
