/* x509.c - certificates: see x509.h.
 *
 * Certificate ::= SEQUENCE { tbs SEQUENCE {...}, AlgorithmIdentifier, BIT STRING }. Each function
 * below reads one production and answers whether it was whole; the cursor's failure is sticky.
 */
#include "formats/x509/x509.h"

#include "formats/der/der.h"
#include "formats/x509/constraints.h"
#include "formats/x509/general_name.h"

static mrl_status bad(struct mrl_err *err, const char *what) {
    return mrl_err_set(err, MRL_E_SYNTAX, "x509.syntax", "not a whole certificate: %s", what);
}

/* --- algorithms ---------------------------------------------------------------------------- */

static const struct {
    mrl_str oid;
    enum mrl_sig_scheme scheme;
    enum mrl_digest digest;
    bool null_params; /* RFC 4055: RSA has a NULL behind the OID, the others have nothing */
} algorithms[] = {
    {MRL_S_INIT("\x2a\x86\x48\xce\x3d\x04\x03\x02"), MRL_SIG_ECDSA, MRL_SHA256, false},
    {MRL_S_INIT("\x2a\x86\x48\xce\x3d\x04\x03\x03"), MRL_SIG_ECDSA, MRL_SHA384, false},
    {MRL_S_INIT("\x2a\x86\x48\xce\x3d\x04\x03\x04"), MRL_SIG_ECDSA, MRL_SHA512, false},
    {MRL_S_INIT("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b"), MRL_SIG_RSA_PKCS1, MRL_SHA256, true},
    {MRL_S_INIT("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0c"), MRL_SIG_RSA_PKCS1, MRL_SHA384, true},
    {MRL_S_INIT("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0d"), MRL_SIG_RSA_PKCS1, MRL_SHA512, true},
    {MRL_S_INIT("\x2b\x65\x70"), MRL_SIG_ED25519, MRL_SHA512, false},
};

bool mrl_x509_algorithm(struct mrl_rd *r, enum mrl_sig_scheme *ret_scheme,
                        enum mrl_digest *ret_digest) {
    struct mrl_rd in = mrl_der_enter(r, MRL_DER_SEQUENCE, NULL);
    mrl_str oid = mrl_der_bytes(&in, MRL_DER_OID);
    bool null = mrl_der_peek(&in) == MRL_DER_NULL && mrl_der_bytes(&in, MRL_DER_NULL).len == 0;
    if (!mrl_der_ended(&in))
        return false;
    for (size_t i = 0; i < MRL_COUNTOF(algorithms); i++)
        if (mrl_str_eq(oid, algorithms[i].oid) && null == algorithms[i].null_params) {
            *ret_scheme = algorithms[i].scheme;
            *ret_digest = algorithms[i].digest;
            return true;
        }
    return false;
}

bool mrl_x509_digest_algorithm(struct mrl_rd *r, enum mrl_digest *ret) {
    static const struct {
        mrl_str oid;
        enum mrl_digest digest;
    } rows[] = {{MRL_S_INIT("\x60\x86\x48\x01\x65\x03\x04\x02\x01"), MRL_SHA256},
                {MRL_S_INIT("\x60\x86\x48\x01\x65\x03\x04\x02\x02"), MRL_SHA384},
                {MRL_S_INIT("\x60\x86\x48\x01\x65\x03\x04\x02\x03"), MRL_SHA512}};
    struct mrl_rd in = mrl_der_enter(r, MRL_DER_SEQUENCE, NULL);
    mrl_str oid = mrl_der_bytes(&in, MRL_DER_OID);
    (void)mrl_der_skip_if(&in, MRL_DER_NULL); /* RFC 5754: both forms are in use */
    if (!mrl_der_ended(&in))
        return false;
    for (size_t i = 0; i < MRL_COUNTOF(rows); i++)
        if (mrl_str_eq(oid, rows[i].oid)) {
            *ret = rows[i].digest;
            return true;
        }
    return false;
}

