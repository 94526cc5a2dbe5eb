/* layout.c - an OCI image layout in a folder or in a tar archive of one (image-spec,
 * image-layout.md).
 *
 * index.json lists manifests, with tags in an annotation. Referrers are those whose manifest names
 * the image as its subject; a layout has no index of them, so each listed manifest is looked at,
 * and the small files among the blobs, as not every tool lists them. Files are read below the
 * folder only: a layout cannot point out of itself.
 */
#include "services/registry/archive.h"
#include "services/registry/layout_names.h"
#include "services/registry/source.h"

#include "base/file.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define TAG_ANNOTATION MRL_S("org.opencontainers.image.ref.name")

struct layout {
    int folder; /* -1: an archive */
    struct mrl_archive files;
    mrl_arena arena;
    struct mrl_oci_manifest index;
};

static const struct mrl_source_ops ops;

static mrl_status read_file(const struct layout *l, mrl_arena *a, mrl_str name, size_t max,
                            struct mrl_err *err, mrl_str *ret) {
    return l->folder >= 0 ? mrl_file_read_beneath(a, l->folder, name, max, err, ret)
                          : mrl_archive_find(&l->files, name, max, err, ret);
}

static mrl_status layout_fetch(void *cx, mrl_arena *a, const struct mrl_descriptor *d,
                               bool manifest, size_t max, struct mrl_err *err, mrl_str *ret) {
    struct layout *l = cx;
    mrl_str hex, algorithm = mrl_str_cut(d->digest, ':', &hex);
    mrl_str name = mrl_arena_printf(a, "blobs/%.*s/%.*s", MRL_F(algorithm), MRL_F(hex));
    (void)manifest;
    MRL_CHECK(name.ptr != NULL, MRL_E_NOMEM);
    return read_file(l, a, name, max, err, ret);
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

/* Adds a manifest when it refers to the image and is not in the list yet. */
static void add_referrer(struct mrl_descriptor_list *list, const struct mrl_oci_manifest *m,
                         const struct mrl_descriptor *d, mrl_str subject) {
    if (!m->has_subject || !mrl_str_eq(m->subject.digest, subject))
        return;
    for (uint32_t i = 0; i < list->n; i++)
        if (mrl_str_eq(list->items[i].digest, d->digest))
            return;
    struct mrl_descriptor *one = &list->items[list->n++];
    *one = *d;
    one->artifact_type = m->artifact_type.len > 0 ? m->artifact_type : m->config.media_type;
}

/* A file of blobs/sha256: a manifest that refers to the image? Most are no manifests at all, so
 * whatever cannot be read is passed over; the text is looked for before anything is parsed. */
static mrl_status look_at_blob(struct layout *l, mrl_arena *a, mrl_str hex, mrl_str subject,
                               struct mrl_descriptor_list *list) {
    struct mrl_source self = {&ops, l};
    struct mrl_arena_mark mark = mrl_arena_mark(a);
    struct mrl_descriptor d = {.digest = mrl_arena_printf(a, "sha256:%.*s", MRL_F(hex))};
    struct mrl_oci_manifest m;
    mrl_str text;
    MRL_CHECK(d.digest.ptr != NULL, MRL_E_NOMEM);
    uint32_t before = list->n;
    mrl_status status = mrl_digest_is_valid(d.digest)
                            ? layout_fetch(l, a, &d, true, MRL_LAYOUT_SCAN_BYTES_MAX, NULL, &text)
                            : MRL_E_INVALID;
    if (status == MRL_OK && mrl_str_find(text, subject, 0) != MRL_STR_NPOS)
        status = mrl_source_manifest(&self, a, &d, NULL, &text, &m);
    else if (status == MRL_OK)
        status = MRL_E_NOT_FOUND;
    if (status == MRL_OK) {
        d.media_type = m.media_type;
        add_referrer(list, &m, &d, subject);
    }
    if (list->n == before)
        mrl_arena_rewind(a, mark);
    return status == MRL_E_NOMEM ? status : MRL_OK;
}

/* As mrl_layout_names for an archive, whose files are few. */
static mrl_status archive_names(const struct layout *l, mrl_arena *a,
                                struct mrl_layout_names *ret) {
    struct mrl_layout_names names = {0};
    mrl_str folder = MRL_S("blobs/sha256/");
    names.items = MRL_ARENA_ARRAY(a, mrl_str, l->files.n + 1);
    MRL_CHECK(names.items != NULL, MRL_E_NOMEM);
    for (size_t i = 0; i < l->files.n; i++) {
        const struct mrl_archive_file *f = &l->files.items[i];
        if (f->link.len == 0 && mrl_str_starts(f->name, folder) &&
            f->body.len <= MRL_LAYOUT_SCAN_BYTES_MAX)
            names.items[names.n++] = mrl_str_sub(f->name, folder.len, f->name.len);
    }
    *ret = names;
    return MRL_OK;
}

/* cosign save lists the image alone: what refers to it lies among the blobs, unlisted. */
static mrl_status scan_blobs(struct layout *l, mrl_arena *a, mrl_str subject, struct mrl_err *err,
                             struct mrl_descriptor_list *list) {
    struct mrl_layout_names names;
    MRL_TRY(l->folder >= 0 ? mrl_layout_names(l->folder, a, err, &names)
                           : archive_names(l, a, &names));
    struct mrl_descriptor *room = MRL_ARENA_ARRAY(a, struct mrl_descriptor, list->n + names.n + 1);
    MRL_CHECK(room != NULL, MRL_E_NOMEM);
    if (list->n > 0)
        memcpy(room, list->items, list->n * sizeof *room);
    list->items = room;
    for (uint32_t i = 0; i < names.n; i++)
        MRL_TRY(look_at_blob(l, a, names.items[i], subject, list));
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
        add_referrer(&list, &m, &l->index.items[i], digest);
    }
    MRL_TRY(scan_blobs(l, a, digest, err, &list));
    *ret = list;
    return MRL_OK;
}

