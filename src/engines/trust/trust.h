/* trust.h - is this signature to be believed, and whose is it?
 *
 * Idea: a bundle is evidence; a trusted root and the caller's wishes (a key, or an identity and its
 * issuer) say what to believe. Everything that the bundle brings is checked: evidence that is
 * present and wrong fails, always, and no option changes that. Evidence that the root does not know
 * (a witness's cosignature) is passed over. Nothing is fetched.
 *
 * What must be there: by key, the signature alone. By certificate, also a time that a timestamp
 * authority or a log signed (never the clock: Fulcio's certificates live ten minutes), an entry in
 * a log, the promise of a certificate log, and a chain to the root, each valid at that time.
 *
 * Threads: a struct mrl_trust belongs to one thread, as it remembers signatures of certificates.
 * Cost: by key 80 us; by certificate 0.4 ms, less when the chain was met before.
 * Sources: the Sigstore client specification; RFC 5280, 6962, 3161, 9162; C2SP signed-note.
 */
#ifndef MRL_ENGINES_TRUST_TRUST_H
#define MRL_ENGINES_TRUST_TRUST_H

#include "base/pubkey.h"
#include "engines/match/regex.h"
#include "formats/sigstore/bundle.h"

struct mrl_trust; /* a trusted root with its keys read */

/* Pairs of certificate and issuer whose signature was verified, by digest. It holds for any root,
 * so one serves all roots of a thread: P-384 costs half a millisecond a signature, and the upper
 * half of a chain is the same for all. 8 KiB; zeroed to begin with. */
#define MRL_TRUST_MEMO 256u /* a power of two */
struct mrl_trust_memo {
    unsigned char pairs[MRL_TRUST_MEMO][32];
};

/* Reads a trusted root (JSON). Keys and certificates that cannot be read make it unusable: a root
 * that is half understood is not trusted. Free with mrl_trust_free. */
mrl_status mrl_trust_new(mrl_str text, mrl_str file, struct mrl_trust_memo *memo,
                         struct mrl_err *err, struct mrl_trust **ret) MRL_NODISCARD;
/* Frees trust roots. NULL is allowed. */
void mrl_trust_free(struct mrl_trust *t);

/* --- what is verified ------------------------------------------------------------------------ */

struct mrl_artifact {
    bool has_bytes; /* false: only the digest is known */
    mrl_str bytes;
    unsigned char sha256[32];
};
/* The artifact of these bytes, with its digest. */
mrl_status mrl_artifact_of(mrl_str bytes, struct mrl_artifact *ret) MRL_NODISCARD;

struct mrl_text_want {             /* a text that is asked for: exactly, or by a pattern */
    mrl_str exact;                 /* empty: by the pattern */
    const struct mrl_regex *regex; /* made by mrl_trust_pattern; NULL: none */
    mrl_str pattern;               /* its source, for messages */
};

/* True when it asks for something. */
bool mrl_text_want_given(const struct mrl_text_want *want);

struct mrl_want {                          /* whose signature it must be */
    const struct mrl_pubkey *key;          /* by key; NULL: by certificate */
    struct mrl_text_want identity, issuer; /* by certificate: both required */
};

/* Compiles a pattern (RE2 syntax) that must match the whole text: "a|b" is "^(?:a|b)$", so that a
 * forgotten anchor lets nobody in. *ret_anyone: it matches names that nobody has, so it asks for
 * nothing; the caller warns. MRL_E_SYNTAX, MRL_E_LIMIT. */
mrl_status mrl_trust_pattern(mrl_arena *a, mrl_str pattern, struct mrl_err *err,
                             struct mrl_text_want *ret, bool *ret_anyone) MRL_NODISCARD;

enum mrl_time_source { MRL_TIME_AUTHORITY, MRL_TIME_LOG };

struct mrl_proved_time { /* seconds since 1970 at which the signature existed, signed by `source` */
    enum mrl_time_source source;
    int64_t seconds;
};

#define MRL_PROVED_TIMES_MAX (MRL_BUNDLE_TIMESTAMPS_MAX + MRL_BUNDLE_ENTRIES_MAX)

struct mrl_verified { /* what stands proved; slices live in the arena or borrow the bundle */
    bool by_key;
    mrl_str identity, issuer;
    struct mrl_proved_time times[MRL_PROVED_TIMES_MAX];
    uint32_t n_times;
    uint32_t n_unknown_authorities; /* timestamps by authorities that the root does not know */
    uint32_t n_entries;             /* log entries that were verified */
    bool logs_unchecked;            /* by key and without a root: entries were not looked at */
    mrl_str payload_type, payload;  /* of an envelope */
    mrl_str predicate_type;         /* of an in-toto statement */
};

/* Verifies a bundle for an artifact. `trust` may be NULL when `want` names a key. MRL_E_INVALID
 * with the reason when it does not hold; err->id is the step that failed: "trust.signature",
 * "trust.certificate", "trust.time", "trust.timestamp", "trust.log", "trust.sct", "trust.identity",
 * "trust.artifact", "trust.material". *ret is untouched on failure. */
mrl_status mrl_trust_verify(mrl_arena *a, struct mrl_trust *trust, const struct mrl_want *want,
                            const struct mrl_bundle *bundle, const struct mrl_artifact *artifact,
                            struct mrl_err *err, struct mrl_verified *ret) MRL_NODISCARD;

/* --- parts that are of use alone ---------------------------------------------------------------
 */

/* Decides whether the times prove that a certificate valid in [not_before, not_after] was valid
 * when it signed: there is one, and all lie inside. The clock has no say. */
mrl_status mrl_trust_time(const struct mrl_proved_time *times, uint32_t n, int64_t not_before,
                          int64_t not_after, struct mrl_err *err) MRL_NODISCARD;

/* The bytes that a DSSE signature is over: "DSSEv1 SP len(type) SP type SP len(body) SP body". */
mrl_status mrl_dsse_pae(mrl_arena *a, mrl_str type, mrl_str body, mrl_str *ret) MRL_NODISCARD;

/* True when `leaf_hash` is leaf `index` of the tree of `size` leaves with `root` (RFC 9162 section
 * 2.1.3.2). All hashes have 32 bytes. */
bool mrl_merkle_included(uint64_t index, uint64_t size, const mrl_str *hashes, uint32_t n,
                         mrl_str leaf_hash, mrl_str root);

#endif
