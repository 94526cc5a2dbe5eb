/* sign.c - see sign.h. */
#include "engines/trust/sign.h"

#include "base/buf.h"
#include "engines/trust/trust_internal.h"
#include "formats/json/json.h"
#include "formats/sigstore/bundle_write.h"

/* What all bundles have: which key, or whose certificate. */
static mrl_status start(mrl_arena *a, const struct mrl_sign_as *signer, struct mrl_bundle *b) {
    mrl_str spki;
    *b = (struct mrl_bundle){.minor = 3, .has_key = signer->certificate.len == 0};
    if (!b->has_key) {
        b->certs[0] = signer->certificate;
        b->n_certs = 1;
        return MRL_OK;
    }
    MRL_TRY(mrl_pubkey_spki(a, mrl_privkey_public(signer->key), &spki));
    return mrl_bundle_hint(a, spki, &b->key_hint);
}

static mrl_status end(mrl_arena *a, const struct mrl_sign_as *signer, struct mrl_bundle *b,
                      struct mrl_err *err) {
    return signer->witness != NULL ? signer->witness(signer->cx, a, b, err) : MRL_OK;
}

mrl_status mrl_sign_message(mrl_arena *a, const struct mrl_sign_as *signer,
                            const struct mrl_artifact *artifact, struct mrl_err *err,
                            struct mrl_bundle *ret) {
    struct mrl_bundle b;
    MRL_ASSERT(artifact->has_bytes);
    MRL_TRY(start(a, signer, &b));
    MRL_TRY(mrl_privkey_sign(a, signer->key, artifact->bytes, err, &b.sig));
    b.digest = mrl_arena_str(a, (mrl_str){(const char *)artifact->sha256, 32});
    MRL_CHECK(b.digest.ptr != NULL, MRL_E_NOMEM);
    MRL_TRY(end(a, signer, &b, err));
    *ret = b;
    return MRL_OK;
}

mrl_status mrl_sign_envelope(mrl_arena *a, const struct mrl_sign_as *signer, mrl_str payload_type,
                             mrl_str payload, struct mrl_err *err, struct mrl_bundle *ret) {
    struct mrl_bundle b;
    mrl_str signed_bytes;
    MRL_TRY(start(a, signer, &b));
    MRL_TRY(mrl_dsse_pae(a, payload_type, payload, &signed_bytes));
    MRL_TRY(mrl_privkey_sign(a, signer->key, signed_bytes, err, &b.sigs[0].sig));
    b.is_dsse = true;
    b.n_sigs = 1;
    b.payload_type = payload_type;
    b.payload = payload;
    MRL_TRY(end(a, signer, &b, err));
    *ret = b;
    return MRL_OK;
}

/* --- texts ----------------------------------------------------------------------------------- */

/* The predicate goes into the statement as it was written; that it is one JSON object is what keeps
 * it from writing anything else there. */
static mrl_status check_predicate(mrl_arena *a, mrl_str predicate, mrl_str file,
                                  struct mrl_err *err) {
    struct mrl_json_opts opts = {.file = file, .reject_duplicates = true};
    mrl_val v;
    MRL_TRY(mrl_json_parse(a, predicate, &opts, err, &v));
    if (!mrl_is_obj(v))
        return mrl_err_set(err, MRL_E_INVALID, "trust.predicate", "a predicate is a JSON object");
    return MRL_OK;
}

mrl_status mrl_statement_write(mrl_arena *a, const struct mrl_statement *s, mrl_str file,
                               struct mrl_err *err, mrl_str *ret) {
    mrl_str predicate = s->predicate.ptr != NULL ? mrl_str_trim(s->predicate) : MRL_S("{}");
    struct mrl_buf b;
    MRL_TRY(check_predicate(a, predicate, file, err));
    mrl_buf_init(&b, MRL_BUNDLE_BYTES_MAX);
    MRL_BUF_LIT(&b, "{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":[{");
    if (s->name.len > 0) {
        MRL_BUF_LIT(&b, "\"name\":");
        mrl_json_write_str(&b, s->name, false);
        mrl_buf_byte(&b, ',');
    }
    MRL_BUF_LIT(&b, "\"digest\":{\"sha256\":");
    mrl_json_write_str(&b, s->sha256, false);
    MRL_BUF_LIT(&b, "}}],\"predicateType\":");
    mrl_json_write_str(&b, s->predicate_type, false);
    MRL_BUF_LIT(&b, ",\"predicate\":");
    mrl_buf_add(&b, predicate);
    mrl_buf_byte(&b, '}');
    return mrl_buf_give(&b, a, ret);
}

mrl_status mrl_simple_signing_write(mrl_arena *a, mrl_str digest, mrl_str reference, mrl_str *ret) {
    struct mrl_buf b;
    mrl_buf_init(&b, MRL_BUNDLE_BYTES_MAX);
    MRL_BUF_LIT(&b, "{\"critical\":{\"identity\":{\"docker-reference\":");
    mrl_json_write_str(&b, reference, false);
    MRL_BUF_LIT(&b, "},\"image\":{\"docker-manifest-digest\":");
    mrl_json_write_str(&b, digest, false);
    MRL_BUF_LIT(&b, "},\"type\":\"cosign container image signature\"},\"optional\":null}");
    return mrl_buf_give(&b, a, ret);
}

/* --- predicate types ------------------------------------------------------------------------- */

mrl_str mrl_predicate_type(mrl_str name) {
    static const struct {
        mrl_str name, type;
    } rows[] = {
        {MRL_S_INIT("cyclonedx"), MRL_S_INIT("https://cyclonedx.org/bom")},
        {MRL_S_INIT("spdxjson"), MRL_S_INIT("https://spdx.dev/Document")},
        {MRL_S_INIT("slsaprovenance"), MRL_S_INIT("https://slsa.dev/provenance/v0.2")},
        {MRL_S_INIT("slsaprovenance02"), MRL_S_INIT("https://slsa.dev/provenance/v0.2")},
        {MRL_S_INIT("slsaprovenance1"), MRL_S_INIT("https://slsa.dev/provenance/v1")},
        {MRL_S_INIT("link"), MRL_S_INIT("https://in-toto.io/Link/v1")},
        {MRL_S_INIT("vuln"), MRL_S_INIT("https://cosign.sigstore.dev/attestation/vuln/v1")},
        {MRL_S_INIT("openvex"), MRL_S_INIT("https://openvex.dev/ns")},
        {MRL_S_INIT("vsa"), MRL_S_INIT("https://slsa.dev/verification_summary/v1")},
        {MRL_S_INIT("check"), MRL_S_INIT("urn:merlon:attestation:check:v1")},
    };
    for (size_t i = 0; i < MRL_COUNTOF(rows); i++)
        if (mrl_str_eq(name, rows[i].name))
            return rows[i].type;
    return mrl_str_find(name, MRL_S("://"), 0) != MRL_STR_NPOS ||
                   mrl_str_starts(name, MRL_S("urn:"))
               ? name
               : (mrl_str){"", 0};
}