static void layout_close(void *cx) {
    struct layout *l = cx;
    if (l->folder >= 0)
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
    MRL_TRY(read_file(l, &l->arena, MRL_S("index.json"), MRL_MANIFEST_BYTES_MAX, err, &text));
    mrl_status status = mrl_oci_manifest_parse(&l->arena, text, (mrl_str){"", 0}, err, &l->index);
    if (status != MRL_OK && err != NULL)
        err->pos.file = MRL_S("index.json"); /* here it is a file that people can look at */
    MRL_CHECK(status == MRL_OK, status);
    if (l->index.kind != MRL_MANIFEST_INDEX)
        return mrl_err_set(err, MRL_E_SYNTAX, "image.layout", "index.json is no index");
    return MRL_OK;
}

static mrl_status open_place(struct layout *l, mrl_str name, struct mrl_err *err) {
    mrl_str path = mrl_arena_str(&l->arena, name);
    MRL_CHECK(path.ptr != NULL, MRL_E_NOMEM);
    if (mrl_file_kind_of(path) == MRL_FILE_REGULAR)
        return mrl_archive_read(&l->arena, path, err, &l->files);
    l->folder = open(path.ptr, O_PATH | O_DIRECTORY | O_CLOEXEC);
    return l->folder >= 0
               ? MRL_OK
               : mrl_err_sys(err, errno, "image.layout", "%.*s is no layout", MRL_F(name));
}

mrl_status mrl_layout_open(mrl_str place, struct mrl_err *err, struct mrl_source *ret) {
    struct layout *l = mrl_mem_alloc(sizeof *l);
    MRL_CHECK(l != NULL, MRL_E_NOMEM);
    memset(l, 0, sizeof *l);
    l->folder = -1;
    mrl_arena_init(&l->arena, MRL_ARCHIVE_BYTES_MAX + 64 * MRL_MANIFEST_BYTES_MAX);
    mrl_status status = open_place(l, place, err);
    if (status == MRL_OK)
        status = read_index(l, err);
    if (status != MRL_OK) {
        layout_close(l);
        return status;
    }
    *ret = (struct mrl_source){&ops, l};
    return MRL_OK;
}
