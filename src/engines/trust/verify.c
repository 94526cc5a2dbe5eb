/* verify.c - the order in which a bundle is verified: see trust.h.
 *
 * First the signature (cheap, and all else is about it), then the times, then who signed. The clock
 * is never asked.
 */
#include "engines/trust/trust_internal.h"

struct verifying {
    mrl_arena *arena;
    struct mrl_trust *trust;
    const struct mrl_want *want;
    const struct mrl_bundle *bundle;
    const struct mrl_artifact *artifact;
    struct mrl_err *err;
    struct mrl_x509 leaf;     /* by certificate */
    struct mrl_pubkey *own;   /* the leaf's key, to be freed */
    mrl_str sig;              /* the bundle's one signature */
    mrl_str signed_bytes;     /* empty with only a digest known */
    unsigned char digest[32]; /* SHA-256 of the signed bytes */
    struct mrl_verified result;
};

mrl_status mrl_trust_time(const struct mrl_proved_time *times, uint32_t n, int64_t not_before,
                          int64_t not_after, struct mrl_err *err) {
    if (n == 0)
        return mrl_trust_fail(err, "trust.time",
                              "no timestamp authority or log says when the signature was made");
    for (uint32_t i = 0; i < n; i++)
        if (times[i].seconds < not_before || times[i].seconds > not_after)
            return mrl_trust_fail(err, "trust.time",
                                  "the time of the %s is outside of the certificate's validity",
                                  times[i].source == MRL_TIME_LOG ? "log" : "timestamp");
    return MRL_OK;
}

/* --- the signature -----------------------------------------------------------------------------
 */

/* What was signed: the envelope's PAE, or the artifact. */
static mrl_status find_signed(struct verifying *v) {
    const struct mrl_bundle *b = v->bundle;
    if (b->is_dsse) {
        v->sig = b->sigs[0].sig;
        MRL_TRY(mrl_dsse_pae(v->arena, b->payload_type, b->payload, &v->signed_bytes));
        return mrl_sha256_of(&v->signed_bytes, 1, v->digest);
    }
    v->sig = b->sig;
    v->signed_bytes = v->artifact->has_bytes ? v->artifact->bytes : (mrl_str){NULL, 0};
    memcpy(v->digest, v->artifact->sha256, sizeof v->digest);
    if (b->digest.len > 0 && !mrl_str_eq(b->digest, (mrl_str){(char *)v->digest, 32}))
        return mrl_trust_fail(v->err, "trust.artifact",
                              "the bundle's digest is not the artifact's");
    return MRL_OK;
}

/* The key that the signature must be of: the caller's, or the certificate's. */
static mrl_status find_key(struct verifying *v, const struct mrl_pubkey **ret) {
    const struct mrl_bundle *b = v->bundle;
    if (v->want->key != NULL) {
        *ret = v->want->key;
        return b->has_key ? MRL_OK
                          : mrl_trust_fail(v->err, "trust.material",
                                           "the bundle was signed by a certificate, not by a key");
    }
    if (b->has_key)
        return mrl_trust_fail(v->err, "trust.material",
                              "the bundle was signed by a key: name the key");
    MRL_TRY(mrl_x509_parse(b->certs[0], v->err, &v->leaf));
    MRL_TRY(mrl_pubkey_of_spki(v->leaf.spki, v->err, &v->own));
    *ret = v->own;
    return MRL_OK;
}

static mrl_status check_signature(struct verifying *v, const struct mrl_pubkey *key) {
    enum mrl_sig_scheme scheme = mrl_pubkey_scheme(key);
    enum mrl_digest digest = mrl_pubkey_digest(key);
    bool whole = v->bundle->is_dsse || v->artifact->has_bytes;
    if (!whole && (scheme == MRL_SIG_ED25519 || digest != MRL_SHA256))
        return mrl_err_set(v->err, MRL_E_UNSUPPORTED, "trust.signature",
                           "a signature by an %s key needs the artifact itself, not its SHA-256",
                           mrl_pubkey_kind_name(mrl_pubkey_kind(key)));
    bool ok = whole ? mrl_pubkey_verify(key, scheme, digest, v->signed_bytes, v->sig)
                    : mrl_pubkey_verify_digest(key, scheme, MRL_SHA256,
                                               (mrl_str){(char *)v->digest, 32}, v->sig);
    return ok ? MRL_OK : mrl_trust_fail(v->err, "trust.signature", "the signature is wrong");
}

