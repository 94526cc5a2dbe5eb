/* http_curl.c - the only wrapper of libcurl: one request as http.h describes it, one answer.
 *
 * What the library could do by itself is switched off: redirects, other protocols, its own reading
 * of the environment, decompression, HTTP/0.9 and /2. Each of those is either decided by the parent
 * or surface that a registry does not need. One handle lives as long as the process, since it holds
 * the open connections.
 */
#include "services/net/http_curl.h"

#include "services/net/address.h"

#include <curl/curl.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>

#define ID "registry.http"
#define CONNECT_MAX_MS 10000L /* of the time that the whole request has */

static CURL *handle;

struct exchange { /* one request while it runs */
    mrl_arena *arena;
    const struct mrl_http_request *req;
    struct mrl_http_response r;
    struct mrl_buf body;
    bool refused; /* an address that the guard forbids */
    bool no_memory;
    char error[CURL_ERROR_SIZE];
};

bool mrl_http_curl_prepare(void) {
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return false;
    handle = curl_easy_init();
    return handle != NULL;
}

/* --- what the library calls ------------------------------------------------------------------ */

/* The moment of truth for the guard: the name is resolved, nothing is sent yet. */
static curl_socket_t open_socket(void *cx, curlsocktype purpose, struct curl_sockaddr *to) {
    struct exchange *x = cx;
    enum mrl_address_class class = MRL_ADDRESS_FORBIDDEN;
    (void)purpose;
    if (to->family == AF_INET) {
        struct sockaddr_in in;
        memcpy(&in, &to->addr, sizeof in);
        class = mrl_address_class_of((const unsigned char *)&in.sin_addr, 4);
    } else if (to->family == AF_INET6) { /* curl's field is larger than its type says */
        struct sockaddr_in6 in6;
        memcpy(&in6, (const void *)&to->addr, sizeof in6);
        class = mrl_address_class_of((const unsigned char *)&in6.sin6_addr, 16);
    }
    bool allowed = x->req->guard == MRL_GUARD_NONE || class == MRL_ADDRESS_ORDINARY ||
                   (class == MRL_ADDRESS_LOOPBACK && x->req->guard == MRL_GUARD_LOOPBACK);
    if (!allowed) {
        x->refused = true;
        return CURL_SOCKET_BAD;
    }
    return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

static size_t take_body(char *bytes, size_t size, size_t n, void *cx) {
    struct exchange *x = cx;
    size_t len = size * n; /* size is 1, says the library's manual */
    if (len > x->req->body_max - x->body.len) {
        x->r.cut = true;
        return 0; /* ends the transfer */
    }
    mrl_buf_add(&x->body, (mrl_str){bytes, len});
    x->no_memory |= x->body.status != MRL_OK;
    return x->no_memory ? 0 : len;
}

static bool is_field(mrl_str name, const char *what) {
    return mrl_str_eq_case(name, mrl_str_z(what));
}

static size_t take_header(char *bytes, size_t size, size_t n, void *cx) {
    struct exchange *x = cx;
    struct mrl_http_response *r = &x->r;
    mrl_str line = {bytes, size * n}, value, name;
    if (mrl_str_starts(line, MRL_S("HTTP/"))) { /* a new answer: what came before was interim */
        *r = (struct mrl_http_response){0};
        return line.len;
    }
    name = mrl_str_cut(line, ':', &value);
    mrl_str *to = is_field(name, "Content-Type")            ? &r->content_type
                  : is_field(name, "Docker-Content-Digest") ? &r->digest
                  : is_field(name, "Location")              ? &r->location
                  : is_field(name, "Link")                  ? &r->link
                  : is_field(name, "Retry-After")           ? &r->retry_after
                  : is_field(name, "Range")                 ? &r->range
                  : is_field(name, "Content-Range")         ? &r->range
                  : is_field(name, "OCI-Subject")           ? &r->subject
                                                            : NULL;
    if (is_field(name, "WWW-Authenticate") && r->n_challenges < MRL_HTTP_CHALLENGES_MAX)
        to = &r->challenges[r->n_challenges++];
    if (to == NULL || to->len > 0) /* the first of its name counts */
        return line.len;
    value = mrl_str_trim(value);
    *to = mrl_arena_str(x->arena, mrl_str_sub(value, 0, MRL_HTTP_FIELD_MAX));
    x->no_memory |= to->ptr == NULL;
    return x->no_memory ? 0 : line.len;
}

/* --- one request ----------------------------------------------------------------------------- */

static bool add_field(mrl_arena *a, struct curl_slist **list, const char *name, mrl_str value) {
    if (value.len == 0)
        return true;
    mrl_str line = mrl_arena_printf(a, "%s: %.*s", name, MRL_F(value));
    struct curl_slist *more = line.ptr != NULL ? curl_slist_append(*list, line.ptr) : NULL;
    if (line.ptr != NULL)
        explicit_bzero((void *)(uintptr_t)line.ptr, line.len);
    if (more == NULL)
        return false;
    *list = more;
    return true;
}

static const char *const methods[MRL_HTTP_METHODS] = {"GET", "HEAD", "POST", "PUT", "PATCH"};

/* The header; without a content type the library would say that a body is a form. */
static bool add_fields(struct exchange *x, struct curl_slist **list) {
    const struct mrl_http_request *q = x->req;
    bool sends = q->method > MRL_HTTP_HEAD;
    mrl_str type = q->content_type.len > 0 ? q->content_type : MRL_S("application/octet-stream");
    return add_field(x->arena, list, "Accept", q->accept) &&
           add_field(x->arena, list, "Authorization", q->authorization) &&
           add_field(x->arena, list, "Range", q->range) &&
           add_field(x->arena, list, "Content-Range", q->content_range) &&
           add_field(x->arena, list, "Content-Type", sends ? type : MRL_S(""));
}

/* Each option is a plain setting that can fail for lack of memory alone, or because this build of
 * the library lacks what we rely on; either way the request may not go out. */
static CURLcode set_up(struct exchange *x, const char *url, const char *proxy,
                       struct curl_slist *fields) {
    const struct mrl_http_request *q = x->req;
    CURLcode rc = CURLE_OK;
#define SET(option, value) (rc = rc != CURLE_OK ? rc : curl_easy_setopt(handle, option, value))
    SET(CURLOPT_URL, url);
    SET(CURLOPT_PROTOCOLS_STR, "http,https");
    SET(CURLOPT_PROXY, proxy); /* "" keeps it from asking the environment */
    SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    SET(CURLOPT_FOLLOWLOCATION, 0L);
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_USERAGENT, "merlon");
    SET(CURLOPT_HTTPHEADER, fields);
    SET(CURLOPT_TIMEOUT_MS, (long)q->timeout_ms);
    SET(CURLOPT_CONNECTTIMEOUT_MS,
        (long)q->timeout_ms < CONNECT_MAX_MS ? (long)q->timeout_ms : CONNECT_MAX_MS);
    SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    SET(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    SET(CURLOPT_ERRORBUFFER, x->error);
    SET(CURLOPT_WRITEFUNCTION, take_body);
    SET(CURLOPT_WRITEDATA, x);
    SET(CURLOPT_HEADERFUNCTION, take_header);
    SET(CURLOPT_HEADERDATA, x);
    SET(CURLOPT_OPENSOCKETFUNCTION, open_socket);
    SET(CURLOPT_OPENSOCKETDATA, x);
    /* A connection opened under a wider guard may not serve a narrower one. */
    SET(CURLOPT_FRESH_CONNECT, q->guard == MRL_GUARD_NONE ? 0L : 1L);
    SET(CURLOPT_FORBID_REUSE, q->guard == MRL_GUARD_NONE ? 0L : 1L);
    if (q->method == MRL_HTTP_HEAD) {
        SET(CURLOPT_NOBODY, 1L);
    } else if (q->method != MRL_HTTP_GET) {
        SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)q->body.len);
        SET(CURLOPT_POSTFIELDS, q->body.len > 0 ? q->body.ptr : "");
        SET(CURLOPT_CUSTOMREQUEST, methods[q->method]);
    }
    if (q->ca.len > 0) {
        struct curl_blob blob = {(void *)(uintptr_t)q->ca.ptr, q->ca.len, CURL_BLOB_NOCOPY};
        SET(CURLOPT_CAINFO_BLOB, &blob);
        SET(CURLOPT_CAPATH, NULL); /* instead of the system's, not beside them */
    }
