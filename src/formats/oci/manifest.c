/* manifest.c - see manifest.h. */
#include "formats/oci/manifest.h"

#include "base/num.h"
#include "formats/json/json.h"
#include "formats/oci/reference.h"

struct reading { /* sticky, so that a record is read in one go and asked once */
    mrl_arena *arena;
    struct mrl_err *err;
    mrl_status status;
};

static void fail(struct reading *r, mrl_status status, const char *what, const char *why) {
    if (r->status == MRL_OK)
        r->status = mrl_err_set(r->err, status, "oci.manifest", "%s %s", what, why);
}

static mrl_str text(struct reading *r, mrl_val object, const char *name) {
    mrl_val v = mrl_obj_get_str(object, mrl_str_z(name));
    if (mrl_is_defined(v) && !mrl_is_str(v))
        fail(r, MRL_E_SYNTAX, name, "is no text");
    return mrl_is_str(v) ? mrl_val_str(v) : (mrl_str){"", 0};
}

static mrl_val object(struct reading *r, mrl_val holder, const char *name) {
    mrl_val v = mrl_obj_get_str(holder, mrl_str_z(name));
    if (v.tag == MRL_T_NULL || !mrl_is_defined(v))
        return mrl_undefined();
    if (!mrl_is_obj(v)) {
        fail(r, MRL_E_SYNTAX, name, "is no object");
        return mrl_undefined();
    }
    return v;
}

/* Annotations are text by text; anything else would be shown to people and matched by policy. */
static mrl_val annotations(struct reading *r, mrl_val holder) {
    mrl_val v = object(r, holder, "annotations");
    for (uint32_t i = 0; mrl_is_obj(v) && i < v.len; i++)
        if (!mrl_is_str(v.u.obj->m[i].val))
            fail(r, MRL_E_SYNTAX, "annotations", "holds one that is no text");
    return v;
}

static struct mrl_platform platform(struct reading *r, mrl_val holder) {
    mrl_val v = object(r, holder, "platform");
    return (struct mrl_platform){.os = text(r, v, "os"),
                                 .architecture = text(r, v, "architecture"),
                                 .variant = text(r, v, "variant")};
}

static struct mrl_descriptor descriptor(struct reading *r, mrl_val v, const char *what) {
    struct mrl_descriptor d = {.media_type = text(r, v, "mediaType"),
                               .digest = text(r, v, "digest"),
                               .artifact_type = text(r, v, "artifactType"),
                               .platform = platform(r, v),
                               .annotations = annotations(r, v)};
    mrl_val size = MRL_GET(v, "size");
    if (!mrl_is_obj(v))
        fail(r, MRL_E_SYNTAX, what, "is no descriptor");
    else if (!mrl_digest_is_valid(d.digest))
        fail(r, MRL_E_SYNTAX, what, "has no valid digest (sha256 or sha512)");
    else if (!mrl_is_num(size) || !mrl_num_to_i64(size, &d.size) || d.size < 0)
        fail(r, MRL_E_SYNTAX, what, "has no valid size");
    else if (d.size > MRL_BLOB_BYTES_MAX)
        fail(r, MRL_E_LIMIT, what, "is larger than a tebibyte");
    else if (d.media_type.len == 0)
        fail(r, MRL_E_SYNTAX, what, "has no mediaType");
    return d;
}

static void descriptors(struct reading *r, mrl_val holder, const char *name, uint32_t max,
                        struct mrl_oci_manifest *m) {
    mrl_val list = mrl_obj_get_str(holder, mrl_str_z(name));
    if (!mrl_is_arr(list)) {
        fail(r, MRL_E_SYNTAX, name, "is missing");
        return;
    }
    if (list.len > max) {
        fail(r, MRL_E_LIMIT, name, "has too many items");
        return;
    }
    m->items = MRL_ARENA_ARRAY(r->arena, struct mrl_descriptor, list.len + 1);
    if (m->items == NULL) {
        r->status = MRL_E_NOMEM;
        return;
    }
    for (uint32_t i = 0; i < list.len && r->status == MRL_OK; i++)
        m->items[i] = descriptor(r, list.u.arr->items[i], name);
    m->n_items = list.len;
}

/* --- kinds ----------------------------------------------------------------------------------- */

static const struct {
    mrl_str type;
    enum mrl_oci_manifest_kind kind;
} kinds[] = {
    {MRL_S_INIT("application/vnd.oci.image.manifest.v1+json"), MRL_MANIFEST_IMAGE},
    {MRL_S_INIT("application/vnd.docker.distribution.manifest.v2+json"), MRL_MANIFEST_IMAGE},
    {MRL_S_INIT("application/vnd.oci.image.index.v1+json"), MRL_MANIFEST_INDEX},
    {MRL_S_INIT("application/vnd.docker.distribution.manifest.list.v2+json"), MRL_MANIFEST_INDEX},
};

static bool kind_of(mrl_str type, enum mrl_oci_manifest_kind *ret) {
    for (size_t i = 0; i < MRL_COUNTOF(kinds); i++)
        if (mrl_str_eq(kinds[i].type, type)) {
            *ret = kinds[i].kind;
            return true;
        }
    return false;
}

