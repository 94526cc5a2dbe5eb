/* bundle_write.c - see bundle_write.h. The order of members is cosign's, so that a diff of two
 * bundles shows what differs. */
#include "formats/sigstore/bundle_write.h"

#include "base/base64.h"
#include "base/buf.h"
#include "base/digest.h"
#include "formats/json/json.h"

#define JSON_MAX (2 * MRL_BUNDLE_BYTES_MAX) /* base64 of the largest payload that is read */

mrl_status mrl_bundle_hint(mrl_arena *a, mrl_str spki, mrl_str *ret) {
    unsigned char digest[MRL_DIGEST_MAX];
    size_t n;
    MRL_TRY(mrl_digest(MRL_SHA256, spki, digest, &n));
    return mrl_base64_encode(a, (mrl_str){(char *)digest, n}, MRL_BASE64_STD, true, ret);
}

/* "name":"base64" */
static void bytes_member(struct mrl_buf *b, mrl_arena *a, const char *name, mrl_str bytes) {
    mrl_str text;
    mrl_status status = mrl_base64_encode(a, bytes, MRL_BASE64_STD, true, &text);
    if (status != MRL_OK && b->status == MRL_OK)
        b->status = status;
    if (status != MRL_OK)
        return;
    mrl_buf_printf(b, "\"%s\":\"", name);
    mrl_buf_add(b, text);
    mrl_buf_byte(b, '"');
}

static void envelope(struct mrl_buf *b, mrl_arena *a, const struct mrl_bundle *bundle) {
    mrl_buf_byte(b, '{');
    bytes_member(b, a, "payload", bundle->payload);
    MRL_BUF_LIT(b, ",\"payloadType\":");
    mrl_json_write_str(b, bundle->payload_type, false);
    MRL_BUF_LIT(b, ",\"signatures\":[{");
    bytes_member(b, a, "sig", bundle->sigs[0].sig);
    MRL_BUF_LIT(b, "}]}");
}

static void message(struct mrl_buf *b, mrl_arena *a, const struct mrl_bundle *bundle) {
    MRL_BUF_LIT(b, "{\"messageDigest\":{\"algorithm\":\"SHA2_256\",");
    bytes_member(b, a, "digest", bundle->digest);
    MRL_BUF_LIT(b, "},");
    bytes_member(b, a, "signature", bundle->sig);
    mrl_buf_byte(b, '}');
}

/* --- what stands around a signature ---------------------------------------------------------- */

static void proof(struct mrl_buf *b, mrl_arena *a, const struct mrl_tlog_proof *p) {
    mrl_str hash;
    mrl_buf_printf(b, ",\"inclusionProof\":{\"logIndex\":\"%lld\",", (long long)p->log_index);
    bytes_member(b, a, "rootHash", p->root_hash);
    mrl_buf_printf(b, ",\"treeSize\":\"%lld\",\"hashes\":[", (long long)p->tree_size);
    for (uint32_t i = 0; i < p->n_hashes; i++) {
        mrl_status status = mrl_base64_encode(a, p->hashes[i], MRL_BASE64_STD, true, &hash);
        if (status != MRL_OK) {
            b->status = status;
            return;
        }
        mrl_buf_printf(b, "%s\"%.*s\"", i > 0 ? "," : "", MRL_F(hash));
    }
    MRL_BUF_LIT(b, "],\"checkpoint\":{\"envelope\":");
    mrl_json_write_str(b, p->checkpoint, false);
    MRL_BUF_LIT(b, "}}");
}

