/* client.c - see client.h. */
#include "services/registry/client.h"

#include "base/clock.h"
#include "formats/json/json.h"
#include "services/net/address.h"

#include <time.h>

#define ID "registry"
#define HUB_API MRL_S("registry-1.docker.io") /* where docker.io has its API */
#define BACKOFF_MS 200
#define SAID_MAX 200 /* bytes of a registry's own words in our message */
#define ARENA_MAX ((size_t)16 << 20)

mrl_status mrl_client_init(struct mrl_client *c, const struct mrl_reference *ref,
                           const struct mrl_registry_opts *opts, struct mrl_err *err) {
    static const struct mrl_registry_opts defaults = {0};
    struct mrl_client n = {.opts = opts != NULL ? *opts : defaults};
    struct mrl_url u;
    mrl_arena_init(&n.arena, ARENA_MAX);
    MRL_TRY(mrl_web_open(&n.opts.web, err, &n.web));
    n.registry = mrl_arena_str(&n.arena, ref->registry);
    n.repository = mrl_arena_str(&n.arena, ref->repository);
    mrl_str probe = mrl_arena_printf(&n.arena, "https://%.*s/", MRL_F(ref->registry));
    mrl_status status =
        probe.ptr != NULL && n.repository.ptr != NULL ? mrl_url_parse(probe, err, &u) : MRL_E_NOMEM;
    if (status != MRL_OK) {
        mrl_client_release(&n);
        return status;
    }
    /* Nobody listens in on loopback, and test registries there have no certificate. A CA that was
     * named says that this one has. */
    n.may_switch = mrl_host_class_of(u.host) == MRL_ADDRESS_LOOPBACK && !n.opts.plain_http;
    n.tls = n.opts.web.ca.len > 0 || !(n.may_switch || n.opts.plain_http);
    *c = n;
    return MRL_OK;
}

/* Secrets stand in the client's own arena, as pieces of the configuration's text or copies of it:
 * wiping them is allowed. */
static void wipe(mrl_str s) {
    if (s.ptr != NULL)
        explicit_bzero((void *)(uintptr_t)s.ptr, s.len);
}

void mrl_client_release(struct mrl_client *c) {
    mrl_web_close(&c->web);
    wipe(c->authorization);
    wipe(c->credentials.password);
    wipe(c->credentials.identity_token);
    wipe(c->credentials.registry_token);
    mrl_arena_release(&c->arena);
}

/* --- one exchange ---------------------------------------------------------------------------- */

/* The registry as a URL: the origin that credentials are for. */
static mrl_str base_url(const struct mrl_client *c, mrl_arena *a) {
    mrl_str host = mrl_str_eq(c->registry, MRL_S("docker.io")) ? HUB_API : c->registry;
    return mrl_arena_printf(a, "%s://%.*s", c->tls ? "https" : "http", MRL_F(host));
}

/* Whom this URL may reach. What is not the registry itself was chosen by it. */
static mrl_status judge(const struct mrl_client *c, const struct mrl_url *home,
                        const struct mrl_url *u, struct mrl_err *err, uint32_t *ret_guard) {
    bool local = mrl_host_class_of(home->host) == MRL_ADDRESS_LOOPBACK;
    enum mrl_address_class class = mrl_host_class_of(u->host);
    *ret_guard = local ? MRL_GUARD_LOOPBACK : MRL_GUARD_ORDINARY;
    if (mrl_url_same_origin(home, u)) {
        *ret_guard = MRL_GUARD_NONE;
        return MRL_OK;
    }
    if (class == MRL_ADDRESS_FORBIDDEN || (class == MRL_ADDRESS_LOOPBACK && !local))
        return mrl_err_set(err, MRL_E_DENIED, ID,
                           "%.*s sends us to %.*s, where it may not (loopback, link-local or a "
                           "metadata service)",
                           MRL_F(c->registry), MRL_F(u->host));
    if (c->tls && !u->tls)
        return mrl_err_set(err, MRL_E_DENIED, ID, "%.*s sends us from https to http",
                           MRL_F(c->registry));
    return MRL_OK;
}

