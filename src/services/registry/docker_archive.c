/* docker_archive.c - an image in an archive that docker save or skopeo wrote: see source.h.
 *
 * Such an archive keeps the config and the layers, but not the manifest that a registry had, and a
 * digest of an image is the digest of its manifest. So we derive one, an OCI manifest of the config
 * and of the layers as they lie there: the same archive always gives the same digest, and an
 * archive of the same image made elsewhere may give another (compressed layers, a config written
 * anew). It is not what anybody signed in a registry. Signatures are therefore unknown here, not
 * absent: asking for them is an error that says why.
 *
 * Layers are proved to be those of the config: each one's plain bytes have its diff_id.
 */
#include "services/registry/archive.h"
#include "services/registry/source.h"

#include "base/mem.h"
#include "formats/gzip/gzip.h"
#include "formats/oci/docker_save.h"
#include "formats/oci/manifest_write.h"

#define ID "image.archive"
#define LAYER_TYPE MRL_S("application/vnd.oci.image.layer.v1.tar")
#define LAYER_GZIP_TYPE MRL_S("application/vnd.oci.image.layer.v1.tar+gzip")
#define PLAIN_BYTES_MAX ((size_t)8 << 30) /* of all layers: a list may name one file many times */
#define ARENA_MAX (2 * MRL_ARCHIVE_BYTES_MAX)

struct part { /* the config or a layer */
    mrl_str digest, bytes;
};

struct saved {
    mrl_arena arena;
    struct mrl_archive files;
    mrl_str tag;        /* by which the image was chosen; may be empty */
    struct part *parts; /* the config, then the layers */
    uint32_t n_parts;
    struct mrl_descriptor image;
    mrl_str manifest;
};

/* --- which image ----------------------------------------------------------------------------- */

/* The same image by Docker's rules: "app" is "docker.io/library/app:latest". */
static bool same_name(mrl_arena *a, mrl_str x, mrl_str y) {
    struct mrl_reference p, q;
    return mrl_reference_parse(a, x, NULL, &p) == MRL_OK &&
           mrl_reference_parse(a, y, NULL, &q) == MRL_OK && p.kind == MRL_REF_REGISTRY &&
           q.kind == MRL_REF_REGISTRY && mrl_str_eq(p.registry, q.registry) &&
           mrl_str_eq(p.repository, q.repository) && mrl_str_eq(p.tag, q.tag);
}

static bool has_name(mrl_arena *a, const struct mrl_docker_image *image, mrl_str name) {
    for (uint32_t i = 0; i < image->tags.n; i++)
        if (same_name(a, image->tags.items[i], name))
            return true;
    return false;
}

static mrl_status choose(struct saved *s, const struct mrl_docker_images *all,
                         const struct mrl_reference *ref, struct mrl_err *err,
                         const struct mrl_docker_image **ret) {
    const struct mrl_docker_image *found = NULL;
    mrl_str name = mrl_arena_printf(&s->arena, "%.*s%s%.*s", MRL_F(ref->repository),
                                    ref->tag.len > 0 ? ":" : "", MRL_F(ref->tag));
    MRL_CHECK(name.ptr != NULL, MRL_E_NOMEM);
    if (name.len == 0 && all->n != 1)
        return mrl_err_set(err, MRL_E_NOT_FOUND, ID,
                           "%.*s has %u images: name one, docker-archive:FILE:NAME:TAG",
                           MRL_F(ref->path), all->n);
    for (uint32_t i = 0; i < all->n; i++) {
        if (name.len > 0 && !has_name(&s->arena, &all->items[i], name))
            continue;
        if (found != NULL)
            return mrl_err_set(err, MRL_E_INVALID, ID, "%.*s has two images that are %.*s",
                               MRL_F(ref->path), MRL_F(name));
        found = &all->items[i];
    }
    if (found == NULL)
        return mrl_err_set(err, MRL_E_NOT_FOUND, ID, "%.*s has no image %.*s", MRL_F(ref->path),
                           MRL_F(name));
    *ret = found;
    return MRL_OK;
}

/* --- the manifest that it has not ------------------------------------------------------------ */

