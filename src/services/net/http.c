/* http.c - this side of http.h: the codec, and the worker that does the work. */
#include "services/net/http.h"

#include "base/mem.h"
#include "services/net/url.h"

#define ID "registry.http"
#define PROGRAM "merlon-net"
#define GRACE_MS 500 /* that the other side has to say itself that time is up */
#define OVERHEAD (16 * MRL_HTTP_FIELD_MAX)

/* --- the codec ------------------------------------------------------------------------------- */

void mrl_http_put_request(struct mrl_buf *b, const struct mrl_http_request *req) {
    const mrl_str texts[] = {req->url,   req->accept,       req->authorization,
                             req->range, req->content_type, req->content_range,
                             req->ca,    req->proxy,        req->body};
    for (size_t i = 0; i < MRL_COUNTOF(texts); i++)
        mrl_wire_str(b, texts[i]);
    mrl_wire_u32(b, req->method);
    mrl_wire_u32(b, req->guard);
    mrl_wire_u64(b, req->body_max);
    mrl_wire_u32(b, req->timeout_ms);
}

mrl_status mrl_http_get_request(mrl_str bytes, struct mrl_http_request *ret) {
    struct mrl_rd r = mrl_rd_of(bytes);
    struct mrl_http_request req = {.url = mrl_wire_get_str(&r, MRL_URL_BYTES_MAX)};
    req.accept = mrl_wire_get_str(&r, MRL_HTTP_FIELD_MAX);
    req.authorization = mrl_wire_get_str(&r, MRL_HTTP_CA_MAX);
    req.range = mrl_wire_get_str(&r, MRL_HTTP_FIELD_MAX);
    req.content_type = mrl_wire_get_str(&r, MRL_HTTP_FIELD_MAX);
    req.content_range = mrl_wire_get_str(&r, MRL_HTTP_FIELD_MAX);
    req.ca = mrl_wire_get_str(&r, MRL_HTTP_CA_MAX);
    req.proxy = mrl_wire_get_str(&r, MRL_URL_BYTES_MAX);
    req.body = mrl_wire_get_str(&r, MRL_HTTP_BODY_MAX);
    req.method = mrl_rd_le32(&r);
    req.guard = mrl_rd_le32(&r);
    req.body_max = mrl_rd_le64(&r);
    req.timeout_ms = mrl_rd_le32(&r);
    MRL_CHECK(!r.failed && mrl_rd_done(&r) && req.method < MRL_HTTP_METHODS &&
                  req.guard <= MRL_GUARD_ORDINARY && req.body_max <= MRL_HTTP_BODY_MAX,
              MRL_E_SYNTAX);
    *ret = req;
    return MRL_OK;
}

void mrl_http_put_response(struct mrl_buf *b, const struct mrl_http_response *r) {
    const mrl_str texts[] = {r->content_type, r->digest, r->location, r->link,
                             r->retry_after,  r->range,  r->subject};
    mrl_wire_u32(b, r->status);
    mrl_buf_byte(b, r->cut ? 1 : 0);
    for (size_t i = 0; i < MRL_COUNTOF(texts); i++)
        mrl_wire_str(b, texts[i]);
    mrl_wire_u32(b, r->n_challenges);
    for (uint32_t i = 0; i < r->n_challenges; i++)
        mrl_wire_str(b, r->challenges[i]);
    mrl_wire_str(b, r->body);
}

mrl_status mrl_http_get_response(mrl_str bytes, size_t body_max, struct mrl_http_response *ret) {
    struct mrl_rd r = mrl_rd_of(bytes);
    struct mrl_http_response out = {.status = mrl_rd_le32(&r)};
    mrl_str *texts[] = {&out.content_type, &out.digest, &out.location, &out.link,
                        &out.retry_after,  &out.range,  &out.subject};
    uint8_t cut = mrl_rd_u8(&r);
    out.cut = cut == 1;
    for (size_t i = 0; i < MRL_COUNTOF(texts); i++)
        *texts[i] = mrl_wire_get_str(&r, MRL_HTTP_FIELD_MAX);
    out.n_challenges = mrl_rd_le32(&r);
    MRL_CHECK(!r.failed && cut <= 1 && out.n_challenges <= MRL_HTTP_CHALLENGES_MAX, MRL_E_SYNTAX);
    for (uint32_t i = 0; i < out.n_challenges; i++)
        out.challenges[i] = mrl_wire_get_str(&r, MRL_HTTP_FIELD_MAX);
    out.body = mrl_wire_get_str(&r, body_max);
    MRL_CHECK(!r.failed && mrl_rd_done(&r) && out.status >= 100 && out.status <= 599, MRL_E_SYNTAX);
    *ret = out;
    return MRL_OK;
}

/* --- the worker ------------------------------------------------------------------------------ */

mrl_status mrl_http_init(struct mrl_http *h, struct mrl_err *err) {
    char *program;
    MRL_TRY(mrl_worker_beside(PROGRAM, err, &program));
    struct mrl_worker_opts opts = {.program = program, .result_max = MRL_HTTP_BODY_MAX + OVERHEAD};
    struct mrl_http n = {.program = program};
    mrl_worker_init(&n.worker, &opts);
    mrl_status status = mrl_worker_begin(&n.worker, err);
    if (status != MRL_OK) {
        mrl_http_release(&n);
        return status;
    }
    *h = n;
    return MRL_OK;
}

void mrl_http_release(struct mrl_http *h) {
    mrl_worker_stop(&h->worker);
    mrl_mem_free(h->program);
    h->program = NULL;
}

mrl_status mrl_http_do(struct mrl_http *h, mrl_arena *a, const struct mrl_http_request *req,
                       struct mrl_err *err, struct mrl_http_response *ret) {
    struct mrl_buf b;
    mrl_str bytes;
    struct mrl_http_response out;
    mrl_buf_init(&b, MRL_HTTP_BODY_MAX + 4 * MRL_HTTP_CA_MAX);
    mrl_http_put_request(&b, req);
    struct mrl_worker_request call = {.input = mrl_buf_str(&b)};
    h->worker.opts.timeout_ms = (int64_t)req->timeout_ms + GRACE_MS;
    h->worker.opts.result_max = (size_t)req->body_max + OVERHEAD;
    mrl_status status = b.status;
    if (status == MRL_OK)
        status = mrl_worker_call(&h->worker, a, MRL_S(MRL_HTTP_JOB), &call, err, &bytes);
    if (b.ptr != NULL) /* it may hold a password */
        explicit_bzero(b.ptr, b.len);
    mrl_buf_release(&b);
    MRL_TRY(status);
    if (mrl_http_get_response(bytes, (size_t)req->body_max, &out) != MRL_OK) {
        mrl_worker_stop(&h->worker);
        return mrl_err_set(err, MRL_E_WORKER, ID, "%s broke the protocol", PROGRAM);
    }
    *ret = out;
    return MRL_OK;
}
