/* url.h - the URLs that a registry client meets, and nothing more of RFC 3986.
 *
 * Idea: http and https with a host, an optional port and a path; no user, no fragment, printable
 * ASCII only. Two readers that see different hosts in one URL are how credentials leak, so anything
 * unusual is refused here and the HTTP library gets only what was understood.
 */
#ifndef MRL_SERVICES_NET_URL_H
#define MRL_SERVICES_NET_URL_H

#include "base/arena.h"
#include "base/status.h"

#define MRL_URL_BYTES_MAX 8192u /* signed URLs of object stores have some 2,000 */

struct mrl_url {
    bool tls;
    mrl_str host; /* with brackets for IPv6 */
    uint16_t port;
    mrl_str path; /* and query; may be empty */
};

/* Reads a URL; slices borrow the text. MRL_E_SYNTAX, MRL_E_LIMIT. */
mrl_status mrl_url_parse(mrl_str text, struct mrl_err *err, struct mrl_url *ret) MRL_NODISCARD;
/* The URL that `location` means when it came from `base`: absolute, "//host/path", "/path",
 * "?query" or a relative path. */
mrl_status mrl_url_follow(mrl_arena *a, const struct mrl_url *base, mrl_str location,
                          struct mrl_err *err, mrl_str *ret) MRL_NODISCARD;
/* The same scheme, host (whatever its case) and port: where credentials may go again. */
bool mrl_url_same_origin(const struct mrl_url *a, const struct mrl_url *b);

#endif
