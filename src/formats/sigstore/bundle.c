/* bundle.c - see bundle.h. Each function reads one message of sigstore_bundle.proto. */
#include "formats/sigstore/bundle.h"

#include "formats/json/json.h"
#include "formats/sigstore/fields.h"

#define HASH_BYTES 32u /* SHA-256: the only hash of log trees */

/* Checks that a message has no other members: the protobuf reader refuses them, too, and a field
 * with a letter changed is no field that was left out. */
#define ONLY(p, v, what, ...)                                                                      \
    do {                                                                                           \
        static const char *const known_[] = {__VA_ARGS__};                                         \
        mrl_pj_only((p), (v), (what), known_, MRL_COUNTOF(known_));                                \
    } while (0)

/* --- version --------------------------------------------------------------------------------- */

static mrl_status version(struct mrl_pj *p, mrl_str media_type, int *ret) {
    static const struct {
        mrl_str type;
        int minor;
    } rows[] = {
        {MRL_S_INIT("application/vnd.dev.sigstore.bundle+json;version=0.1"), 1},
        {MRL_S_INIT("application/vnd.dev.sigstore.bundle+json;version=0.2"), 2},
        {MRL_S_INIT("application/vnd.dev.sigstore.bundle+json;version=0.3"), 3},
        {MRL_S_INIT("application/vnd.dev.sigstore.bundle.v0.3+json"), 3},
    };
    for (size_t i = 0; i < MRL_COUNTOF(rows); i++)
        if (mrl_str_eq(media_type, rows[i].type)) {
            *ret = rows[i].minor;
            return MRL_OK;
        }
    return mrl_err_set(p->err, MRL_E_UNSUPPORTED, "sigstore.version",
                       "the bundle's mediaType \"%.*s\" is not known: versions are 0.1 to 0.3",
                       MRL_F(media_type));
}

/* --- logs ------------------------------------------------------------------------------------ */

static void inclusion_proof(struct mrl_pj *p, mrl_val v, struct mrl_tlog_proof *ret) {
    ONLY(p, v, "inclusionProof", "logIndex", "rootHash", "treeSize", "hashes", "checkpoint");
    ONLY(p, mrl_pj_object(p, v, "checkpoint"), "checkpoint", "envelope");
    ret->present = true;
    ret->log_index = mrl_pj_u63(p, v, "logIndex", 0); /* ProtoJSON leaves a 0 out */
    ret->tree_size = mrl_pj_u63(p, v, "treeSize", 0);
    ret->root_hash = mrl_pj_bytes(p, v, "rootHash");
    mrl_val hashes = mrl_pj_array(p, v, "hashes", MRL_PROOF_HASHES_MAX);
    for (uint32_t i = 0; i < hashes.len; i++) {
        ret->hashes[i] = mrl_pj_decode(p, hashes.u.arr->items[i], "hashes");
        if (p->status == MRL_OK && ret->hashes[i].len != HASH_BYTES)
            (void)mrl_pj_fail(p, "hashes", "has one that is no SHA-256");
    }
    ret->n_hashes = hashes.len;
    ret->checkpoint = mrl_pj_str(p, mrl_pj_object(p, v, "checkpoint"), "envelope");
    if (p->status == MRL_OK && ret->root_hash.len != HASH_BYTES)
        (void)mrl_pj_fail(p, "rootHash", "is no SHA-256");
}

void mrl_pj_log_entry(struct mrl_pj *p, mrl_val v, struct mrl_tlog_entry *ret) {
    mrl_val kind = mrl_pj_object(p, v, "kindVersion");
    ONLY(p, v, "a log entry", "logIndex", "logId", "kindVersion", "integratedTime",
         "inclusionPromise", "inclusionProof", "canonicalizedBody");
    ONLY(p, kind, "kindVersion", "kind", "version");
    ONLY(p, mrl_pj_object(p, v, "logId"), "logId", "keyId");
    ONLY(p, mrl_pj_object(p, v, "inclusionPromise"), "inclusionPromise", "signedEntryTimestamp");
    ret->log_index = mrl_pj_u63(p, v, "logIndex", 0);
    ret->log_id = mrl_pj_bytes(p, mrl_pj_object(p, v, "logId"), "keyId");
    ret->kind = mrl_pj_str(p, kind, "kind");
    ret->version = mrl_pj_str(p, kind, "version");
    ret->integrated_time = mrl_pj_u63(p, v, "integratedTime", 0);
    ret->promise = mrl_pj_bytes(p, mrl_pj_object(p, v, "inclusionPromise"), "signedEntryTimestamp");
    ret->body = mrl_pj_bytes(p, v, "canonicalizedBody");
    mrl_val proof = mrl_pj_object(p, v, "inclusionProof");
    if (mrl_is_defined(proof))
        inclusion_proof(p, proof, &ret->proof);
    if (p->status == MRL_OK && ret->log_id.len == 0)
        (void)mrl_pj_fail(p, "logId", "is missing");
    if (p->status == MRL_OK && ret->body.len == 0)
        (void)mrl_pj_fail(p, "canonicalizedBody", "is missing");
}

