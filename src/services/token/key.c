/* key.c - see key.h. */
#include "services/token/key.h"

#include "formats/der/der.h"
#include "formats/x509/x509.h"

#define ID "token.key"
#define ED25519_BYTES 32u
#define ED25519_SIGNATURE 64u
#define DER_MAX ((size_t)1 << 16)

/* --- writing DER --------------------------------------------------------------------------- */

static void put_header(struct mrl_buf *b, int tag, size_t n) {
    MRL_ASSERT(n <= UINT16_MAX);
    mrl_buf_byte(b, (char)tag);
    if (n > 255) {
        mrl_buf_add(b, MRL_S("\x82"));
        mrl_buf_byte(b, (char)(n >> 8));
    } else if (n > 127) {
        mrl_buf_add(b, MRL_S("\x81"));
    }
    mrl_buf_byte(b, (char)n);
}

/* An INTEGER of big-endian bytes without a sign. */
static void put_integer(struct mrl_buf *b, mrl_str bytes) {
    while (bytes.len > 1 && bytes.ptr[0] == 0)
        bytes = mrl_str_sub(bytes, 1, bytes.len);
    bool high = bytes.len > 0 && ((unsigned char)bytes.ptr[0] & 0x80) != 0;
    put_header(b, MRL_DER_INTEGER, bytes.len + high);
    mrl_buf_fill(b, '\0', high);
    mrl_buf_add(b, bytes);
}

/* A SEQUENCE around what `inner` holds, which is released. */
static mrl_status give_sequence(mrl_arena *a, struct mrl_buf *inner, mrl_str *ret) {
    struct mrl_buf all;
    mrl_buf_init(&all, DER_MAX);
    all.status = inner->status;
    put_header(&all, MRL_DER_SEQUENCE, inner->len);
    mrl_buf_add(&all, mrl_buf_str(inner));
    mrl_buf_release(inner);
    return mrl_buf_give(&all, a, ret);
}

/* SEQUENCE { SEQUENCE { algorithm }, BIT STRING point } */
static mrl_status spki_of(mrl_arena *a, mrl_str algorithm, mrl_str point, mrl_str *ret) {
    struct mrl_buf b;
    mrl_buf_init(&b, DER_MAX);
    put_header(&b, MRL_DER_SEQUENCE, algorithm.len);
    mrl_buf_add(&b, algorithm);
    put_header(&b, MRL_DER_BIT_STRING, point.len + 1);
    mrl_buf_byte(&b, '\0');
    mrl_buf_add(&b, point);
    return give_sequence(a, &b, ret);
}

/* SEQUENCE { INTEGER, INTEGER }: an RSA key, an ECDSA signature. */
static mrl_status pair_of(mrl_arena *a, mrl_str first, mrl_str second, mrl_str *ret) {
    struct mrl_buf b;
    mrl_buf_init(&b, DER_MAX);
    put_integer(&b, first);
    put_integer(&b, second);
    return give_sequence(a, &b, ret);
}

/* --- public keys --------------------------------------------------------------------------- */

static const struct curve {
    mrl_str params;    /* CKA_EC_PARAMS */
    mrl_str algorithm; /* content of the AlgorithmIdentifier */
    size_t point;      /* bytes of a point */
} curves[] = {
    {MRL_S_INIT("\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07"),
     MRL_S_INIT("\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07"),
     65},
    {MRL_S_INIT("\x06\x05\x2b\x81\x04\x00\x22"),
     MRL_S_INIT("\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x05\x2b\x81\x04\x00\x22"), 97},
    {MRL_S_INIT("\x06\x05\x2b\x81\x04\x00\x23"),
     MRL_S_INIT("\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x05\x2b\x81\x04\x00\x23"), 133},
    /* Ed25519 has three names: RFC 8410's, the text of PKCS#11 3.0, and the older GNU one. */
    {MRL_S_INIT("\x06\x03\x2b\x65\x70"), MRL_S_INIT("\x06\x03\x2b\x65\x70"), ED25519_BYTES},
    {MRL_S_INIT("\x13\x0c"
                "edwards25519"),
     MRL_S_INIT("\x06\x03\x2b\x65\x70"), ED25519_BYTES},
    {MRL_S_INIT("\x06\x09\x2b\x06\x01\x04\x01\xda\x47\x0f\x01"), MRL_S_INIT("\x06\x03\x2b\x65\x70"),
     ED25519_BYTES},
};

/* A point stands in an OCTET STRING, or, with some tokens, bare. */
static bool point_of(mrl_str value, size_t want, mrl_str *ret) {
    struct mrl_rd r = mrl_rd_of(value);
    *ret = value.len == want ? value : mrl_der_bytes(&r, MRL_DER_OCTET_STRING);
    return ret->len == want && (value.len == want || mrl_der_ended(&r));
}