/* 64-bit numbers are text, as ProtoJSON has them. */
static void log_entry(struct mrl_buf *b, mrl_arena *a, const struct mrl_tlog_entry *e) {
    mrl_buf_printf(b, "{\"logIndex\":\"%lld\",\"logId\":{", (long long)e->log_index);
    bytes_member(b, a, "keyId", e->log_id);
    MRL_BUF_LIT(b, "},\"kindVersion\":{\"kind\":");
    mrl_json_write_str(b, e->kind, false);
    MRL_BUF_LIT(b, ",\"version\":");
    mrl_json_write_str(b, e->version, false);
    mrl_buf_byte(b, '}');
    if (e->integrated_time != 0)
        mrl_buf_printf(b, ",\"integratedTime\":\"%lld\"", (long long)e->integrated_time);
    if (e->promise.len > 0) {
        MRL_BUF_LIT(b, ",\"inclusionPromise\":{");
        bytes_member(b, a, "signedEntryTimestamp", e->promise);
        mrl_buf_byte(b, '}');
    }
    if (e->proof.present)
        proof(b, a, &e->proof);
    mrl_buf_byte(b, ',');
    bytes_member(b, a, "canonicalizedBody", e->body);
    mrl_buf_byte(b, '}');
}

static void signer(struct mrl_buf *b, mrl_arena *a, const struct mrl_bundle *bundle) {
    if (bundle->has_key) {
        MRL_BUF_LIT(b, "\"publicKey\":{\"hint\":");
        mrl_json_write_str(b, bundle->key_hint, false);
    } else {
        MRL_BUF_LIT(b, "\"certificate\":{");
        bytes_member(b, a, "rawBytes", bundle->certs[0]);
    }
    mrl_buf_byte(b, '}');
}

static void material(struct mrl_buf *b, mrl_arena *a, const struct mrl_bundle *bundle) {
    signer(b, a, bundle);
    if (bundle->n_entries > 0)
        MRL_BUF_LIT(b, ",\"tlogEntries\":[");
    for (uint32_t i = 0; i < bundle->n_entries; i++) {
        if (i > 0)
            mrl_buf_byte(b, ',');
        log_entry(b, a, &bundle->entries[i]);
    }
    if (bundle->n_entries > 0)
        mrl_buf_byte(b, ']');
    if (bundle->n_timestamps > 0)
        MRL_BUF_LIT(b, ",\"timestampVerificationData\":{\"rfc3161Timestamps\":[");
    for (uint32_t i = 0; i < bundle->n_timestamps; i++) {
        mrl_buf_printf(b, "%s{", i > 0 ? "," : "");
        bytes_member(b, a, "signedTimestamp", bundle->timestamps[i]);
        mrl_buf_byte(b, '}');
    }
    if (bundle->n_timestamps > 0)
        MRL_BUF_LIT(b, "]}");
}

/* --- the whole ------------------------------------------------------------------------------- */

mrl_status mrl_bundle_write(mrl_arena *a, const struct mrl_bundle *bundle, mrl_str *ret) {
    struct mrl_buf b;
    MRL_ASSERT(bundle->n_certs == (bundle->has_key ? 0 : 1));
    mrl_buf_init(&b, JSON_MAX);
    MRL_BUF_LIT(&b, "{\"mediaType\":");
    mrl_json_write_str(&b, MRL_BUNDLE_TYPE, false);
    MRL_BUF_LIT(&b, ",\"verificationMaterial\":{");
    material(&b, a, bundle);
    MRL_BUF_LIT(&b, "},");
    mrl_buf_printf(&b, "\"%s\":", bundle->is_dsse ? "dsseEnvelope" : "messageSignature");
    if (bundle->is_dsse)
        envelope(&b, a, bundle);
    else
        message(&b, a, bundle);
    mrl_buf_byte(&b, '}');
    return mrl_buf_give(&b, a, ret);
}

mrl_status mrl_envelope_write(mrl_arena *a, const struct mrl_bundle *bundle, mrl_str *ret) {
    struct mrl_buf b;
    MRL_ASSERT(bundle->is_dsse && bundle->n_sigs == 1);
    mrl_buf_init(&b, JSON_MAX);
    envelope(&b, a, bundle);
    return mrl_buf_give(&b, a, ret);
}