/* --- times and logs ----------------------------------------------------------------------------
 */

static void add_time(struct verifying *v, enum mrl_time_source source, int64_t seconds) {
    MRL_ASSERT(v->result.n_times < MRL_PROVED_TIMES_MAX);
    v->result.times[v->result.n_times++] = (struct mrl_proved_time){source, seconds};
}

/* The same statement twice is one: whoever counts (two logs, two authorities) must not be fooled.
 */
static mrl_status check_timestamps(struct verifying *v) {
    mrl_str marks[MRL_BUNDLE_TIMESTAMPS_MAX];
    for (uint32_t i = 0; i < v->bundle->n_timestamps; i++) {
        int64_t seconds;
        marks[i] = (mrl_str){"", 0};
        mrl_status status = mrl_trust_timestamp(v->arena, v->trust, v->bundle->timestamps[i],
                                                v->sig, v->err, &marks[i], &seconds);
        for (uint32_t k = 0; k < i; k++)
            if (mrl_str_eq(marks[k], marks[i]))
                return mrl_trust_fail(v->err, "trust.timestamp", "a timestamp stands there twice");
        v->result.n_unknown_authorities += status == MRL_E_NOT_FOUND;
        if (status == MRL_E_NOT_FOUND)
            continue;
        MRL_TRY(status);
        add_time(v, MRL_TIME_AUTHORITY, seconds);
    }
    return MRL_OK;
}

/* A log that gave no time of its own must have been trusted at every time that is proved. Where
 * none is, a log whose trust has ended could have written the entry after that end. */
static mrl_status check_log_validity(struct verifying *v, const struct mrl_trust_log *log) {
    for (uint32_t i = 0; i < v->result.n_times; i++)
        if (!mrl_in_range(log->root->valid, v->result.times[i].seconds))
            return mrl_trust_fail(v->err, "trust.log",
                                  "the log's key was not to be trusted at the time %s",
                                  v->result.times[i].source == MRL_TIME_LOG ? "logged" : "stamped");
    if (v->result.n_times == 0 && log->root->valid.end != INT64_MAX)
        return mrl_trust_fail(v->err, "trust.log",
                              "nothing says when the entry of a log that was retired was made");
    return MRL_OK;
}

static bool same_entry(const struct mrl_tlog_entry *a, const struct mrl_tlog_entry *b) {
    return mrl_str_eq(a->log_id, b->log_id) &&
           (a->log_index == b->log_index || mrl_str_eq(a->body, b->body));
}

static mrl_status check_entries(struct verifying *v, mrl_str verifier) {
    struct mrl_trust_subject subject = {.is_dsse = v->bundle->is_dsse,
                                        .sig = v->sig,
                                        .verifier = verifier,
                                        .signed_digest = {(char *)v->digest, 32},
                                        .payload = v->bundle->payload};
    struct mrl_trust_log *timeless[MRL_BUNDLE_ENTRIES_MAX];
    uint32_t n_timeless = 0;
    for (uint32_t i = 0; i < v->bundle->n_entries; i++) {
        struct mrl_trust_log *log;
        int64_t seconds;
        for (uint32_t k = 0; k < i; k++)
            if (same_entry(&v->bundle->entries[k], &v->bundle->entries[i]))
                return mrl_trust_fail(v->err, "trust.log", "a log entry stands there twice");
        MRL_TRY(mrl_trust_entry(v->arena, v->trust, &v->bundle->entries[i], &subject, v->err,
                                &seconds, &log));
        if (seconds != 0)
            add_time(v, MRL_TIME_LOG, seconds);
        else
            timeless[n_timeless++] = log;
    }
    for (uint32_t i = 0; i < n_timeless; i++) /* all times are known now */
        MRL_TRY(check_log_validity(v, timeless[i]));
    v->result.n_entries = v->bundle->n_entries;
    return MRL_OK;
}

