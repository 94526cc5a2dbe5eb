/* archive.c - see archive.h. */
#include "services/registry/archive.h"

#include "base/file.h"
#include "base/vec.h"
#include "formats/tar/tar.h"

#define ID "image.archive"
#define STEPS_MAX 64u /* of a link's path */

static const struct mrl_archive_file *last_of(const struct mrl_archive *l, mrl_str name) {
    for (uint32_t i = l->n; i > 0; i--)
        if (mrl_str_eq(l->items[i - 1].name, name))
            return &l->items[i - 1];
    return NULL;
}

mrl_status mrl_archive_find(const struct mrl_archive *l, mrl_str name, size_t max,
                            struct mrl_err *err, mrl_str *ret) {
    const struct mrl_archive_file *f = last_of(l, name);
    MRL_ASSERT(l->n <= MRL_ARCHIVE_FILES_MAX);
    if (f != NULL && f->link.len > 0)
        f = last_of(l, f->link);
    if (f == NULL || f->link.len > 0)
        return mrl_err_set(err, MRL_E_NOT_FOUND, ID, "the archive has no %.*s", MRL_F(name));
    if (f->body.len > max)
        return mrl_err_set(err, MRL_E_LIMIT, ID, "%.*s has over %zu bytes", MRL_F(name), max);
    *ret = f->body;
    return MRL_OK;
}

/* Where a symbolic link of that name leads to: "../x" is resolved, what leaves the archive is not.
 * docker save writes such links where two images share a layer. */
static bool resolve(mrl_arena *a, mrl_str name, mrl_str target, mrl_str *ret) {
    mrl_str steps[STEPS_MAX], rest, out = {"", 0};
    size_t n = 0, slash = mrl_str_rfind(name, MRL_S("/"));
    mrl_str parts[] = {mrl_str_sub(name, 0, slash == MRL_STR_NPOS ? 0 : slash), target};
    for (size_t i = 0; i < MRL_COUNTOF(parts); i++) {
        for (rest = parts[i]; rest.len > 0;) {
            mrl_str step = mrl_str_cut(rest, '/', &rest);
            bool up = mrl_str_eq(step, MRL_S(".."));
            if (step.len == 0 || mrl_str_eq(step, MRL_S(".")))
                continue;
            if (up ? n == 0 : n == STEPS_MAX)
                return false;
            n = up ? n - 1 : n;
            MRL_ASSERT(n < STEPS_MAX);
            if (!up)
                steps[n++] = step;
        }
    }
    for (size_t i = 0; i < n && out.ptr != NULL; i++)
        out = mrl_arena_printf(a, "%.*s%s%.*s", MRL_F(out), i > 0 ? "/" : "", MRL_F(steps[i]));
    *ret = out;
    return out.ptr != NULL && out.len > 0;
}

/* What an entry is as a file; false when it is none. */
static bool file_of(mrl_arena *a, const struct mrl_tar_entry *e, struct mrl_archive_file *ret) {
    struct mrl_archive_file f = {.body = e->body};
    if (!mrl_tar_clean_name(a, e->name, &f.name))
        return false;
    bool fits = e->kind == MRL_TAR_FILE ||
                (e->kind == MRL_TAR_HARD_LINK && mrl_tar_clean_name(a, e->link, &f.link)) ||
                (e->kind == MRL_TAR_SYMBOLIC_LINK && !mrl_str_starts(e->link, MRL_S("/")) &&
                 resolve(a, f.name, e->link, &f.link));
    *ret = f;
    return fits;
}

mrl_status mrl_archive_read(mrl_arena *a, mrl_str path, struct mrl_err *err,
                            struct mrl_archive *ret) {
    struct mrl_archive l = {0};
    struct mrl_archive_file f;
    struct mrl_tar_entry e;
    mrl_str bytes;
    bool more;
    MRL_TRY(mrl_file_read(a, path, MRL_ARCHIVE_BYTES_MAX, err, &bytes));
    struct mrl_tar tar = mrl_tar_of(a, bytes);
    for (;;) {
        mrl_status status = mrl_tar_next(&tar, err, &e, &more);
        if (status != MRL_OK)
            return mrl_err_wrap(err, status, ID, "%.*s cannot be read", MRL_F(path));
        if (!more)
            break;
        if (!file_of(a, &e, &f))
            continue;
        if (l.n == MRL_ARCHIVE_FILES_MAX)
            return mrl_err_set(err, MRL_E_LIMIT, ID, "%.*s has over %u files", MRL_F(path),
                               MRL_ARCHIVE_FILES_MAX);
        MRL_TRY(MRL_VEC_PUSH(a, &l, f));
    }
    *ret = l;
    return MRL_OK;
}
