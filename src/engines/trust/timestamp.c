/* timestamp.c - a timestamp authority's word for when a signature existed (RFC 3161).
 *
 * The signer's certificate comes from the trusted root or with the token; either way it must lead
 * through one authority of the root, be for time stamping only, and be valid at the time stamped.
 * An authority that the root does not know says nothing: its word is neither proof nor fault.
 */
#include "engines/trust/trust_internal.h"

/* Is this the certificate that the token names? */
static bool named(const struct mrl_tsp *p, const struct mrl_x509 *c) {
    return mrl_str_eq(p->issuer, c->issuer) && mrl_str_eq(p->serial, c->serial) &&
           mrl_tsp_ess_names(p, 0, c);
}

/* Certificates that the token lists besides its signer's must be of one authority of the root. */
static bool others_known(const struct mrl_trust *t, const struct mrl_tsp *p) {
    for (uint32_t n = 1; n < p->n_ess; n++) {
        bool found = false;
        for (uint32_t i = 0; i < t->root.tsas.n && !found; i++)
            for (uint32_t k = 0; k < t->tsas[i].root->n_certs && !found; k++)
                found = mrl_tsp_ess_names(p, n, &t->tsas[i].certs[k].x509);
        if (!found)
            return false;
    }
    return true;
}

bool mrl_trust_for_timestamps_alone(const struct mrl_x509 *c) {
    const uint16_t other_usages =
        (uint16_t)~(1u << MRL_KU_DIGITAL_SIGNATURE | 1u << MRL_KU_NON_REPUDIATION);
    return c->eku_critical && mrl_x509_eku_is_only(c, MRL_OID_EKU_TIME_STAMPING) &&
           (c->key_usage & other_usages) == 0;
}

/* True when some authority of the root bears the name of the certificate's issuer. */
static bool known(const struct mrl_trust *t, const struct mrl_x509 *c) {
    for (uint32_t i = 0; i < t->root.tsas.n; i++)
        for (uint32_t k = 0; k < t->tsas[i].root->n_certs; k++)
            if (mrl_str_eq(t->tsas[i].certs[k].x509.subject, c->issuer))
                return true;
    return false;
}

/* Finds the signer's certificate: in the root first, as a token may bring whatever it likes. */
static mrl_status find_signer(struct mrl_trust *t, const struct mrl_tsp *p, struct mrl_err *err,
                              struct mrl_x509 *ret) {
    for (uint32_t i = 0; i < t->root.tsas.n; i++)
        for (uint32_t k = 0; k < t->tsas[i].root->n_certs; k++)
            if (named(p, &t->tsas[i].certs[k].x509)) {
                *ret = t->tsas[i].certs[k].x509;
                return MRL_OK;
            }
    for (uint32_t i = 0; i < p->n_certs; i++)
        if (mrl_x509_parse(p->certs[i], NULL, ret) == MRL_OK && named(p, ret) && known(t, ret))
            return MRL_OK;
    return mrl_err_set(err, MRL_E_NOT_FOUND, "trust.timestamp",
                       "the timestamp's authority is not in the trusted root");
}

static mrl_status verify_token(const struct mrl_tsp *p, const struct mrl_x509 *signer,
                               struct mrl_err *err) {
    struct mrl_pubkey *key = NULL;
    MRL_TRY(mrl_pubkey_of_spki(signer->spki, err, &key));
    bool ok = mrl_pubkey_verify(key, p->scheme, p->digest, p->signed_bytes, p->sig);
    mrl_pubkey_free(key);
    return ok ? MRL_OK
              : mrl_trust_fail(err, "trust.timestamp", "the timestamp's signature is wrong");
}

mrl_status mrl_trust_stamps(const struct mrl_tsp *p, mrl_str sig, struct mrl_err *err) {
    unsigned char own[MRL_DIGEST_MAX];
    size_t n;
    MRL_TRY(mrl_digest(p->imprint_digest, sig, own, &n));
    if (!mrl_str_eq(p->imprint, (mrl_str){(char *)own, n}))
        return mrl_trust_fail(err, "trust.timestamp", "the timestamp is of another signature");
    return MRL_OK;
}

mrl_status mrl_trust_timestamp(mrl_arena *a, struct mrl_trust *t, mrl_str der, mrl_str sig,
                               struct mrl_err *err, mrl_str *ret_mark, int64_t *ret_seconds) {
    struct mrl_tsp p;
    struct mrl_x509 signer;
    const struct mrl_trust_cert *issuer;
    MRL_TRY(mrl_tsp_parse(a, der, err, &p));
    *ret_mark = p.sig;
    MRL_TRY(mrl_trust_stamps(&p, sig, err));
    MRL_TRY(find_signer(t, &p, err, &signer));
    MRL_TRY(mrl_trust_leaf(&signer, MRL_OID_EKU_TIME_STAMPING, err));
    if (!mrl_trust_for_timestamps_alone(&signer))
        return mrl_trust_fail(err, "trust.timestamp",
                              "the timestamp's certificate may be for other purposes, too");
    if (!mrl_x509_valid_at(&signer, p.time))
        return mrl_trust_fail(err, "trust.timestamp",
                              "the timestamp is outside of its certificate's validity");
    MRL_TRY(mrl_trust_chain(t, t->tsas, t->root.tsas.n, &signer, p.time, err, &issuer));
    if (!others_known(t, &p))
        return mrl_trust_fail(
            err, "trust.timestamp",
            "the timestamp lists certificates that the trusted root does not have");
    MRL_TRY(verify_token(&p, &signer, err));
    *ret_seconds = p.time;
    return MRL_OK;
}
