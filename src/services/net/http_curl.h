/* http_curl.h - the worker's side of http.h: one job, done with libcurl. Linked into merlon-net
 * only. */
#ifndef MRL_SERVICES_NET_HTTP_CURL_H
#define MRL_SERVICES_NET_HTTP_CURL_H

#include "services/net/http.h"

/* Readies the library while files may still be opened; false when it cannot be. */
bool mrl_http_curl_prepare(void) MRL_NODISCARD;

extern const struct mrl_worker_job mrl_http_curl_job;

#endif
