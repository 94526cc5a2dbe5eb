/* web.h - what every request that goes out has in common, whatever service it is for.
 *
 * Idea: the user says once which certificates, which proxies and how much time; a struct mrl_web
 * adds that to each request. The deadline is one for everything, taken when it is opened. What a
 * service's rules are (credentials, redirects, retries) is its own: registry/client.h.
 *
 * Owner: heap inside, closed by mrl_web_close. One thread.
 */
#ifndef MRL_SERVICES_NET_WEB_H
#define MRL_SERVICES_NET_WEB_H

#include "services/net/http.h"
#include "services/net/url.h"

#define MRL_WEB_TIMEOUT_MS 30000

struct mrl_web_opts {   /* texts are borrowed; all may be empty or 0 */
    mrl_str ca;         /* PEM certificates to believe instead of the system's */
    int64_t timeout_ms; /* of all requests together; 0 = MRL_WEB_TIMEOUT_MS */
    mrl_str http_proxy, https_proxy, no_proxy; /* as in the environment's variables */
};

struct mrl_web {
    struct mrl_http http;
    struct mrl_web_opts opts;
    int64_t deadline_ns;
};

/* Starts the network worker and the time; no network yet. Errors: mrl_http_init's. */
mrl_status mrl_web_open(const struct mrl_web_opts *opts, struct mrl_err *err,
                        struct mrl_web *ret) MRL_NODISCARD;
void mrl_web_close(struct mrl_web *w);

/* Sends `req`, whose CA, proxy and time this fills in; the caller sets the rest. A URL that goes
 * through a proxy has no guard: the socket is to the user's proxy. MRL_E_BUDGET when the time is
 * over; else mrl_http_do's errors, with the URL. */
mrl_status mrl_web_do(struct mrl_web *w, mrl_arena *a, const struct mrl_http_request *req,
                      struct mrl_err *err, struct mrl_http_response *ret) MRL_NODISCARD;

/* True when the comma-separated NO_PROXY names the host: itself, a domain above it, or "*". */
bool mrl_no_proxy_names(mrl_str no_proxy, mrl_str host);
/* A URL as it may be shown: object stores put signatures that open them into the query. */
mrl_str mrl_url_without_query(mrl_str url);

#endif
