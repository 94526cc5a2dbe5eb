/* tsp.c - see tsp.h.
 *
 * TimeStampResp = { status, ContentInfo { signedData, [0] SignedData { version, digests, TSTInfo in
 * an OCTET STRING, [0] certificates, [1] crls, signers } } }. The signature is over the attributes
 * of the signer, re-tagged as a SET (RFC 5652 section 5.4).
 */
#include "formats/tsp/tsp.h"

#include "base/utf8.h"
#include "formats/der/der.h"
#include "formats/x509/general_name.h"

#define OID_SIGNED_DATA MRL_S("\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02")
#define OID_TST_INFO MRL_S("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x04")
#define OID_CONTENT_TYPE MRL_S("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x03")
#define OID_MESSAGE_DIGEST MRL_S("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x04")
#define OID_SIGNING_CERT_V1 MRL_S("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x02\x0c")
#define OID_SIGNING_CERT_V2 MRL_S("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x02\x2f")
#define OID_RSA MRL_S("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01")

struct reading {
    struct mrl_tsp t;
    mrl_str content;        /* the TSTInfo */
    mrl_str message_digest; /* what the signer says of it */
    bool content_type_ok;
};

static mrl_status bad(struct mrl_err *err, const char *what) {
    return mrl_err_set(err, MRL_E_SYNTAX, "tsp.syntax", "not a whole timestamp: %s", what);
}

/* --- the content ----------------------------------------------------------------------------- */

/* Accuracy ::= { seconds, [0] milliseconds, [1] microseconds }: read, and left to others. */
static bool accuracy(struct mrl_rd *r) {
    static const int tags[] = {MRL_DER_INTEGER, MRL_DER_CX(0), MRL_DER_CX(1)};
    struct mrl_rd in = mrl_der_enter(r, MRL_DER_SEQUENCE, NULL);
    for (size_t i = 0; i < MRL_COUNTOF(tags); i++)
        if (mrl_der_peek(&in) == tags[i])
            (void)mrl_der_integer_as(&in, tags[i]);
    return mrl_der_ended(&in);
}

static bool authority_name(struct mrl_rd *r) {
    struct mrl_rd in = mrl_der_enter(r, MRL_DER_CXC(0), NULL);
    struct mrl_general_name name;
    return mrl_general_name(&in, &name) && mrl_der_ended(&in);
}

static bool tst_info(struct reading *p) {
    struct mrl_rd r = mrl_rd_of(p->content), in = mrl_der_enter(&r, MRL_DER_SEQUENCE, NULL);
    bool ok = mrl_der_u63(&in) == 1;
    (void)mrl_der_bytes(&in, MRL_DER_OID); /* the policy of the authority */
    struct mrl_rd imprint = mrl_der_enter(&in, MRL_DER_SEQUENCE, NULL);
    ok &= mrl_x509_digest_algorithm(&imprint, &p->t.imprint_digest);
    p->t.imprint = mrl_der_bytes(&imprint, MRL_DER_OCTET_STRING);
    ok &= mrl_der_ended(&imprint);
    (void)mrl_der_integer(&in); /* serial number of the token */
    p->t.time = mrl_der_time(&in, true);
    if (mrl_der_peek(&in) == MRL_DER_SEQUENCE)
        ok &= accuracy(&in);
    if (mrl_der_peek(&in) == MRL_DER_BOOLEAN)
        ok &= mrl_der_bool(&in); /* ordering: DER leaves false out */
    if (mrl_der_peek(&in) == MRL_DER_INTEGER)
        p->t.nonce = mrl_der_integer(&in);
    if (mrl_der_peek(&in) == MRL_DER_CXC(0))
        ok &= authority_name(&in); /* a hint */
    /* Extensions could change the meaning; none is known to us. */
    return ok && mrl_der_ended(&in) && mrl_der_ended(&r);
}

/* --- the signer ------------------------------------------------------------------------------ */

/* ESSCertIDv2 ::= { digest DEFAULT sha256, hash, issuerSerial OPTIONAL }; version 1 has no digest,
 * its hashes are SHA-1. */
struct ess_id {
    enum mrl_digest digest;
    mrl_str hash;
    bool has_issuer;
    mrl_str issuer, serial;
};

