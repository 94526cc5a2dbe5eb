/* layout_write.c - adding to an OCI image layout in a folder: see sink.h.
 *
 * Everything is found by index.json, so that is the one thing that is replaced, as a whole and
 * last. Blobs are written beside their names, synced and renamed; a crash leaves at most blobs that
 * nothing names. The folder is locked from reading the index until it was replaced, or one of two
 * writers would lose what the other added.
 *
 * A layout may come from anywhere. Its folders are opened one by one and no link among them is
 * followed, so that it cannot make us write outside of itself. Members of index.json that we do not
 * know are kept.
 */
#include "services/registry/sink.h"

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/sys.h"
#include "formats/json/json.h"
#include "formats/oci/manifest_write.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define TAG_ANNOTATION "org.opencontainers.image.ref.name"
#define INDEX MRL_S("index.json")
#define ADDED_MAX 16u /* manifests of one commit */

struct writer {
    int folder, blobs; /* blobs: blobs/sha256 */
    mrl_arena arena;
    mrl_val index;
    mrl_val added[ADDED_MAX];
    uint32_t n_added;
};

static mrl_status fail(struct mrl_err *err, const char *what) {
    return mrl_err_sys(err, errno, "image.layout", "%s", what);
}

/* --- blobs ----------------------------------------------------------------------------------- */

static mrl_status layout_blob(void *cx, mrl_str digest, mrl_str bytes, struct mrl_err *err) {
    struct writer *w = cx;
    mrl_str hex, algorithm = mrl_str_cut(digest, ':', &hex);
    struct stat st;
    MRL_CHECK(mrl_str_eq(algorithm, MRL_S("sha256")) && mrl_digest_is_valid(digest), MRL_E_INVALID);
    mrl_str name = mrl_arena_str(&w->arena, hex);
    MRL_CHECK(name.ptr != NULL, MRL_E_NOMEM);
    /* A blob is its digest: one that is there with that size was written as a whole. */
    if (MRL_SYS(fstatat(w->blobs, name.ptr, &st, AT_SYMLINK_NOFOLLOW)) == 0 &&
        S_ISREG(st.st_mode) && (uint64_t)st.st_size == bytes.len)
        return MRL_OK;
    return mrl_file_replace_at(w->blobs, name, bytes, err);
}

/* --- the index ------------------------------------------------------------------------------- */

/* The entry of a manifest: nothing of the caller's is kept. */
static mrl_status entry_of(mrl_arena *a, const struct mrl_descriptor *d, mrl_str tag,
                           mrl_val *ret) {
    struct mrl_descriptor own = *d;
    mrl_val v;
    if (tag.len > 0) {
        struct mrl_member note = {MRL_V(TAG_ANNOTATION), mrl_strval(tag)};
        MRL_TRY(mrl_obj_of(a, &note, 1, &own.annotations));
    }
    MRL_TRY(mrl_descriptor_value(a, &own, &v));
    return mrl_val_copy(a, v, ret);
}

static mrl_status layout_manifest(void *cx, const struct mrl_descriptor *d, mrl_str bytes,
                                  mrl_str tag, mrl_str subject, struct mrl_err *err) {
    struct writer *w = cx;
    mrl_val v;
    (void)subject; /* a layout has no list of referrers: readers look at the manifests */
    MRL_CHECK(w->n_added < ADDED_MAX, MRL_E_LIMIT);
    MRL_TRY(layout_blob(cx, d->digest, bytes, err));
    MRL_TRY(entry_of(&w->arena, d, tag, &v));
    w->added[w->n_added++] = v;
    return MRL_OK;
}

static mrl_str tag_of(mrl_val entry) {
    return mrl_val_str(mrl_obj_get_str(MRL_GET(entry, "annotations"), MRL_S(TAG_ANNOTATION)));
}

/* An entry goes when its tag moves; an untagged one also when it is listed anew. */
static bool is_superseded(const struct writer *w, mrl_val item) {
    mrl_str tag = tag_of(item);
    for (uint32_t i = 0; i < w->n_added; i++)
        if (mrl_str_eq(tag_of(w->added[i]), tag) &&
            (tag.len > 0 || mrl_val_eq(MRL_GET(w->added[i], "digest"), MRL_GET(item, "digest"))))
            return true;
    return false;
}

static mrl_status new_list(struct writer *w, mrl_val *ret) {
    struct mrl_builder b = {.arena = &w->arena, .tag = MRL_T_ARR};
    mrl_val old = MRL_GET(w->index, "manifests");
    for (uint32_t i = 0; i < old.len; i++)
        if (!is_superseded(w, old.u.arr->items[i]))
            mrl_build_item(&b, old.u.arr->items[i]);
    for (uint32_t i = 0; i < w->n_added; i++)
        mrl_build_item(&b, w->added[i]);
    return mrl_build_end(&b, ret);
}

