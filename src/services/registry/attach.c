/* attach.c - see attach.h. */
#include "services/registry/attach.h"

#include "base/base64.h"
#include "base/buf.h"
#include "formats/json/json.h"
#include "formats/oci/manifest_write.h"
#include "formats/sigstore/bundle_write.h"
#include "formats/sigstore/legacy.h"

#define KEY_SIG "dev.cosignproject.cosign/signature"

/* Stores bytes and gives their descriptor. */
static mrl_status put_blob(struct mrl_sink *sink, mrl_arena *a, mrl_str media_type, mrl_str bytes,
                           struct mrl_err *err, struct mrl_descriptor *ret) {
    MRL_TRY(mrl_descriptor_of(a, media_type, bytes, ret));
    return sink->ops->blob(sink->cx, ret->digest, bytes, err);
}

static mrl_status put_manifest(struct mrl_sink *sink, mrl_arena *a,
                               const struct mrl_oci_manifest *m, mrl_str tag, struct mrl_err *err) {
    struct mrl_descriptor d;
    mrl_str text;
    MRL_TRY(mrl_oci_manifest_write(a, m, &text));
    MRL_TRY(mrl_descriptor_of(a, MRL_OCI_MANIFEST_TYPE, text, &d));
    d.artifact_type = m->artifact_type;
    d.annotations = m->annotations; /* lists of referrers repeat them */
    return sink->ops->manifest(sink->cx, &d, text, tag,
                               m->has_subject ? m->subject.digest : (mrl_str){"", 0}, err);
}

/* --- manifests that refer to the image ------------------------------------------------------- */

mrl_status mrl_attach_bundle(struct mrl_sink *sink, mrl_arena *a, const struct mrl_attachment *what,
                             struct mrl_err *err) {
    struct mrl_descriptor layer;
    struct mrl_oci_manifest m = {.kind = MRL_MANIFEST_IMAGE,
                                 .artifact_type = MRL_BUNDLE_TYPE,
                                 .items = &layer,
                                 .n_items = 1,
                                 .has_subject = true,
                                 .subject = {.media_type = what->image->media_type,
                                             .digest = what->image->digest,
                                             .size = what->image->size}};
    struct mrl_member notes[] = {
        {MRL_V("dev.sigstore.bundle.content"), MRL_V("dsse-envelope")},
        {MRL_V("dev.sigstore.bundle.predicateType"), mrl_strval(what->predicate_type)},
        {MRL_V("org.opencontainers.image.created"), mrl_strval(what->created)}};
    mrl_str text;
    MRL_ASSERT(what->bundle->is_dsse);
    MRL_TRY(mrl_bundle_write(a, what->bundle, &text));
    MRL_TRY(put_blob(sink, a, MRL_BUNDLE_TYPE, text, err, &layer));
    MRL_TRY(put_blob(sink, a, MRL_OCI_EMPTY_TYPE, MRL_S("{}"), err, &m.config));
    /* cosign says the type in the config as well, for registries that look there for it. */
    m.config.artifact_type = MRL_BUNDLE_TYPE;
    MRL_TRY(mrl_obj_of(a, notes, MRL_COUNTOF(notes), &m.annotations));
    return put_manifest(sink, a, &m, (mrl_str){"", 0}, err);
}

/* --- tags ------------------------------------------------------------------------------------ */

/* What stands below the tag now; no layers when nothing does. */
static mrl_status read_old(struct mrl_source *source, mrl_arena *a, mrl_str tag,
                           struct mrl_err *err, struct mrl_oci_manifest *ret) {
    struct mrl_descriptor d;
    mrl_str text;
    *ret = (struct mrl_oci_manifest){.kind = MRL_MANIFEST_IMAGE};
    mrl_status status = source->ops->resolve(source->cx, a, tag, (mrl_str){"", 0}, err, &d);
    if (status == MRL_E_NOT_FOUND) {
        mrl_err_init(err);
        return MRL_OK;
    }
    MRL_TRY(status);
    MRL_TRY(mrl_source_manifest(source, a, &d, err, &text, ret));
    if (ret->kind != MRL_MANIFEST_IMAGE || ret->has_subject)
        return mrl_err_set(err, MRL_E_CONFLICT, "image.tag",
                           "the tag %.*s holds something else than signatures", MRL_F(tag));
    return MRL_OK;
}

