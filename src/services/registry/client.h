/* client.h - a client of the OCI distribution API: what lies between one HTTP exchange and an
 * answer that means something.
 *
 * Idea: every rule about the other side stands here, in the process that has no HTTP code:
 *   deadline     one for everything, taken when the client is opened
 *   scheme       https; http for loopback and where the user says so
 *   credentials  none until a 401 asks; then Docker's configuration; never to another origin
 *   redirects    at most 5; not to http from https; not to this machine or the link (address.h)
 *                requests with a body follow 307 and 308 alone, and take it along
 *   retries      429 and 502 to 504, at most 4, as long as Retry-After says and the deadline allows
 * Sources: OCI distribution-spec 1.1, distribution's token authentication specification, RFC 9110.
 */
#ifndef MRL_SERVICES_REGISTRY_CLIENT_H
#define MRL_SERVICES_REGISTRY_CLIENT_H

#include "services/net/web.h"
#include "services/registry/credentials.h"
#include "services/registry/source.h"

#define MRL_REDIRECTS_MAX 5u
#define MRL_RETRIES_MAX 4u
#define MRL_TOKEN_BYTES_MAX 65536u /* of a token service's answer */

struct mrl_client {
    struct mrl_web web;
    struct mrl_registry_opts opts; /* borrowed */
    mrl_arena arena;               /* of the client's life: credentials, authorization */
    mrl_str registry, repository;
    bool tls;
    bool may_switch;       /* to TLS: loopback, where plain http is only a guess */
    mrl_str authorization; /* header for the registry; empty: none yet */
    struct mrl_credentials credentials;
    bool credentials_read;
    bool writes; /* tokens are asked for pull,push; else for pull alone */
};

/* Prepares a client of one repository; no network yet. Texts are copied, options borrowed. */
mrl_status mrl_client_init(struct mrl_client *c, const struct mrl_reference *ref,
                           const struct mrl_registry_opts *opts, struct mrl_err *err) MRL_NODISCARD;
void mrl_client_release(struct mrl_client *c);

/* Sends a request whose URL is below /v2/REPOSITORY/, or, when it begins with '/' or "http", that
 * URL of the registry. Credentials, redirects and retries are added. Any 2xx is a success, and so
 * is 400, 404, 405, 406 and 416, since it depends on what was asked for whether those are errors:
 * the caller looks at ret->status. Others become errors that say what the registry said. Bodies
 * longer than body_max: ret->cut. */
mrl_status mrl_client_do(struct mrl_client *c, mrl_arena *a, const struct mrl_http_request *what,
                         struct mrl_err *err, struct mrl_http_response *ret) MRL_NODISCARD;
/* The same for a GET of at most `max` bytes. */
mrl_status mrl_client_get(struct mrl_client *c, mrl_arena *a, mrl_str path, mrl_str accept,
                          size_t max, struct mrl_err *err,
                          struct mrl_http_response *ret) MRL_NODISCARD;

/* The URL that an answer's Location means, for a later request: it is as hostile as a redirect, and
 * is judged as one when it is asked for. MRL_E_SYNTAX, also when there is none. */
mrl_status mrl_client_location(const struct mrl_client *c, mrl_arena *a,
                               const struct mrl_http_response *r, struct mrl_err *err,
                               mrl_str *ret) MRL_NODISCARD;

/* The tag that stands for the list of referrers where a registry has no API for it
 * (distribution-spec, "Referrers Tag Schema"); ptr is NULL without memory. */
mrl_str mrl_client_referrers_tag(mrl_arena *a, mrl_str digest);

/* The error of an answer that the caller cannot use. */
mrl_status mrl_client_refuse(const struct mrl_client *c, mrl_arena *a, mrl_str path,
                             const struct mrl_http_response *r, struct mrl_err *err) MRL_NODISCARD;

/* --- parts, for each other and for tests ----------------------------------------------------- */

/* One exchange, after whom the URL may reach was judged (auth.c, client.c). */
mrl_status mrl_client_exchange(struct mrl_client *c, mrl_arena *a,
                               const struct mrl_http_request *what, struct mrl_err *err,
                               struct mrl_http_response *ret) MRL_NODISCARD;
/* Answers a 401: sets c->authorization, or fails with MRL_E_DENIED. */
mrl_status mrl_client_authenticate(struct mrl_client *c, mrl_arena *a,
                                   const struct mrl_http_response *r,
                                   struct mrl_err *err) MRL_NODISCARD;
/* Seconds of a Retry-After ("120"); -1 for a date or nonsense. */
int64_t mrl_retry_after_s(mrl_str value);

#endif
