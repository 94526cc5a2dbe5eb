/* documents.c - see documents.h.
 *
 * The worker's answer: count, then start, end and value of each document, then 0, or 1 and the
 * error that ended the reading, in the form of MRL_WIRE_FAILED.
 */
#include "cli/documents.h"

#include "base/value_wire.h"
#include "formats/json/json.h"
#include "formats/lockfile/lockfile.h"
#include "formats/yaml/yaml.h"

static mrl_status parse_json(mrl_arena *a, mrl_str file, mrl_str text, struct mrl_err *err,
                             struct mrl_documents *ret) {
    struct mrl_json_opts opts = {.file = file, .keep_spans = true};
    size_t at = 0;
    for (;;) {
        size_t from = at;
        mrl_val v = mrl_undefined();
        mrl_status status = mrl_json_next(a, text, &at, &opts, err, &v);
        if (status == MRL_E_NOT_FOUND)
            return MRL_OK;
        MRL_TRY(status);
        while (from < at && strchr(" \t\r\n", text.ptr[from]) != NULL)
            from++;
        struct mrl_document d = {v, (uint32_t)from, (uint32_t)at};
        MRL_TRY(MRL_VEC_PUSH(a, ret, d));
    }
}

static mrl_status parse_yaml(mrl_arena *a, mrl_str file, mrl_str text, struct mrl_err *err,
                             struct mrl_documents *ret) {
    struct mrl_yaml_opts opts = {.file = file, .keep_spans = true};
    struct mrl_yaml_doc *docs;
    size_t n;
    MRL_TRY(mrl_yaml_parse(a, text, &opts, err, &docs, &n));
    for (size_t i = 0; i < n; i++) {
        struct mrl_document d = {docs[i].value, docs[i].start, docs[i].end};
        MRL_TRY(MRL_VEC_PUSH(a, ret, d));
    }
    return MRL_OK;
}

static mrl_status parse_lock(mrl_arena *a, int row, mrl_str file, mrl_str text, struct mrl_err *err,
                             struct mrl_documents *ret) {
    struct mrl_document d = {.end = (uint32_t)text.len};
    MRL_CHECK(text.len <= UINT32_MAX, MRL_E_LIMIT);
    MRL_TRY(mrl_lockfile_read(a, row, file, text, err, &d.value));
    return MRL_VEC_PUSH(a, ret, d);
}

mrl_status mrl_documents_parse(mrl_arena *a, mrl_str file, mrl_str text, unsigned form,
                               struct mrl_err *err, struct mrl_documents *ret) {
    *ret = (struct mrl_documents){NULL, 0, 0};
    if (form >= MRL_FORM_LOCK)
        return parse_lock(a, (int)(form - MRL_FORM_LOCK), file, text, err, ret);
    return form == MRL_FORM_JSON ? parse_json(a, file, text, err, ret)
                                 : parse_yaml(a, file, text, err, ret);
}

/* --- in the worker ------------------------------------------------------------------------- */

static mrl_status run_job(mrl_arena *a, const struct mrl_worker_request *req, struct mrl_err *err,
                          struct mrl_buf *out) {
    struct mrl_rd r = mrl_rd_of(req->input);
    struct mrl_documents docs;
    unsigned form = mrl_rd_u8(&r);
    mrl_str text = mrl_rd_take(&r, mrl_rd_left(&r));
    MRL_CHECK(!r.failed, MRL_E_INVALID);
    mrl_status status = mrl_documents_parse(a, MRL_S(""), text, form, err, &docs);
    if (status == MRL_E_NOMEM)
        return status;
    mrl_wire_u32(out, docs.n);
    for (uint32_t i = 0; i < docs.n; i++) {
        mrl_wire_u32(out, docs.items[i].start);
        mrl_wire_u32(out, docs.items[i].end);
        mrl_wire_put_value(out, docs.items[i].value);
    }
    mrl_buf_byte(out, status != MRL_OK);
    if (status != MRL_OK)
        mrl_wire_put_err(out, status, err);
    return MRL_OK;
}

const struct mrl_worker_job mrl_documents_job = {"documents", run_job};

/* --- in the parent ------------------------------------------------------------------------- */

/* Decodes an answer: MRL_E_SYNTAX when it is none. *ret_status is the status of the parse. */
static mrl_status decode(mrl_arena *a, mrl_str answer, uint32_t text_len, struct mrl_err *err,
                         struct mrl_documents *ret, mrl_status *ret_status) {
    MRL_ASSERT(ret->n == 0);
    struct mrl_rd r = mrl_rd_of(answer);
    struct mrl_err why;
    uint32_t n = mrl_rd_le32(&r);
    for (uint32_t i = 0; i < n; i++) {
        struct mrl_document d = {.start = mrl_rd_le32(&r)};
        d.end = mrl_rd_le32(&r);
        MRL_CHECK(!r.failed && d.start <= d.end && d.end <= text_len, MRL_E_SYNTAX);
        MRL_TRY(mrl_wire_get_value(a, &r, text_len, &d.value));
        MRL_TRY(MRL_VEC_PUSH(a, ret, d));
    }
    uint8_t failed = mrl_rd_u8(&r);
    MRL_CHECK(!r.failed && failed <= 1, MRL_E_SYNTAX);
    *ret_status = MRL_OK;
    if (failed == 1) {
        MRL_TRY(mrl_wire_get_err(a, mrl_rd_take(&r, mrl_rd_left(&r)), &why));
        *ret_status = why.code;
        if (err != NULL)
            *err = why;
    }
    return mrl_rd_done(&r) ? MRL_OK : MRL_E_SYNTAX;
}

mrl_status mrl_documents_parse_in(struct mrl_worker *w, mrl_arena *a, mrl_str file, mrl_str text,
                                  unsigned form, struct mrl_err *err, struct mrl_documents *ret) {
    struct mrl_buf input;
    struct mrl_worker_request req = {.n_fds = 0};
    struct mrl_documents docs = {NULL, 0, 0};
    mrl_str answer;
    mrl_status parsed = MRL_OK;
    MRL_CHECK(text.len <= UINT32_MAX, MRL_E_LIMIT);
    mrl_buf_init(&input, MRL_WIRE_BODY_MAX);
    mrl_buf_byte(&input, (char)form);
    mrl_buf_add(&input, text);
    req.input = mrl_buf_str(&input);
    mrl_status status = input.status;
    if (status == MRL_OK)
        status = mrl_worker_call(w, a, MRL_S("documents"), &req, err, &answer);
    mrl_buf_release(&input);
    MRL_TRY(status);
    status = decode(a, answer, (uint32_t)text.len, err, &docs, &parsed);
    if (status == MRL_E_SYNTAX || status == MRL_E_LIMIT) {
        mrl_worker_stop(w); /* it lied once */
        return mrl_err_set(err, MRL_E_WORKER, "worker",
                           "the worker's answer is not what it should be");
    }
    MRL_TRY(status);
    *ret = docs;
    if (parsed != MRL_OK && err != NULL)
        err->pos.file = file;
    return parsed;
}
