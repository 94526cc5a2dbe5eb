/* entry.c - see entry.h. One function a kind; the table at the end finds it. */
#include "formats/sigstore/entry.h"

#include "base/base64.h"
#include "base/hex.h"
#include "formats/json/json.h"
#include "formats/sigstore/fields.h"
#include "formats/x509/x509.h"

#define SHA256_BYTES 32u

/* A hash as Rekor v1 writes it: {"algorithm": "sha256", "value": lower-case hex}. */
static mrl_str hex_hash(struct mrl_pj *p, mrl_val holder, const char *name) {
    mrl_val v = mrl_pj_object(p, holder, name);
    mrl_str hex = mrl_pj_str(p, v, "value");
    char *out = mrl_arena_alloc(p->arena, SHA256_BYTES, 1);
    if (out == NULL) {
        p->status = MRL_E_NOMEM;
        return (mrl_str){"", 0};
    }
    bool ok = mrl_str_eq(mrl_pj_str(p, v, "algorithm"), MRL_S("sha256")) &&
              mrl_hex_decode(hex, (unsigned char *)out, SHA256_BYTES);
    if (!ok && p->status == MRL_OK)
        (void)mrl_pj_fail(p, name, "is no SHA-256");
    return (mrl_str){out, ok ? SHA256_BYTES : 0};
}

/* A hash as Rekor v2 writes it: {"algorithm": "SHA2_256", "digest": base64}. */
static mrl_str bytes_hash(struct mrl_pj *p, mrl_val holder, const char *name) {
    mrl_val v = mrl_pj_object(p, holder, name);
    mrl_str digest = mrl_pj_bytes(p, v, "digest");
    bool ok =
        mrl_str_eq(mrl_pj_str(p, v, "algorithm"), MRL_S("SHA2_256")) && digest.len == SHA256_BYTES;
    if (!ok && p->status == MRL_OK)
        (void)mrl_pj_fail(p, name, "is no SHA-256");
    return digest;
}

/* The certificate or key in base64 of PEM. */
static mrl_str pem_verifier(struct mrl_pj *p, mrl_val holder, const char *name) {
    mrl_str pem = mrl_pj_bytes(p, holder, name), der = {"", 0}, rest = pem;
    mrl_status status = mrl_pem_next(p->arena, &rest, MRL_S("CERTIFICATE"), &der);
    if (status == MRL_E_NOT_FOUND)
        status = mrl_pem_next(p->arena, &rest, MRL_S("PUBLIC KEY"), &der);
    if (status == MRL_E_NOMEM)
        p->status = status;
    else if (status != MRL_OK || mrl_str_trim(rest).len > 0)
        (void)mrl_pj_fail(p, name, "is no PEM of one certificate or key");
    return der;
}

/* Verifier { x509Certificate { rawBytes } or publicKey { rawBytes } }. */
static mrl_str raw_verifier(struct mrl_pj *p, mrl_val holder) {
    mrl_val v = mrl_pj_object(p, holder, "verifier");
    mrl_val cert = mrl_pj_object(p, v, "x509Certificate");
    mrl_val key = mrl_pj_object(p, v, "publicKey");
    if (mrl_is_defined(cert) == mrl_is_defined(key))
        (void)mrl_pj_fail(p, "verifier", "must have one of x509Certificate and publicKey");
    return mrl_pj_bytes(p, mrl_is_defined(cert) ? cert : key, "rawBytes");
}

/* --- kinds ----------------------------------------------------------------------------------- */

static void hashedrekord_v1(struct mrl_pj *p, mrl_val spec, struct mrl_entry *ret) {
    mrl_val sig = mrl_pj_object(p, spec, "signature");
    ret->digest = hex_hash(p, mrl_pj_object(p, spec, "data"), "hash");
    ret->sigs[0].sig = mrl_pj_bytes(p, sig, "content");
    ret->sigs[0].verifier = pem_verifier(p, mrl_pj_object(p, sig, "publicKey"), "content");
    ret->n_sigs = 1;
}

static void hashedrekord_v2(struct mrl_pj *p, mrl_val spec, struct mrl_entry *ret) {
    mrl_val body = mrl_pj_object(p, spec, "hashedRekordV002");
    mrl_val sig = mrl_pj_object(p, body, "signature");
    ret->v2 = true;
    ret->digest = bytes_hash(p, body, "data");
    ret->sigs[0].sig = mrl_pj_bytes(p, sig, "content");
    ret->sigs[0].verifier = raw_verifier(p, sig);
    ret->n_sigs = 1;
}

