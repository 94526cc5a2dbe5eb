/* gzip.c - see gzip.h. The only file that includes zlib.
 *
 * zlib takes its memory from malloc by itself; the state of one inflate is 44 KiB and freed here.
 */
#include "formats/gzip/gzip.h"

#include <zlib.h>

#define STEP ((size_t)1 << 16)            /* room asked of the output at a time */
#define FEED_MAX ((size_t)1 << 30)        /* zlib counts its input in 32 bits */
#define WINDOW_GZIP_ONLY (MAX_WBITS + 16) /* neither raw deflate nor zlib's own header */

bool mrl_is_gzip(mrl_str bytes) {
    return mrl_str_starts(bytes, MRL_S("\x1f\x8b\x08"));
}

static mrl_status bad(struct mrl_err *err, const char *what) {
    return mrl_err_set(err, MRL_E_SYNTAX, "gzip.syntax", "not a whole gzip text: %s", what);
}

/* One call of inflate: some input in, some output behind what `ret` holds. */
static mrl_status step(z_stream *z, struct mrl_err *err, struct mrl_buf *ret, int *ret_code) {
    size_t room = ret->max - ret->len < STEP ? ret->max - ret->len : STEP;
    /* At the ceiling one spare byte tells a text that just fits from one that goes on. */
    unsigned char spare;
    if (room > 0 && !mrl_buf_reserve(ret, room))
        return ret->status;
    z->next_out = room > 0 ? (unsigned char *)ret->ptr + ret->len : &spare;
    z->avail_out = room > 0 ? (uInt)room : 1;
    uInt before = z->avail_out;
    *ret_code = inflate(z, Z_NO_FLUSH);
    size_t made = before - z->avail_out;
    if (room == 0 && made > 0)
        return mrl_err_set(err, MRL_E_LIMIT, "gzip.limit",
                           "the text is longer than %zu bytes when unpacked", ret->max);
    ret->len += made;
    return MRL_OK;
}

/* Inflates until the input is used up at the end of a member. */
static mrl_status inflate_all(z_stream *z, struct mrl_err *err, struct mrl_buf *ret) {
    for (;;) {
        int code = Z_OK;
        MRL_TRY(step(z, err, ret, &code));
        if (code == Z_STREAM_END) {
            if (z->avail_in == 0)
                return MRL_OK;
            if (inflateReset(z) != Z_OK)
                return MRL_E_INTERNAL;
        } else if (code == Z_MEM_ERROR) {
            return MRL_E_NOMEM;
        } else if (code == Z_BUF_ERROR && z->avail_in == 0) {
            return bad(err, "it ends in the middle");
        } else if (code != Z_OK && code != Z_BUF_ERROR) {
            return bad(err, z->msg != NULL ? z->msg : "its data are broken");
        }
    }
}

mrl_status mrl_gunzip(mrl_str bytes, struct mrl_err *err, struct mrl_buf *ret) {
    z_stream z = {0};
    if (!mrl_is_gzip(bytes))
        return bad(err, "its first bytes are others");
    if (bytes.len > FEED_MAX)
        return mrl_err_set(err, MRL_E_LIMIT, "gzip.limit", "more than %zu bytes of gzip", FEED_MAX);
    MRL_CHECK(inflateInit2(&z, WINDOW_GZIP_ONLY) == Z_OK, MRL_E_NOMEM);
    z.next_in = (unsigned char *)(uintptr_t)bytes.ptr; /* zlib does not write there */
    z.avail_in = (uInt)bytes.len;
    mrl_status status = inflate_all(&z, err, ret);
    (void)inflateEnd(&z);
    return status;
}
