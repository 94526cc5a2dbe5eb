/* http.h - one HTTP request and its answer, done by another process.
 *
 * Idea: merlon-net (net_main.c, http_curl.c) has the network and the HTTP library and nothing else;
 * this process has the parsers, the keys and the files, and no HTTP code. Between them stands the
 * protocol of base/worker.h with one job: a request, an answer. The other side decides nothing:
 * redirects, credentials and retries are client.c's, where they can be tested. What it answers is
 * as hostile as the network, so the decoder believes nothing, and every digest is checked again.
 *
 * Threads: a struct mrl_http belongs to one. Connections stay open between requests.
 */
#ifndef MRL_SERVICES_NET_HTTP_H
#define MRL_SERVICES_NET_HTTP_H

#include "base/worker.h"

#define MRL_HTTP_JOB "http"
#define MRL_HTTP_FIELD_MAX 8192u /* bytes of a header field; longer ones are cut */
#define MRL_HTTP_CHALLENGES_MAX 4u
#define MRL_HTTP_CA_MAX ((size_t)4 << 20)
#define MRL_HTTP_BODY_MAX ((size_t)512 << 20) /* of a request or an answer; most have far less */

enum mrl_http_guard {                     /* whom the request may reach, by address (address.h) */
                      MRL_GUARD_NONE,     /* anybody: the user named the server, or it is his proxy
                                           */
                      MRL_GUARD_LOOPBACK, /* ordinary addresses and loopback */
                      MRL_GUARD_ORDINARY, /* ordinary addresses */
};

enum mrl_http_method {
    MRL_HTTP_GET,
    MRL_HTTP_HEAD,
    MRL_HTTP_POST,
    MRL_HTTP_PUT,
    MRL_HTTP_PATCH,
    MRL_HTTP_METHODS, /* their number */
};

struct mrl_http_request {
    mrl_str url; /* read by mrl_url_parse: the caller's duty */
    uint32_t method;
    mrl_str accept;
    mrl_str authorization; /* value of the header; empty: none */
    mrl_str range;         /* "bytes=100-": of what is asked for; empty: all */
    mrl_str body;          /* sent by POST, PUT and PATCH, also when it is empty */
    mrl_str content_type;  /* of the body */
    mrl_str content_range; /* of the body: "0-99"; empty: it is whole */
    mrl_str ca;            /* PEM certificates to believe instead of the system's; empty: those */
    mrl_str proxy;         /* URL; empty: none */
    uint32_t guard;        /* enum mrl_http_guard */
    uint64_t body_max;
    uint32_t timeout_ms;
};

struct mrl_http_response {
    uint32_t status;
    bool cut; /* the body is longer than body_max */
    mrl_str content_type, digest, location, link, retry_after;
    mrl_str range;   /* of an upload: what is there; of an answer 206: what it is */
    mrl_str subject; /* OCI-Subject: the registry lists referrers itself */
    mrl_str challenges[MRL_HTTP_CHALLENGES_MAX]; /* WWW-Authenticate */
    uint32_t n_challenges;
    mrl_str body;
};

struct mrl_http {
    struct mrl_worker worker;
    char *program; /* owned */
};

/* Finds merlon-net beside this program and starts it, without waiting. MRL_E_NOT_FOUND,
 * MRL_E_NOMEM, MRL_E_IO. */
mrl_status mrl_http_init(struct mrl_http *h, struct mrl_err *err) MRL_NODISCARD;
void mrl_http_release(struct mrl_http *h);

/* Sends the request and waits for the answer, at most timeout_ms. Slices live in `a`. Any status of
 * HTTP is a success. MRL_E_BUDGET: no answer in time; MRL_E_DENIED: an address or a certificate
 * that may not be; MRL_E_IO: anything else on the way; MRL_E_WORKER. */
mrl_status mrl_http_do(struct mrl_http *h, mrl_arena *a, const struct mrl_http_request *req,
                       struct mrl_err *err, struct mrl_http_response *ret) MRL_NODISCARD;

/* Requests and answers as bytes, and back. Reading gives MRL_E_SYNTAX for anything that the other
 * functions do not write; slices borrow. */
void mrl_http_put_request(struct mrl_buf *b, const struct mrl_http_request *req);
mrl_status mrl_http_get_request(mrl_str bytes, struct mrl_http_request *ret) MRL_NODISCARD;
void mrl_http_put_response(struct mrl_buf *b, const struct mrl_http_response *r);
mrl_status mrl_http_get_response(mrl_str bytes, size_t body_max,
                                 struct mrl_http_response *ret) MRL_NODISCARD;

#endif
