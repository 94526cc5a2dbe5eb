/* entry.h - what a transparency log recorded: Rekor's entry bodies as typed records.
 *
 * Idea: each kind says the same three things in its own way: over which digest, which signatures,
 * by which keys or certificates. One record holds them, so that matching an entry with a bundle is
 * written once. Kinds: hashedrekord 0.0.1 and 0.0.2, dsse 0.0.1 and 0.0.2, intoto 0.0.2.
 * Source: the schemas of sigstore/rekor and rekor-tiles.
 *
 * Ownership: slices live in the arena or borrow the body.
 */
#ifndef MRL_FORMATS_SIGSTORE_ENTRY_H
#define MRL_FORMATS_SIGSTORE_ENTRY_H

#include "formats/sigstore/bundle.h"

enum mrl_entry_over {                     /* what the digest is of */
                      MRL_ENTRY_ARTIFACT, /* hashedrekord: the message that was signed */
                      MRL_ENTRY_PAYLOAD,  /* dsse, intoto: the payload of the envelope */
};

struct mrl_entry_sig {
    mrl_str sig;
    mrl_str verifier; /* DER: a certificate, or a SubjectPublicKeyInfo */
};

struct mrl_entry {
    enum mrl_entry_over over;
    bool v2;        /* of a Rekor v2 log: no time of its own */
    mrl_str digest; /* SHA-256, 32 bytes */
    struct mrl_entry_sig sigs[MRL_BUNDLE_SIGS_MAX];
    uint32_t n_sigs;
};

/* Reads the body of a log entry; its kind and version must be those that the bundle names.
 * MRL_E_UNSUPPORTED for other kinds, MRL_E_SYNTAX, MRL_E_INVALID where the two differ. */
mrl_status mrl_entry_parse(mrl_arena *a, const struct mrl_tlog_entry *e, struct mrl_err *err,
                           struct mrl_entry *ret) MRL_NODISCARD;

#endif
