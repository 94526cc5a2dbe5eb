/* web.c - see web.h. */
#include "services/net/web.h"

#include "base/clock.h"
#include "base/log.h"
#include "services/net/address.h"

#define ID "net"

mrl_status mrl_web_open(const struct mrl_web_opts *opts, struct mrl_err *err, struct mrl_web *ret) {
    struct mrl_web w = {.opts = *opts};
    int64_t timeout_ms = opts->timeout_ms > 0 ? opts->timeout_ms : MRL_WEB_TIMEOUT_MS;
    MRL_TRY(mrl_http_init(&w.http, err));
    w.deadline_ns = mrl_deadline_after_ms(timeout_ms);
    *ret = w;
    return MRL_OK;
}

void mrl_web_close(struct mrl_web *w) {
    mrl_http_release(&w->http);
}

bool mrl_no_proxy_names(mrl_str no_proxy, mrl_str host) {
    while (no_proxy.len > 0) {
        mrl_str one = mrl_str_trim(mrl_str_cut(no_proxy, ',', &no_proxy));
        if (mrl_str_eq(one, MRL_S("*")))
            return true;
        if (mrl_str_starts(one, MRL_S(".")))
            one = mrl_str_sub(one, 1, one.len);
        if (one.len == 0 || one.len > host.len)
            continue;
        mrl_str end = mrl_str_sub(host, host.len - one.len, host.len);
        if (mrl_str_eq_case(end, one) && (end.len == host.len || end.ptr[-1] == '.'))
            return true;
    }
    return false;
}

mrl_str mrl_url_without_query(mrl_str url) {
    mrl_str rest;
    return mrl_str_cut(url, '?', &rest);
}

mrl_status mrl_web_do(struct mrl_web *w, mrl_arena *a, const struct mrl_http_request *what,
                      struct mrl_err *err, struct mrl_http_response *ret) {
    static const char *const verbs[MRL_HTTP_METHODS] = {"get", "ask for", "post to", "put",
                                                        "send to"};
    struct mrl_http_request req = *what;
    struct mrl_url u;
    MRL_ASSERT(req.method < MRL_HTTP_METHODS);
    MRL_TRY(mrl_url_parse(req.url, err, &u));
    mrl_str shown = mrl_url_without_query(req.url);
    req.ca = w->opts.ca;
    if (mrl_host_class_of(u.host) != MRL_ADDRESS_LOOPBACK &&
        !mrl_no_proxy_names(w->opts.no_proxy, u.host))
        req.proxy = u.tls ? w->opts.https_proxy : w->opts.http_proxy;
    if (req.proxy.len > 0) /* the socket is to the user's proxy, wherever that stands */
        req.guard = MRL_GUARD_NONE;
    int left = mrl_deadline_left_ms(w->deadline_ns);
    if (left == 0)
        return mrl_err_set(err, MRL_E_BUDGET, ID, "the time that --timeout gives is over");
    req.timeout_ms = left < 0 ? MRL_WEB_TIMEOUT_MS : (uint32_t)left;
    mrl_status status = mrl_http_do(&w->http, a, &req, err, ret);
    if (status == MRL_OK)
        mrl_log(MRL_LOG_DEBUG, "net.request", "%u for %.*s", ret->status, MRL_F(shown));
    return status == MRL_OK || status == MRL_E_NOMEM
               ? status
               : mrl_err_wrap(err, status, ID, "cannot %s %.*s", verbs[req.method], MRL_F(shown));
}