/* IssuerSerial ::= { GeneralNames, serial }: one directory name is what a certificate has. */
static bool issuer_serial(struct mrl_rd *r, struct ess_id *ret) {
    struct mrl_rd in = mrl_der_enter(r, MRL_DER_SEQUENCE, NULL);
    struct mrl_rd names = mrl_der_enter(&in, MRL_DER_SEQUENCE, NULL);
    struct mrl_general_name name;
    if (!mrl_general_name(&names, &name) || name.form != MRL_NAME_DIRECTORY ||
        !mrl_der_ended(&names))
        return false;
    ret->has_issuer = true;
    ret->issuer = name.content;
    ret->serial = mrl_der_integer(&in);
    return mrl_der_ended(&in);
}

static bool ess_id(mrl_str content, bool v2, struct ess_id *ret) {
    struct mrl_rd in = mrl_rd_of(content);
    *ret = (struct ess_id){.digest = v2 ? MRL_SHA256 : MRL_SHA1};
    if (v2 && mrl_der_peek(&in) == MRL_DER_SEQUENCE &&
        !mrl_x509_digest_algorithm(&in, &ret->digest))
        return false;
    ret->hash = mrl_der_bytes(&in, MRL_DER_OCTET_STRING);
    if (mrl_der_peek(&in) == MRL_DER_SEQUENCE && !issuer_serial(&in, ret))
        return false;
    return mrl_der_ended(&in);
}

/* SigningCertificate(V2) { SEQUENCE OF id, policies OPTIONAL }. Twice would let a reader pick. */
static bool signing_cert(struct reading *p, struct mrl_rd *values, bool v2) {
    struct mrl_rd in = mrl_der_enter(values, MRL_DER_SEQUENCE, NULL);
    struct mrl_rd list = mrl_der_enter(&in, MRL_DER_SEQUENCE, NULL);
    struct ess_id id;
    if (p->t.n_ess > 0)
        return false;
    p->t.ess_v2 = v2;
    while (!list.failed && !mrl_rd_done(&list)) {
        mrl_str content = mrl_der_bytes(&list, MRL_DER_SEQUENCE);
        if (list.failed || p->t.n_ess == MRL_TSP_CERTS_MAX || !ess_id(content, v2, &id))
            return false;
        p->t.ess[p->t.n_ess++] = content;
    }
    /* Policies would bind the chain in ways that we do not follow. */
    return mrl_der_ended(&list) && mrl_der_ended(&in) && mrl_der_ended(values) && p->t.n_ess > 0;
}

bool mrl_tsp_ess_names(const struct mrl_tsp *t, uint32_t i, const struct mrl_x509 *c) {
    struct ess_id id;
    unsigned char hash[MRL_DIGEST_MAX];
    size_t n;
    MRL_ASSERT(i < t->n_ess);
    return ess_id(t->ess[i], t->ess_v2, &id) && mrl_digest(id.digest, c->der, hash, &n) == MRL_OK &&
           mrl_str_eq(id.hash, (mrl_str){(char *)hash, n}) &&
           (!id.has_issuer ||
            (mrl_str_eq(id.issuer, c->issuer) && mrl_str_eq(id.serial, c->serial)));
}

static bool attribute(struct reading *p, struct mrl_rd *attrs) {
    struct mrl_rd in = mrl_der_enter(attrs, MRL_DER_SEQUENCE, NULL);
    mrl_str oid = mrl_der_bytes(&in, MRL_DER_OID);
    struct mrl_rd values = mrl_der_enter(&in, MRL_DER_SET, NULL);
    if (values.failed || !mrl_rd_done(&in))
        return false;
    if (mrl_str_eq(oid, OID_CONTENT_TYPE)) {
        /* Twice the same attribute would let a reader pick. */
        bool again = p->content_type_ok;
        p->content_type_ok = mrl_str_eq(mrl_der_bytes(&values, MRL_DER_OID), OID_TST_INFO);
        return !again && mrl_der_ended(&values);
    }
    if (mrl_str_eq(oid, OID_MESSAGE_DIGEST)) {
        bool again = p->message_digest.ptr != NULL;
        p->message_digest = mrl_der_bytes(&values, MRL_DER_OCTET_STRING);
        return !again && mrl_der_ended(&values);
    }
    bool v2 = mrl_str_eq(oid, OID_SIGNING_CERT_V2);
    if (v2 || mrl_str_eq(oid, OID_SIGNING_CERT_V1))
        return signing_cert(p, &values, v2);
    return true;
}