static void log_entries(struct mrl_pj *p, mrl_val material, struct mrl_bundle *b) {
    mrl_val list = mrl_pj_array(p, material, "tlogEntries", MRL_BUNDLE_ENTRIES_MAX);
    b->entries = MRL_ARENA_ARRAY(p->arena, struct mrl_tlog_entry, list.len + 1);
    if (b->entries == NULL) {
        p->status = MRL_E_NOMEM;
        return;
    }
    for (uint32_t i = 0; i < list.len; i++) {
        struct mrl_tlog_entry *e = &b->entries[i];
        mrl_pj_log_entry(p, list.u.arr->items[i], e);
        /* Version 0.1 rests on promises, later ones on proofs; a proof needs a signed root. */
        if (b->minor == 1 && e->promise.len == 0)
            (void)mrl_pj_fail(p, "inclusionPromise", "is missing, which version 0.1 asks for");
        if (b->minor > 1 && !e->proof.present)
            (void)mrl_pj_fail(p, "inclusionProof", "is missing");
        if (b->minor > 1 && e->proof.present && e->proof.checkpoint.len == 0)
            (void)mrl_pj_fail(p, "checkpoint", "is missing");
    }
    b->n_entries = list.len;
}

/* --- material -------------------------------------------------------------------------------- */

static void certificates(struct mrl_pj *p, mrl_val material, struct mrl_bundle *b) {
    mrl_val one = mrl_pj_object(p, material, "certificate");
    mrl_val chain = mrl_pj_object(p, material, "x509CertificateChain");
    mrl_val key = mrl_pj_object(p, material, "publicKey");
    ONLY(p, material, "verificationMaterial", "certificate", "x509CertificateChain", "publicKey",
         "tlogEntries", "timestampVerificationData");
    ONLY(p, one, "certificate", "rawBytes");
    ONLY(p, chain, "x509CertificateChain", "certificates");
    ONLY(p, key, "publicKey", "hint");
    int n = mrl_is_defined(one) + mrl_is_defined(chain) + mrl_is_defined(key);
    if (n != 1) {
        (void)mrl_pj_fail(p, "verificationMaterial",
                          "must have one of certificate, x509CertificateChain and publicKey");
        return;
    }
    b->has_key = mrl_is_defined(key);
    if (b->has_key)
        b->key_hint = mrl_pj_str(p, key, "hint");
    if (mrl_is_defined(one))
        b->certs[b->n_certs++] = mrl_pj_bytes(p, one, "rawBytes");
    mrl_val list = mrl_pj_array(p, chain, "certificates", MRL_BUNDLE_CERTS_MAX);
    for (uint32_t i = 0; i < list.len; i++) {
        ONLY(p, list.u.arr->items[i], "a certificate", "rawBytes");
        b->certs[b->n_certs++] = mrl_pj_bytes(p, list.u.arr->items[i], "rawBytes");
    }
    if (b->minor >= 3 && mrl_is_defined(chain))
        (void)mrl_pj_fail(p, "x509CertificateChain", "is not allowed in version 0.3");
    for (uint32_t i = 0; i < b->n_certs; i++)
        if (b->certs[i].len == 0)
            (void)mrl_pj_fail(p, "rawBytes", "is empty");
    if (!b->has_key && b->n_certs == 0)
        (void)mrl_pj_fail(p, "certificates", "is empty");
}

static void timestamps(struct mrl_pj *p, mrl_val material, struct mrl_bundle *b) {
    mrl_val data = mrl_pj_object(p, material, "timestampVerificationData");
    mrl_val list = mrl_pj_array(p, data, "rfc3161Timestamps", MRL_BUNDLE_TIMESTAMPS_MAX);
    ONLY(p, data, "timestampVerificationData", "rfc3161Timestamps");
    for (uint32_t i = 0; i < list.len; i++) {
        ONLY(p, list.u.arr->items[i], "a timestamp", "signedTimestamp");
        b->timestamps[i] = mrl_pj_bytes(p, list.u.arr->items[i], "signedTimestamp");
    }
    b->n_timestamps = list.len;
}