static mrl_status of_curve(mrl_arena *a, const struct mrl_p11_object *o, struct mrl_err *err,
                           struct mrl_pubkey **ret) {
    mrl_str point, spki;
    for (size_t i = 0; i < MRL_COUNTOF(curves); i++) {
        bool edwards = curves[i].point == ED25519_BYTES;
        if (edwards != (o->kind == MRL_P11_EDWARDS) || !mrl_str_eq(curves[i].params, o->params))
            continue;
        if (!point_of(o->point, curves[i].point, &point))
            return mrl_err_set(err, MRL_E_SYNTAX, ID,
                               "the token's public key is no point of its curve");
        MRL_TRY(spki_of(a, curves[i].algorithm, point, &spki));
        return mrl_pubkey_of_spki(spki, err, ret);
    }
    return mrl_err_set(err, MRL_E_UNSUPPORTED, ID,
                       "the token's key is of a curve that is none of P-256, P-384, P-521, "
                       "Ed25519");
}

static mrl_status of_cert(mrl_str der, struct mrl_err *err, struct mrl_pubkey **ret) {
    struct mrl_x509 cert;
    MRL_TRY(mrl_x509_parse(der, err, &cert));
    return mrl_pubkey_of_spki(cert.spki, err, ret);
}

mrl_status mrl_p11_pubkey(mrl_arena *a, const struct mrl_p11_object *o, struct mrl_err *err,
                          struct mrl_pubkey **ret) {
    mrl_str der;
    if (o->class == MRL_P11_CERT)
        return of_cert(o->cert, err, ret);
    if (o->kind == MRL_P11_OTHER)
        return mrl_err_set(err, MRL_E_UNSUPPORTED, ID,
                           "the token's key is neither RSA, EC nor Ed25519");
    if (o->kind == MRL_P11_RSA && o->modulus.len > 0 && o->exponent.len > 0) {
        MRL_CHECK(o->modulus.len + o->exponent.len < DER_MAX / 2, MRL_E_LIMIT);
        MRL_TRY(pair_of(a, o->modulus, o->exponent, &der));
        return mrl_pubkey_of_rsa(der, err, ret);
    }
    if (o->kind != MRL_P11_RSA && o->point.len > 0)
        return of_curve(a, o, err, ret);
    return mrl_err_set(err, MRL_E_NOT_FOUND, ID, "the token does not show the key's public half");
}

/* --- signatures ---------------------------------------------------------------------------- */

mrl_status mrl_p11_input(mrl_arena *a, const struct mrl_pubkey *key, mrl_str message,
                         enum mrl_p11_mechanism *ret_mechanism, mrl_str *ret) {
    /* DigestInfo of SHA-256 up to the digest: RSA keys sign with no other (pubkey.h). */
    static const mrl_str info =
        MRL_S_INIT("\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20");
    unsigned char digest[MRL_DIGEST_MAX];
    struct mrl_buf b;
    size_t n;
    if (mrl_pubkey_scheme(key) == MRL_SIG_ED25519) {
        *ret_mechanism = MRL_P11_EDDSA;
        *ret = message;
        return MRL_OK;
    }
    MRL_TRY(mrl_digest(mrl_pubkey_digest(key), message, digest, &n));
    bool rsa = mrl_pubkey_kind(key) == MRL_KEY_RSA;
    MRL_ASSERT(!rsa || mrl_pubkey_digest(key) == MRL_SHA256);
    mrl_buf_init(&b, 256);
    if (rsa)
        mrl_buf_add(&b, info);
    mrl_buf_add(&b, (mrl_str){(char *)digest, n});
    *ret_mechanism = rsa ? MRL_P11_RSA_PKCS : MRL_P11_ECDSA;
    return mrl_buf_give(&b, a, ret);
}

static size_t bytes_of_half(enum mrl_pubkey_kind kind) {
    return kind == MRL_KEY_P256 ? 32 : kind == MRL_KEY_P384 ? 48 : 66;
}

mrl_status mrl_p11_signature(mrl_arena *a, const struct mrl_pubkey *key, mrl_str raw,
                             struct mrl_err *err, mrl_str *ret) {
    enum mrl_pubkey_kind kind = mrl_pubkey_kind(key);
    bool ecdsa = mrl_pubkey_scheme(key) == MRL_SIG_ECDSA;
    size_t half = bytes_of_half(kind), want = ecdsa ? 2 * half : ED25519_SIGNATURE;
    if (kind != MRL_KEY_RSA && raw.len != want)
        return mrl_err_set(err, MRL_E_WORKER, ID,
                           "the token's signature has %zu bytes where a %s key's has %zu", raw.len,
                           mrl_pubkey_kind_name(kind), want);
    if (ecdsa)
        return pair_of(a, mrl_str_sub(raw, 0, half), mrl_str_sub(raw, half, raw.len), ret);
    *ret = mrl_arena_str(a, raw);
    return ret->ptr != NULL ? MRL_OK : MRL_E_NOMEM;
}