/* --- extensions ------------------------------------------------------------------------------ */

static bool basic_constraints(struct mrl_x509 *c, mrl_str value) {
    struct mrl_rd r = mrl_rd_of(value), in = mrl_der_enter(&r, MRL_DER_SEQUENCE, NULL);
    c->path_len = -1;
    if (mrl_der_peek(&in) == MRL_DER_BOOLEAN) {
        c->is_ca = mrl_der_bool(&in);
        if (!c->is_ca) /* DER leaves a default out */
            return false;
    }
    if (mrl_der_peek(&in) == MRL_DER_INTEGER)
        c->path_len = (int64_t)mrl_der_u63(&in);
    return mrl_der_ended(&in) && mrl_der_ended(&r) && (c->is_ca || c->path_len < 0);
}

/* KeyUsage is a BIT STRING whose first bit is the highest of its first byte. */
static bool key_usage(struct mrl_x509 *c, mrl_str value) {
    struct mrl_rd r = mrl_rd_of(value);
    mrl_str b = mrl_der_bytes(&r, MRL_DER_BIT_STRING);
    if (!mrl_der_ended(&r) || b.len < 2 || b.len > 3 || (unsigned char)b.ptr[0] > 7)
        return false;
    /* Bits that the first byte says are unused must be 0, or two readers would see two usages. */
    if (((unsigned char)b.ptr[b.len - 1] & ((1u << (unsigned char)b.ptr[0]) - 1)) != 0)
        return false;
    c->has_key_usage = true;
    for (unsigned bit = 0; bit < 8 * (b.len - 1); bit++)
        if (((unsigned char)b.ptr[1 + bit / 8] >> (7 - bit % 8) & 1) != 0)
            c->key_usage |= (uint16_t)(1u << bit);
    return true;
}

static bool ext_key_usage(struct mrl_x509 *c, mrl_str value, bool critical) {
    struct mrl_rd r = mrl_rd_of(value);
    c->eku = mrl_der_bytes(&r, MRL_DER_SEQUENCE);
    c->eku_critical = critical;
    struct mrl_rd in = mrl_rd_of(c->eku);
    while (!in.failed && !mrl_rd_done(&in))
        (void)mrl_der_bytes(&in, MRL_DER_OID);
    return mrl_der_ended(&r) && !in.failed && c->eku.len > 0;
}

#define ID_CE "\x55\x1d"

static bool alt_names(mrl_str value) {
    struct mrl_rd r = mrl_rd_of(value), in = mrl_der_enter(&r, MRL_DER_SEQUENCE, NULL);
    struct mrl_general_name name;
    while (!in.failed && !mrl_rd_done(&in))
        if (!mrl_general_name(&in, &name))
            return false;
    return mrl_der_ended(&in) && mrl_der_ended(&r);
}

static bool key_id(struct mrl_x509 *c, mrl_str value) {
    struct mrl_rd r = mrl_rd_of(value);
    c->key_id = mrl_der_bytes(&r, MRL_DER_OCTET_STRING);
    return mrl_der_ended(&r) && c->key_id.len > 0;
}

/* AuthorityKeyIdentifier ::= { [0] key id, [1] names of the issuer's issuer, [2] its serial } */
static bool authority_key(struct mrl_x509 *c, mrl_str value) {
    struct mrl_rd r = mrl_rd_of(value), in = mrl_der_enter(&r, MRL_DER_SEQUENCE, NULL);
    struct mrl_general_name name;
    if (mrl_der_peek(&in) == MRL_DER_CX(0))
        c->authority_key_id = mrl_der_bytes(&in, MRL_DER_CX(0));
    if (mrl_der_peek(&in) == MRL_DER_CXC(1)) {
        struct mrl_rd names = mrl_der_enter(&in, MRL_DER_CXC(1), NULL);
        if (!mrl_general_name(&names, &name) || name.form != MRL_NAME_DIRECTORY ||
            !mrl_der_ended(&names))
            return false; /* one name, and of the kind that an issuer has */
        c->authority_issuer = name.content;
    }
    if (mrl_der_peek(&in) == MRL_DER_CX(2))
        c->authority_serial = mrl_der_integer_as(&in, MRL_DER_CX(2));
    return mrl_der_ended(&in) && mrl_der_ended(&r);
}