/* A layer must be what the config says that it is when it is unpacked; *left is what may still be
 * unpacked and hashed. */
static mrl_status prove(mrl_str name, mrl_str bytes, mrl_str diff_id, size_t *left,
                        struct mrl_err *err) {
    struct mrl_buf plain;
    bool packed = mrl_is_gzip(bytes);
    mrl_buf_init(&plain, *left < MRL_GZIP_BYTES_MAX ? *left : MRL_GZIP_BYTES_MAX);
    mrl_status status = packed ? mrl_gunzip(bytes, err, &plain) : MRL_OK;
    mrl_str tar = packed ? mrl_buf_str(&plain) : bytes;
    if (status == MRL_OK && tar.len > *left)
        status =
            mrl_err_set(err, MRL_E_LIMIT, ID, "the layers have over %zu bytes", PLAIN_BYTES_MAX);
    if (status == MRL_OK && !mrl_digest_matches(diff_id, tar))
        status = mrl_err_set(err, MRL_E_INVALID, "image.digest",
                             "the layer %.*s is not the one of the image's config, %.*s",
                             MRL_F(name), MRL_F(diff_id));
    if (status == MRL_OK)
        *left -= tar.len;
    mrl_buf_release(&plain);
    return status;
}

static mrl_status add_part(struct saved *s, mrl_str media_type, mrl_str bytes,
                           struct mrl_descriptor *ret) {
    MRL_TRY(mrl_descriptor_of(&s->arena, media_type, bytes, ret));
    s->parts[s->n_parts++] = (struct part){ret->digest, bytes};
    return MRL_OK;
}

static mrl_status read_layers(struct saved *s, const struct mrl_docker_image *image,
                              const struct mrl_docker_texts *diff_ids, struct mrl_err *err,
                              struct mrl_oci_manifest *m) {
    size_t left = PLAIN_BYTES_MAX;
    MRL_ASSERT(diff_ids->n == image->layers.n);
    m->items = MRL_ARENA_ARRAY(&s->arena, struct mrl_descriptor, image->layers.n + 1);
    MRL_CHECK(m->items != NULL, MRL_E_NOMEM);
    for (uint32_t i = 0; i < image->layers.n; i++) {
        mrl_str bytes, name = image->layers.items[i];
        MRL_TRY(mrl_archive_find(&s->files, name, MRL_ARCHIVE_BYTES_MAX, err, &bytes));
        MRL_TRY(prove(name, bytes, diff_ids->items[i], &left, err));
        mrl_str type = mrl_is_gzip(bytes) ? LAYER_GZIP_TYPE : LAYER_TYPE;
        MRL_TRY(add_part(s, type, bytes, &m->items[m->n_items++]));
    }
    return MRL_OK;
}

static mrl_status derive(struct saved *s, const struct mrl_docker_image *image,
                         struct mrl_err *err) {
    struct mrl_oci_manifest m = {.kind = MRL_MANIFEST_IMAGE};
    struct mrl_docker_texts diff_ids;
    mrl_str config;
    MRL_TRY(mrl_archive_find(&s->files, image->config, MRL_MANIFEST_BYTES_MAX, err, &config));
    MRL_TRY(mrl_docker_diff_ids(&s->arena, config, err, &diff_ids));
    if (diff_ids.n != image->layers.n)
        return mrl_err_set(err, MRL_E_INVALID, ID,
                           "manifest.json names %u layers, the image's config %u", image->layers.n,
                           diff_ids.n);
    s->parts = MRL_ARENA_ARRAY(&s->arena, struct part, image->layers.n + 1);
    MRL_CHECK(s->parts != NULL, MRL_E_NOMEM);
    MRL_TRY(add_part(s, MRL_OCI_CONFIG_TYPE, config, &m.config));
    MRL_TRY(read_layers(s, image, &diff_ids, err, &m));
    MRL_TRY(mrl_oci_manifest_write(&s->arena, &m, &s->manifest));
    return mrl_descriptor_of(&s->arena, MRL_OCI_MANIFEST_TYPE, s->manifest, &s->image);
}

/* --- the source ------------------------------------------------------------------------------ */

