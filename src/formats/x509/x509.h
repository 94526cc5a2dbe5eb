/* x509.h - certificates as typed records (RFC 5280), and the PEM text around them (RFC 7468).
 *
 * Idea: a certificate is walked once by the strict DER reader; what decides (names, validity, key,
 * basic constraints, usages) becomes fields, everything else stays an extension to look up. Names
 * are compared as bytes. No signature is checked here: engines/trust does, with the fields `tbs`,
 * `sig` and the issuer's key. An extension that is critical and unknown makes the certificate
 * unusable (`unknown_critical`), as RFC 5280 section 4.2 asks. Extensions that are known must be
 * whole.
 *
 * Ownership: all slices borrow the DER text. Limits: MRL_X509_EXTS_MAX extensions, no repeats.
 * Cost: O(bytes), a few microseconds.
 */
#ifndef MRL_FORMATS_X509_H
#define MRL_FORMATS_X509_H

#include "base/arena.h"
#include "base/pubkey.h"

#define MRL_X509_BYTES_MAX ((size_t)64 << 10) /* real ones have 1 to 3 KiB */
#define MRL_X509_EXTS_MAX 48u                 /* Fulcio's have 24 */

struct mrl_x509_ext {
    mrl_str oid; /* content of the OID */
    bool critical;
    mrl_str value; /* content of the OCTET STRING */
};

enum mrl_key_usage { /* bits of KeyUsage that we ask for, numbered as in RFC 5280 4.2.1.3 */
                     MRL_KU_DIGITAL_SIGNATURE = 0,
                     MRL_KU_NON_REPUDIATION = 1,
                     MRL_KU_CERT_SIGN = 5,
};

struct mrl_x509 {
    mrl_str der, tbs;              /* all of it; the signed part with its header */
    mrl_str serial;                /* content of the INTEGER */
    mrl_str issuer, subject;       /* Name, all of its DER */
    int64_t not_before, not_after; /* seconds since 1970; both ends are inside */
    mrl_str spki;                  /* SubjectPublicKeyInfo, all of its DER */
    mrl_str key_bits;              /* the key itself, inside of it */
    enum mrl_sig_scheme scheme;    /* of its own signature */
    enum mrl_digest digest;
    mrl_str sig;
    bool is_ca;
    int64_t path_len; /* intermediate certificates allowed below; -1: no limit */
    bool has_key_usage;
    uint16_t key_usage; /* bit n set: usage n */
    mrl_str eku;        /* content of ExtKeyUsage; empty: none */
    bool eku_critical;
    mrl_str key_id;           /* SubjectKeyIdentifier; empty: none */
    mrl_str authority_key_id; /* of AuthorityKeyIdentifier: the issuer's key_id; empty: none */
    mrl_str authority_issuer, authority_serial; /* the issuer's own issuer and serial number */
    bool unknown_critical;
    struct mrl_x509_ext exts[MRL_X509_EXTS_MAX];
    uint32_t n_exts;
};

/* Reads one certificate that must use up `der`. MRL_E_SYNTAX, MRL_E_LIMIT, or MRL_E_UNSUPPORTED for
 * a signature algorithm outside of pubkey.h. */
mrl_status mrl_x509_parse(mrl_str der, struct mrl_err *err, struct mrl_x509 *ret) MRL_NODISCARD;

/* The extension with that OID content, or NULL. */
const struct mrl_x509_ext *mrl_x509_ext(const struct mrl_x509 *c, mrl_str oid);
bool mrl_x509_has_usage(const struct mrl_x509 *c, enum mrl_key_usage usage);
/* True when ExtKeyUsage lists the OID. */
bool mrl_x509_has_eku(const struct mrl_x509 *c, mrl_str oid);
/* True when ExtKeyUsage lists the OID and nothing else. */
bool mrl_x509_eku_is_only(const struct mrl_x509 *c, mrl_str oid);
/* True when a certificate names that issuer: by its subject and, where it says more, by its key
 * identifier, its own issuer and its serial number. */
bool mrl_x509_points_at(const struct mrl_x509 *c, const struct mrl_x509 *issuer);
/* True when `seconds` lies in the validity, its ends included. */
bool mrl_x509_valid_at(const struct mrl_x509 *c, int64_t seconds);

#define MRL_OID_EKU_CODE_SIGNING MRL_S("\x2b\x06\x01\x05\x05\x07\x03\x03")
#define MRL_OID_EKU_TIME_STAMPING MRL_S("\x2b\x06\x01\x05\x05\x07\x03\x08")
#define MRL_OID_EKU_ANY MRL_S("\x55\x1d\x25\x00")
#define MRL_OID_ALT_NAMES MRL_S("\x55\x1d\x11")
#define MRL_OID_NAME_CONSTRAINTS MRL_S("\x55\x1d\x1e")
#define MRL_OID_SCT_LIST MRL_S("\x2b\x06\x01\x04\x01\xd6\x79\x02\x04\x02")

/* An AlgorithmIdentifier of a signature: false when it is none of pubkey.h. */
struct mrl_rd;
bool mrl_x509_algorithm(struct mrl_rd *r, enum mrl_sig_scheme *ret_scheme,
                        enum mrl_digest *ret_digest);
/* An AlgorithmIdentifier of a digest (SHA-256, SHA-384, SHA-512). */
bool mrl_x509_digest_algorithm(struct mrl_rd *r, enum mrl_digest *ret);

/* --- alternative names ----------------------------------------------------------------------- */

enum mrl_san_kind { MRL_SAN_EMAIL, MRL_SAN_URI, MRL_SAN_OTHER }; /* OTHER: Fulcio's user names */

/* Calls back for each email, URI and Fulcio otherName of SubjectAltName, in order, until `on_name`
 * returns false. False when the extension is broken. */
bool mrl_x509_names(const struct mrl_x509 *c,
                    bool (*on_name)(void *cx, enum mrl_san_kind kind, mrl_str name), void *cx);

/* --- precertificates (RFC 6962 section 3.2) ----------------------------------------------------
 */

/* The signed part without the list of SCTs: what a log signed before the certificate existed. */
mrl_status mrl_x509_precert_tbs(mrl_arena *a, const struct mrl_x509 *c, mrl_str *ret) MRL_NODISCARD;

/* --- PEM ------------------------------------------------------------------------------------- */

/* The bytes of the next block with `label` ("CERTIFICATE") in *text, which moves behind it; other
 * blocks are passed over. MRL_E_NOT_FOUND when there is none left. */
mrl_status mrl_pem_next(mrl_arena *a, mrl_str *text, mrl_str label, mrl_str *ret) MRL_NODISCARD;
/* The PEM text of `bytes`: lines of 64 digits. */
mrl_status mrl_pem_write(mrl_arena *a, mrl_str label, mrl_str bytes, mrl_str *ret) MRL_NODISCARD;

#endif