/* The kind by the type it was fetched as and the one it claims; the two must agree. A document that
 * claims none (OCI allows it) is what it was fetched as, or what its members say. */
static void decide_kind(struct reading *r, mrl_val v, mrl_str fetched_as,
                        struct mrl_oci_manifest *m) {
    mrl_str claimed = text(r, v, "mediaType");
    bool has_index = mrl_is_defined(MRL_GET(v, "manifests"));
    bool has_layers = mrl_is_defined(MRL_GET(v, "layers")) || mrl_is_defined(MRL_GET(v, "config"));
    if (claimed.len > 0 && fetched_as.len > 0 && !mrl_str_eq(claimed, fetched_as))
        fail(r, MRL_E_INVALID, "the manifest", "says that it is of another media type");
    if (has_index && has_layers)
        fail(r, MRL_E_INVALID, "the manifest", "is an index and an image at once");
    m->media_type = claimed.len > 0 ? claimed : fetched_as;
    if (m->media_type.len == 0)
        m->kind = has_index ? MRL_MANIFEST_INDEX : MRL_MANIFEST_IMAGE;
    else if (!kind_of(m->media_type, &m->kind))
        fail(r, MRL_E_UNSUPPORTED, "the manifest's media type",
             "is none of OCI's and Docker's (schema 1 is not read)");
    else if (m->kind == MRL_MANIFEST_INDEX ? has_layers : has_index)
        fail(r, MRL_E_INVALID, "the manifest", "holds what its media type does not have");
}

mrl_status mrl_oci_manifest_parse(mrl_arena *a, mrl_str json, mrl_str media_type,
                                  struct mrl_err *err, struct mrl_oci_manifest *ret) {
    struct mrl_json_opts opts = {.file = MRL_S("the manifest"), .reject_duplicates = true};
    struct reading r = {.arena = a, .err = err};
    struct mrl_oci_manifest m = {.annotations = mrl_undefined()};
    mrl_val v;
    int64_t schema = 0;
    if (json.len > MRL_MANIFEST_BYTES_MAX)
        return mrl_err_set(err, MRL_E_LIMIT, "oci.limit", "a manifest of %zu bytes", json.len);
    MRL_TRY(mrl_json_parse(a, json, &opts, err, &v));
    mrl_val version = MRL_GET(v, "schemaVersion");
    if (!mrl_is_num(version) || !mrl_num_to_i64(version, &schema) || schema != 2)
        fail(&r, MRL_E_UNSUPPORTED, "the manifest's schemaVersion", "is not 2");
    decide_kind(&r, v, media_type, &m);
    if (r.status == MRL_OK && m.kind == MRL_MANIFEST_INDEX)
        descriptors(&r, v, "manifests", MRL_INDEX_MAX, &m);
    if (r.status == MRL_OK && m.kind == MRL_MANIFEST_IMAGE) {
        m.config = descriptor(&r, MRL_GET(v, "config"), "config");
        descriptors(&r, v, "layers", MRL_LAYERS_MAX, &m);
    }
    m.artifact_type = text(&r, v, "artifactType");
    m.annotations = annotations(&r, v);
    mrl_val subject = object(&r, v, "subject");
    m.has_subject = mrl_is_defined(subject);
    if (m.has_subject)
        m.subject = descriptor(&r, subject, "subject");
    MRL_TRY(r.status);
    *ret = m;
    return MRL_OK;
}

/* --- platforms ------------------------------------------------------------------------------- */

mrl_status mrl_platform_parse(mrl_str text_, struct mrl_err *err, struct mrl_platform *ret) {
    mrl_str rest, variant = {NULL, 0};
    mrl_str os = mrl_str_cut(text_, '/', &rest), architecture = mrl_str_cut(rest, '/', &variant);
    if (os.len == 0 || architecture.len == 0 ||
        mrl_str_find(variant, MRL_S("/"), 0) != MRL_STR_NPOS)
        return mrl_err_set(err, MRL_E_SYNTAX, "oci.platform",
                           "\"%.*s\" is no platform: write os/architecture[/variant], such as "
                           "linux/amd64",
                           MRL_F(text_));
    *ret = (struct mrl_platform){os, architecture, variant};
    return MRL_OK;
}

const struct mrl_descriptor *mrl_oci_manifest_for(const struct mrl_oci_manifest *index,
                                                  const struct mrl_platform *want) {
    for (uint32_t i = 0; i < index->n_items; i++) {
        const struct mrl_platform *have = &index->items[i].platform;
        if (mrl_str_eq(have->os, want->os) && mrl_str_eq(have->architecture, want->architecture) &&
            (want->variant.len == 0 || have->variant.len == 0 ||
             mrl_str_eq(have->variant, want->variant)))
            return &index->items[i];
    }
    return NULL;
}

mrl_str mrl_oci_annotation(mrl_val annotations_, mrl_str name) {
    mrl_val v = mrl_obj_get_str(annotations_, name);
    return mrl_is_str(v) ? mrl_val_str(v) : (mrl_str){"", 0};
}
