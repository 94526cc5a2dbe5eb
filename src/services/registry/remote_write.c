/* remote_write.c - adding to a repository of a registry: see sink.h.
 *
 * Blobs are looked for and, where they are not there, uploaded as a whole: what is attached to
 * images has some kilobytes. Manifests wait for the commit, since a manifest is what makes the rest
 * visible. A registry that knows the field `subject` says so (OCI-Subject) and lists referrers
 * itself; for others the list is an index below a tag of the subject's digest, which is read,
 * prepended to and written back. Two writers may do that at once, and registries have no way to
 * write on a condition, so the list is read again: when our entry is gone, once more.
 *
 * Where to upload to is the registry's word and judged as a redirect (client.h). Answers prove
 * nothing: a digest that the registry names must be ours, or it is an error.
 *
 * Source: OCI distribution-spec 1.1, "Push", "Pushing manifests with subject", "Referrers tag
 * schema".
 */
#include "services/registry/client.h"
#include "services/registry/sink.h"

#include "base/mem.h"
#include "formats/json/json.h"
#include "formats/oci/manifest_write.h"

#define ID "registry.push"
#define ADDED_MAX 16u /* manifests of one commit */
#define LIST_TRIES 4u
#define ANSWER_MAX 65536u /* of an answer to a push; registries say little */
#define INDEX_TYPE MRL_S("application/vnd.oci.image.index.v1+json")
#define WRITER_ARENA_MAX (32 * MRL_MANIFEST_BYTES_MAX)

struct pending { /* a manifest that waits for the commit */
    struct mrl_descriptor d;
    mrl_str bytes, tag, subject;
};

struct writer {
    struct mrl_client client;
    mrl_arena arena;
    struct pending added[ADDED_MAX];
    uint32_t n_added;
};

/* What a registry says about a digest must be what it got. */
static mrl_status check_digest(const struct writer *w, mrl_str said, mrl_str ours,
                               struct mrl_err *err) {
    if (!mrl_str_starts(said, MRL_S("sha256:")) || mrl_str_eq(said, ours))
        return MRL_OK;
    return mrl_err_set(err, MRL_E_INVALID, ID, "%.*s was sent %.*s and says that it is %.*s",
                       MRL_F(w->client.registry), MRL_F(ours), MRL_F(said));
}

/* --- blobs ----------------------------------------------------------------------------------- */

static mrl_status has_blob(struct writer *w, mrl_str digest, struct mrl_err *err, bool *ret) {
    struct mrl_http_response r;
    struct mrl_http_request req = {.method = MRL_HTTP_HEAD, .accept = MRL_S("*/*")};
    req.url = mrl_arena_printf(&w->arena, "blobs/%.*s", MRL_F(digest));
    MRL_CHECK(req.url.ptr != NULL, MRL_E_NOMEM);
    MRL_TRY(mrl_client_do(&w->client, &w->arena, &req, err, &r));
    *ret = r.status == 200;
    return MRL_OK;
}

/* A place to upload to, with the digest that ends the upload. */
static mrl_status begin_upload(struct writer *w, mrl_str digest, struct mrl_err *err,
                               mrl_str *ret) {
    struct mrl_http_response r;
    struct mrl_http_request req = {.method = MRL_HTTP_POST,
                                   .url = MRL_S("blobs/uploads/"),
                                   .accept = MRL_S("*/*"),
                                   .body_max = ANSWER_MAX};
    mrl_str place;
    MRL_TRY(mrl_client_do(&w->client, &w->arena, &req, err, &r));
    if (r.status != 202)
        return mrl_client_refuse(&w->client, &w->arena, req.url, &r, err);
    MRL_TRY(mrl_client_location(&w->client, &w->arena, &r, err, &place));
    bool has_query = memchr(place.ptr, '?', place.len) != NULL;
    *ret = mrl_arena_printf(&w->arena, "%.*s%cdigest=%.*s", MRL_F(place), has_query ? '&' : '?',
                            MRL_F(digest));
    return ret->ptr != NULL ? MRL_OK : MRL_E_NOMEM;
}

