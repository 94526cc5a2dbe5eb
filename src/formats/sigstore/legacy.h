/* legacy.h - signatures as cosign 1 and 2 keep them: in annotations of a layer.
 *
 * Idea: a layer below the tag sha256-….sig holds the signed text (simple signing), one below
 * sha256-….att an envelope; certificate, log promise and timestamp stand beside it in annotations.
 * That is a bundle of version 0.1 in other clothes, so it becomes one, and is verified as one.
 * Source: cosign's specs/SIGNATURE_SPEC.md.
 */
#ifndef MRL_FORMATS_SIGSTORE_LEGACY_H
#define MRL_FORMATS_SIGSTORE_LEGACY_H

#include "formats/sigstore/bundle.h"

#define MRL_SIMPLE_SIGNING_TYPE MRL_S("application/vnd.dev.cosign.simplesigning.v1+json")
#define MRL_DSSE_TYPE MRL_S("application/vnd.dsse.envelope.v1+json")

/* A bundle of a layer's bytes and annotations. `is_dsse`: the layer is an envelope. Bundles that
 * have no certificate were signed by a key. MRL_E_SYNTAX with the annotation's name. */
mrl_status mrl_bundle_of_layer(mrl_arena *a, mrl_str layer, bool is_dsse, mrl_val annotations,
                               struct mrl_err *err, struct mrl_bundle *ret) MRL_NODISCARD;

/* The manifest digest that a simple-signing text is about ("sha256:…"). */
mrl_status mrl_simple_signing_digest(mrl_arena *a, mrl_str text, struct mrl_err *err,
                                     mrl_str *ret) MRL_NODISCARD;

#endif
