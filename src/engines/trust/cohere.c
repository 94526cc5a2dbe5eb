/* cohere.c - do the parts of a bundle that was just made belong to each other?
 *
 * Services answer what they like. Without a trusted root nobody's word can be checked, but that all
 * of them speak about this signature, this certificate and this artifact can: what fails here no
 * verifier will ever accept. verify.c has the same order and asks for more.
 */
#include "engines/trust/sign.h"
#include "engines/trust/trust_internal.h"

struct cohering {
    mrl_arena *arena;
    const struct mrl_bundle *bundle;
    const struct mrl_artifact *artifact;
    struct mrl_err *err;
    struct mrl_x509 leaf;
    mrl_str sig, signed_bytes;
    struct mrl_proved_time times[MRL_PROVED_TIMES_MAX]; /* claimed, not proved */
    uint32_t n_times;
};

static mrl_status check_signature(struct cohering *c) {
    const struct mrl_bundle *b = c->bundle;
    struct mrl_pubkey *key = NULL;
    mrl_str type;
    MRL_TRY(mrl_x509_parse(b->certs[0], c->err, &c->leaf));
    MRL_TRY(mrl_trust_leaf(&c->leaf, MRL_OID_EKU_CODE_SIGNING, c->err));
    c->sig = b->is_dsse ? b->sigs[0].sig : b->sig;
    c->signed_bytes = c->artifact->bytes;
    if (b->is_dsse) {
        MRL_TRY(mrl_dsse_pae(c->arena, b->payload_type, b->payload, &c->signed_bytes));
        MRL_TRY(
            mrl_trust_statement(c->arena, b->payload_type, b->payload, c->artifact, c->err, &type));
    }
    MRL_TRY(mrl_pubkey_of_spki(c->leaf.spki, c->err, &key));
    bool ok = mrl_pubkey_verify(key, mrl_pubkey_scheme(key), mrl_pubkey_digest(key),
                                c->signed_bytes, c->sig);
    mrl_pubkey_free(key);
    return ok ? MRL_OK
              : mrl_trust_fail(c->err, "trust.signature",
                               "the signature is not by the key of the certificate");
}

static void add_time(struct cohering *c, enum mrl_time_source source, int64_t seconds) {
    MRL_ASSERT(c->n_times < MRL_PROVED_TIMES_MAX);
    c->times[c->n_times++] = (struct mrl_proved_time){source, seconds};
}

static mrl_status check_entries(struct cohering *c) {
    unsigned char digest[32];
    MRL_TRY(mrl_sha256_of(&c->signed_bytes, 1, digest));
    struct mrl_trust_subject subject = {.is_dsse = c->bundle->is_dsse,
                                        .sig = c->sig,
                                        .verifier = c->leaf.der,
                                        .signed_digest = {(char *)digest, sizeof digest},
                                        .payload = c->bundle->payload};
    for (uint32_t i = 0; i < c->bundle->n_entries; i++) {
        const struct mrl_tlog_entry *e = &c->bundle->entries[i];
        MRL_TRY(mrl_trust_entry_about(c->arena, e, &subject, c->err));
        if (e->integrated_time != 0)
            add_time(c, MRL_TIME_LOG, e->integrated_time);
    }
    return MRL_OK;
}

static mrl_status check_timestamps(struct cohering *c) {
    for (uint32_t i = 0; i < c->bundle->n_timestamps; i++) {
        struct mrl_tsp p;
        MRL_TRY(mrl_tsp_parse(c->arena, c->bundle->timestamps[i], c->err, &p));
        MRL_TRY(mrl_trust_stamps(&p, c->sig, c->err));
        add_time(c, MRL_TIME_AUTHORITY, p.time);
    }
    return MRL_OK;
}

mrl_status mrl_bundle_coheres(mrl_arena *a, const struct mrl_bundle *b,
                              const struct mrl_artifact *artifact, struct mrl_err *err) {
    struct cohering c = {.arena = a, .bundle = b, .artifact = artifact, .err = err};
    struct mrl_signer_name name;
    MRL_ASSERT(!b->has_key && b->n_certs == 1 && (b->is_dsse || artifact->has_bytes));
    MRL_TRY(check_signature(&c));
    MRL_TRY(mrl_signer_name_of(b->certs[0], err, &name));
    MRL_TRY(check_entries(&c));
    MRL_TRY(check_timestamps(&c));
    return mrl_trust_time(c.times, c.n_times, c.leaf.not_before, c.leaf.not_after, err);
}