/* The signature's algorithm; a bare "RSA" takes its digest from the field before. */
static bool signature_algorithm(struct reading *p, struct mrl_rd *r) {
    struct mrl_rd look = *r, in = mrl_der_enter(&look, MRL_DER_SEQUENCE, NULL);
    enum mrl_digest digest = p->t.digest;
    if (mrl_str_eq(mrl_der_bytes(&in, MRL_DER_OID), OID_RSA)) {
        (void)mrl_der_skip_if(&in, MRL_DER_NULL);
        p->t.scheme = MRL_SIG_RSA_PKCS1;
        *r = look;
        return mrl_der_ended(&in);
    }
    /* The two digests must be one, or half of the check would use the weaker. */
    return mrl_x509_algorithm(r, &p->t.scheme, &p->t.digest) &&
           (p->t.digest == digest || p->t.scheme == MRL_SIG_ED25519);
}

static mrl_status signer(mrl_arena *a, struct reading *p, struct mrl_rd *signers,
                         struct mrl_err *err) {
    mrl_str all = {NULL, 0};
    struct mrl_rd in = mrl_der_enter(signers, MRL_DER_SEQUENCE, NULL);
    if (mrl_der_u63(&in) != 1)
        return bad(err, "its signer is not named by issuer and serial number");
    struct mrl_rd id = mrl_der_enter(&in, MRL_DER_SEQUENCE, NULL);
    (void)mrl_der_enter(&id, MRL_DER_SEQUENCE, &p->t.issuer);
    p->t.serial = mrl_der_integer(&id);
    if (!mrl_der_ended(&id) || !mrl_x509_digest_algorithm(&in, &p->t.digest))
        return bad(err, "its signer");
    struct mrl_rd attrs = mrl_der_enter(&in, MRL_DER_CXC(0), &all);
    while (!attrs.failed && !mrl_rd_done(&attrs))
        if (!attribute(p, &attrs))
            return bad(err, "its signed attributes");
    if (p->t.n_ess == 0) /* RFC 3161 section 2.4.1, RFC 5816 */
        return bad(err, "its signer does not sign for a certificate of its own");
    if (all.len == 0 || !signature_algorithm(p, &in))
        return mrl_err_set(err, MRL_E_UNSUPPORTED, "tsp.algorithm",
                           "a timestamp's signature algorithm is not known");
    p->t.sig = mrl_der_bytes(&in, MRL_DER_OCTET_STRING);
    (void)mrl_der_skip_if(&in, MRL_DER_CXC(1)); /* attributes that nobody signed say nothing */
    if (!mrl_der_ended(&in) || !mrl_rd_done(signers))
        return bad(err, "it has not exactly one signer");
    p->t.signed_bytes = mrl_arena_str(a, all);
    MRL_CHECK(p->t.signed_bytes.ptr != NULL, MRL_E_NOMEM);
    ((char *)(uintptr_t)p->t.signed_bytes.ptr)[0] = MRL_DER_SET;
    return MRL_OK;
}

/* --- the whole ------------------------------------------------------------------------------- */

static bool certificates(struct reading *p, struct mrl_rd *in) {
    if (mrl_der_peek(in) != MRL_DER_CXC(0))
        return true;
    struct mrl_rd list = mrl_der_enter(in, MRL_DER_CXC(0), NULL);
    while (!list.failed && !mrl_rd_done(&list)) {
        if (p->t.n_certs == MRL_TSP_CERTS_MAX)
            return false;
        p->t.certs[p->t.n_certs++] = mrl_der_any(&list, NULL);
    }
    return !list.failed;
}

