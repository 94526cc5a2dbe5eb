/* unpack.c - see unpack.h. */
#include "cli/unpack.h"

#include "base/file.h"
#include "formats/gzip/gzip.h"
#include "formats/tar/tar.h"

/* Reads and inflates; the plain bytes move to the arena, since values and modules borrow them. */
static mrl_status read_plain(mrl_arena *a, mrl_str path, struct mrl_err *err, mrl_str *ret) {
    struct mrl_buf plain;
    mrl_str packed;
    MRL_TRY(mrl_file_read(a, path, MRL_UNPACK_PACKED_MAX, err, &packed));
    mrl_buf_init(&plain, MRL_UNPACK_PLAIN_MAX);
    mrl_status status = mrl_gunzip(packed, err, &plain);
    if (status == MRL_OK) {
        *ret = mrl_arena_str(a, mrl_buf_str(&plain));
        status = ret->ptr != NULL ? MRL_OK : MRL_E_NOMEM;
    }
    mrl_buf_release(&plain);
    return status;
}

/* Walks the entries of an inflated archive. */
static mrl_status walk(mrl_arena *a, mrl_str plain,
                       mrl_status (*on_entry)(void *cx, mrl_str name, mrl_str text), void *cx,
                       struct mrl_err *err) {
    struct mrl_tar tar = mrl_tar_of(a, plain);
    for (;;) {
        struct mrl_tar_entry e;
        mrl_str name;
        bool more = false;
        MRL_TRY(mrl_tar_next(&tar, err, &e, &more));
        if (!more)
            return MRL_OK;
        if (!mrl_tar_clean_name(a, e.name, &name))
            return mrl_err_set(err, MRL_E_INVALID, "unpack.name",
                               "the name %.*s leads out of the archive", MRL_F(e.name));
        if (e.kind == MRL_TAR_FILE)
            MRL_TRY(on_entry(cx, name, e.body));
    }
}

mrl_status mrl_unpack_file(mrl_arena *a, mrl_str path,
                           mrl_status (*on_entry)(void *cx, mrl_str name, mrl_str text), void *cx,
                           struct mrl_err *err) {
    mrl_str plain;
    mrl_status status = read_plain(a, path, err, &plain);
    if (status == MRL_OK)
        status = walk(a, plain, on_entry, cx, err);
    if (status != MRL_OK && err != NULL && err->pos.file.len == 0)
        err->pos.file = path; /* the readers know bytes, not files */
    return status;
}
