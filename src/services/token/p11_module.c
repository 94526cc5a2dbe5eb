/* p11_module.c - see p11_module.h. */
#include "services/token/p11_module.h"

#include "services/token/p11.h"
#include "services/token/p11_error.h"

#include <dlfcn.h>
#include <p11-kit/pkcs11.h>

#define ID "token.module"
#define FIND_AT_ONCE 32

static struct {
    CK_FUNCTION_LIST *calls; /* NULL: no module is loaded */
    CK_SESSION_HANDLE session;
    bool open;
} state;

/* --- loading ------------------------------------------------------------------------------- */

/* All functions that are called here: a list with a hole would be a crash later. */
static bool complete(const CK_FUNCTION_LIST *f) {
    return f != NULL && f->C_Initialize != NULL && f->C_Finalize != NULL &&
           f->C_GetSlotList != NULL && f->C_GetTokenInfo != NULL && f->C_OpenSession != NULL &&
           f->C_CloseSession != NULL && f->C_Login != NULL && f->C_FindObjectsInit != NULL &&
           f->C_FindObjects != NULL && f->C_FindObjectsFinal != NULL &&
           f->C_GetAttributeValue != NULL && f->C_SignInit != NULL && f->C_Sign != NULL;
}

static mrl_status load(const char *path, struct mrl_err *err) {
    CK_C_GetFunctionList get = NULL;
    CK_FUNCTION_LIST *f = NULL;
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) {
        const char *why = dlerror();
        return mrl_err_set(err, MRL_E_NOT_FOUND, ID, "%s", why != NULL ? why : "it does not load");
    }
    *(void **)&get = dlsym(library, "C_GetFunctionList");
    if (get == NULL)
        return mrl_err_set(err, MRL_E_INVALID, ID, "the library is no PKCS#11 module");
    CK_RV rv = get(&f);
    if (rv != CKR_OK)
        return mrl_p11_fail(err, rv, "it gives no functions");
    if (!complete(f))
        return mrl_err_set(err, MRL_E_INVALID, ID, "the module lacks functions");
    rv = f->C_Initialize(NULL);
    if (rv != CKR_OK && rv != CKR_CRYPTOKI_ALREADY_INITIALIZED)
        return mrl_p11_fail(err, rv,
                            "it does not start (does MERLON_TOKEN_PATH name the folders "
                            "where it keeps its own?)");
    state.calls = f;
    return MRL_OK;
}

/* --- tokens -------------------------------------------------------------------------------- */

/* A text of fixed width, padded with blanks. */
static mrl_str padded(const CK_UTF8CHAR *text, size_t n) {
    while (n > 0 && (text[n - 1] == ' ' || text[n - 1] == '\0'))
        n--;
    return (mrl_str){(const char *)text, n};
}

static uint32_t flags_of(CK_FLAGS flags) {
    static const struct {
        CK_FLAGS theirs;
        uint32_t ours;
    } rows[] = {{CKF_LOGIN_REQUIRED, MRL_P11_LOGIN},
                {CKF_PROTECTED_AUTHENTICATION_PATH, MRL_P11_PAD},
                {CKF_USER_PIN_FINAL_TRY, MRL_P11_FINAL_TRY},
                {CKF_USER_PIN_LOCKED, MRL_P11_LOCKED}};
    uint32_t out = (flags & CKF_USER_PIN_INITIALIZED) == 0 ? MRL_P11_NO_PIN : 0;
    for (size_t i = 0; i < MRL_COUNTOF(rows); i++)
        out |= (flags & rows[i].theirs) != 0 ? rows[i].ours : 0;
    return out;
}