static mrl_status saved_resolve(void *cx, mrl_arena *a, mrl_str tag, mrl_str digest,
                                struct mrl_err *err, struct mrl_descriptor *ret) {
    struct saved *s = cx;
    (void)a;
    if (digest.len > 0 && !mrl_str_eq(digest, s->image.digest))
        return mrl_err_set(err, MRL_E_NOT_FOUND, ID,
                           "an archive of docker save keeps no digest of a registry; the manifest "
                           "that merlon derives from this one is %.*s",
                           MRL_F(s->image.digest));
    if (digest.len == 0 && !mrl_str_eq(tag, s->tag))
        return mrl_err_set(err, MRL_E_NOT_FOUND, ID, "the archive has no tag %.*s", MRL_F(tag));
    MRL_ASSERT(s->image.digest.len > 0);
    *ret = s->image;
    return MRL_OK;
}

static mrl_status saved_fetch(void *cx, mrl_arena *a, const struct mrl_descriptor *d, bool manifest,
                              size_t max, struct mrl_err *err, mrl_str *ret) {
    const struct saved *s = cx;
    mrl_str bytes = {NULL, 0};
    (void)a;
    if (manifest && mrl_str_eq(d->digest, s->image.digest))
        bytes = s->manifest;
    for (uint32_t i = 0; !manifest && i < s->n_parts && bytes.ptr == NULL; i++)
        if (mrl_str_eq(s->parts[i].digest, d->digest))
            bytes = s->parts[i].bytes;
    if (bytes.ptr == NULL)
        return mrl_err_set(err, MRL_E_NOT_FOUND, ID, "the image has no %.*s", MRL_F(d->digest));
    if (bytes.len > max)
        return mrl_err_set(err, MRL_E_LIMIT, ID, "%.*s has over %zu bytes", MRL_F(d->digest), max);
    *ret = bytes;
    return MRL_OK;
}

static mrl_status saved_referrers(void *cx, mrl_arena *a, mrl_str digest, struct mrl_err *err,
                                  struct mrl_descriptor_list *ret) {
    (void)cx;
    (void)a;
    (void)ret;
    return mrl_err_set(err, MRL_E_UNSUPPORTED, ID,
                       "an archive of docker save holds neither signatures nor the manifest that "
                       "was signed: nobody can say whether this image is (%.*s is the digest of a "
                       "manifest that merlon derives from it)",
                       MRL_F(digest));
}

static void saved_close(void *cx) {
    struct saved *s = cx;
    mrl_arena_release(&s->arena);
    mrl_mem_free(s);
}

static mrl_status open_image(struct saved *s, const struct mrl_reference *ref,
                             struct mrl_err *err) {
    struct mrl_docker_images all;
    const struct mrl_docker_image *image;
    mrl_str text;
    MRL_TRY(mrl_archive_read(&s->arena, ref->path, err, &s->files));
    MRL_TRY(
        mrl_archive_find(&s->files, MRL_S("manifest.json"), MRL_MANIFEST_BYTES_MAX, err, &text));
    MRL_TRY(mrl_docker_save_parse(&s->arena, text, err, &all));
    MRL_TRY(choose(s, &all, ref, err, &image));
    s->tag = mrl_arena_str(&s->arena, ref->tag);
    MRL_CHECK(s->tag.ptr != NULL, MRL_E_NOMEM);
    return derive(s, image, err);
}

mrl_status mrl_docker_archive_open(const struct mrl_reference *ref, struct mrl_err *err,
                                   struct mrl_source *ret) {
    static const struct mrl_source_ops ops = {.resolve = saved_resolve,
                                              .fetch = saved_fetch,
                                              .referrers = saved_referrers,
                                              .close = saved_close};
    struct saved *s = mrl_mem_alloc(sizeof *s);
    MRL_CHECK(s != NULL, MRL_E_NOMEM);
    memset(s, 0, sizeof *s);
    mrl_arena_init(&s->arena, ARENA_MAX);
    mrl_status status = open_image(s, ref, err);
    if (status != MRL_OK) {
        saved_close(s);
        return status;
    }
    *ret = (struct mrl_source){&ops, s};
    return MRL_OK;
}
