/* token.c - see token.h. */
#include "services/token/token.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/worker.h"
#include "services/token/key.h"

#define ID "token"
#define PROGRAM "merlon-p11"
#define CLOSE_MS 1000 /* that a module has to say goodbye */
#define REQUEST_MAX (MRL_P11_DATA_MAX + 65536)

struct mrl_token {
    struct mrl_worker worker;
    char *program; /* owned */
    mrl_str module;
    mrl_arena arena; /* of the slots */
    struct mrl_p11_slot *slots;
    uint32_t n_slots;
    bool loaded;
};

/* --- calls --------------------------------------------------------------------------------- */

/* Runs a job. Takes over `input`, which may hold a PIN. Errors name the module. */
static mrl_status call(struct mrl_token *t, mrl_arena *a, const char *job, struct mrl_buf *input,
                       struct mrl_err *err, mrl_str *ret) {
    struct mrl_worker_request req = {.input = mrl_buf_str(input)};
    mrl_status status = input->status;
    if (status == MRL_OK)
        status = mrl_worker_call(&t->worker, a, mrl_str_z(job), &req, err, ret);
    if (input->ptr != NULL)
        explicit_bzero(input->ptr, input->len);
    mrl_buf_release(input);
    if (status == MRL_OK || status == MRL_E_NOMEM)
        return status;
    if (t->worker.pid == 0) /* it died, or was ended: with it goes the session */
        t->loaded = false;
    return mrl_err_wrap(err, status, ID, "the PKCS#11 module %.*s", MRL_F(t->module));
}

static mrl_status broken(struct mrl_token *t, struct mrl_err *err) {
    mrl_worker_stop(&t->worker);
    t->loaded = false;
    return mrl_err_set(err, MRL_E_WORKER, ID, "%s broke the protocol with %.*s in it", PROGRAM,
                       MRL_F(t->module));
}

static mrl_status load(struct mrl_token *t, struct mrl_err *err) {
    struct mrl_buf input;
    mrl_str bytes;
    mrl_buf_init(&input, MRL_P11_PATH_MAX);
    mrl_buf_add(&input, t->module);
    MRL_TRY(call(t, &t->arena, MRL_P11_JOB_LOAD, &input, err, &bytes));
    t->loaded = true;
    mrl_status status = mrl_p11_get_slots(&t->arena, bytes, &t->slots, &t->n_slots);
    return status == MRL_E_SYNTAX ? broken(t, err) : status;
}

mrl_status mrl_token_open(const struct mrl_token_opts *opts, struct mrl_err *err,
                          struct mrl_token **ret) {
    struct mrl_token *t = mrl_mem_alloc(sizeof *t);
    MRL_CHECK(t != NULL, MRL_E_NOMEM);
    *t = (struct mrl_token){.module = opts->module};
    mrl_arena_init(&t->arena, 1 << 20);
    struct mrl_worker_opts w = {.timeout_ms =
                                    opts->timeout_ms > 0 ? opts->timeout_ms : MRL_TOKEN_TIMEOUT_MS,
                                .env = opts->env};
    mrl_worker_init(&t->worker, &w);
    mrl_status status = mrl_worker_beside(PROGRAM, err, &t->program);
    t->worker.opts.program = t->program;
    if (status == MRL_OK)
        status = load(t, err);
    if (status != MRL_OK) {
        mrl_token_close(t);
        return status;
    }
    *ret = t;
    return MRL_OK;
}

void mrl_token_close(struct mrl_token *t) {
    struct mrl_worker_request nothing = {.input = {"", 0}};
    mrl_str answer;
    if (t == NULL)
        return;
    t->worker.opts.timeout_ms = CLOSE_MS;
    if (t->loaded)
        (void)!mrl_worker_call(&t->worker, &t->arena, MRL_S(MRL_P11_JOB_CLOSE), &nothing, NULL,
                               &answer);
    mrl_worker_stop(&t->worker);
    mrl_mem_free(t->program);
    mrl_arena_release(&t->arena);
    mrl_mem_free(t);
}

const struct mrl_p11_slot *mrl_token_slots(const struct mrl_token *t, uint32_t *ret_n) {
    *ret_n = t->n_slots;
    return t->slots;
}

mrl_status mrl_token_objects(struct mrl_token *t, mrl_arena *a, const struct mrl_p11_slot *slot,
                             const mrl_str *pin, struct mrl_err *err, struct mrl_p11_objects *ret) {
    struct mrl_p11_open open = {.slot = slot->slot};
    struct mrl_p11_objects objects;
    struct mrl_buf input;
    mrl_str bytes;
    open.login = pin != NULL && (slot->flags & MRL_P11_LOGIN) != 0;
    open.pad = (slot->flags & MRL_P11_PAD) != 0;
    if (pin != NULL)
        open.pin = *pin;
    mrl_buf_init(&input, REQUEST_MAX);
    mrl_p11_put_open(&input, &open);
    MRL_TRY(call(t, a, MRL_P11_JOB_OPEN, &input, err, &bytes));
    mrl_status status = mrl_p11_get_objects(a, bytes, &objects.v, &objects.n);
    if (status == MRL_OK)
        *ret = objects;
    return status == MRL_E_SYNTAX ? broken(t, err) : status;
}

