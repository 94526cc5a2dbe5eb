/* auth.c - answers a 401 with the user's credentials. See client.h.
 *
 * The token that we ask for is for one repository, whatever scope the registry names, and reads it;
 * it writes only where the caller writes. A registry that is not what it seems shall not get more
 * than that.
 */
#include "services/registry/challenge.h"
#include "services/registry/client.h"

#include "base/base64.h"
#include "base/file.h"
#include "formats/json/json.h"

#define ID "registry.auth"
#define CONFIG_BYTES_MAX ((size_t)1 << 20)

/* Reads config.json once, and asks the helper that it names. A config that is not there says
 * nothing; one that cannot be read is an error, or the user would wonder why he is nobody. */
static mrl_status read_credentials(struct mrl_client *c, struct mrl_err *err) {
    mrl_str file = c->opts.docker_config, text, helper;
    if (c->credentials_read || file.len == 0)
        return MRL_OK;
    c->credentials_read = true;
    if (mrl_file_kind_of(file) == MRL_FILE_NONE)
        return MRL_OK;
    MRL_TRY(mrl_file_read(&c->arena, file, CONFIG_BYTES_MAX, err, &text));
    mrl_status status =
        mrl_docker_config_find(&c->arena, text, file, c->registry, err, &c->credentials, &helper);
    if (status != MRL_OK)
        return mrl_err_wrap(err, status, ID, "%.*s cannot be used", MRL_F(file));
    if (helper.len == 0)
        return MRL_OK;
    return mrl_credential_helper_ask(&c->arena, helper, mrl_docker_server_name(c->registry),
                                     c->web.deadline_ns, err, &c->credentials);
}