static void dsse_v1(struct mrl_pj *p, mrl_val spec, struct mrl_entry *ret) {
    mrl_val list = mrl_pj_array(p, spec, "signatures", MRL_BUNDLE_SIGS_MAX);
    ret->over = MRL_ENTRY_PAYLOAD;
    ret->digest = hex_hash(p, spec, "payloadHash");
    for (uint32_t i = 0; i < list.len; i++) {
        ret->sigs[i].sig = mrl_pj_bytes(p, list.u.arr->items[i], "signature");
        ret->sigs[i].verifier = pem_verifier(p, list.u.arr->items[i], "verifier");
    }
    ret->n_sigs = list.len;
}

static void dsse_v2(struct mrl_pj *p, mrl_val spec, struct mrl_entry *ret) {
    mrl_val body = mrl_pj_object(p, spec, "dsseV002");
    mrl_val list = mrl_pj_array(p, body, "signatures", MRL_BUNDLE_SIGS_MAX);
    ret->v2 = true;
    ret->over = MRL_ENTRY_PAYLOAD;
    ret->digest = bytes_hash(p, body, "payloadHash");
    for (uint32_t i = 0; i < list.len; i++) {
        ret->sigs[i].sig = mrl_pj_bytes(p, list.u.arr->items[i], "content");
        ret->sigs[i].verifier = raw_verifier(p, list.u.arr->items[i]);
    }
    ret->n_sigs = list.len;
}

/* Version 0.0.2 of intoto keeps signatures in base64 twice. */
static void intoto(struct mrl_pj *p, mrl_val spec, struct mrl_entry *ret) {
    mrl_val content = mrl_pj_object(p, spec, "content");
    mrl_val envelope = mrl_pj_object(p, content, "envelope");
    mrl_val list = mrl_pj_array(p, envelope, "signatures", MRL_BUNDLE_SIGS_MAX);
    ret->over = MRL_ENTRY_PAYLOAD;
    ret->digest = hex_hash(p, content, "payloadHash");
    for (uint32_t i = 0; i < list.len; i++) {
        mrl_val one = list.u.arr->items[i];
        mrl_str inner = mrl_pj_bytes(p, one, "sig");
        ret->sigs[i].sig = mrl_pj_decode(p, mrl_strval(inner), "sig");
        ret->sigs[i].verifier = pem_verifier(p, one, "publicKey");
    }
    ret->n_sigs = list.len;
}

static const struct {
    mrl_str kind, version;
    void (*read)(struct mrl_pj *p, mrl_val spec, struct mrl_entry *ret);
} kinds[] = {
    {MRL_S_INIT("hashedrekord"), MRL_S_INIT("0.0.1"), hashedrekord_v1},
    {MRL_S_INIT("hashedrekord"), MRL_S_INIT("0.0.2"), hashedrekord_v2},
    {MRL_S_INIT("dsse"), MRL_S_INIT("0.0.1"), dsse_v1},
    {MRL_S_INIT("dsse"), MRL_S_INIT("0.0.2"), dsse_v2},
    {MRL_S_INIT("intoto"), MRL_S_INIT("0.0.2"), intoto},
};

mrl_status mrl_entry_parse(mrl_arena *a, const struct mrl_tlog_entry *e, struct mrl_err *err,
                           struct mrl_entry *ret) {
    struct mrl_json_opts opts = {.file = MRL_S("a log entry's body"), .reject_duplicates = true};
    struct mrl_pj p = {.arena = a, .err = err};
    struct mrl_entry entry = {0};
    mrl_val v;
    MRL_TRY(mrl_json_parse(a, e->body, &opts, err, &v));
    if (!mrl_str_eq(mrl_pj_str(&p, v, "kind"), e->kind) ||
        !mrl_str_eq(mrl_pj_str(&p, v, "apiVersion"), e->version))
        return mrl_err_set(err, MRL_E_INVALID, "sigstore.kind",
                           "a log entry's body is of another kind than the bundle says");
    for (size_t i = 0; i < MRL_COUNTOF(kinds); i++) {
        if (!mrl_str_eq(kinds[i].kind, e->kind) || !mrl_str_eq(kinds[i].version, e->version))
            continue;
        kinds[i].read(&p, mrl_pj_object(&p, v, "spec"), &entry);
        if (p.status == MRL_OK && entry.n_sigs == 0)
            (void)mrl_pj_fail(&p, "signatures", "is empty");
        MRL_TRY(p.status);
        *ret = entry;
        return MRL_OK;
    }
    return mrl_err_set(err, MRL_E_UNSUPPORTED, "sigstore.kind",
                       "log entries of kind %.*s %.*s are not known", MRL_F(e->kind),
                       MRL_F(e->version));
}