/* Extensions that bind a certificate in ways that we do not follow, whether they are critical or
 * not: Netscape's certificate type, proxy certificates, bounds of addresses and AS numbers. */
static bool binds_unknown(mrl_str oid) {
    static const mrl_str oids[] = {
        MRL_S_INIT("\x60\x86\x48\x01\x86\xf8\x42\x01\x01"),
        MRL_S_INIT("\x2b\x06\x01\x05\x05\x07\x01\x0e"),
        MRL_S_INIT("\x2b\x06\x01\x05\x05\x07\x01\x07"),
        MRL_S_INIT("\x2b\x06\x01\x05\x05\x07\x01\x08"),
    };
    for (size_t i = 0; i < MRL_COUNTOF(oids); i++)
        if (mrl_str_eq(oid, oids[i]))
            return true;
    return false;
}

/* Takes the extensions that decide into fields; those that are read later must be whole now. */
static bool understand(struct mrl_x509 *c, const struct mrl_x509_ext *e) {
    if (mrl_str_eq(e->oid, MRL_S(ID_CE "\x13")))
        return basic_constraints(c, e->value);
    if (mrl_str_eq(e->oid, MRL_S(ID_CE "\x0f")))
        return key_usage(c, e->value);
    if (mrl_str_eq(e->oid, MRL_S(ID_CE "\x25")))
        return ext_key_usage(c, e->value, e->critical);
    if (mrl_str_eq(e->oid, MRL_OID_ALT_NAMES))
        return alt_names(e->value);
    if (mrl_str_eq(e->oid, MRL_OID_NAME_CONSTRAINTS))
        return mrl_constraints_are_whole(e->value);
    c->unknown_critical |= e->critical || binds_unknown(e->oid);
    if (mrl_str_eq(e->oid, MRL_S(ID_CE "\x0e")))
        return key_id(c, e->value);
    if (mrl_str_eq(e->oid, MRL_S(ID_CE "\x23")))
        return authority_key(c, e->value);
    return true;
}

static bool extension(struct mrl_x509 *c, struct mrl_rd *r) {
    struct mrl_rd in = mrl_der_enter(r, MRL_DER_SEQUENCE, NULL);
    struct mrl_x509_ext e = {.oid = mrl_der_bytes(&in, MRL_DER_OID)};
    if (mrl_der_peek(&in) == MRL_DER_BOOLEAN) {
        e.critical = mrl_der_bool(&in);
        in.failed |= !e.critical; /* the default is left out */
    }
    e.value = mrl_der_bytes(&in, MRL_DER_OCTET_STRING);
    if (!mrl_der_ended(&in) || c->n_exts == MRL_X509_EXTS_MAX || mrl_x509_ext(c, e.oid) != NULL)
        return false;
    c->exts[c->n_exts++] = e;
    return understand(c, &e);
}

static bool extensions(struct mrl_x509 *c, struct mrl_rd *tbs) {
    struct mrl_rd outer = mrl_der_enter(tbs, MRL_DER_CXC(3), NULL);
    struct mrl_rd list = mrl_der_enter(&outer, MRL_DER_SEQUENCE, NULL);
    if (list.failed || mrl_rd_done(&list) || !mrl_rd_done(&outer))
        return false;
    while (!mrl_rd_done(&list))
        if (!extension(c, &list))
            return false;
    return true;
}

/* --- the certificate ---------------------------------------------------------------------------
 */

