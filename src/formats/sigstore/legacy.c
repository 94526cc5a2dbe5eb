/* legacy.c - see legacy.h. */
#include "formats/sigstore/legacy.h"

#include "base/hex.h"
#include "formats/json/json.h"
#include "formats/sigstore/fields.h"
#include "formats/x509/x509.h"

#define KEY_SIG "dev.cosignproject.cosign/signature"
#define KEY_CERT "dev.sigstore.cosign/certificate"
#define KEY_CHAIN "dev.sigstore.cosign/chain"
#define KEY_BUNDLE "dev.sigstore.cosign/bundle"
#define KEY_TIMESTAMP "dev.sigstore.cosign/rfc3161timestamp"

/* Names of annotations have no camelCase: they are read as they are. */
static mrl_val annotation(mrl_val annotations, const char *name) {
    return mrl_obj_get_str(annotations, mrl_str_z(name));
}

static mrl_str annotation_text(struct mrl_pj *p, mrl_val annotations, const char *name) {
    mrl_val v = annotation(annotations, name);
    if (mrl_is_defined(v) && !mrl_is_str(v))
        (void)mrl_pj_fail(p, name, "is no text");
    return mrl_is_str(v) ? mrl_val_str(v) : (mrl_str){"", 0};
}

static mrl_val parse(struct mrl_pj *p, mrl_str text, const char *name) {
    struct mrl_json_opts opts = {.file = mrl_str_z(name), .reject_duplicates = true};
    mrl_val v = mrl_undefined();
    if (p->status == MRL_OK && text.len > 0)
        p->status = mrl_json_parse(p->arena, text, &opts, p->err, &v);
    return v;
}

static void certificates(struct mrl_pj *p, mrl_val annotations, struct mrl_bundle *b) {
    static const char *const names[] = {KEY_CERT, KEY_CHAIN};
    for (size_t i = 0; i < MRL_COUNTOF(names); i++) {
        mrl_str pem = annotation_text(p, annotations, names[i]);
        mrl_status status = MRL_OK;
        while (p->status == MRL_OK && status == MRL_OK && mrl_str_trim(pem).len > 0) {
            if (b->n_certs == MRL_BUNDLE_CERTS_MAX)
                (void)mrl_pj_fail(p, names[i], "holds too many certificates");
            else
                status = mrl_pem_next(p->arena, &pem, MRL_S("CERTIFICATE"), &b->certs[b->n_certs]);
            b->n_certs += p->status == MRL_OK && status == MRL_OK;
        }
        if (status != MRL_OK)
            (void)mrl_pj_fail(p, names[i], "is no PEM of certificates");
    }
    b->has_key = b->n_certs == 0;
    /* cosign puts the root at the end of its chain; nobody trusts it for that. */
    while (b->n_certs > 1) {
        struct mrl_x509 last;
        if (mrl_x509_parse(b->certs[b->n_certs - 1], NULL, &last) != MRL_OK ||
            !mrl_str_eq(last.issuer, last.subject))
            break;
        b->n_certs--;
    }
}

static mrl_str hex_bytes(struct mrl_pj *p, mrl_str hex, const char *name) {
    char *out = mrl_arena_alloc(p->arena, hex.len / 2 + 1, 1);
    bool ok = out != NULL && mrl_hex_decode(hex, (unsigned char *)out, hex.len / 2);
    if (!ok)
        (void)mrl_pj_fail(p, name, "is no hexadecimal text");
    return ok ? (mrl_str){out, hex.len / 2} : (mrl_str){"", 0};
}

/* The log's promise; its members are spelled as Go spells exported fields. */
static void log_promise(struct mrl_pj *p, mrl_val annotations, struct mrl_bundle *b) {
    mrl_val v = parse(p, annotation_text(p, annotations, KEY_BUNDLE), KEY_BUNDLE);
    mrl_val payload = MRL_GET(v, "Payload");
    struct mrl_tlog_entry *e = MRL_ARENA_NEW(p->arena, struct mrl_tlog_entry);
    if (e == NULL)
        p->status = MRL_E_NOMEM;
    if (p->status != MRL_OK || !mrl_is_defined(v))
        return;
    e->promise = mrl_pj_decode(p, MRL_GET(v, "SignedEntryTimestamp"), KEY_BUNDLE);
    e->body = mrl_pj_decode(p, MRL_GET(payload, "body"), KEY_BUNDLE);
    e->integrated_time = mrl_pj_u63(p, payload, "integratedTime", 0);
    e->log_index = mrl_pj_u63(p, payload, "logIndex", 0);
    e->log_id = hex_bytes(p, mrl_pj_str(p, payload, "logID"), KEY_BUNDLE);
    mrl_val body = parse(p, e->body, KEY_BUNDLE);
    e->kind = mrl_pj_str(p, body, "kind");
    e->version = mrl_pj_str(p, body, "apiVersion");
    if (p->status == MRL_OK && (e->promise.len == 0 || e->body.len == 0))
        (void)mrl_pj_fail(p, KEY_BUNDLE, "has no promise or no body");
    b->entries = e;
    b->n_entries = 1;
}

static void timestamp(struct mrl_pj *p, mrl_val annotations, struct mrl_bundle *b) {
    mrl_val v = parse(p, annotation_text(p, annotations, KEY_TIMESTAMP), KEY_TIMESTAMP);
    if (p->status != MRL_OK || !mrl_is_defined(v))
        return;
    b->timestamps[0] = mrl_pj_decode(p, MRL_GET(v, "SignedRFC3161Timestamp"), KEY_TIMESTAMP);
    b->n_timestamps = 1;
}

mrl_status mrl_bundle_of_layer(mrl_arena *a, mrl_str layer, bool is_dsse, mrl_val annotations,
                               struct mrl_err *err, struct mrl_bundle *ret) {
    struct mrl_pj p = {.arena = a, .err = err};
    struct mrl_bundle b = {.minor = 1};
    certificates(&p, annotations, &b);
    log_promise(&p, annotations, &b);
    timestamp(&p, annotations, &b);
    if (is_dsse)
        mrl_bundle_envelope(&p, parse(&p, layer, "the envelope"), &b);
    else
        b.sig = mrl_pj_decode(&p, annotation(annotations, KEY_SIG), KEY_SIG);
    if (p.status == MRL_OK && !is_dsse && b.sig.len == 0)
        (void)mrl_pj_fail(&p, KEY_SIG, "is missing");
    MRL_TRY(p.status);
    *ret = b;
    return MRL_OK;
}

mrl_status mrl_simple_signing_digest(mrl_arena *a, mrl_str text, struct mrl_err *err,
                                     mrl_str *ret) {
    struct mrl_pj p = {.arena = a, .err = err};
    mrl_val v = parse(&p, text, "the signed text"), critical = MRL_GET(v, "critical");
    if (p.status == MRL_OK &&
        !mrl_str_eq(mrl_val_str(MRL_GET(critical, "type")),
                    MRL_S("cosign container image signature")) &&
        !mrl_str_eq(mrl_val_str(MRL_GET(critical, "type")),
                    MRL_S("https://sigstore.dev/cosign/sign/v1")))
        (void)mrl_pj_fail(&p, "critical.type", "is none of an image's signature");
    mrl_val digest = MRL_GET(MRL_GET(critical, "image"), "docker-manifest-digest");
    if (p.status == MRL_OK && !mrl_is_str(digest))
        (void)mrl_pj_fail(&p, "critical.image.docker-manifest-digest", "is missing");
    MRL_TRY(p.status);
    *ret = mrl_val_str(digest);
    return MRL_OK;
}