mrl_status mrl_client_exchange(struct mrl_client *c, mrl_arena *a,
                               const struct mrl_http_request *what, struct mrl_err *err,
                               struct mrl_http_response *ret) {
    struct mrl_url home, u;
    struct mrl_http_request req = *what;
    mrl_str base = base_url(c, a);
    MRL_CHECK(base.ptr != NULL, MRL_E_NOMEM);
    MRL_TRY(mrl_url_parse(base, err, &home));
    MRL_TRY(mrl_url_parse(req.url, err, &u));
    MRL_TRY(judge(c, &home, &u, err, &req.guard));
    return mrl_web_do(&c->web, a, &req, err, ret);
}

/* --- redirects and retries ------------------------------------------------------------------- */

/* A request and the redirects after it. *ret_home: the answer is the registry's own. */
static mrl_status follow(struct mrl_client *c, mrl_arena *a, const struct mrl_http_request *what,
                         struct mrl_err *err, struct mrl_http_response *ret, bool *ret_home) {
    struct mrl_http_request req = *what;
    struct mrl_url home, u;
    mrl_str base = base_url(c, a);
    MRL_CHECK(base.ptr != NULL, MRL_E_NOMEM);
    MRL_TRY(mrl_url_parse(base, err, &home));
    for (unsigned hop = 0; hop <= MRL_REDIRECTS_MAX; hop++) {
        MRL_TRY(mrl_url_parse(req.url, err, &u));
        *ret_home = mrl_url_same_origin(&home, &u);
        req.authorization = *ret_home ? c->authorization : MRL_S("");
        MRL_TRY(mrl_client_exchange(c, a, &req, err, ret));
        bool same = ret->status == 307 || ret->status == 308; /* with what was sent */
        bool redirect = ret->status == 301 || ret->status == 302 || ret->status == 303;
        if (!same && (!redirect || req.method > MRL_HTTP_HEAD))
            return MRL_OK;
        MRL_TRY(mrl_url_follow(a, &u, ret->location, err, &req.url));
    }
    return mrl_err_set(err, MRL_E_LIMIT, ID, "%.*s redirects more than %u times",
                       MRL_F(c->registry), MRL_REDIRECTS_MAX);
}

int64_t mrl_retry_after_s(mrl_str value) {
    int64_t v = 0;
    if (value.len == 0 || value.len > 9)
        return -1;
    for (size_t i = 0; i < value.len; i++) {
        if (value.ptr[i] < '0' || value.ptr[i] > '9')
            return -1;
        v = v * 10 + (value.ptr[i] - '0');
    }
    return v;
}

/* Waits before try number n+1, unless that takes longer than there is time. */
static mrl_status wait(const struct mrl_client *c, const struct mrl_http_response *r, unsigned n,
                       struct mrl_err *err) {
    int64_t s = mrl_retry_after_s(r->retry_after);
    int64_t ms = s >= 0 ? s * 1000 : (int64_t)BACKOFF_MS << n;
    int left = mrl_deadline_left_ms(c->web.deadline_ns);
    if (left >= 0 && ms >= left)
        return mrl_err_set(err, MRL_E_BUDGET, ID,
                           "%.*s answers %u and asks to wait %lld ms; --timeout leaves %d",
                           MRL_F(c->registry), r->status, (long long)ms, left);
    nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000}, NULL);
    return MRL_OK;
}

/* What the registry itself says, as one short line of plain ASCII: it goes to a terminal. */
static void words_of(mrl_arena *a, mrl_str body, char text[SAID_MAX]) {
    mrl_val v, first = mrl_undefined();
    if (mrl_json_parse(a, body, NULL, NULL, &v) == MRL_OK)
        first = mrl_arr_at(MRL_GET(v, "errors"), 0);
    mrl_val code = MRL_GET(first, "code"), message = MRL_GET(first, "message");
    snprintf(text, SAID_MAX, "%s%.*s%s%.*s", mrl_is_str(code) ? ": " : "", MRL_F(mrl_val_str(code)),
             mrl_is_str(message) ? ": " : "", MRL_F(mrl_val_str(message)));
    for (char *p = text; *p != '\0'; p++)
        if (*p < ' ' || *p > '~')
            *p = '?';
}