/* The layer for the tag: what was signed, and the signature beside it. */
static mrl_status new_layer(struct mrl_sink *sink, mrl_arena *a, const struct mrl_attachment *what,
                            struct mrl_err *err, struct mrl_descriptor *ret) {
    bool simple = what->simple_signing.len > 0;
    mrl_str text = what->simple_signing, sig = {"", 0};
    if (simple)
        MRL_TRY(mrl_base64_encode(a, what->bundle->sig, MRL_BASE64_STD, true, &sig));
    else
        MRL_TRY(mrl_envelope_write(a, what->bundle, &text));
    MRL_TRY(put_blob(sink, a, simple ? MRL_SIMPLE_SIGNING_TYPE : MRL_DSSE_TYPE, text, err, ret));
    /* An envelope has its signature inside; cosign wants the annotation all the same. */
    struct mrl_member notes[] = {{MRL_V(KEY_SIG), mrl_strval(sig)},
                                 {MRL_V("predicateType"), mrl_strval(what->predicate_type)}};
    return mrl_obj_of(a, notes, simple ? 1 : 2, &ret->annotations);
}

/* A config in which the layers are those of an image: cosign 1 and 2 write one. */
static mrl_status config_text(mrl_arena *a, const struct mrl_oci_manifest *m, mrl_str *ret) {
    struct mrl_buf b;
    mrl_buf_init(&b, MRL_MANIFEST_BYTES_MAX);
    MRL_BUF_LIT(&b, "{\"architecture\":\"\",\"created\":\"0001-01-01T00:00:00Z\",\"history\":[],"
                    "\"os\":\"\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[");
    for (uint32_t i = 0; i < m->n_items; i++) {
        if (i > 0)
            mrl_buf_byte(&b, ',');
        mrl_json_write_str(&b, m->items[i].digest, false);
    }
    MRL_BUF_LIT(&b, "]},\"config\":{}}");
    return mrl_buf_give(&b, a, ret);
}

static bool has_layer(const struct mrl_oci_manifest *m, const struct mrl_descriptor *d) {
    for (uint32_t i = 0; i < m->n_items; i++)
        if (mrl_str_eq(m->items[i].digest, d->digest) &&
            mrl_val_eq(m->items[i].annotations, d->annotations))
            return true;
    return false;
}

mrl_status mrl_attach_legacy(struct mrl_source *source, struct mrl_sink *sink, mrl_arena *a,
                             const struct mrl_attachment *what, struct mrl_err *err) {
    mrl_str hex, algorithm = mrl_str_cut(what->image->digest, ':', &hex), text;
    struct mrl_oci_manifest m;
    struct mrl_descriptor layer;
    mrl_str tag = mrl_arena_printf(a, "%.*s-%.*s.%s", MRL_F(algorithm), MRL_F(hex),
                                   what->simple_signing.len > 0 ? "sig" : "att");
    MRL_CHECK(tag.ptr != NULL, MRL_E_NOMEM);
    MRL_TRY(read_old(source, a, tag, err, &m));
    MRL_TRY(new_layer(sink, a, what, err, &layer));
    if (has_layer(&m, &layer))
        return MRL_OK;
    if (m.n_items == MRL_LAYERS_MAX)
        return mrl_err_set(err, MRL_E_LIMIT, "image.limit", "%.*s holds %u layers already",
                           MRL_F(tag), MRL_LAYERS_MAX);
    struct mrl_descriptor *all = MRL_ARENA_ARRAY(a, struct mrl_descriptor, m.n_items + 1);
    MRL_CHECK(all != NULL, MRL_E_NOMEM);
    if (m.n_items > 0)
        memcpy(all, m.items, m.n_items * sizeof *all);
    all[m.n_items++] = layer;
    m.items = all;
    MRL_TRY(config_text(a, &m, &text));
    MRL_TRY(put_blob(sink, a, MRL_OCI_CONFIG_TYPE, text, err, &m.config));
    return put_manifest(sink, a, &m, tag, err);
}
