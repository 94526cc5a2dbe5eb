/* load.c - a trusted root: its certificates are read at once, its keys at their first use. */
#include "base/mem.h"
#include "engines/trust/trust_internal.h"

/* What the root says that a log signs with must be what we would verify with; keys of other
 * details (PSS, Ed25519ph, another digest) are not read, so nothing verifies by them. */
static const struct {
    mrl_str details;
    bool pkcs1;     /* a bare RSAPublicKey */
    unsigned kinds; /* bit n: enum mrl_pubkey_kind n */
} details_known[] = {
    {MRL_S_INIT("PKIX_ECDSA_P256_SHA_256"), false, 1u << MRL_KEY_P256},
    {MRL_S_INIT("PKIX_ECDSA_P384_SHA_384"), false, 1u << MRL_KEY_P384},
    {MRL_S_INIT("PKIX_ECDSA_P521_SHA_512"), false, 1u << MRL_KEY_P521},
    {MRL_S_INIT("PKIX_ED25519"), false, 1u << MRL_KEY_ED25519},
    {MRL_S_INIT("PKIX_RSA_PKCS1V15_2048_SHA256"), false, 1u << MRL_KEY_RSA},
    {MRL_S_INIT("PKIX_RSA_PKCS1V15_3072_SHA256"), false, 1u << MRL_KEY_RSA},
    {MRL_S_INIT("PKIX_RSA_PKCS1V15_4096_SHA256"), false, 1u << MRL_KEY_RSA},
    {MRL_S_INIT("PKIX_RSA_PKCS1V5"), false, 1u << MRL_KEY_RSA},
    {MRL_S_INIT("PKCS1_RSA_PKCS1V5"), true, 1u << MRL_KEY_RSA},
    /* Not said: what the key itself is. */
    {MRL_S_INIT(""), false, ~0u},
};

static mrl_status read_log_key(const struct mrl_root_log *log, struct mrl_pubkey **ret) {
    for (size_t i = 0; i < MRL_COUNTOF(details_known); i++) {
        struct mrl_pubkey *key = NULL;
        if (!mrl_str_eq(details_known[i].details, log->key_details))
            continue;
        MRL_TRY(details_known[i].pkcs1 ? mrl_pubkey_of_rsa(log->key, NULL, &key)
                                       : mrl_pubkey_of_spki(log->key, NULL, &key));
        if ((details_known[i].kinds >> mrl_pubkey_kind(key) & 1) != 0) {
            *ret = key;
            return MRL_OK;
        }
        mrl_pubkey_free(key);
        return MRL_E_INVALID;
    }
    return MRL_E_UNSUPPORTED;
}

const struct mrl_pubkey *mrl_trust_log_key(struct mrl_trust_log *log) {
    if (log->key == NULL && read_log_key(log->root, &log->key) != MRL_OK)
        log->key = NULL;
    return log->key;
}

const struct mrl_pubkey *mrl_trust_cert_key(struct mrl_trust_cert *cert) {
    if (cert->key == NULL && mrl_pubkey_of_spki(cert->x509.spki, NULL, &cert->key) != MRL_OK)
        cert->key = NULL;
    return cert->key;
}

static mrl_status load_logs(struct mrl_trust *t, const struct mrl_root_list_logs *list,
                            struct mrl_trust_log **ret) {
    *ret = MRL_ARENA_ARRAY(&t->arena, struct mrl_trust_log, list->n + 1);
    MRL_CHECK(*ret != NULL, MRL_E_NOMEM);
    for (uint32_t i = 0; i < list->n; i++)
        (*ret)[i].root = &list->items[i];
    return MRL_OK;
}

static mrl_status load_chain(struct mrl_trust *t, struct mrl_trust_authority *ca,
                             struct mrl_err *err) {
    uint32_t n = ca->root->n_certs;
    ca->certs = MRL_ARENA_ARRAY(&t->arena, struct mrl_trust_cert, n + 1);
    MRL_CHECK(ca->certs != NULL, MRL_E_NOMEM);
    for (uint32_t i = 0; i < n; i++)
        MRL_TRY(mrl_x509_parse(ca->root->certs[i], err, &ca->certs[i].x509));
    return MRL_OK;
}

