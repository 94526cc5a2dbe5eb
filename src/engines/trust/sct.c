/* sct.c - the promises of certificate logs inside a certificate (RFC 6962 section 3.2 and 3.3).
 *
 * The log signed the certificate before its promise was in it: the precertificate's signed part and
 * the digest of the issuer's key. A promise of a log that the root does not know says nothing; one
 * of a known log that is wrong is wrong.
 */
#include "engines/trust/trust_internal.h"

#include "base/buf.h"

#include "formats/der/der.h"

struct sct {
    mrl_str log_id;
    uint64_t time_ms;
    mrl_str extensions;
    uint8_t hash, algorithm; /* as TLS 1.2 numbers them */
    mrl_str sig;
};

#define TLS_SHA256 4
#define TLS_RSA 1
#define TLS_ECDSA 3

static bool read_sct(struct mrl_rd *list, struct sct *ret) {
    struct mrl_rd in = mrl_rd_nested(list, mrl_rd_be16(list));
    bool v1 = mrl_rd_u8(&in) == 0;
    ret->log_id = mrl_rd_take(&in, 32);
    ret->time_ms = mrl_rd_be64(&in);
    ret->extensions = mrl_rd_take(&in, mrl_rd_be16(&in));
    ret->hash = mrl_rd_u8(&in);
    ret->algorithm = mrl_rd_u8(&in);
    ret->sig = mrl_rd_take(&in, mrl_rd_be16(&in));
    return v1 && !in.failed && mrl_rd_done(&in);
}

/* The structure that the log signed: digitally-signed struct of RFC 6962 section 3.2. */
static mrl_status signed_bytes(mrl_arena *a, const struct sct *s, mrl_str issuer_key_hash,
                               mrl_str tbs, mrl_str *ret) {
    struct mrl_buf b;
    mrl_buf_init(&b, 4 * MRL_X509_BYTES_MAX);
    mrl_buf_byte(&b, 0); /* version 1 */
    mrl_buf_byte(&b, 0); /* certificate_timestamp */
    for (int shift = 56; shift >= 0; shift -= 8)
        mrl_buf_byte(&b, (char)(s->time_ms >> shift));
    mrl_buf_byte(&b, 0);
    mrl_buf_byte(&b, 1); /* precert_entry */
    mrl_buf_add(&b, issuer_key_hash);
    for (int shift = 16; shift >= 0; shift -= 8)
        mrl_buf_byte(&b, (char)(tbs.len >> shift));
    mrl_buf_add(&b, tbs);
    mrl_buf_byte(&b, (char)(s->extensions.len >> 8));
    mrl_buf_byte(&b, (char)s->extensions.len);
    mrl_buf_add(&b, s->extensions);
    *ret = mrl_arena_str(a, mrl_buf_str(&b));
    mrl_status status = b.status;
    mrl_buf_release(&b);
    MRL_TRY(status);
    return ret->ptr != NULL ? MRL_OK : MRL_E_NOMEM;
}

/* True when the promise's algorithm is the log's, and its signature holds. */
static bool holds(struct mrl_trust_log *log, const struct sct *s, mrl_str bytes) {
    const struct mrl_pubkey *key = mrl_trust_log_key(log);
    bool rsa = key != NULL && mrl_pubkey_kind(key) == MRL_KEY_RSA;
    return key != NULL && s->hash == TLS_SHA256 && s->algorithm == (rsa ? TLS_RSA : TLS_ECDSA) &&
           mrl_in_range(log->root->valid, (int64_t)(s->time_ms / 1000)) &&
           mrl_pubkey_verify(key, rsa ? MRL_SIG_RSA_PKCS1 : MRL_SIG_ECDSA, MRL_SHA256, bytes,
                             s->sig);
}

static struct mrl_trust_log *find_log(const struct mrl_trust *t, mrl_str id) {
    for (uint32_t i = 0; i < t->root.ctlogs.n; i++)
        if (mrl_str_eq(t->ctlogs[i].root->id, id))
            return &t->ctlogs[i];
    return NULL;
}

mrl_status mrl_trust_sct(mrl_arena *a, struct mrl_trust *t, const struct mrl_x509 *leaf,
                         const struct mrl_x509 *issuer, struct mrl_err *err) {
    const struct mrl_x509_ext *e = mrl_x509_ext(leaf, MRL_OID_SCT_LIST);
    unsigned char key_hash[32];
    mrl_str tbs, bytes;
    uint32_t n_good = 0;
    if (e == NULL)
        return mrl_trust_fail(err, "trust.sct", "the certificate has no promise of a log");
    MRL_TRY(mrl_x509_precert_tbs(a, leaf, &tbs));
    MRL_TRY(mrl_sha256_of(&issuer->spki, 1, key_hash));
    struct mrl_rd r = mrl_rd_of(e->value);
    struct mrl_rd outer = mrl_rd_of(mrl_der_bytes(&r, MRL_DER_OCTET_STRING));
    struct mrl_rd list = mrl_rd_nested(&outer, mrl_rd_be16(&outer));
    bool whole = mrl_der_ended(&r) && !list.failed && mrl_rd_done(&outer);
    while (whole && !mrl_rd_done(&list)) {
        struct sct s;
        if (!(whole = read_sct(&list, &s)))
            break;
        struct mrl_trust_log *log = find_log(t, s.log_id);
        if (log == NULL)
            continue;
        MRL_TRY(signed_bytes(a, &s, (mrl_str){(char *)key_hash, 32}, tbs, &bytes));
        if (!holds(log, &s, bytes))
            return mrl_trust_fail(err, "trust.sct", "a certificate log's promise does not hold");
        n_good++;
    }
    if (!whole)
        return mrl_trust_fail(err, "trust.sct", "the list of promises is broken");
    if (n_good == 0)
        return mrl_trust_fail(err, "trust.sct",
                              "no promise is of a certificate log of the trusted root");
    return MRL_OK;
}