/* Bytes for a query or a form, percent-encoded unless unreserved (RFC 3986, 2.3). */
static void put_encoded(struct mrl_buf *b, mrl_str s) {
    static const char hex[] = "0123456789ABCDEF";
    for (size_t i = 0; i < s.len; i++) {
        unsigned char ch = (unsigned char)s.ptr[i];
        bool plain = (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') ||
                     (ch >= '0' && ch <= '9') || ch == '-' || ch == '.' || ch == '_' || ch == '~';
        if (plain) {
            mrl_buf_byte(b, (char)ch);
        } else {
            mrl_buf_byte(b, '%');
            mrl_buf_byte(b, hex[ch >> 4]);
            mrl_buf_byte(b, hex[ch & 15]);
        }
    }
}

static mrl_status basic_header(struct mrl_client *c, mrl_str *ret) {
    mrl_str both = mrl_arena_printf(&c->arena, "%.*s:%.*s", MRL_F(c->credentials.username),
                                    MRL_F(c->credentials.password));
    mrl_str text;
    MRL_CHECK(both.ptr != NULL, MRL_E_NOMEM);
    MRL_TRY(mrl_base64_encode(&c->arena, both, MRL_BASE64_STD, true, &text));
    explicit_bzero((void *)(uintptr_t)both.ptr, both.len);
    *ret = mrl_arena_printf(&c->arena, "Basic %.*s", MRL_F(text));
    explicit_bzero((void *)(uintptr_t)text.ptr, text.len);
    return ret->ptr != NULL ? MRL_OK : MRL_E_NOMEM;
}

/* A token becomes a header's value: nothing may stand in it that ends a header. */
static mrl_status use_token(struct mrl_client *c, mrl_str token, struct mrl_err *err) {
    for (size_t i = 0; i < token.len; i++)
        if (token.ptr[i] <= ' ' || token.ptr[i] >= 0x7F)
            return mrl_err_set(err, MRL_E_SYNTAX, ID, "the token has bytes that none may have");
    c->authorization = mrl_arena_printf(&c->arena, "Bearer %.*s", MRL_F(token));
    return c->authorization.ptr != NULL ? MRL_OK : MRL_E_NOMEM;
}

static mrl_status read_token(struct mrl_client *c, mrl_arena *a, const struct mrl_http_response *r,
                             struct mrl_err *err) {
    mrl_val v;
    if (r->status == 401 || r->status == 403)
        return mrl_err_set(err, MRL_E_DENIED, ID, "the token service of %.*s refuses us (%u)",
                           MRL_F(c->registry), r->status);
    if (r->status != 200 || r->cut)
        return mrl_err_set(err, MRL_E_IO, ID, "the token service of %.*s answers %u%s",
                           MRL_F(c->registry), r->status, r->cut ? ", and too much" : "");
    MRL_TRY(mrl_json_parse(a, r->body, NULL, err, &v));
    mrl_val token = MRL_GET(v, "token");
    if (!mrl_is_str(token) || token.len == 0)
        token = MRL_GET(v, "access_token");
    if (!mrl_is_str(token) || token.len == 0)
        return mrl_err_set(err, MRL_E_SYNTAX, ID, "the token service of %.*s gives no token",
                           MRL_F(c->registry));
    return use_token(c, mrl_val_str(token), err);
}

/* service=...&scope=repository:NAME:pull, and for an identity token what makes it a refresh. */
static void put_parameters(const struct mrl_client *c, const struct mrl_challenge *ch,
                           struct mrl_buf *b) {
    MRL_BUF_LIT(b, "service=");
    put_encoded(b, ch->service);
    MRL_BUF_LIT(b, "&scope=repository%3A");
    put_encoded(b, c->repository);
    mrl_buf_add(b, c->writes ? MRL_S("%3Apull%2Cpush") : MRL_S("%3Apull"));
    if (c->credentials.identity_token.len == 0)
        return;
    MRL_BUF_LIT(b, "&grant_type=refresh_token&client_id=merlon&refresh_token=");
    put_encoded(b, c->credentials.identity_token);
}

static mrl_status ask_for_token(struct mrl_client *c, mrl_arena *a, const struct mrl_challenge *ch,
                                struct mrl_buf *b, struct mrl_err *err) {
    struct mrl_http_response r;
    struct mrl_http_request req = {
        .url = ch->realm, .accept = MRL_S("application/json"), .body_max = MRL_TOKEN_BYTES_MAX};
    put_parameters(c, ch, b);
    MRL_TRY(b->status);
    if (c->credentials.identity_token.len > 0) {
        req.method = MRL_HTTP_POST;
        req.content_type = MRL_S("application/x-www-form-urlencoded");
        req.body = mrl_buf_str(b);
    } else {
        bool has_query = memchr(ch->realm.ptr, '?', ch->realm.len) != NULL;
        req.url = mrl_arena_printf(a, "%.*s%c%.*s", MRL_F(ch->realm), has_query ? '&' : '?',
                                   MRL_F(mrl_buf_str(b)));
        MRL_CHECK(req.url.ptr != NULL, MRL_E_NOMEM);
        if (c->credentials.username.len > 0)
            MRL_TRY(basic_header(c, &req.authorization));
    }
    MRL_TRY(mrl_client_exchange(c, a, &req, err, &r));
    return read_token(c, a, &r, err);
}

static mrl_status bearer(struct mrl_client *c, mrl_arena *a, const struct mrl_challenge *ch,
                         struct mrl_err *err) {
    struct mrl_buf b;
    if (c->credentials.registry_token.len > 0)
        return use_token(c, c->credentials.registry_token, err);
    if (ch->realm.len == 0)
        return mrl_err_set(err, MRL_E_SYNTAX, ID, "%.*s asks for a token but not from whom",
                           MRL_F(c->registry));
    mrl_buf_init(&b, 4 * MRL_TOKEN_BYTES_MAX);
    mrl_status status = ask_for_token(c, a, ch, &b, err);
    if (b.ptr != NULL)
        explicit_bzero(b.ptr, b.len);
    mrl_buf_release(&b);
    return status;
}

/* The strongest challenge that we can answer: a token before a password. */
static mrl_status choose(mrl_arena *a, const struct mrl_http_response *r, struct mrl_err *err,
                         struct mrl_challenge *ret) {
    struct mrl_challenge best = {0}, one;
    for (uint32_t i = 0; i < r->n_challenges; i++) {
        mrl_str line = r->challenges[i];
        mrl_status status;
        while ((status = mrl_challenge_next(a, &line, err, &one)) == MRL_OK)
            best = one.scheme > best.scheme ? one : best;
        if (status != MRL_E_NOT_FOUND)
            return status;
    }
    *ret = best;
    return MRL_OK;
}

mrl_status mrl_client_authenticate(struct mrl_client *c, mrl_arena *a,
                                   const struct mrl_http_response *r, struct mrl_err *err) {
    struct mrl_challenge ch;
    MRL_TRY(choose(a, r, err, &ch));
    MRL_TRY(read_credentials(c, err));
    if (ch.scheme == MRL_CHALLENGE_BEARER)
        return bearer(c, a, &ch, err);
    if (ch.scheme != MRL_CHALLENGE_BASIC)
        return mrl_err_set(err, MRL_E_UNSUPPORTED, ID,
                           "%.*s asks for credentials of a kind that we do not have (neither Basic "
                           "nor Bearer)",
                           MRL_F(c->registry));
    if (c->credentials.username.len == 0)
        return mrl_err_set(err, MRL_E_DENIED, ID,
                           "%.*s asks for a user and a password, and Docker's configuration has "
                           "none: docker login %.*s",
                           MRL_F(c->registry), MRL_F(c->registry));
    return basic_header(c, &c->authorization);
}