static mrl_status remote_blob(void *cx, mrl_str digest, mrl_str bytes, struct mrl_err *err) {
    struct writer *w = cx;
    struct mrl_http_response r;
    struct mrl_http_request req = {.method = MRL_HTTP_PUT,
                                   .accept = MRL_S("*/*"),
                                   .body = bytes,
                                   .content_type = MRL_S("application/octet-stream"),
                                   .body_max = ANSWER_MAX};
    bool there;
    MRL_CHECK(mrl_digest_is_valid(digest), MRL_E_INVALID);
    MRL_TRY(has_blob(w, digest, err, &there));
    if (there)
        return MRL_OK;
    MRL_TRY(begin_upload(w, digest, err, &req.url));
    MRL_TRY(mrl_client_do(&w->client, &w->arena, &req, err, &r));
    if (r.status != 201)
        return mrl_client_refuse(&w->client, &w->arena, req.url, &r, err);
    return check_digest(w, r.digest, digest, err);
}

/* --- manifests ------------------------------------------------------------------------------- */

static mrl_status copy_text(mrl_arena *a, mrl_str s, mrl_str *ret) {
    *ret = mrl_arena_str(a, s);
    return ret->ptr != NULL ? MRL_OK : MRL_E_NOMEM;
}

/* Nothing of the caller's is kept but annotations, whose arena lives until the commit. */
static mrl_status remote_manifest(void *cx, const struct mrl_descriptor *d, mrl_str bytes,
                                  mrl_str tag, mrl_str subject, struct mrl_err *err) {
    struct writer *w = cx;
    MRL_ASSERT(w->client.writes && w->n_added <= ADDED_MAX);
    if (w->n_added == ADDED_MAX)
        return mrl_err_set(err, MRL_E_LIMIT, ID, "more than %u manifests", ADDED_MAX);
    struct pending *p = &w->added[w->n_added];
    *p = (struct pending){.d = *d};
    MRL_TRY(copy_text(&w->arena, d->digest, &p->d.digest));
    MRL_TRY(copy_text(&w->arena, d->media_type, &p->d.media_type));
    MRL_TRY(copy_text(&w->arena, d->artifact_type, &p->d.artifact_type));
    MRL_TRY(copy_text(&w->arena, bytes, &p->bytes));
    MRL_TRY(copy_text(&w->arena, tag, &p->tag));
    MRL_TRY(copy_text(&w->arena, subject, &p->subject));
    w->n_added++;
    return MRL_OK;
}

/* Puts a manifest under a tag or digest. *ret_listed: the registry lists what refers to others. */
static mrl_status put_manifest(struct writer *w, mrl_str name, mrl_str media_type, mrl_str bytes,
                               struct mrl_err *err, bool *ret_listed) {
    struct mrl_http_response r;
    struct mrl_descriptor d;
    struct mrl_http_request req = {.method = MRL_HTTP_PUT,
                                   .accept = MRL_S("*/*"),
                                   .body = bytes,
                                   .content_type = media_type,
                                   .body_max = ANSWER_MAX};
    req.url = mrl_arena_printf(&w->arena, "manifests/%.*s", MRL_F(name));
    MRL_CHECK(req.url.ptr != NULL, MRL_E_NOMEM);
    MRL_TRY(mrl_descriptor_of(&w->arena, media_type, bytes, &d));
    MRL_TRY(mrl_client_do(&w->client, &w->arena, &req, err, &r));
    if (r.status != 201)
        return mrl_client_refuse(&w->client, &w->arena, req.url, &r, err);
    *ret_listed = r.subject.len > 0;
    return check_digest(w, r.digest, d.digest, err);
}

/* --- the list below a tag -------------------------------------------------------------------- */

/* The manifests that the list has now; empty when there is none. */
static mrl_status read_list(struct writer *w, mrl_str tag, struct mrl_err *err, mrl_val *ret) {
    struct mrl_http_response r;
    struct mrl_oci_manifest index;
    mrl_val v;
    mrl_str path = mrl_arena_printf(&w->arena, "manifests/%.*s", MRL_F(tag));
    MRL_CHECK(path.ptr != NULL, MRL_E_NOMEM);
    *ret = mrl_empty_arr();
    MRL_TRY(
        mrl_client_get(&w->client, &w->arena, path, INDEX_TYPE, MRL_MANIFEST_BYTES_MAX, err, &r));
    if (r.status == 404)
        return MRL_OK;
    if (r.status != 200 || r.cut)
        return mrl_client_refuse(&w->client, &w->arena, path, &r, err);
    /* Read as strictly as everybody will read it, then kept as it is. */
    MRL_TRY(mrl_oci_manifest_parse(&w->arena, r.body, (mrl_str){"", 0}, err, &index));
    if (index.kind != MRL_MANIFEST_INDEX)
        return mrl_err_set(err, MRL_E_CONFLICT, ID, "the tag %.*s holds something else than a list",
                           MRL_F(tag));
    MRL_TRY(mrl_json_parse(&w->arena, r.body, NULL, err, &v));
    if (mrl_is_arr(MRL_GET(v, "manifests")))
        *ret = MRL_GET(v, "manifests");
    return MRL_OK;
}