static bool key_info(struct mrl_x509 *c, struct mrl_rd *r) {
    struct mrl_rd in = mrl_der_enter(r, MRL_DER_SEQUENCE, &c->spki);
    struct mrl_rd algorithm = mrl_der_enter(&in, MRL_DER_SEQUENCE, NULL);
    (void)mrl_der_bytes(&algorithm, MRL_DER_OID);
    if (!algorithm.failed && !mrl_rd_done(&algorithm))
        (void)mrl_der_any(&algorithm, NULL);
    c->key_bits = mrl_der_bits(&in);
    return mrl_der_ended(&algorithm) && mrl_der_ended(&in);
}

/* Version 3 is 2, and the only one that has extensions; others cannot say what they are for. */
static bool version_is_3(struct mrl_rd *tbs) {
    struct mrl_rd v = mrl_der_enter(tbs, MRL_DER_CXC(0), NULL);
    return mrl_der_u63(&v) == 2 && mrl_der_ended(&v);
}

static mrl_status to_be_signed(struct mrl_x509 *c, struct mrl_rd *tbs, mrl_str *ret_algorithm,
                               struct mrl_err *err) {
    int tag;
    if (!version_is_3(tbs))
        return bad(err, "it is not of version 3");
    c->serial = mrl_der_integer(tbs);
    *ret_algorithm = mrl_der_any(tbs, &tag);
    (void)mrl_der_enter(tbs, MRL_DER_SEQUENCE, &c->issuer);
    struct mrl_rd validity = mrl_der_enter(tbs, MRL_DER_SEQUENCE, NULL);
    c->not_before = mrl_der_time(&validity, false);
    c->not_after = mrl_der_time(&validity, false);
    (void)mrl_der_enter(tbs, MRL_DER_SEQUENCE, &c->subject);
    if (tbs->failed || !mrl_der_ended(&validity) || !mrl_name_is_whole(c->issuer) ||
        !mrl_name_is_whole(c->subject))
        return bad(err, "its names or its validity");
    if (!key_info(c, tbs))
        return bad(err, "its key");
    (void)mrl_der_skip_if(tbs, MRL_DER_CX(1)); /* unique identifiers: obsolete, without meaning */
    (void)mrl_der_skip_if(tbs, MRL_DER_CX(2));
    if (mrl_der_peek(tbs) == MRL_DER_CXC(3) && !extensions(c, tbs))
        return bad(err, "its extensions");
    return mrl_der_ended(tbs) ? MRL_OK : bad(err, "bytes behind its extensions");
}

mrl_status mrl_x509_parse(mrl_str der, struct mrl_err *err, struct mrl_x509 *ret) {
    struct mrl_x509 c = {.der = der, .path_len = -1};
    mrl_str inner = {NULL, 0}, outer = {NULL, 0};
    int tag;
    if (der.len > MRL_X509_BYTES_MAX)
        return mrl_err_set(err, MRL_E_LIMIT, "x509.limit", "a certificate of %zu bytes", der.len);
    struct mrl_rd r = mrl_rd_of(der), cert = mrl_der_enter(&r, MRL_DER_SEQUENCE, NULL);
    struct mrl_rd tbs = mrl_der_enter(&cert, MRL_DER_SEQUENCE, &c.tbs);
    MRL_TRY(to_be_signed(&c, &tbs, &inner, err));
    outer = mrl_der_any(&cert, &tag);
    c.sig = mrl_der_bits(&cert);
    if (!mrl_der_ended(&cert) || !mrl_der_ended(&r))
        return bad(err, "its signature");
    /* The algorithm stands twice; only the inner one is signed. */
    if (!mrl_str_eq(inner, outer))
        return bad(err, "its two algorithms differ");
    struct mrl_rd algorithm = mrl_rd_of(outer);
    if (!mrl_x509_algorithm(&algorithm, &c.scheme, &c.digest))
        return mrl_err_set(err, MRL_E_UNSUPPORTED, "x509.algorithm",
                           "a certificate's signature algorithm is not known");
    *ret = c;
    return MRL_OK;
}

/* --- questions ------------------------------------------------------------------------------- */