/* --- content --------------------------------------------------------------------------------- */

static void message_signature(struct mrl_pj *p, mrl_val v, struct mrl_bundle *b) {
    mrl_val digest = mrl_pj_object(p, v, "messageDigest");
    ONLY(p, v, "messageSignature", "messageDigest", "signature");
    ONLY(p, digest, "messageDigest", "algorithm", "digest");
    b->sig = mrl_pj_bytes(p, v, "signature");
    b->digest = mrl_pj_bytes(p, digest, "digest");
    mrl_str algorithm = mrl_pj_str(p, digest, "algorithm");
    /* cosign writes an empty one where the signature needs none (Ed25519). */
    if (b->digest.len > 0 && b->digest.len != HASH_BYTES)
        (void)mrl_pj_fail(p, "messageDigest", "has no digest of 32 bytes");
    if (b->digest.len > 0 && p->status == MRL_OK && !mrl_str_eq(algorithm, MRL_S("SHA2_256")))
        p->status = mrl_err_set(p->err, MRL_E_UNSUPPORTED, "sigstore.digest",
                                "the digest's algorithm %.*s is not SHA2_256", MRL_F(algorithm));
    if (p->status == MRL_OK && b->sig.len == 0)
        (void)mrl_pj_fail(p, "signature", "is missing");
}

void mrl_bundle_envelope(struct mrl_pj *p, mrl_val v, struct mrl_bundle *b) {
    mrl_val list = mrl_pj_array(p, v, "signatures", MRL_BUNDLE_SIGS_MAX);
    b->is_dsse = true;
    b->payload_type = mrl_pj_str(p, v, "payloadType");
    b->payload = mrl_pj_bytes(p, v, "payload");
    for (uint32_t i = 0; i < list.len; i++) {
        b->sigs[i].sig = mrl_pj_bytes(p, list.u.arr->items[i], "sig");
        b->sigs[i].key_id = mrl_pj_str(p, list.u.arr->items[i], "keyid");
    }
    b->n_sigs = list.len;
    /* A bundle has one certificate or key, so a second signature could not be verified. */
    if (p->status == MRL_OK && (list.len != 1 || b->sigs[0].sig.len == 0))
        (void)mrl_pj_fail(p, "signatures", "must have one");
}

/* An envelope on its own is no protobuf message: its makers put what they like beside these. */
static void strict_envelope(struct mrl_pj *p, mrl_val v, struct mrl_bundle *b) {
    mrl_val list = mrl_pj_array(p, v, "signatures", MRL_BUNDLE_SIGS_MAX);
    ONLY(p, v, "dsseEnvelope", "payload", "payloadType", "signatures");
    for (uint32_t i = 0; i < list.len; i++)
        ONLY(p, list.u.arr->items[i], "a signature", "sig", "keyid");
    mrl_bundle_envelope(p, v, b);
}

mrl_status mrl_bundle_parse(mrl_arena *a, mrl_str text, mrl_str file, struct mrl_err *err,
                            struct mrl_bundle *ret) {
    struct mrl_json_opts opts = {.file = file, .reject_duplicates = true};
    struct mrl_pj p = {.arena = a, .err = err};
    struct mrl_bundle b = {0};
    mrl_val v;
    if (text.len > MRL_BUNDLE_BYTES_MAX)
        return mrl_err_set(err, MRL_E_LIMIT, "sigstore.limit", "a bundle of %zu bytes", text.len);
    MRL_TRY(mrl_json_parse(a, text, &opts, err, &v));
    MRL_TRY(version(&p, mrl_pj_str(&p, v, "mediaType"), &b.minor));
    ONLY(&p, v, "the bundle", "mediaType", "verificationMaterial", "messageSignature",
         "dsseEnvelope");
    mrl_val material = mrl_pj_object(&p, v, "verificationMaterial");
    certificates(&p, material, &b);
    log_entries(&p, material, &b);
    timestamps(&p, material, &b);
    mrl_val message = mrl_pj_object(&p, v, "messageSignature");
    mrl_val dsse = mrl_pj_object(&p, v, "dsseEnvelope");
    if (mrl_is_defined(message) == mrl_is_defined(dsse))
        (void)mrl_pj_fail(&p, "the bundle", "must have one of messageSignature and dsseEnvelope");
    else if (mrl_is_defined(dsse))
        strict_envelope(&p, dsse, &b);
    else
        message_signature(&p, message, &b);
    MRL_TRY(p.status);
    *ret = b;
    return MRL_OK;
}