/* --- signing ------------------------------------------------------------------------------- */

struct signer {
    struct mrl_token *token; /* owned */
    const struct mrl_pubkey *key;
    uint64_t handle;
    bool ask;
    mrl_str pin;
};

static mrl_status sign(void *cx, mrl_arena *a, mrl_str message, struct mrl_err *err, mrl_str *ret) {
    struct signer *s = cx;
    struct mrl_p11_sign job = {.handle = s->handle, .ask = s->ask};
    enum mrl_p11_mechanism mechanism;
    struct mrl_buf input;
    mrl_str raw;
    MRL_TRY(mrl_p11_input(a, s->key, message, &mechanism, &job.data));
    if (job.data.len > MRL_P11_DATA_MAX)
        return mrl_err_set(err, MRL_E_LIMIT, ID,
                           "tokens are given at most %zu bytes to sign with Ed25519, which does "
                           "not sign digests",
                           MRL_P11_DATA_MAX);
    job.mechanism = mechanism;
    if (s->ask)
        job.pin = s->pin;
    mrl_buf_init(&input, REQUEST_MAX);
    mrl_p11_put_sign(&input, &job);
    MRL_TRY(call(s->token, a, MRL_P11_JOB_SIGN, &input, err, &raw));
    return mrl_p11_signature(a, s->key, raw, err, ret);
}

static void free_signer(void *cx) {
    struct signer *s = cx;
    mrl_token_close(s->token);
    mrl_mem_free(s);
}

/* The PIN of a token that wants one; empty for one with a pad, or that wants none. */
static mrl_status get_pin(mrl_arena *secrets, const struct mrl_p11_slot *slot,
                          const struct mrl_passphrase *ask, struct mrl_err *err, mrl_str *ret) {
    *ret = (mrl_str){"", 0};
    if ((slot->flags & MRL_P11_LOGIN) == 0)
        return MRL_OK;
    if ((slot->flags & (MRL_P11_LOCKED | MRL_P11_NO_PIN)) != 0)
        return mrl_err_set(
            err, MRL_E_DENIED, ID, "the PIN of the token '%.*s' %s", MRL_F(slot->label),
            (slot->flags & MRL_P11_LOCKED) != 0 ? "is locked, as after too many wrong ones"
                                                : "was never set");
    if ((slot->flags & MRL_P11_FINAL_TRY) != 0)
        mrl_log(MRL_LOG_WARN, ID, "one more wrong PIN locks the token '%.*s'", MRL_F(slot->label));
    if ((slot->flags & MRL_P11_PAD) != 0)
        return MRL_OK;
    MRL_TRY(ask->get(ask->cx, secrets, err, ret));
    return ret->len <= MRL_P11_PIN_MAX
               ? MRL_OK
               : mrl_err_set(err, MRL_E_LIMIT, ID, "a PIN has at most %u bytes", MRL_P11_PIN_MAX);
}

/* Fills `s` and finds the public half. */
static mrl_status find_private(struct signer *s, mrl_arena *secrets, const struct mrl_p11_uri *uri,
                               const struct mrl_passphrase *ask, struct mrl_err *err,
                               struct mrl_pubkey **ret) {
    const struct mrl_p11_slot *slot;
    const struct mrl_p11_object *key;
    struct mrl_p11_objects objects;
    MRL_TRY(mrl_p11_choose_slot(uri, s->token->slots, s->token->n_slots, err, &slot));
    MRL_TRY(get_pin(secrets, slot, ask, err, &s->pin));
    MRL_TRY(mrl_token_objects(s->token, secrets, slot, &s->pin, err, &objects));
    MRL_TRY(mrl_p11_choose_private(uri, &objects, err, &key));
    MRL_TRY(mrl_p11_public_half(secrets, &objects, key, err, ret));
    s->handle = key->handle;
    s->ask = key->ask != 0;
    return MRL_OK;
}

mrl_status mrl_token_private(struct mrl_token *t, mrl_arena *secrets, const struct mrl_p11_uri *uri,
                             const struct mrl_passphrase *ask, struct mrl_err *err,
                             struct mrl_privkey **ret) {
    struct signer *s = mrl_mem_alloc(sizeof *s);
    struct mrl_pubkey *public_half = NULL;
    if (s == NULL) {
        mrl_token_close(t);
        return MRL_E_NOMEM;
    }
    *s = (struct signer){.token = t};
    mrl_status status = find_private(s, secrets, uri, ask, err, &public_half);
    if (status != MRL_OK) {
        free_signer(s);
        return status;
    }
    s->key = public_half;
    return mrl_privkey_of_signer(public_half, &(struct mrl_signer){s, sign, free_signer}, ret);
}

mrl_status mrl_token_public(struct mrl_token *t, mrl_arena *a, const struct mrl_p11_uri *uri,
                            struct mrl_err *err, struct mrl_pubkey **ret) {
    const struct mrl_p11_slot *slot;
    struct mrl_p11_objects objects;
    MRL_TRY(mrl_p11_choose_slot(uri, t->slots, t->n_slots, err, &slot));
    MRL_TRY(mrl_token_objects(t, a, slot, NULL, err, &objects));
    return mrl_p11_choose_public(a, uri, &objects, err, ret);
}