/* Adds the slot's token to slots[*n], if there is one that was set up. */
static mrl_status add_slot(mrl_arena *a, CK_SLOT_ID id, struct mrl_p11_slot *slots, uint32_t *n,
                           struct mrl_err *err) {
    CK_TOKEN_INFO *info = MRL_ARENA_NEW(a, CK_TOKEN_INFO);
    MRL_CHECK(info != NULL, MRL_E_NOMEM);
    CK_RV rv = state.calls->C_GetTokenInfo(id, info);
    if (rv == CKR_TOKEN_NOT_PRESENT || rv == CKR_TOKEN_NOT_RECOGNIZED)
        return MRL_OK;
    if (rv != CKR_OK)
        return mrl_p11_fail(err, rv, "cannot read what a token is");
    if ((info->flags & CKF_TOKEN_INITIALIZED) == 0)
        return MRL_OK;
    slots[(*n)++] = (struct mrl_p11_slot){
        .slot = id,
        .flags = flags_of(info->flags),
        .label = padded(info->label, sizeof info->label),
        .manufacturer = padded(info->manufacturerID, sizeof info->manufacturerID),
        .model = padded(info->model, sizeof info->model),
        .serial = padded(info->serialNumber, sizeof info->serialNumber)};
    return MRL_OK;
}

static mrl_status job_load(mrl_arena *a, const struct mrl_worker_request *req, struct mrl_err *err,
                           struct mrl_buf *out) {
    CK_SLOT_ID ids[MRL_P11_SLOTS_MAX];
    CK_ULONG n_ids = MRL_P11_SLOTS_MAX;
    struct mrl_p11_slot slots[MRL_P11_SLOTS_MAX];
    uint32_t n = 0;
    mrl_str path = mrl_arena_str(a, req->input);
    MRL_CHECK(path.ptr != NULL, MRL_E_NOMEM);
    if (state.calls == NULL)
        MRL_TRY(load(path.ptr, err));
    CK_RV rv = state.calls->C_GetSlotList(CK_TRUE, ids, &n_ids);
    if (rv == CKR_BUFFER_TOO_SMALL || n_ids > MRL_P11_SLOTS_MAX)
        return mrl_err_set(err, MRL_E_LIMIT, ID, "the module has over %u slots with tokens",
                           MRL_P11_SLOTS_MAX);
    if (rv != CKR_OK)
        return mrl_p11_fail(err, rv, "cannot list the slots");
    for (CK_ULONG i = 0; i < n_ids; i++)
        MRL_TRY(add_slot(a, ids[i], slots, &n, err));
    mrl_p11_put_slots(out, slots, n);
    return MRL_OK;
}

/* --- objects ------------------------------------------------------------------------------- */

/* An attribute's bytes; empty when the object has none, or does not show it. */
static mrl_status bytes_of(mrl_arena *a, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type,
                           struct mrl_err *err, mrl_str *ret) {
    CK_ATTRIBUTE at = {type, NULL, 0};
    *ret = (mrl_str){"", 0};
    CK_RV rv = state.calls->C_GetAttributeValue(state.session, object, &at, 1);
    CK_ULONG n = at.ulValueLen;
    if (rv == CKR_ATTRIBUTE_TYPE_INVALID || rv == CKR_ATTRIBUTE_SENSITIVE ||
        n == CK_UNAVAILABLE_INFORMATION)
        return MRL_OK;
    if (rv != CKR_OK)
        return mrl_p11_fail(err, rv, "cannot read an attribute");
    if (n > MRL_P11_ATTRIBUTE_MAX)
        return mrl_err_set(err, MRL_E_LIMIT, ID, "an attribute (0x%lx) has over %u bytes", type,
                           MRL_P11_ATTRIBUTE_MAX);
    at.pValue = mrl_arena_calloc(a, n + 1, 1);
    MRL_CHECK(at.pValue != NULL, MRL_E_NOMEM);
    rv = state.calls->C_GetAttributeValue(state.session, object, &at, 1);
    if (rv != CKR_OK)
        return mrl_p11_fail(err, rv, "cannot read an attribute");
    if (at.ulValueLen > n)
        return mrl_err_set(err, MRL_E_WORKER, ID, "an attribute (0x%lx) is longer than it was",
                           type);
    *ret = (mrl_str){at.pValue, at.ulValueLen};
    return MRL_OK;
}

static mrl_status kind_of(mrl_arena *a, CK_OBJECT_HANDLE object, struct mrl_err *err,
                          uint32_t *ret) {
    mrl_str bytes;
    CK_KEY_TYPE type;
    MRL_TRY(bytes_of(a, object, CKA_KEY_TYPE, err, &bytes));
    *ret = MRL_P11_OTHER;
    if (bytes.len != sizeof type)
        return MRL_OK;
    memcpy(&type, bytes.ptr, sizeof type);
    *ret = type == CKK_EC           ? MRL_P11_EC
           : type == CKK_EC_EDWARDS ? MRL_P11_EDWARDS
           : type == CKK_RSA        ? MRL_P11_RSA
                                    : MRL_P11_OTHER;
    return MRL_OK;
}

