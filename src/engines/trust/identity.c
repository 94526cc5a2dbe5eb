/* identity.c - who a certificate says that the signer is, and whether that is who was asked for. */
#include "engines/trust/sign.h"
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

static mrl_status read_name(const struct mrl_x509 *leaf, struct mrl_err *err,
                            struct mrl_signer_name *ret) {
    struct names names = {0};
    mrl_str issuer;
    if (!mrl_x509_names(leaf, on_name, &names) || names.n != 1)
        return mrl_trust_fail(err, "trust.identity",
                              "the certificate does not name exactly one signer");
    if (!issuer_of(leaf, &issuer))
        return mrl_trust_fail(err, "trust.identity",
                              "the certificate does not say who vouched for its signer");
    *ret = (struct mrl_signer_name){names.first, issuer};
    return MRL_OK;
}

mrl_status mrl_signer_name_of(mrl_str certificate, struct mrl_err *err,
                              struct mrl_signer_name *ret) {
    struct mrl_x509 leaf;
    MRL_TRY(mrl_x509_parse(certificate, err, &leaf));
    return read_name(&leaf, err, ret);
}

mrl_status mrl_trust_pattern(mrl_arena *a, mrl_str pattern, struct mrl_err *err,
                             struct mrl_text_want *ret, bool *ret_anyone) {
    static const char *const nobody[] = {"nobody@invalid", "https://invalid/\x7e", "\x7f"};
    struct mrl_regex *regex;
    /* Alone first: a stray parenthesis would close the group that the anchors are around. */
    MRL_TRY(mrl_regex_compile(a, pattern, err, &regex));
    mrl_str whole = mrl_arena_printf(a, "\\A(?:%.*s)\\z", MRL_F(pattern));
    MRL_CHECK(whole.ptr != NULL, MRL_E_NOMEM);
    MRL_TRY(mrl_regex_compile(a, whole, err, &regex));
    *ret_anyone = true;
    for (size_t i = 0; i < MRL_COUNTOF(nobody); i++) {
        bool match;
        MRL_TRY(mrl_regex_find(regex, a, mrl_str_z(nobody[i]), 0, NULL, &match));
        *ret_anyone = *ret_anyone && match;
    }
    *ret = (struct mrl_text_want){.regex = regex, .pattern = pattern};
    return MRL_OK;
}

bool mrl_text_want_given(const struct mrl_text_want *want) {
    return want->exact.len > 0 || want->regex != NULL;
}

static mrl_status fits(mrl_arena *scratch, const struct mrl_text_want *want, mrl_str text,
                       bool *ret) {
    if (want->regex != NULL)
        return mrl_regex_find(want->regex, scratch, text, 0, NULL, ret);
    *ret = mrl_str_eq(want->exact, text);
    return MRL_OK;
}

mrl_status mrl_trust_identity(mrl_arena *scratch, const struct mrl_x509 *leaf,
                              const struct mrl_want *want, struct mrl_err *err,
                              struct mrl_verified *ret) {
    struct mrl_signer_name name;
    bool identity_fits, issuer_fits;
    MRL_TRY(read_name(leaf, err, &name));
    if (!mrl_text_want_given(&want->identity) || !mrl_text_want_given(&want->issuer))
        return mrl_trust_fail(err, "trust.identity",
                              "an identity and an issuer must be asked for; the signer is %.*s, "
                              "vouched for by %.*s",
                              MRL_F(name.identity), MRL_F(name.issuer));
    MRL_TRY(fits(scratch, &want->identity, name.identity, &identity_fits));
    MRL_TRY(fits(scratch, &want->issuer, name.issuer, &issuer_fits));
    if (!identity_fits || !issuer_fits)
        return mrl_trust_fail(err, "trust.identity", "the signer is %.*s, vouched for by %.*s",
                              MRL_F(name.identity), MRL_F(name.issuer));
    ret->identity = name.identity;
    ret->issuer = name.issuer;
    return MRL_OK;
}
