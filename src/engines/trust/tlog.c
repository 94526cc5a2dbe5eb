/* tlog.c - entries of transparency logs: promise, proof, checkpoint, and what they are about. */
#include "base/base64.h"
#include "base/buf.h"
#include "engines/trust/trust_internal.h"
#include "formats/sigstore/entry.h"
#include "formats/sigstore/note.h"

#define FAIL(...) mrl_trust_fail(err, "trust.log", __VA_ARGS__)

/* True when the log signed these bytes, as its key does by default. */
static bool by_log(struct mrl_trust_log *log, mrl_str bytes, mrl_str sig) {
    const struct mrl_pubkey *key = mrl_trust_log_key(log);
    return key != NULL &&
           mrl_pubkey_verify(key, mrl_pubkey_scheme(key), mrl_pubkey_digest(key), bytes, sig);
}

/* --- promise --------------------------------------------------------------------------------- */

/* The canonical JSON (RFC 8785) that the log signed as it took the entry: four members, sorted. */
static mrl_status promise_bytes(mrl_arena *a, const struct mrl_tlog_entry *e, mrl_str *ret) {
    struct mrl_buf b;
    mrl_str body;
    MRL_TRY(mrl_base64_encode(a, e->body, MRL_BASE64_STD, true, &body));
    mrl_buf_init(&b, 2 * MRL_BUNDLE_BYTES_MAX);
    mrl_buf_printf(&b, "{\"body\":\"%.*s\",\"integratedTime\":%lld,\"logID\":\"", MRL_F(body),
                   (long long)e->integrated_time);
    for (size_t i = 0; i < e->log_id.len; i++)
        mrl_buf_printf(&b, "%02x", (unsigned char)e->log_id.ptr[i]);
    mrl_buf_printf(&b, "\",\"logIndex\":%lld}", (long long)e->log_index);
    *ret = mrl_arena_str(a, mrl_buf_str(&b));
    mrl_status status = b.status;
    mrl_buf_release(&b);
    MRL_TRY(status);
    return ret->ptr != NULL ? MRL_OK : MRL_E_NOMEM;
}

static mrl_status check_promise(mrl_arena *a, struct mrl_trust_log *log,
                                const struct mrl_tlog_entry *e, struct mrl_err *err) {
    mrl_str bytes;
    if (e->integrated_time == 0)
        return FAIL("a log's promise has no time");
    MRL_TRY(promise_bytes(a, e, &bytes));
    if (!by_log(log, bytes, e->promise))
        return FAIL("the log's promise (signed entry timestamp) is wrong");
    if (!mrl_in_range(log->root->valid, e->integrated_time))
        return FAIL("the log's key was not to be trusted when the entry was made");
    return MRL_OK;
}

/* --- checkpoint and proof ----------------------------------------------------------------------
 */

/* Host and port of a URL: the name by which a log signs. */
static mrl_str host_of(mrl_str url) {
    mrl_str rest;
    size_t at = mrl_str_find(url, MRL_S("://"), 0);
    return mrl_str_cut(at == MRL_STR_NPOS ? url : mrl_str_sub(url, at + 3, url.len), '/', &rest);
}

/* One of the signatures is the log's own; those of others say nothing to us. */
static bool signed_by_log(struct mrl_trust_log *log, const struct mrl_checkpoint *c) {
    mrl_str name = host_of(log->root->base_url);
    mrl_str hint = mrl_str_sub(log->root->id, 0, MRL_NOTE_HINT);
    for (uint32_t i = 0; i < c->n_sigs; i++)
        if (mrl_str_eq(c->sigs[i].name, name) && mrl_str_eq(c->sigs[i].hint, hint) &&
            by_log(log, c->signed_text, c->sigs[i].sig))
            return true;
    return false;
}

/* `log` NULL: whose signatures they are is not asked. */
static mrl_status check_checkpoint(mrl_arena *a, struct mrl_trust_log *log,
                                   const struct mrl_tlog_proof *proof, struct mrl_err *err) {
    struct mrl_checkpoint *c = MRL_ARENA_NEW(a, struct mrl_checkpoint);
    MRL_CHECK(c != NULL, MRL_E_NOMEM);
    MRL_TRY(mrl_checkpoint_parse(a, proof->checkpoint, err, c));
    if (log != NULL && !signed_by_log(log, c))
        return FAIL("the checkpoint has no right signature of the log");
    if (c->size != (uint64_t)proof->tree_size || !mrl_str_eq(c->root_hash, proof->root_hash))
        return FAIL("the checkpoint is of another tree than the proof");
    return MRL_OK;
}

