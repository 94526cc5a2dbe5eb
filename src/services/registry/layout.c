/* layout.c - an OCI image layout in a folder (image-spec, image-layout.md).
 *
 * index.json lists manifests, with tags in an annotation. Referrers are those whose manifest names
 * the image as its subject; a layout has no index of them, so each listed manifest is looked at.
 * Files are read below the folder only: a layout cannot point out of itself.
 */
#include "services/registry/source.h"

#include "base/file.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define TAG_ANNOTATION MRL_S("org.opencontainers.image.ref.name")

struct layout {
    int folder;
    mrl_arena arena;
    struct mrl_oci_manifest index;
};

static const struct mrl_source_ops ops;

static mrl_status layout_fetch(void *cx, mrl_arena *a, const struct mrl_descriptor *d,
                               bool manifest, size_t max, struct mrl_err *err, mrl_str *ret) {
    struct layout *l = cx;
    mrl_str hex, algorithm = mrl_str_cut(d->digest, ':', &hex);
    mrl_str name = mrl_arena_printf(a, "blobs/%.*s/%.*s", MRL_F(algorithm), MRL_F(hex));
    (void)manifest;
    MRL_CHECK(name.ptr != NULL, MRL_E_NOMEM);
    return mrl_file_read_beneath(a, l->folder, name, max, err, ret);
}

static mrl_status layout_resolve(void *cx, mrl_arena *a, mrl_str tag, mrl_str digest,
                                 struct mrl_err *err, struct mrl_descriptor *ret) {
    struct layout *l = cx;
    const struct mrl_descriptor *found = NULL;
    (void)a;
    for (uint32_t i = 0; i < l->index.n_items; i++) {
        const struct mrl_descriptor *d = &l->index.items[i];
        bool match = digest.len > 0 ? mrl_str_eq(d->digest, digest)
                     : tag.len > 0
                         ? mrl_str_eq(mrl_oci_annotation(d->annotations, TAG_ANNOTATION), tag)
                         : l->index.n_items == 1;
        if (match && found != NULL && !mrl_str_eq(found->digest, d->digest))
            return mrl_err_set(err, MRL_E_INVALID, "image.tag",
                               "the layout has two manifests of that tag");
        found = match ? d : found;
    }
    if (found == NULL && digest.len > 0) { /* reachable though not listed */
        *ret = (struct mrl_descriptor){.digest = digest};
        return MRL_OK;
    }
    if (found == NULL)
        return mrl_err_set(err, MRL_E_NOT_FOUND, "image.tag",
                           tag.len > 0 ? "the layout has no manifest with that tag"
                                       : "the layout has not exactly one manifest: name a tag or "
                                         "a digest");
    *ret = *found;
    return MRL_OK;
}

static mrl_status layout_referrers(void *cx, mrl_arena *a, mrl_str digest, struct mrl_err *err,
                                   struct mrl_descriptor_list *ret) {
    struct layout *l = cx;
    struct mrl_source self = {&ops, cx};
    struct mrl_descriptor_list list = {0};
    list.items = MRL_ARENA_ARRAY(a, struct mrl_descriptor, l->index.n_items + 1);
    MRL_CHECK(list.items != NULL, MRL_E_NOMEM);
    for (uint32_t i = 0; i < l->index.n_items; i++) {
        struct mrl_oci_manifest m;
        mrl_str text;
        MRL_TRY(mrl_source_manifest(&self, a, &l->index.items[i], err, &text, &m));
        if (!m.has_subject || !mrl_str_eq(m.subject.digest, digest))
            continue;
        struct mrl_descriptor d = l->index.items[i];
        d.artifact_type = m.artifact_type.len > 0 ? m.artifact_type : m.config.media_type;
        list.items[list.n++] = d;
    }
    *ret = list;
    return MRL_OK;
}

static void layout_close(void *cx) {
    struct layout *l = cx;
    close(l->folder);
    mrl_arena_release(&l->arena);
    mrl_mem_free(l);
}

static const struct mrl_source_ops ops = {.resolve = layout_resolve,
                                          .fetch = layout_fetch,
                                          .referrers = layout_referrers,
                                          .close = layout_close};

static mrl_status read_index(struct layout *l, struct mrl_err *err) {
    mrl_str text;
    MRL_TRY(mrl_file_read_beneath(&l->arena, l->folder, MRL_S("index.json"), MRL_MANIFEST_BYTES_MAX,
                                  err, &text));
    MRL_TRY(mrl_oci_manifest_parse(&l->arena, text, (mrl_str){"", 0}, err, &l->index));
    if (l->index.kind != MRL_MANIFEST_INDEX)
        return mrl_err_set(err, MRL_E_SYNTAX, "image.layout", "index.json is no index");
    return MRL_OK;
}

mrl_status mrl_layout_open(mrl_str folder, struct mrl_err *err, struct mrl_source *ret) {
    struct layout *l = mrl_mem_alloc(sizeof *l);
    MRL_CHECK(l != NULL, MRL_E_NOMEM);
    memset(l, 0, sizeof *l);
    mrl_arena_init(&l->arena, 64 * MRL_MANIFEST_BYTES_MAX);
    mrl_str path = mrl_arena_str(&l->arena, folder);
    l->folder = path.ptr != NULL ? open(path.ptr, O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
    if (l->folder < 0) {
        mrl_status status =
            mrl_err_sys(err, errno, "image.layout", "%.*s is no layout", MRL_F(folder));
        mrl_arena_release(&l->arena);
        mrl_mem_free(l);
        return status;
    }
    mrl_status status = read_index(l, err);
    if (status != MRL_OK) {
        layout_close(l);
        return status;
    }
    *ret = (struct mrl_source){&ops, l};
    return MRL_OK;
}