static mrl_status load_authorities(struct mrl_trust *t,
                                   const struct mrl_root_list_authorities *list, mrl_str purpose,
                                   struct mrl_err *err, struct mrl_trust_authority **ret) {
    struct mrl_trust_authority *cas =
        MRL_ARENA_ARRAY(&t->arena, struct mrl_trust_authority, list->n + 1);
    MRL_CHECK(cas != NULL, MRL_E_NOMEM);
    *ret = cas;
    for (uint32_t i = 0; i < list->n; i++) {
        cas[i].root = &list->items[i];
        cas[i].purpose = purpose;
        MRL_TRY(load_chain(t, &cas[i], err));
    }
    return MRL_OK;
}

static mrl_status load(struct mrl_trust *t, mrl_str text, mrl_str file, struct mrl_err *err) {
    text = mrl_arena_str(&t->arena, text); /* the records borrow it */
    MRL_CHECK(text.ptr != NULL, MRL_E_NOMEM);
    MRL_TRY(mrl_root_parse(&t->arena, text, file, err, &t->root));
    MRL_TRY(load_logs(t, &t->root.tlogs, &t->tlogs));
    MRL_TRY(load_logs(t, &t->root.ctlogs, &t->ctlogs));
    MRL_TRY(load_authorities(t, &t->root.cas, MRL_OID_EKU_CODE_SIGNING, err, &t->cas));
    return load_authorities(t, &t->root.tsas, MRL_OID_EKU_TIME_STAMPING, err, &t->tsas);
}

mrl_status mrl_trust_new(mrl_str text, mrl_str file, struct mrl_trust_memo *memo,
                         struct mrl_err *err, struct mrl_trust **ret) {
    struct mrl_trust *t = mrl_mem_alloc(sizeof *t);
    MRL_CHECK(t != NULL, MRL_E_NOMEM);
    memset(t, 0, sizeof *t);
    t->memo = memo != NULL ? memo : &t->own_memo;
    mrl_arena_init(&t->arena, 16 * MRL_ROOT_BYTES_MAX);
    mrl_status status = load(t, text, file, err);
    if (status != MRL_OK) {
        mrl_trust_free(t);
        return status;
    }
    *ret = t;
    return MRL_OK;
}

static void free_logs(struct mrl_trust_log *logs, uint32_t n) {
    for (uint32_t i = 0; logs != NULL && i < n; i++)
        mrl_pubkey_free(logs[i].key);
}

static void free_authorities(struct mrl_trust_authority *cas, uint32_t n) {
    for (uint32_t i = 0; cas != NULL && i < n; i++)
        for (uint32_t k = 0; cas[i].certs != NULL && k < cas[i].root->n_certs; k++)
            mrl_pubkey_free(cas[i].certs[k].key);
}

void mrl_trust_free(struct mrl_trust *t) {
    if (t == NULL)
        return;
    free_logs(t->tlogs, t->root.tlogs.n);
    free_logs(t->ctlogs, t->root.ctlogs.n);
    free_authorities(t->cas, t->root.cas.n);
    free_authorities(t->tsas, t->root.tsas.n);
    mrl_arena_release(&t->arena);
    mrl_mem_free(t);
}

mrl_status mrl_sha256_of(const mrl_str *parts, size_t n, unsigned char out[32]) {
    unsigned char all[MRL_DIGEST_MAX];
    size_t size;
    MRL_TRY(mrl_digest_parts(MRL_SHA256, parts, n, all, &size));
    memcpy(out, all, 32);
    return MRL_OK;
}

mrl_status mrl_artifact_of(mrl_str bytes, struct mrl_artifact *ret) {
    struct mrl_artifact a = {.has_bytes = true, .bytes = bytes};
    MRL_TRY(mrl_sha256_of(&bytes, 1, a.sha256));
    *ret = a;
    return MRL_OK;
}
