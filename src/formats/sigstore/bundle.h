/* bundle.h - Sigstore bundles, versions 0.1 to 0.3, as typed records.
 *
 * Idea: a bundle carries a signature and the evidence around it: a certificate or the hint of a
 * key, entries of transparency logs, timestamps. The reader checks what the format asks of each
 * version (what must be there, what may not), decodes all base64 once, and believes nothing.
 * Source: sigstore/protobuf-specs, sigstore_bundle.proto and its media types.
 *
 * Ownership: slices live in the arena or borrow the text. Cost: O(bytes).
 */
#ifndef MRL_FORMATS_SIGSTORE_BUNDLE_H
#define MRL_FORMATS_SIGSTORE_BUNDLE_H

#include "base/value.h"

#define MRL_BUNDLE_BYTES_MAX ((size_t)64 << 20) /* an attestation may hold an SBOM */
#define MRL_BUNDLE_CERTS_MAX 8u
#define MRL_BUNDLE_ENTRIES_MAX 32u
#define MRL_BUNDLE_TIMESTAMPS_MAX 32u
#define MRL_BUNDLE_SIGS_MAX 16u  /* signatures of one envelope */
#define MRL_PROOF_HASHES_MAX 64u /* a tree of 2^64 leaves */

struct mrl_tlog_proof {
    bool present;
    int64_t log_index, tree_size;
    mrl_str root_hash;
    mrl_str hashes[MRL_PROOF_HASHES_MAX];
    uint32_t n_hashes;
    mrl_str checkpoint; /* signed note; empty: none */
};

struct mrl_tlog_entry {
    int64_t log_index;
    mrl_str log_id; /* SHA-256 of the log's key, usually */
    mrl_str kind, version;
    int64_t integrated_time; /* seconds since 1970; 0: none */
    mrl_str promise;         /* signed entry timestamp; empty: none */
    struct mrl_tlog_proof proof;
    mrl_str body; /* what was logged */
};

struct mrl_dsse_sig {
    mrl_str sig, key_id;
};

struct mrl_bundle {
    int minor;                           /* version 0.minor: 1, 2, 3 */
    bool has_key;                        /* signed by a key that is not in the bundle */
    mrl_str key_hint;                    /* of it */
    mrl_str certs[MRL_BUNDLE_CERTS_MAX]; /* DER, the signer's first */
    uint32_t n_certs;
    struct mrl_tlog_entry *entries;
    uint32_t n_entries;
    mrl_str timestamps[MRL_BUNDLE_TIMESTAMPS_MAX]; /* DER of RFC 3161 responses */
    uint32_t n_timestamps;
    bool is_dsse;
    /* Signature of a message: */
    mrl_str digest; /* SHA-256 that the bundle claims; empty: none */
    mrl_str sig;
    /* DSSE envelope: */
    mrl_str payload_type, payload;
    struct mrl_dsse_sig sigs[MRL_BUNDLE_SIGS_MAX];
    uint32_t n_sigs;
};

/* Reads a bundle. MRL_E_SYNTAX with the JSON's place or the field's name; MRL_E_UNSUPPORTED for a
 * version or algorithm that we do not know; MRL_E_LIMIT. */
mrl_status mrl_bundle_parse(mrl_arena *a, mrl_str text, mrl_str file, struct mrl_err *err,
                            struct mrl_bundle *ret) MRL_NODISCARD;

#endif