static mrl_status read_key(mrl_arena *a, struct mrl_err *err, struct mrl_p11_object *o) {
    CK_OBJECT_HANDLE h = o->handle;
    mrl_str ask = {"", 0};
    MRL_TRY(kind_of(a, h, err, &o->kind));
    if (o->kind == MRL_P11_RSA) {
        MRL_TRY(bytes_of(a, h, CKA_MODULUS, err, &o->modulus));
        MRL_TRY(bytes_of(a, h, CKA_PUBLIC_EXPONENT, err, &o->exponent));
    } else if (o->kind != MRL_P11_OTHER) {
        MRL_TRY(bytes_of(a, h, CKA_EC_PARAMS, err, &o->params));
        MRL_TRY(bytes_of(a, h, CKA_EC_POINT, err, &o->point));
    }
    if (o->class == MRL_P11_PRIVATE)
        MRL_TRY(bytes_of(a, h, CKA_ALWAYS_AUTHENTICATE, err, &ask));
    o->ask = ask.len == 1 && ask.ptr[0] != CK_FALSE;
    return MRL_OK;
}

static mrl_status read_object(mrl_arena *a, struct mrl_err *err, struct mrl_p11_object *o) {
    MRL_TRY(bytes_of(a, o->handle, CKA_LABEL, err, &o->label));
    MRL_TRY(bytes_of(a, o->handle, CKA_ID, err, &o->id));
    if (o->class != MRL_P11_CERT)
        return read_key(a, err, o);
    o->kind = MRL_P11_OTHER;
    return bytes_of(a, o->handle, CKA_VALUE, err, &o->cert);
}

struct found {
    struct mrl_p11_object *v;
    uint32_t n;
};

/* Finds the handles of all objects of a class. */
static mrl_status find_handles(enum mrl_p11_class class, struct found *all, struct mrl_err *err) {
    static const CK_OBJECT_CLASS theirs[] = {CKO_PRIVATE_KEY, CKO_PUBLIC_KEY, CKO_CERTIFICATE};
    CK_OBJECT_HANDLE handles[FIND_AT_ONCE];
    CK_OBJECT_CLASS wanted = theirs[class];
    CK_ATTRIBUTE template = {CKA_CLASS, &wanted, sizeof wanted};
    CK_ULONG n = 1;
    CK_RV rv = state.calls->C_FindObjectsInit(state.session, &template, 1);
    if (rv != CKR_OK)
        return mrl_p11_fail(err, rv, "cannot look for keys");
    while (rv == CKR_OK && n > 0) {
        rv = state.calls->C_FindObjects(state.session, handles, FIND_AT_ONCE, &n);
        if (rv == CKR_OK && (n > FIND_AT_ONCE || n > MRL_P11_OBJECTS_MAX - all->n))
            return mrl_err_set(err, MRL_E_LIMIT, ID, "the token has over %u keys and certificates",
                               MRL_P11_OBJECTS_MAX);
        for (CK_ULONG i = 0; rv == CKR_OK && i < n; i++)
            all->v[all->n++] = (struct mrl_p11_object){.handle = handles[i], .class = class};
    }
    (void)state.calls->C_FindObjectsFinal(state.session);
    return rv == CKR_OK ? MRL_OK : mrl_p11_fail(err, rv, "cannot look for keys");
}

/* --- sessions and signatures --------------------------------------------------------------- */

static mrl_status no_module(struct mrl_err *err) {
    return mrl_err_set(err, MRL_E_INVALID, ID, "no module is loaded, or no token opened");
}

static mrl_status log_in(CK_USER_TYPE as, bool pad, mrl_str pin, struct mrl_err *err) {
    CK_UTF8CHAR *text = pad ? NULL : (CK_UTF8CHAR *)(uintptr_t)pin.ptr; /* read only */
    CK_RV rv = state.calls->C_Login(state.session, as, text, pad ? 0 : pin.len);
    return rv == CKR_OK || rv == CKR_USER_ALREADY_LOGGED_IN ? MRL_OK
                                                            : mrl_p11_fail(err, rv, "no login");
}