static mrl_status signed_data(mrl_arena *a, struct reading *p, struct mrl_rd *r,
                              struct mrl_err *err) {
    struct mrl_rd in = mrl_der_enter(r, MRL_DER_SEQUENCE, NULL);
    (void)mrl_der_u63(&in);
    (void)mrl_der_bytes(&in, MRL_DER_SET); /* the digests used: each is named again below */
    struct mrl_rd encap = mrl_der_enter(&in, MRL_DER_SEQUENCE, NULL);
    bool is_tst = mrl_str_eq(mrl_der_bytes(&encap, MRL_DER_OID), OID_TST_INFO);
    struct mrl_rd wrap = mrl_der_enter(&encap, MRL_DER_CXC(0), NULL);
    p->content = mrl_der_bytes(&wrap, MRL_DER_OCTET_STRING);
    if (!is_tst || !mrl_der_ended(&wrap) || !mrl_der_ended(&encap) || !tst_info(p))
        return bad(err, "its content");
    if (!certificates(p, &in))
        return bad(err, "its certificates");
    (void)mrl_der_skip_if(&in, MRL_DER_CXC(1)); /* revocation lists */
    struct mrl_rd signers = mrl_der_enter(&in, MRL_DER_SET, NULL);
    MRL_TRY(signer(a, p, &signers, err));
    return mrl_der_ended(&in) ? MRL_OK : bad(err, "bytes behind its signer");
}

/* PKIStatusInfo { status, texts OPTIONAL, failure OPTIONAL }: granted (0) or granted with changes
 * (1), and no failure. */
static bool granted(struct mrl_rd *r) {
    struct mrl_rd in = mrl_der_enter(r, MRL_DER_SEQUENCE, NULL);
    bool ok = mrl_der_u63(&in) <= 1;
    if (mrl_der_peek(&in) == MRL_DER_SEQUENCE) {
        struct mrl_rd texts = mrl_der_enter(&in, MRL_DER_SEQUENCE, NULL);
        while (!texts.failed && !mrl_rd_done(&texts))
            ok &= mrl_utf8_valid(mrl_der_bytes(&texts, MRL_DER_UTF8));
        ok &= !texts.failed;
    }
    return ok && mrl_der_ended(&in);
}

/* What the signer says of the content must be true before its signature means anything. */
static mrl_status agrees(const struct reading *p, struct mrl_err *err) {
    unsigned char own[MRL_DIGEST_MAX];
    size_t n;
    MRL_TRY(mrl_digest(p->t.digest, p->content, own, &n));
    if (!p->content_type_ok || !mrl_str_eq((mrl_str){(char *)own, n}, p->message_digest))
        return mrl_err_set(err, MRL_E_INVALID, "tsp.digest",
                           "a timestamp's signed digest is not of its content");
    return MRL_OK;
}

mrl_status mrl_tsp_parse(mrl_arena *a, mrl_str der, struct mrl_err *err, struct mrl_tsp *ret) {
    struct reading p = {0};
    if (der.len > MRL_TSP_BYTES_MAX)
        return mrl_err_set(err, MRL_E_LIMIT, "tsp.limit", "a timestamp of %zu bytes", der.len);
    struct mrl_rd r = mrl_rd_of(der), resp = mrl_der_enter(&r, MRL_DER_SEQUENCE, NULL);
    if (resp.failed)
        return bad(err, "it is no DER");
    if (!granted(&resp))
        return mrl_err_set(err, MRL_E_INVALID, "tsp.refused", "the timestamp was not granted");
    struct mrl_rd info = mrl_der_enter(&resp, MRL_DER_SEQUENCE, NULL);
    bool is_signed = mrl_str_eq(mrl_der_bytes(&info, MRL_DER_OID), OID_SIGNED_DATA);
    struct mrl_rd wrap = mrl_der_enter(&info, MRL_DER_CXC(0), NULL);
    if (!is_signed || wrap.failed)
        return bad(err, "it is not signed");
    MRL_TRY(signed_data(a, &p, &wrap, err));
    if (!mrl_der_ended(&wrap) || !mrl_der_ended(&info) || !mrl_der_ended(&resp) ||
        !mrl_der_ended(&r))
        return bad(err, "bytes behind it");
    MRL_TRY(agrees(&p, err));
    *ret = p.t;
    return MRL_OK;
}