const struct mrl_x509_ext *mrl_x509_ext(const struct mrl_x509 *c, mrl_str oid) {
    for (uint32_t i = 0; i < c->n_exts; i++)
        if (mrl_str_eq(c->exts[i].oid, oid))
            return &c->exts[i];
    return NULL;
}

bool mrl_x509_has_usage(const struct mrl_x509 *c, enum mrl_key_usage usage) {
    return c->has_key_usage && (c->key_usage >> usage & 1) != 0;
}

bool mrl_x509_has_eku(const struct mrl_x509 *c, mrl_str oid) {
    struct mrl_rd in = mrl_rd_of(c->eku);
    while (!in.failed && !mrl_rd_done(&in))
        if (mrl_str_eq(mrl_der_bytes(&in, MRL_DER_OID), oid))
            return !in.failed;
    return false;
}

bool mrl_x509_eku_is_only(const struct mrl_x509 *c, mrl_str oid) {
    struct mrl_rd in = mrl_rd_of(c->eku);
    return mrl_str_eq(mrl_der_bytes(&in, MRL_DER_OID), oid) && mrl_der_ended(&in);
}

bool mrl_x509_valid_at(const struct mrl_x509 *c, int64_t seconds) {
    return c->not_before <= seconds && seconds <= c->not_after;
}

bool mrl_x509_points_at(const struct mrl_x509 *c, const struct mrl_x509 *issuer) {
    if (!mrl_str_eq(c->issuer, issuer->subject))
        return false;
    if (c->authority_key_id.len > 0 && issuer->key_id.len > 0 &&
        !mrl_str_eq(c->authority_key_id, issuer->key_id))
        return false;
    if (c->authority_issuer.len > 0 && !mrl_str_eq(c->authority_issuer, issuer->issuer))
        return false;
    return c->authority_serial.len == 0 || mrl_str_eq(c->authority_serial, issuer->serial);
}

/* otherName ::= [0] { OID, [0] { value } }: Fulcio puts user names there. */
static bool other_name(struct mrl_rd in, mrl_str *ret) {
    mrl_str oid = mrl_der_bytes(&in, MRL_DER_OID);
    struct mrl_rd value = mrl_der_enter(&in, MRL_DER_CXC(0), NULL);
    *ret = (mrl_str){NULL, 0};
    if (mrl_str_eq(oid, MRL_S("\x2b\x06\x01\x04\x01\x83\xbf\x30\x01\x07")))
        *ret = mrl_der_bytes(&value, MRL_DER_UTF8);
    else
        mrl_rd_skip(&value, mrl_rd_left(&value));
    return mrl_der_ended(&value) && mrl_der_ended(&in);
}

bool mrl_x509_names(const struct mrl_x509 *c,
                    bool (*on_name)(void *cx, enum mrl_san_kind kind, mrl_str name), void *cx) {
    const struct mrl_x509_ext *e = mrl_x509_ext(c, MRL_OID_ALT_NAMES);
    if (e == NULL)
        return true;
    struct mrl_rd r = mrl_rd_of(e->value), in = mrl_der_enter(&r, MRL_DER_SEQUENCE, NULL);
    while (!in.failed && !mrl_rd_done(&in)) {
        int tag = mrl_der_peek(&in);
        enum mrl_san_kind kind = MRL_SAN_OTHER;
        mrl_str name = {NULL, 0};
        if (tag == MRL_DER_CX(1) || tag == MRL_DER_CX(6)) {
            kind = tag == MRL_DER_CX(1) ? MRL_SAN_EMAIL : MRL_SAN_URI;
            name = mrl_der_bytes(&in, tag);
        } else if (tag == MRL_DER_CXC(0)) {
            if (!other_name(mrl_der_enter(&in, tag, NULL), &name))
                return false;
        } else {
            (void)mrl_der_any(&in, NULL);
        }
        if (name.ptr != NULL && !in.failed && !on_name(cx, kind, name))
            return true;
    }
    return mrl_der_ended(&in) && mrl_der_ended(&r);
}
