/* identity.c - who a certificate says that the signer is, and whether that is who was asked for. */
#include "engines/trust/trust_internal.h"
#include "formats/der/der.h"

/* Fulcio's issuer: .1.8 is a DER UTF8String, the older .1.1 raw text. */
#define OID_ISSUER_V2 MRL_S("\x2b\x06\x01\x04\x01\x83\xbf\x30\x01\x08")
#define OID_ISSUER_V1 MRL_S("\x2b\x06\x01\x04\x01\x83\xbf\x30\x01\x01")

static bool issuer_of(const struct mrl_x509 *leaf, mrl_str *ret) {
    const struct mrl_x509_ext *v2 = mrl_x509_ext(leaf, OID_ISSUER_V2);
    const struct mrl_x509_ext *v1 = mrl_x509_ext(leaf, OID_ISSUER_V1);
    if (v2 != NULL) {
        struct mrl_rd r = mrl_rd_of(v2->value);
        *ret = mrl_der_bytes(&r, MRL_DER_UTF8);
        /* Where both stand they must be one, or two readers would see two signers. */
        return mrl_der_ended(&r) && (v1 == NULL || mrl_str_eq(v1->value, *ret));
    }
    if (v1 != NULL)
        *ret = v1->value;
    return v1 != NULL;
}

struct names {
    mrl_str first;
    uint32_t n;
};

static bool on_name(void *cx, enum mrl_san_kind kind, mrl_str name) {
    struct names *names = cx;
    (void)kind;
    if (names->n++ == 0)
        names->first = name;
    return true;
}

mrl_status mrl_trust_identity(const struct mrl_x509 *leaf, const struct mrl_want *want,
                              struct mrl_err *err, struct mrl_verified *ret) {
    struct names names = {0};
    mrl_str issuer;
    if (!mrl_x509_names(leaf, on_name, &names) || names.n != 1)
        return mrl_trust_fail(err, "trust.identity",
                              "the certificate does not name exactly one signer");
    if (!issuer_of(leaf, &issuer))
        return mrl_trust_fail(err, "trust.identity",
                              "the certificate does not say who vouched for its signer");
    if (want->identity.len == 0 || want->issuer.len == 0)
        return mrl_trust_fail(err, "trust.identity",
                              "an identity and an issuer must be asked for; the signer is %.*s, "
                              "vouched for by %.*s",
                              MRL_F(names.first), MRL_F(issuer));
    if (!mrl_str_eq(names.first, want->identity) || !mrl_str_eq(issuer, want->issuer))
        return mrl_trust_fail(err, "trust.identity", "the signer is %.*s, vouched for by %.*s",
                              MRL_F(names.first), MRL_F(issuer));
    ret->identity = names.first;
    ret->issuer = issuer;
    return MRL_OK;
}