static mrl_status open_session(CK_SLOT_ID slot, struct mrl_err *err) {
    if (state.open)
        (void)state.calls->C_CloseSession(state.session);
    state.open = false;
    CK_RV rv = state.calls->C_OpenSession(slot, CKF_SERIAL_SESSION, NULL, NULL, &state.session);
    if (rv != CKR_OK)
        return mrl_p11_fail(err, rv, "the token does not open");
    state.open = true;
    return MRL_OK;
}

static mrl_status job_open(mrl_arena *a, const struct mrl_worker_request *req, struct mrl_err *err,
                           struct mrl_buf *out) {
    struct mrl_p11_open open;
    struct found all = {MRL_ARENA_ARRAY(a, struct mrl_p11_object, MRL_P11_OBJECTS_MAX), 0};
    MRL_CHECK(all.v != NULL, MRL_E_NOMEM);
    MRL_TRY(mrl_p11_get_open(req->input, &open));
    if (state.calls == NULL)
        return no_module(err);
    MRL_TRY(open_session(open.slot, err));
    if (open.login != 0)
        MRL_TRY(log_in(CKU_USER, open.pad != 0, open.pin, err));
    for (unsigned class = MRL_P11_PRIVATE; class <= MRL_P11_CERT; class ++)
        MRL_TRY(find_handles((enum mrl_p11_class) class, &all, err));
    for (uint32_t i = 0; i < all.n; i++)
        MRL_TRY(read_object(a, err, &all.v[i]));
    mrl_p11_put_objects(out, all.v, all.n);
    return MRL_OK;
}

static mrl_status job_sign(MRL_UNUSED mrl_arena *a, const struct mrl_worker_request *req,
                           struct mrl_err *err, struct mrl_buf *out) {
    static const CK_MECHANISM_TYPE theirs[MRL_P11_MECHANISMS] = {CKM_ECDSA, CKM_EDDSA,
                                                                 CKM_RSA_PKCS};
    CK_BYTE sig[MRL_P11_SIGNATURE_MAX];
    CK_ULONG n = sizeof sig;
    struct mrl_p11_sign s;
    MRL_TRY(mrl_p11_get_sign(req->input, &s));
    if (state.calls == NULL || !state.open)
        return no_module(err);
    CK_MECHANISM mechanism = {theirs[s.mechanism], NULL, 0};
    CK_RV rv = state.calls->C_SignInit(state.session, &mechanism, s.handle);
    if (rv != CKR_OK)
        return mrl_p11_fail(err, rv, "the key does not sign");
    if (s.ask != 0)
        MRL_TRY(log_in(CKU_CONTEXT_SPECIFIC, s.pin.len == 0, s.pin, err));
    rv = state.calls->C_Sign(state.session, (CK_BYTE *)(uintptr_t)s.data.ptr, s.data.len, sig, &n);
    if (rv != CKR_OK)
        return mrl_p11_fail(err, rv, "the key does not sign");
    if (n > sizeof sig)
        return mrl_err_set(err, MRL_E_WORKER, ID,
                           "the module says that its signature has %lu "
                           "bytes, where it was given room for %zu",
                           n, sizeof sig);
    mrl_buf_add(out, (mrl_str){(char *)sig, n});
    return MRL_OK;
}

/* Logs out, politely: a device may count its sessions. */
static mrl_status job_close(MRL_UNUSED mrl_arena *a, MRL_UNUSED const struct mrl_worker_request *r,
                            MRL_UNUSED struct mrl_err *err, MRL_UNUSED struct mrl_buf *out) {
    if (state.calls != NULL) {
        if (state.open)
            (void)state.calls->C_CloseSession(state.session);
        (void)state.calls->C_Finalize(NULL);
    }
    state.calls = NULL;
    state.open = false;
    return MRL_OK;
}

const struct mrl_worker_job mrl_p11_jobs[MRL_P11_JOBS] = {
    {MRL_P11_JOB_LOAD, job_load},
    {MRL_P11_JOB_OPEN, job_open},
    {MRL_P11_JOB_SIGN, job_sign},
    {MRL_P11_JOB_CLOSE, job_close},
};
