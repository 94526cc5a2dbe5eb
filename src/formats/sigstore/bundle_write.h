/* bundle_write.h - Sigstore bundles of version 0.3, as cosign 3 writes them.
 *
 * Idea: the writer makes what bundle.h reads: of signatures by a key, whose hint is the SHA-256 of
 * its SubjectPublicKeyInfo, and by a certificate, with log entries and timestamps. Version 0.3 has
 * one certificate and no chain: authorities belong into trusted roots.
 */
#ifndef MRL_FORMATS_SIGSTORE_BUNDLE_WRITE_H
#define MRL_FORMATS_SIGSTORE_BUNDLE_WRITE_H

#include "formats/sigstore/bundle.h"

#define MRL_BUNDLE_TYPE MRL_S("application/vnd.dev.sigstore.bundle.v0.3+json")

/* The hint of a key: base64 of the SHA-256 of its SubjectPublicKeyInfo. */
mrl_status mrl_bundle_hint(mrl_arena *a, mrl_str spki, mrl_str *ret) MRL_NODISCARD;

/* Writes the key's hint or the one certificate, log entries, timestamps, and either digest and sig,
 * or the envelope (is_dsse, one signature). One line, without an end of line. */
mrl_status mrl_bundle_write(mrl_arena *a, const struct mrl_bundle *b, mrl_str *ret) MRL_NODISCARD;

/* Writes the envelope alone: what cosign 1 and 2 store. */
mrl_status mrl_envelope_write(mrl_arena *a, const struct mrl_bundle *b, mrl_str *ret) MRL_NODISCARD;

#endif