/* --- who signed --------------------------------------------------------------------------------
 */

/* A chain in the bundle is a courtesy; a root in it would be an offer to trust it. */
static mrl_status check_offered_chain(struct verifying *v) {
    for (uint32_t i = 1; i < v->bundle->n_certs; i++) {
        struct mrl_x509 c;
        MRL_TRY(mrl_x509_parse(v->bundle->certs[i], v->err, &c));
        if (mrl_str_eq(c.issuer, c.subject))
            return mrl_trust_fail(v->err, "trust.material", "the bundle brings a root certificate");
    }
    return MRL_OK;
}

static mrl_status check_certificate(struct verifying *v) {
    const struct mrl_trust_cert *issuer = NULL;
    MRL_TRY(check_offered_chain(v));
    MRL_TRY(mrl_trust_leaf(&v->leaf, MRL_OID_EKU_CODE_SIGNING, v->err));
    MRL_TRY(mrl_trust_time(v->result.times, v->result.n_times, v->leaf.not_before,
                           v->leaf.not_after, v->err));
    if (v->result.n_entries == 0)
        return mrl_trust_fail(v->err, "trust.log", "the signature is in no log");
    for (uint32_t i = 0; i < v->result.n_times; i++)
        MRL_TRY(mrl_trust_chain(v->trust, v->trust->cas, v->trust->root.cas.n, &v->leaf,
                                v->result.times[i].seconds, v->err, &issuer));
    MRL_TRY(mrl_trust_sct(v->arena, v->trust, &v->leaf, &issuer->x509, v->err));
    return mrl_trust_identity(v->arena, &v->leaf, v->want, v->err, &v->result);
}

/* --- all -----------------------------------------------------------------------------------------
 */

static mrl_status verify(struct verifying *v) {
    const struct mrl_bundle *b = v->bundle;
    const struct mrl_pubkey *key = NULL;
    mrl_str verifier = b->has_key ? (mrl_str){NULL, 0} : b->certs[0];
    MRL_TRY(find_signed(v));
    MRL_TRY(find_key(v, &key));
    MRL_TRY(check_signature(v, key));
    /* Only entries of a log name the key, and writing it down costs as much as half a signature. */
    if (b->has_key && v->trust != NULL && b->n_entries > 0)
        MRL_TRY(mrl_pubkey_spki(v->arena, key, &verifier));
    if (v->trust != NULL) {
        MRL_TRY(check_timestamps(v));
        MRL_TRY(check_entries(v, verifier));
    }
    v->result.by_key = b->has_key;
    v->result.logs_unchecked = v->trust == NULL && b->n_entries + b->n_timestamps > 0;
    if (!b->has_key)
        MRL_TRY(check_certificate(v));
    if (!b->is_dsse)
        return MRL_OK;
    v->result.payload_type = b->payload_type;
    v->result.payload = b->payload;
    return mrl_trust_statement(v->arena, b->payload_type, b->payload, v->artifact, v->err,
                               &v->result.predicate_type);
}

mrl_status mrl_trust_verify(mrl_arena *a, struct mrl_trust *trust, const struct mrl_want *want,
                            const struct mrl_bundle *bundle, const struct mrl_artifact *artifact,
                            struct mrl_err *err, struct mrl_verified *ret) {
    struct verifying v = {.arena = a,
                          .trust = trust,
                          .want = want,
                          .bundle = bundle,
                          .artifact = artifact,
                          .err = err};
    if (trust == NULL && want->key == NULL)
        return mrl_trust_fail(err, "trust.material",
                              "without a key a trusted root is needed: name one");
    mrl_status status = verify(&v);
    mrl_pubkey_free(v.own);
    if (status == MRL_OK)
        *ret = v.result;
    return status;
}
