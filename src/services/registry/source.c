/* source.c - see source.h. */
#include "services/registry/source.h"

mrl_status mrl_source_open(const struct mrl_reference *ref, const struct mrl_registry_opts *opts,
                           struct mrl_err *err, struct mrl_source *ret) {
    switch (ref->kind) {
    case MRL_REF_LAYOUT:
        return mrl_layout_open(ref->path, err, ret);
    case MRL_REF_DOCKER_ARCHIVE:
        return mrl_docker_archive_open(ref, err, ret);
    default:
        return mrl_remote_open(ref, opts, err, ret);
    }
}

void mrl_source_close(struct mrl_source *s) {
    if (s->ops != NULL)
        s->ops->close(s->cx);
    *s = (struct mrl_source){0};
}

/* Size and digest are what the descriptor says: whoever lies about them is caught here. */
static mrl_status check(const struct mrl_descriptor *d, mrl_str bytes, struct mrl_err *err) {
    if (d->size > 0 && (uint64_t)d->size != bytes.len)
        return mrl_err_set(err, MRL_E_INVALID, "image.size", "%.*s has %zu bytes instead of %lld",
                           MRL_F(d->digest), bytes.len, (long long)d->size);
    if (!mrl_digest_matches(d->digest, bytes))
        return mrl_err_set(err, MRL_E_INVALID, "image.digest", "the bytes of %.*s are others",
                           MRL_F(d->digest));
    return MRL_OK;
}

mrl_status mrl_source_blob(struct mrl_source *s, mrl_arena *a, const struct mrl_descriptor *d,
                           size_t max, struct mrl_err *err, mrl_str *ret) {
    mrl_str bytes;
    if (d->size > 0 && (uint64_t)d->size > max)
        return mrl_err_set(err, MRL_E_LIMIT, "image.limit", "%.*s has %lld bytes, over %zu",
                           MRL_F(d->digest), (long long)d->size, max);
    MRL_TRY(s->ops->fetch(s->cx, a, d, false, max, err, &bytes));
    MRL_TRY(check(d, bytes, err));
    *ret = bytes;
    return MRL_OK;
}

mrl_status mrl_source_manifest(struct mrl_source *s, mrl_arena *a, const struct mrl_descriptor *d,
                               struct mrl_err *err, mrl_str *ret_text,
                               struct mrl_oci_manifest *ret) {
    mrl_str bytes;
    MRL_TRY(s->ops->fetch(s->cx, a, d, true, MRL_MANIFEST_BYTES_MAX, err, &bytes));
    MRL_TRY(check(d, bytes, err));
    MRL_TRY(mrl_oci_manifest_parse(a, bytes, d->media_type, err, ret));
    *ret_text = bytes;
    return MRL_OK;
}

mrl_status mrl_source_image(struct mrl_source *s, mrl_arena *a, const struct mrl_reference *ref,
                            const struct mrl_platform *platform, struct mrl_err *err,
                            struct mrl_descriptor *ret, mrl_str *ret_text) {
    struct mrl_descriptor d;
    struct mrl_oci_manifest m;
    MRL_TRY(s->ops->resolve(s->cx, a, ref->tag, ref->digest, err, &d));
    MRL_TRY(mrl_source_manifest(s, a, &d, err, ret_text, &m));
    if (m.kind == MRL_MANIFEST_INDEX && platform != NULL) {
        const struct mrl_descriptor *one = mrl_oci_manifest_for(&m, platform);
        if (one == NULL)
            return mrl_err_set(err, MRL_E_NOT_FOUND, "image.platform",
                               "the index has no image for %.*s/%.*s", MRL_F(platform->os),
                               MRL_F(platform->architecture));
        d = *one;
        MRL_TRY(mrl_source_manifest(s, a, &d, err, ret_text, &m));
        if (m.kind != MRL_MANIFEST_IMAGE)
            return mrl_err_set(err, MRL_E_UNSUPPORTED, "image.index",
                               "an index inside of an index is not followed");
    }
    d.size = (int64_t)ret_text->len;
    if (d.media_type.len == 0)
        d.media_type = m.media_type;
    *ret = d;
    return MRL_OK;
}