static bool lists(mrl_val list, mrl_str digest) {
    for (uint32_t i = 0; i < list.len; i++)
        if (mrl_str_eq(mrl_val_str(MRL_GET(mrl_arr_at(list, i), "digest")), digest))
            return true;
    return false;
}

/* The index with the new entry first: readers that stop early see what is newest. */
static mrl_status write_list(struct writer *w, mrl_val list, const struct mrl_descriptor *d,
                             mrl_str *ret) {
    struct mrl_builder b;
    struct mrl_buf text;
    mrl_val entry, all, index;
    mrl_builder_init(&b, &w->arena, MRL_T_ARR, list.len + 1);
    MRL_TRY(mrl_descriptor_value(&w->arena, d, &entry));
    mrl_build_item(&b, entry);
    for (uint32_t i = 0; i < list.len; i++)
        mrl_build_item(&b, mrl_arr_at(list, i));
    MRL_TRY(mrl_build_end(&b, &all));
    struct mrl_member m[] = {{MRL_V("schemaVersion"), mrl_int(2)},
                             {MRL_V("mediaType"), mrl_strval(INDEX_TYPE)},
                             {MRL_V("manifests"), all}};
    struct mrl_json_style style = {.keep_order = true};
    MRL_TRY(mrl_obj_of(&w->arena, m, MRL_COUNTOF(m), &index));
    mrl_buf_init(&text, MRL_MANIFEST_BYTES_MAX);
    mrl_json_write(&text, &w->arena, index, &style);
    return mrl_buf_give(&text, &w->arena, ret);
}

static mrl_status add_to_list(struct writer *w, const struct pending *p, struct mrl_err *err) {
    mrl_str text, tag = mrl_client_referrers_tag(&w->arena, p->subject);
    MRL_ASSERT(p->subject.len > 0 && p->d.digest.len > 0);
    MRL_CHECK(tag.ptr != NULL, MRL_E_NOMEM);
    for (unsigned i = 0; i < LIST_TRIES; i++) {
        mrl_val list;
        bool ignored;
        MRL_TRY(read_list(w, tag, err, &list));
        if (lists(list, p->d.digest))
            return MRL_OK;
        if (list.len >= MRL_INDEX_MAX)
            return mrl_err_set(err, MRL_E_LIMIT, ID, "%.*s lists %u manifests already", MRL_F(tag),
                               list.len);
        MRL_TRY(write_list(w, list, &p->d, &text));
        MRL_TRY(put_manifest(w, tag, INDEX_TYPE, text, err, &ignored));
    }
    return mrl_err_set(err, MRL_E_CONFLICT, ID,
                       "others write the list %.*s at the same time: try again", MRL_F(tag));
}

static mrl_status remote_commit(void *cx, struct mrl_err *err) {
    struct writer *w = cx;
    for (uint32_t i = 0; i < w->n_added; i++) {
        const struct pending *p = &w->added[i];
        bool listed;
        MRL_TRY(put_manifest(w, p->tag.len > 0 ? p->tag : p->d.digest, p->d.media_type, p->bytes,
                             err, &listed));
        if (p->subject.len > 0 && !listed)
            MRL_TRY(add_to_list(w, p, err));
    }
    w->n_added = 0;
    return MRL_OK;
}

/* --- the sink -------------------------------------------------------------------------------- */

static void remote_close(void *cx) {
    struct writer *w = cx;
    mrl_client_release(&w->client);
    mrl_arena_release(&w->arena);
    mrl_mem_free(w);
}

mrl_status mrl_remote_write(const struct mrl_reference *ref, const struct mrl_registry_opts *opts,
                            struct mrl_err *err, struct mrl_sink *ret) {
    static const struct mrl_sink_ops ops = {.blob = remote_blob,
                                            .manifest = remote_manifest,
                                            .commit = remote_commit,
                                            .close = remote_close};
    struct writer *w = mrl_mem_alloc(sizeof *w);
    MRL_CHECK(w != NULL, MRL_E_NOMEM);
    memset(w, 0, sizeof *w);
    mrl_status status = mrl_client_init(&w->client, ref, opts, err);
    if (status != MRL_OK) {
        mrl_mem_free(w);
        return status;
    }
    w->client.writes = true;
    mrl_arena_init(&w->arena, WRITER_ARENA_MAX);
    *ret = (struct mrl_sink){&ops, w};
    return MRL_OK;
}