static mrl_status index_text(struct writer *w, mrl_str *ret) {
    struct mrl_builder b = {.arena = &w->arena, .tag = MRL_T_OBJ};
    struct mrl_json_style style = {.keep_order = true};
    struct mrl_buf text;
    mrl_val list, v;
    MRL_TRY(new_list(w, &list));
    for (uint32_t i = 0; i < w->index.len; i++)
        mrl_build_member(&b, w->index.u.obj->m[i].key, w->index.u.obj->m[i].val);
    mrl_build_member(&b, MRL_V("manifests"), list); /* replaces, in its place */
    MRL_TRY(mrl_build_end(&b, &v));
    mrl_buf_init(&text, MRL_MANIFEST_BYTES_MAX);
    mrl_json_write(&text, &w->arena, v, &style);
    return mrl_buf_give(&text, &w->arena, ret);
}

static mrl_status layout_commit(void *cx, struct mrl_err *err) {
    struct writer *w = cx;
    mrl_str text;
    mrl_status status = index_text(w, &text);
    if (status == MRL_E_LIMIT)
        return mrl_err_set(err, status, "image.layout", "index.json would grow over %zu bytes",
                           MRL_MANIFEST_BYTES_MAX);
    MRL_TRY(status);
    /* The names of the blobs must be on disk before the index that leads to them is. */
    if (MRL_SYS_AFTER(fsync(w->blobs)) != 0)
        return fail(err, "cannot finish blobs/sha256");
    MRL_TRY(mrl_file_replace_at(w->folder, INDEX, text, err));
    return MRL_SYS_AFTER(fsync(w->folder)) != 0 ? fail(err, "cannot finish the layout") : MRL_OK;
}

/* --- opening --------------------------------------------------------------------------------- */

static void layout_write_close(void *cx) {
    struct writer *w = cx;
    if (w->blobs >= 0)
        close(w->blobs);
    if (w->folder >= 0)
        close(w->folder); /* and with it the lock */
    mrl_arena_release(&w->arena);
    mrl_mem_free(w);
}

/* The folder `name` below `at`, made when it is missing; no link is followed. */
static int open_below(int at, const char *name) {
    if (MRL_SYS(mkdirat(at, name, 0755)) != 0 && errno != EEXIST)
        return -1;
    return MRL_SYS(openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

static mrl_status open_blobs(struct writer *w, struct mrl_err *err) {
    int blobs = open_below(w->folder, "blobs");
    w->blobs = blobs >= 0 ? open_below(blobs, "sha256") : -1;
    int why = errno;
    if (blobs >= 0)
        close(blobs);
    errno = why;
    return w->blobs >= 0 ? MRL_OK : fail(err, "cannot write to blobs/sha256 of the layout");
}

static mrl_status read_index(struct writer *w, struct mrl_err *err) {
    struct mrl_json_opts opts = {.file = INDEX, .reject_duplicates = true};
    struct mrl_oci_manifest m;
    mrl_str text;
    MRL_TRY(mrl_file_read_beneath(&w->arena, w->folder, INDEX, MRL_MANIFEST_BYTES_MAX, err, &text));
    MRL_TRY(mrl_oci_manifest_parse(&w->arena, text, (mrl_str){"", 0}, err, &m));
    if (m.kind != MRL_MANIFEST_INDEX)
        return mrl_err_set(err, MRL_E_SYNTAX, "image.layout", "index.json is no index");
    MRL_TRY(mrl_json_parse(&w->arena, text, &opts, err, &w->index));
    MRL_CHECK(mrl_is_arr(MRL_GET(w->index, "manifests")), MRL_E_SYNTAX);
    return MRL_OK;
}

static mrl_status open_layout(struct writer *w, mrl_str folder, struct mrl_err *err) {
    mrl_str path = mrl_arena_str(&w->arena, folder);
    MRL_CHECK(path.ptr != NULL, MRL_E_NOMEM);
    w->folder = MRL_SYS(open(path.ptr, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (w->folder < 0)
        return mrl_err_sys(err, errno, "image.layout", "%.*s is no layout", MRL_F(folder));
    while (MRL_SYS(flock(w->folder, LOCK_EX)) != 0)
        if (errno != EINTR)
            return fail(err, "cannot lock the layout");
    MRL_TRY(read_index(w, err));
    return open_blobs(w, err);
}

mrl_status mrl_layout_write(mrl_str folder, struct mrl_err *err, struct mrl_sink *ret) {
    static const struct mrl_sink_ops ops = {.blob = layout_blob,
                                            .manifest = layout_manifest,
                                            .commit = layout_commit,
                                            .close = layout_write_close};
    struct writer *w = mrl_mem_alloc(sizeof *w);
    MRL_CHECK(w != NULL, MRL_E_NOMEM);
    *w = (struct writer){.folder = -1, .blobs = -1};
    mrl_arena_init(&w->arena, 64 * MRL_MANIFEST_BYTES_MAX);
    mrl_status status = open_layout(w, folder, err);
    if (status != MRL_OK) {
        layout_write_close(w);
        return status;
    }
    *ret = (struct mrl_sink){&ops, w};
    return MRL_OK;
}
