/* precert.c - the certificate as a transparency log saw it: without the promise that it made.
 *
 * Three lengths change when the list of SCTs is cut out (extensions, their wrapper, the signed
 * part), so their headers are written anew; all other bytes are copied.
 */
#include "formats/x509/x509.h"

#include "base/buf.h"
#include "formats/der/der.h"

/* A header with a definite length in its shortest form. */
static void header(struct mrl_buf *b, int tag, size_t len) {
    mrl_buf_byte(b, (char)tag);
    if (len < 0x80) {
        mrl_buf_byte(b, (char)len);
    } else if (len < 0x100) {
        mrl_buf_byte(b, (char)0x81);
        mrl_buf_byte(b, (char)len);
    } else { /* MRL_X509_BYTES_MAX keeps it below three bytes */
        mrl_buf_byte(b, (char)0x82);
        mrl_buf_byte(b, (char)(len >> 8));
        mrl_buf_byte(b, (char)len);
    }
}

static void wrapped(struct mrl_buf *b, int tag, const struct mrl_buf *content) {
    header(b, tag, content->len);
    mrl_buf_add(b, mrl_buf_str(content));
}

/* The extensions but the list of SCTs, and everything before them. */
static bool split(mrl_str tbs, struct mrl_buf *before, struct mrl_buf *exts) {
    struct mrl_rd r = mrl_rd_of(tbs), in = mrl_der_enter(&r, MRL_DER_SEQUENCE, NULL);
    while (!in.failed && mrl_der_peek(&in) != MRL_DER_CXC(3) && !mrl_rd_done(&in))
        mrl_buf_add(before, mrl_der_any(&in, NULL));
    struct mrl_rd outer = mrl_der_enter(&in, MRL_DER_CXC(3), NULL);
    struct mrl_rd list = mrl_der_enter(&outer, MRL_DER_SEQUENCE, NULL);
    while (!list.failed && !mrl_rd_done(&list)) {
        mrl_str all;
        struct mrl_rd one = mrl_der_enter(&list, MRL_DER_SEQUENCE, &all);
        if (!mrl_str_eq(mrl_der_bytes(&one, MRL_DER_OID), MRL_OID_SCT_LIST))
            mrl_buf_add(exts, all);
    }
    return mrl_der_ended(&list) && mrl_der_ended(&outer) && mrl_der_ended(&in);
}

mrl_status mrl_x509_precert_tbs(mrl_arena *a, const struct mrl_x509 *c, mrl_str *ret) {
    struct mrl_buf before, exts, list, all;
    mrl_buf_init(&before, MRL_X509_BYTES_MAX);
    mrl_buf_init(&exts, MRL_X509_BYTES_MAX);
    mrl_buf_init(&list, MRL_X509_BYTES_MAX);
    mrl_buf_init(&all, MRL_X509_BYTES_MAX);
    mrl_status status = split(c->tbs, &before, &exts) ? MRL_OK : MRL_E_SYNTAX;
    wrapped(&list, MRL_DER_SEQUENCE, &exts);
    wrapped(&before, MRL_DER_CXC(3), &list);
    wrapped(&all, MRL_DER_SEQUENCE, &before);
    if (status == MRL_OK)
        status = before.status != MRL_OK ? before.status : all.status;
    if (status == MRL_OK) {
        *ret = mrl_arena_str(a, mrl_buf_str(&all));
        status = ret->ptr != NULL ? MRL_OK : MRL_E_NOMEM;
    }
    mrl_buf_release(&before);
    mrl_buf_release(&exts);
    mrl_buf_release(&list);
    mrl_buf_release(&all);
    return status;
}
