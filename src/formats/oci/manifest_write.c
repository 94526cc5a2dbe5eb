/* manifest_write.c - see manifest_write.h. */
#include "formats/oci/manifest_write.h"

#include "base/buf.h"
#include "formats/json/json.h"
#include "formats/oci/reference.h"

static void add_text(struct mrl_builder *b, mrl_val name, mrl_str text) {
    if (text.len > 0)
        mrl_build_member(b, name, mrl_strval(text));
}

static mrl_status platform_value(mrl_arena *a, const struct mrl_platform *p, mrl_val *ret) {
    struct mrl_builder b = {.arena = a, .tag = MRL_T_OBJ};
    add_text(&b, MRL_V("architecture"), p->architecture);
    add_text(&b, MRL_V("os"), p->os);
    add_text(&b, MRL_V("variant"), p->variant);
    return mrl_build_end(&b, ret);
}

mrl_status mrl_descriptor_value(mrl_arena *a, const struct mrl_descriptor *d, mrl_val *ret) {
    struct mrl_builder b = {.arena = a, .tag = MRL_T_OBJ};
    mrl_val platform;
    mrl_build_member(&b, MRL_V("mediaType"), mrl_strval(d->media_type));
    mrl_build_member(&b, MRL_V("digest"), mrl_strval(d->digest));
    mrl_build_member(&b, MRL_V("size"), mrl_int(d->size));
    add_text(&b, MRL_V("artifactType"), d->artifact_type);
    if (d->platform.os.len > 0) {
        MRL_TRY(platform_value(a, &d->platform, &platform));
        mrl_build_member(&b, MRL_V("platform"), platform);
    }
    if (mrl_is_obj(d->annotations))
        mrl_build_member(&b, MRL_V("annotations"), d->annotations);
    return mrl_build_end(&b, ret);
}

static mrl_status layers_value(mrl_arena *a, const struct mrl_oci_manifest *m, mrl_val *ret) {
    struct mrl_builder b = {.arena = a, .tag = MRL_T_ARR};
    for (uint32_t i = 0; i < m->n_items; i++) {
        mrl_val v;
        MRL_TRY(mrl_descriptor_value(a, &m->items[i], &v));
        mrl_build_item(&b, v);
    }
    return mrl_build_end(&b, ret);
}

static mrl_status manifest_value(mrl_arena *a, const struct mrl_oci_manifest *m, mrl_val *ret) {
    struct mrl_builder b = {.arena = a, .tag = MRL_T_OBJ};
    mrl_val config, layers, subject;
    MRL_TRY(mrl_descriptor_value(a, &m->config, &config));
    MRL_TRY(layers_value(a, m, &layers));
    mrl_build_member(&b, MRL_V("schemaVersion"), mrl_int(2));
    mrl_build_member(&b, MRL_V("mediaType"), mrl_strval(MRL_OCI_MANIFEST_TYPE));
    add_text(&b, MRL_V("artifactType"), m->artifact_type);
    mrl_build_member(&b, MRL_V("config"), config);
    mrl_build_member(&b, MRL_V("layers"), layers);
    if (m->has_subject) {
        MRL_TRY(mrl_descriptor_value(a, &m->subject, &subject));
        mrl_build_member(&b, MRL_V("subject"), subject);
    }
    if (mrl_is_obj(m->annotations))
        mrl_build_member(&b, MRL_V("annotations"), m->annotations);
    return mrl_build_end(&b, ret);
}

mrl_status mrl_oci_manifest_write(mrl_arena *a, const struct mrl_oci_manifest *m, mrl_str *ret) {
    struct mrl_json_style style = {.keep_order = true};
    struct mrl_buf b;
    mrl_val v;
    MRL_ASSERT(m->kind == MRL_MANIFEST_IMAGE);
    MRL_TRY(manifest_value(a, m, &v));
    mrl_buf_init(&b, MRL_MANIFEST_BYTES_MAX);
    mrl_json_write(&b, a, v, &style);
    return mrl_buf_give(&b, a, ret);
}

mrl_status mrl_descriptor_of(mrl_arena *a, mrl_str media_type, mrl_str bytes,
                             struct mrl_descriptor *ret) {
    mrl_str name;
    MRL_TRY(mrl_digest_write(a, bytes, &name));
    *ret = (struct mrl_descriptor){
        .media_type = media_type, .digest = name, .size = (int64_t)bytes.len};
    return MRL_OK;
}
