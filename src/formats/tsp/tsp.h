/* tsp.h - timestamps as typed records: RFC 3161 responses with their CMS signature (RFC 5652).
 *
 * Idea: a response holds one signed token by one signer. The reader takes it apart strictly and
 * checks what needs no key: the response was granted, the content is a TSTInfo, the attributes that
 * are signed name that content type and its digest. Whether the signer is to be believed, and
 * whether the imprint is of the right bytes, engines/trust decides.
 *
 * Ownership: slices borrow the response; `signed_bytes` lives in the arena. Cost: O(bytes).
 */
#ifndef MRL_FORMATS_TSP_H
#define MRL_FORMATS_TSP_H

#include "formats/x509/x509.h"

#define MRL_TSP_BYTES_MAX ((size_t)64 << 10) /* with a chain of certificates: 6 KiB */
#define MRL_TSP_CERTS_MAX 8u

struct mrl_tsp {
    enum mrl_digest imprint_digest; /* how the stamped bytes were hashed */
    mrl_str imprint;
    int64_t time;                     /* seconds since 1970; a fraction is cut */
    mrl_str nonce;                    /* content of the INTEGER; ptr NULL: none */
    mrl_str certs[MRL_TSP_CERTS_MAX]; /* certificates that came along, DER */
    uint32_t n_certs;
    mrl_str issuer, serial; /* of the signer's certificate: Name as DER, INTEGER content */
    /* Certificates that the signer signed for (ESS), its own first: SEQUENCE content of each id. */
    mrl_str ess[MRL_TSP_CERTS_MAX];
    uint32_t n_ess; /* at least 1 */
    bool ess_v2;    /* ids name their digest; else it is SHA-1 */
    enum mrl_sig_scheme scheme;
    enum mrl_digest digest;
    mrl_str signed_bytes, sig;
};

/* Is `c` the certificate that the id of the signer's list names: by its digest and, where they are
 * there, by issuer and serial number? */
bool mrl_tsp_ess_names(const struct mrl_tsp *t, uint32_t i, const struct mrl_x509 *c);

/* Reads a TimeStampResp that must use up `der`. MRL_E_SYNTAX, MRL_E_UNSUPPORTED for algorithms
 * outside of pubkey.h, MRL_E_INVALID when it was not granted or contradicts itself. */
mrl_status mrl_tsp_parse(mrl_arena *a, mrl_str der, struct mrl_err *err,
                         struct mrl_tsp *ret) MRL_NODISCARD;

#endif
