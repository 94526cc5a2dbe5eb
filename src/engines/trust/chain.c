/* chain.c - from a certificate to the end of an authority's chain.
 *
 * The chains of a trusted root are short and complete, so the path is followed name by name through
 * one authority's own list; certificates that a bundle brings along open no paths. The last one of
 * the list is the anchor. Checked on the way (RFC 5280 section 6): names, signatures, validity at
 * the time asked for, CA, path length, key usage, purpose, name constraints, key identifiers,
 * unknown critical extensions.
 */
#include "engines/trust/trust_internal.h"
#include "formats/x509/constraints.h"

/* True when `issuer` signed `c`. */
static bool signed_by(struct mrl_trust *t, const struct mrl_x509 *c,
                      struct mrl_trust_cert *issuer) {
    unsigned char pair[32];
    mrl_str parts[] = {issuer->x509.spki, c->der};
    if (mrl_sha256_of(parts, 2, pair) != MRL_OK)
        return false;
    unsigned char *slot = t->memo->pairs[pair[0] & (MRL_TRUST_MEMO - 1)];
    if (memcmp(slot, pair, sizeof pair) == 0)
        return true;
    const struct mrl_pubkey *key = mrl_trust_cert_key(issuer);
    if (key == NULL || !mrl_pubkey_verify(key, c->scheme, c->digest, c->tbs, c->sig))
        return false;
    memcpy(slot, pair, sizeof pair);
    return true;
}

/* An authority that says what it is for is for nothing else, and nothing below it is. */
static bool fits_purpose(const struct mrl_x509 *c, mrl_str purpose) {
    return c->eku.len == 0 || mrl_x509_has_eku(c, purpose) || mrl_x509_has_eku(c, MRL_OID_EKU_ANY);
}

struct path { /* from a leaf upwards */
    const struct mrl_trust_authority *ca;
    int64_t seconds;
    const struct mrl_x509 *certs[MRL_ROOT_CHAIN_MAX + 1];
    uint32_t n;
};

/* May `c` have issued the last certificate of the path? Only its signature is left open. */
static bool may_issue(const struct path *p, const struct mrl_x509 *c) {
    uint32_t below = p->n - 1; /* authorities between the leaf and c */
    if (!c->is_ca || !mrl_x509_has_usage(c, MRL_KU_CERT_SIGN) || c->unknown_critical ||
        !mrl_x509_valid_at(c, p->seconds) || !fits_purpose(c, p->ca->purpose) ||
        (c->path_len >= 0 && (int64_t)below > c->path_len))
        return false;
    for (uint32_t i = 0; i < p->n; i++)
        if (!mrl_constraints_allow(c, p->certs[i]))
            return false;
    return true;
}

/* The certificate of the list that issued the path's last one, or NULL. */
static const struct mrl_trust_cert *issuer_of(struct mrl_trust *t, const struct path *p) {
    const struct mrl_x509 *c = p->certs[p->n - 1];
    for (uint32_t i = 0; i < p->ca->root->n_certs; i++) {
        struct mrl_trust_cert *one = &p->ca->certs[i];
        if (mrl_x509_points_at(c, &one->x509) && !mrl_str_eq(one->x509.der, c->der) &&
            may_issue(p, &one->x509) && signed_by(t, c, one))
            return one;
    }
    return NULL;
}

/* The issuer of the leaf when the list leads from it to the list's end; else NULL. */
static const struct mrl_trust_cert *follow(struct mrl_trust *t,
                                           const struct mrl_trust_authority *ca,
                                           const struct mrl_x509 *leaf, int64_t seconds) {
    const struct mrl_trust_cert *first = NULL;
    struct path p = {.ca = ca, .seconds = seconds, .certs = {leaf}, .n = 1};
    if (ca->root->n_certs == 0)
        return NULL;
    const struct mrl_trust_cert *anchor = &ca->certs[ca->root->n_certs - 1];
    while (p.n <= MRL_ROOT_CHAIN_MAX) {
        const struct mrl_trust_cert *next = issuer_of(t, &p);
        if (next == NULL)
            return NULL;
        first = first != NULL ? first : next;
        if (next == anchor)
            return first;
        p.certs[p.n++] = &next->x509;
    }
    return NULL;
}

mrl_status mrl_trust_chain(struct mrl_trust *t, const struct mrl_trust_authority *list, uint32_t n,
                           const struct mrl_x509 *leaf, int64_t seconds, struct mrl_err *err,
                           const struct mrl_trust_cert **ret_issuer) {
    bool expired = false;
    for (uint32_t i = 0; i < n; i++) {
        const struct mrl_trust_cert *issuer = follow(t, &list[i], leaf, seconds);
        if (issuer == NULL)
            continue;
        if (mrl_in_range(list[i].root->valid, seconds)) {
            *ret_issuer = issuer;
            return MRL_OK;
        }
        expired = true;
    }
    if (expired)
        return mrl_trust_fail(err, "trust.certificate",
                              "the authority that issued the certificate was not to be trusted at "
                              "the time of the signature");
    return mrl_trust_fail(err, "trust.certificate",
                          "the certificate leads to no authority of the trusted root");
}

mrl_status mrl_trust_leaf(const struct mrl_x509 *leaf, mrl_str eku, struct mrl_err *err) {
    const char *why = leaf->is_ca              ? "is one of an authority"
                      : leaf->unknown_critical ? "has a critical extension that is not known"
                      : !mrl_x509_has_usage(leaf, MRL_KU_DIGITAL_SIGNATURE)
                          ? "is not for signing (key usage)"
                      : !mrl_x509_has_eku(leaf, eku) ? "is for another purpose"
                                                     : NULL;
    if (why == NULL)
        return MRL_OK;
    return mrl_trust_fail(err, "trust.certificate", "the signer's certificate %s", why);
}