static mrl_status check_proof(mrl_arena *a, struct mrl_trust_log *log,
                              const struct mrl_tlog_entry *e, struct mrl_err *err) {
    unsigned char leaf[32];
    mrl_str parts[] = {{"\0", 1}, e->body};
    MRL_TRY(mrl_sha256_of(parts, 2, leaf));
    if (!mrl_merkle_included((uint64_t)e->proof.log_index, (uint64_t)e->proof.tree_size,
                             e->proof.hashes, e->proof.n_hashes,
                             (mrl_str){(char *)leaf, sizeof leaf}, e->proof.root_hash))
        return FAIL("the proof of inclusion does not lead to its root");
    return e->proof.checkpoint.len > 0 ? check_checkpoint(a, log, &e->proof, err) : MRL_OK;
}

/* --- what it is about --------------------------------------------------------------------------
 */

static mrl_status check_subject(const struct mrl_entry *entry, const struct mrl_trust_subject *s,
                                struct mrl_err *err) {
    unsigned char hash[32];
    mrl_str want = s->signed_digest;
    if (entry->over == MRL_ENTRY_PAYLOAD) {
        if (!s->is_dsse)
            return FAIL("the log entry is of an envelope, the bundle has none");
        MRL_TRY(mrl_sha256_of(&s->payload, 1, hash));
        want = (mrl_str){(char *)hash, sizeof hash};
    }
    if (!mrl_str_eq(entry->digest, want))
        return FAIL("the log entry is of other content");
    /* The bundle's one signature must be one of the entry's, made by the same certificate or key.
     */
    for (uint32_t i = 0; i < entry->n_sigs; i++)
        if (mrl_str_eq(entry->sigs[i].sig, s->sig) &&
            mrl_str_eq(entry->sigs[i].verifier, s->verifier))
            return MRL_OK;
    return FAIL("the log entry is of another signature, certificate or key");
}

mrl_status mrl_trust_entry_about(mrl_arena *a, const struct mrl_tlog_entry *e,
                                 const struct mrl_trust_subject *subject, struct mrl_err *err) {
    struct mrl_entry entry;
    MRL_TRY(mrl_entry_parse(a, e, err, &entry));
    MRL_TRY(check_subject(&entry, subject, err));
    return e->proof.present ? check_proof(a, NULL, e, err) : MRL_OK;
}

static struct mrl_trust_log *find_log(const struct mrl_trust *t, mrl_str id) {
    for (uint32_t i = 0; i < t->root.tlogs.n; i++)
        if (mrl_str_eq(t->tlogs[i].root->id, id))
            return &t->tlogs[i];
    return NULL;
}

mrl_status mrl_trust_entry(mrl_arena *a, struct mrl_trust *t, const struct mrl_tlog_entry *e,
                           const struct mrl_trust_subject *subject, struct mrl_err *err,
                           int64_t *ret_seconds, struct mrl_trust_log **ret) {
    struct mrl_entry entry;
    struct mrl_trust_log *log = find_log(t, e->log_id);
    if (log == NULL)
        return FAIL("the log entry is of a log that is not in the trusted root");
    MRL_TRY(mrl_entry_parse(a, e, err, &entry));
    MRL_TRY(check_subject(&entry, subject, err));
    /* A promise signs the entry's number over all of a log's trees; without one it can only be that
     * of the proof's tree. */
    if (entry.v2 && e->proof.present && e->log_index != e->proof.log_index)
        return FAIL("the entry's number is another one than its proof's");
    if (e->promise.len > 0)
        MRL_TRY(check_promise(a, log, e, err));
    if (e->proof.present)
        MRL_TRY(check_proof(a, log, e, err));
    *ret_seconds = e->promise.len > 0 ? e->integrated_time : 0;
    *ret = log;
    return MRL_OK;
}