#undef SET
    return rc;
}

static mrl_status explain(const struct exchange *x, CURLcode rc, struct mrl_err *err) {
    const char *why = x->error[0] != '\0' ? x->error : curl_easy_strerror(rc);
    if (x->no_memory || rc == CURLE_OUT_OF_MEMORY)
        return mrl_err_set(err, MRL_E_NOMEM, ID, "no memory for the answer");
    if (x->refused)
        return mrl_err_set(err, MRL_E_DENIED, ID,
                           "the server points to an address that it may not send us to "
                           "(loopback, link-local or a metadata service)");
    switch (rc) {
    case CURLE_OPERATION_TIMEDOUT:
        return mrl_err_set(err, MRL_E_BUDGET, ID, "no answer in time (%s)", why);
    case CURLE_PEER_FAILED_VERIFICATION:
        return mrl_err_set(err, MRL_E_DENIED, ID,
                           "the server's certificate is not believed (%s): name its authority "
                           "with --registry-ca FILE",
                           why);
    case CURLE_PARTIAL_FILE:
    case CURLE_GOT_NOTHING:
        return mrl_err_set(err, MRL_E_IO, ID, "the answer ends early (%s)", why);
    default:
        return mrl_err_set(err, MRL_E_IO, ID, "%s", why);
    }
}

static mrl_status perform(struct exchange *x, struct mrl_err *err) {
    struct curl_slist *fields = NULL;
    mrl_str url = mrl_arena_str(x->arena, x->req->url);
    mrl_str proxy = mrl_arena_str(x->arena, x->req->proxy);
    CURLcode rc = CURLE_OUT_OF_MEMORY;
    if (url.ptr != NULL && proxy.ptr != NULL && add_fields(x, &fields)) {
        curl_easy_reset(handle); /* forgets options; keeps connections */
        rc = set_up(x, url.ptr, proxy.ptr, fields);
    }
    if (rc == CURLE_OK)
        rc = curl_easy_perform(handle);
    curl_slist_free_all(fields);
    if (rc != CURLE_OK && !(x->r.cut && rc == CURLE_WRITE_ERROR))
        return explain(x, rc, err);
    long status = 0;
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
    x->r.status = (uint32_t)status;
    return MRL_OK;
}

static mrl_status run(mrl_arena *a, const struct mrl_worker_request *call, struct mrl_err *err,
                      struct mrl_buf *out) {
    struct mrl_http_request req;
    MRL_TRY(mrl_http_get_request(call->input, &req));
    struct exchange x = {.arena = a, .req = &req};
    mrl_buf_init(&x.body, (size_t)req.body_max);
    mrl_status status = perform(&x, err);
    if (status == MRL_OK) {
        x.r.body = mrl_buf_str(&x.body);
        mrl_http_put_response(out, &x.r);
    }
    mrl_buf_release(&x.body);
    return status;
}

const struct mrl_worker_job mrl_http_curl_job = {MRL_HTTP_JOB, run};