mrl_status mrl_client_refuse(const struct mrl_client *c, mrl_arena *a, mrl_str path,
                             const struct mrl_http_response *r, struct mrl_err *err) {
    char said[SAID_MAX];
    words_of(a, r->body, said);
    if (r->status == 401 || r->status == 403)
        return mrl_err_set(err, MRL_E_DENIED, ID,
                           "%.*s does not let us %s %.*s (%u%s): docker login, or a helper, "
                           "gives merlon credentials",
                           MRL_F(c->registry), c->writes ? "write to" : "read",
                           MRL_F(c->repository), r->status, said);
    return mrl_err_set(err, MRL_E_IO, ID, "%.*s answers %u to %.*s%s", MRL_F(c->registry),
                       r->status, MRL_F(mrl_url_without_query(path)), said);
}

static bool worth_retrying(uint32_t status) {
    return status == 429 || (status >= 502 && status <= 504);
}

/* Answers that may mean that there is no such thing: the caller knows what it asked for. */
static bool means_absent(uint32_t status) {
    return status == 400 || status == 404 || status == 405 || status == 406 || status == 416;
}

static mrl_str url_of(const struct mrl_client *c, mrl_arena *a, mrl_str path) {
    mrl_str base = base_url(c, a);
    if (base.ptr == NULL || mrl_str_starts(path, MRL_S("http")))
        return base.ptr == NULL ? base : path;
    if (mrl_str_starts(path, MRL_S("/")))
        return mrl_arena_printf(a, "%.*s%.*s", MRL_F(base), MRL_F(path));
    return mrl_arena_printf(a, "%.*s/v2/%.*s/%.*s", MRL_F(base), MRL_F(c->repository), MRL_F(path));
}

mrl_status mrl_client_location(const struct mrl_client *c, mrl_arena *a,
                               const struct mrl_http_response *r, struct mrl_err *err,
                               mrl_str *ret) {
    struct mrl_url home;
    mrl_str base = base_url(c, a);
    MRL_CHECK(base.ptr != NULL, MRL_E_NOMEM);
    if (r->location.len == 0)
        return mrl_err_set(err, MRL_E_SYNTAX, ID, "%.*s does not say where to upload to",
                           MRL_F(c->registry));
    MRL_TRY(mrl_url_parse(base, err, &home));
    return mrl_url_follow(a, &home, r->location, err, ret);
}

mrl_str mrl_client_referrers_tag(mrl_arena *a, mrl_str digest) {
    mrl_str hex, algorithm = mrl_str_cut(digest, ':', &hex);
    return mrl_arena_printf(a, "%.*s-%.*s", MRL_F(algorithm), MRL_F(mrl_str_sub(hex, 0, 64)));
}

mrl_status mrl_client_do(struct mrl_client *c, mrl_arena *a, const struct mrl_http_request *what,
                         struct mrl_err *err, struct mrl_http_response *ret) {
    bool asked = false, home;
    struct mrl_http_request req = *what;
    struct mrl_http_response r;
    for (unsigned tries = 0;;) {
        req.url = url_of(c, a, what->url);
        MRL_CHECK(req.url.ptr != NULL, MRL_E_NOMEM);
        MRL_TRY(follow(c, a, &req, err, &r, &home));
        if (r.status == 400 && c->may_switch && !c->tls && c->authorization.len == 0) {
            c->tls = true; /* it wants TLS: that is how web servers answer plain text */
        } else if (r.status == 401 && home && !asked) {
            asked = true;
            MRL_TRY(mrl_client_authenticate(c, a, &r, err));
        } else if (worth_retrying(r.status) && tries < MRL_RETRIES_MAX) {
            MRL_TRY(wait(c, &r, tries++, err));
        } else if ((r.status >= 200 && r.status < 300) || means_absent(r.status)) {
            c->may_switch = false; /* it speaks what we speak: a later 400 is about the request */
            *ret = r;
            return MRL_OK;
        } else {
            return mrl_client_refuse(c, a, what->url, &r, err);
        }
    }
}

mrl_status mrl_client_get(struct mrl_client *c, mrl_arena *a, mrl_str path, mrl_str accept,
                          size_t max, struct mrl_err *err, struct mrl_http_response *ret) {
    struct mrl_http_request req = {.url = path, .accept = accept, .body_max = max};
    return mrl_client_do(c, a, &req, err, ret);
}
