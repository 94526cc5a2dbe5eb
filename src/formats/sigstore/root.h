/* root.h - Sigstore trusted roots as typed records: whom to believe, and when.
 *
 * Idea: the file lists logs, certificate authorities and timestamp authorities with their keys and
 * the time for which each is to be believed. A start is required: a bound that is missing is not
 * "for ever". Ends are inside, as TimeRange is closed. Source: sigstore_trustroot.proto.
 *
 * Ownership: slices live in the arena or borrow the text.
 */
#ifndef MRL_FORMATS_SIGSTORE_ROOT_H
#define MRL_FORMATS_SIGSTORE_ROOT_H

#include "base/value.h"

#define MRL_ROOT_BYTES_MAX ((size_t)4 << 20)
#define MRL_ROOT_ITEMS_MAX 64u /* logs or authorities of one kind */
#define MRL_ROOT_CHAIN_MAX 8u  /* certificates of one authority */

struct mrl_time_range { /* seconds since 1970, both ends inside */
    int64_t start, end;
};

struct mrl_root_log {
    mrl_str base_url, id; /* id: what entries and SCTs name the log by */
    mrl_str key_details;  /* "PKIX_ECDSA_P256_SHA_256" */
    mrl_str key;          /* DER: SubjectPublicKeyInfo, or RSAPublicKey for PKCS1_ details */
    struct mrl_time_range valid;
};

struct mrl_root_authority {
    mrl_str uri;
    mrl_str certs[MRL_ROOT_CHAIN_MAX]; /* DER, the issuing one first, the root last */
    uint32_t n_certs;
    struct mrl_time_range valid;
};

struct mrl_root_list_logs {
    struct mrl_root_log *items;
    uint32_t n;
};

struct mrl_root_list_authorities {
    struct mrl_root_authority *items;
    uint32_t n;
};

struct mrl_trusted_root {
    struct mrl_root_list_logs tlogs, ctlogs;
    struct mrl_root_list_authorities cas, tsas;
};

/* Reads a trusted root. MRL_E_SYNTAX with the JSON's place or the field's name, MRL_E_LIMIT,
 * MRL_E_UNSUPPORTED for a version that we do not know. */
mrl_status mrl_root_parse(mrl_arena *a, mrl_str text, mrl_str file, struct mrl_err *err,
                          struct mrl_trusted_root *ret) MRL_NODISCARD;

static inline bool mrl_in_range(struct mrl_time_range r, int64_t seconds) {
    return r.start <= seconds && seconds <= r.end;
}

#endif
