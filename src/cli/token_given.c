/* token_given.c - see token_given.h. */
#include "cli/token_given.h"

#include "cli/key_given.h"

#include <errno.h>
#include <limits.h>

#define ID "token.given"
#define VARIABLES_MAX 64
#define TIMEOUT_MAX_S 3600

/* What modules are told by their environment: where their configuration and daemons are. Secrets
 * are not among them; MERLON_TOKEN_ENV adds to the list. */
static const char *const passed_on[] = {
    MRL_P11_ENV_PATH,
    MRL_P11_ENV_NETWORK,
    "HOME",
    "LANG",
    "XDG_RUNTIME_DIR",
    "OPENSSL_CONF",
    "SOFTHSM2_CONF",
    "OPENSC_CONF",
    "PCSCLITE_CSOCK_NAME",
    "YUBIHSM_PKCS11_CONF",
    "TPM2_PKCS11_STORE",
    "TPM2_PKCS11_TCTI",
    "P11_KIT_SERVER_ADDRESS",
    "PKCS11_PROXY_SOCKET",
    "ChrystokiConfigurationPath",
    "CKNFAST_LOADSHARING",
};

/* --- the module's environment -------------------------------------------------------------- */

struct environment {
    mrl_arena *arena;
    const char *v[VARIABLES_MAX + 1];
    size_t n;
};

static mrl_status pass(struct environment *e, mrl_str name, const char *value,
                       struct mrl_err *err) {
    if (value == NULL)
        return MRL_OK;
    if (e->n == VARIABLES_MAX)
        return mrl_err_set(err, MRL_E_LIMIT, ID, "MERLON_TOKEN_ENV names too many variables");
    mrl_str text = mrl_arena_printf(e->arena, "%.*s=%s", MRL_F(name), value);
    MRL_CHECK(text.ptr != NULL, MRL_E_NOMEM);
    e->v[e->n++] = text.ptr;
    return MRL_OK;
}

static mrl_status pass_all(struct environment *e, const char *module, struct mrl_err *err) {
    mrl_str more = mrl_str_z(getenv("MERLON_TOKEN_ENV"));
    MRL_TRY(pass(e, MRL_S(MRL_P11_ENV_MODULE), module, err));
    for (size_t i = 0; i < MRL_COUNTOF(passed_on); i++)
        MRL_TRY(pass(e, mrl_str_z(passed_on[i]), getenv(passed_on[i]), err));
    while (more.len > 0) {
        mrl_str name = mrl_arena_str(e->arena, mrl_str_trim(mrl_str_cut(more, ',', &more)));
        MRL_CHECK(name.ptr != NULL, MRL_E_NOMEM);
        if (name.len > 0)
            MRL_TRY(pass(e, name, getenv(name.ptr), err));
    }
    return MRL_OK;
}

/* --- opening ------------------------------------------------------------------------------- */

static mrl_status timeout_of(struct mrl_err *err, int64_t *ret_ms) {
    mrl_str text = mrl_str_z(getenv("MERLON_TOKEN_TIMEOUT"));
    int64_t seconds = 0;
    *ret_ms = 0;
    if (text.len == 0)
        return MRL_OK;
    for (size_t i = 0; i < text.len && seconds <= TIMEOUT_MAX_S; i++) {
        bool digit = text.ptr[i] >= '0' && text.ptr[i] <= '9';
        seconds = digit ? seconds * 10 + (text.ptr[i] - '0') : TIMEOUT_MAX_S + 1;
    }
    if (seconds == 0 || seconds > TIMEOUT_MAX_S)
        return mrl_err_set(err, MRL_E_INVALID, ID,
                           "MERLON_TOKEN_TIMEOUT is no number of seconds from 1 to %d",
                           TIMEOUT_MAX_S);
    *ret_ms = seconds * 1000;
    return MRL_OK;
}

static mrl_status module_of(mrl_arena *a, mrl_str module, struct mrl_err *err, mrl_str *ret) {
    static const char *const variables[] = {"MERLON_PKCS11_MODULE", "COSIGN_PKCS11_MODULE_PATH"};
    for (size_t i = 0; i < MRL_COUNTOF(variables) && module.len == 0; i++)
        module = mrl_str_z(getenv(variables[i]));
    if (module.len == 0)
        return mrl_err_set(err, MRL_E_NOT_FOUND, ID,
                           "no PKCS#11 module is named: write ?module-path=FILE at the URI's end, "
                           "or set MERLON_PKCS11_MODULE");
    /* Absolute: a bare name would be looked for in the loader's folders. */
    char path[PATH_MAX];
    mrl_str z = mrl_arena_str(a, module);
    MRL_CHECK(z.ptr != NULL, MRL_E_NOMEM);
    if (realpath(z.ptr, path) == NULL)
        return mrl_err_sys(err, errno, ID, "cannot find the PKCS#11 module %.*s", MRL_F(module));
    *ret = mrl_arena_str(a, mrl_str_z(path));
    return ret->ptr != NULL ? MRL_OK : MRL_E_NOMEM;
}

mrl_status mrl_token_given_open(mrl_arena *a, mrl_str module, struct mrl_err *err,
                                struct mrl_token **ret) {
    struct environment *e = MRL_ARENA_NEW(a, struct environment);
    struct mrl_token_opts opts;
    MRL_CHECK(e != NULL, MRL_E_NOMEM);
    e->arena = a;
    MRL_TRY(module_of(a, module, err, &opts.module));
    MRL_TRY(timeout_of(err, &opts.timeout_ms));
    MRL_TRY(pass_all(e, opts.module.ptr, err));
    opts.env = e->v;
    return mrl_token_open(&opts, err, ret);
}

/* --- keys ---------------------------------------------------------------------------------- */

mrl_status mrl_token_given_pin(mrl_arena *secrets, const struct mrl_p11_uri *uri,
                               struct mrl_err *err, mrl_str *ret) {
    mrl_str file = uri->pin_source;
    if (mrl_str_starts(file, MRL_S("|")))
        return mrl_err_set(err, MRL_E_UNSUPPORTED, ID,
                           "the PIN is not taken from a program: name a file in pin-source");
    if (mrl_str_starts(file, MRL_S("file:")))
        file = mrl_str_sub(file, 5, file.len);
    if (mrl_str_starts(file, MRL_S("//")))
        file = mrl_str_sub(file, 2, file.len);
    return mrl_pin_get(secrets, file, err, ret);
}

static mrl_status get(void *cx, mrl_arena *secrets, struct mrl_err *err, mrl_str *ret) {
    return mrl_token_given_pin(secrets, cx, err, ret);
}

mrl_status mrl_token_given_private(mrl_arena *secrets, mrl_str text, struct mrl_err *err,
                                   struct mrl_privkey **ret) {
    struct mrl_p11_uri uri;
    struct mrl_passphrase ask = {get, &uri};
    struct mrl_token *token;
    MRL_TRY(mrl_p11_uri_parse(secrets, text, err, &uri));
    MRL_TRY(mrl_token_given_open(secrets, uri.module_path, err, &token));
    return mrl_token_private(token, secrets, &uri, &ask, err, ret);
}

mrl_status mrl_token_given_public(mrl_arena *a, mrl_str text, struct mrl_err *err,
                                  struct mrl_pubkey **ret) {
    struct mrl_p11_uri uri;
    struct mrl_token *token;
    MRL_TRY(mrl_p11_uri_parse(a, text, err, &uri));
    MRL_TRY(mrl_token_given_open(a, uri.module_path, err, &token));
    mrl_status status = mrl_token_public(token, a, &uri, err, ret);
    mrl_token_close(token);
    return status;
}
