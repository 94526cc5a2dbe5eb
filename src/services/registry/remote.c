/* remote.c - images in a registry: the source that client.h makes possible.
 *
 * A tag is asked for once, with GET, and its digest is that of the bytes that came: a header may
 * say what it likes. Those bytes are kept, so that the manifest that was resolved is the manifest
 * that is verified, even when the tag moves meanwhile. Signatures are looked for by the referrers
 * API, and where a registry has none (404) by the tag that the specification gives for that case.
 */
#include "services/registry/client.h"

#include "base/mem.h"
#include "base/vec.h"

#define ID "registry"
#define PAGES_MAX 100u /* of one list of referrers */
#define ACCEPT_MANIFESTS                                                                           \
    MRL_S("application/vnd.oci.image.index.v1+json, "                                              \
          "application/vnd.oci.image.manifest.v1+json, "                                           \
          "application/vnd.docker.distribution.manifest.list.v2+json, "                            \
          "application/vnd.docker.distribution.manifest.v2+json")
#define ACCEPT_INDEX MRL_S("application/vnd.oci.image.index.v1+json")
#define REMOTE_ARENA_MAX (16 * MRL_MANIFEST_BYTES_MAX)

struct kept { /* a manifest that a tag led to */
    mrl_str digest, bytes;
};

struct remote {
    struct mrl_client client;
    mrl_arena arena; /* of what is kept */
    MRL_VEC(struct kept) kept;
};

/* The media type without its parameters. */
static mrl_str media_type_of(mrl_str content_type) {
    mrl_str rest;
    return mrl_str_trim(mrl_str_cut(content_type, ';', &rest));
}

static mrl_status too_long(const struct remote *m, mrl_str what, size_t max, struct mrl_err *err) {
    return mrl_err_set(err, MRL_E_LIMIT, ID, "%.*s sends more than %zu bytes for %.*s",
                       MRL_F(m->client.registry), max, MRL_F(what));
}

/* GET of a tag: its bytes, kept under their digest. */
static mrl_status get_tag(struct remote *m, mrl_arena *a, mrl_str tag, struct mrl_err *err,
                          struct mrl_descriptor *ret) {
    struct mrl_http_response r;
    struct kept k;
    mrl_str path = mrl_arena_printf(a, "manifests/%.*s", MRL_F(tag));
    MRL_CHECK(path.ptr != NULL, MRL_E_NOMEM);
    MRL_TRY(mrl_client_get(&m->client, a, path, ACCEPT_MANIFESTS, MRL_MANIFEST_BYTES_MAX, err, &r));
    if (r.status == 404)
        return mrl_err_set(err, MRL_E_NOT_FOUND, ID, "%.*s has no %.*s:%.*s",
                           MRL_F(m->client.registry), MRL_F(m->client.repository), MRL_F(tag));
    if (r.status >= 300)
        return mrl_client_refuse(&m->client, a, path, &r, err);
    if (r.cut)
        return too_long(m, tag, MRL_MANIFEST_BYTES_MAX, err);
    MRL_TRY(mrl_digest_write(&m->arena, r.body, &k.digest));
    if (mrl_str_starts(r.digest, MRL_S("sha256:")) && !mrl_str_eq(r.digest, k.digest))
        return mrl_err_set(err, MRL_E_INVALID, "image.digest",
                           "%.*s says that %.*s:%.*s is %.*s, but sends %.*s",
                           MRL_F(m->client.registry), MRL_F(m->client.repository), MRL_F(tag),
                           MRL_F(r.digest), MRL_F(k.digest));
    k.bytes = mrl_arena_str(&m->arena, r.body);
    MRL_CHECK(k.bytes.ptr != NULL, MRL_E_NOMEM);
    MRL_TRY(MRL_VEC_PUSH(&m->arena, &m->kept, k));
    *ret = (struct mrl_descriptor){.digest = k.digest,
                                   .size = (int64_t)k.bytes.len,
                                   .media_type = media_type_of(r.content_type)};
    return MRL_OK;
}

static mrl_status remote_resolve(void *cx, mrl_arena *a, mrl_str tag, mrl_str digest,
                                 struct mrl_err *err, struct mrl_descriptor *ret) {
    if (digest.len == 0)
        return get_tag(cx, a, tag, err, ret);
    *ret = (struct mrl_descriptor){.digest = digest};
    return MRL_OK;
}

static bool find_kept(const struct remote *m, mrl_str digest, mrl_str *ret) {
    for (size_t i = 0; i < m->kept.n; i++) {
        if (!mrl_str_eq(m->kept.items[i].digest, digest))
            continue;
        *ret = m->kept.items[i].bytes;
        return true;
    }
    return false;
}

static mrl_status remote_fetch(void *cx, mrl_arena *a, const struct mrl_descriptor *d,
                               bool manifest, size_t max, struct mrl_err *err, mrl_str *ret) {
    struct remote *m = cx;
    struct mrl_http_response r;
    if (manifest && find_kept(m, d->digest, ret))
        return MRL_OK;
    bool told =
        d->size > 0 && (uint64_t)d->size < max; /* more is a lie, and not worth waiting for */
    if (told)
        max = (size_t)d->size;
    mrl_str path =
        mrl_arena_printf(a, "%s/%.*s", manifest ? "manifests" : "blobs", MRL_F(d->digest));
    MRL_CHECK(path.ptr != NULL, MRL_E_NOMEM);
    MRL_TRY(mrl_client_get(&m->client, a, path, manifest ? ACCEPT_MANIFESTS : MRL_S("*/*"), max,
                           err, &r));
    if (r.status == 404)
        return mrl_err_set(err, MRL_E_NOT_FOUND, ID, "%.*s has no %s %.*s in %.*s",
                           MRL_F(m->client.registry), manifest ? "manifest" : "blob",
                           MRL_F(d->digest), MRL_F(m->client.repository));
    if (r.status >= 300)
        return mrl_client_refuse(&m->client, a, path, &r, err);
    if (r.cut && told)
        return mrl_err_set(err, MRL_E_INVALID, "image.size",
                           "%.*s has more than the %lld bytes of its descriptor", MRL_F(d->digest),
                           (long long)d->size);
    if (r.cut)
        return too_long(m, d->digest, max, err);
    *ret = r.body;
    return MRL_OK;
}

/* --- referrers ------------------------------------------------------------------------------- */

/* The URL of a header `Link: <URL>; rel="next"`; empty when there is none. */
static mrl_str next_page(mrl_str link) {
    mrl_str rest;
    if (!mrl_str_starts(link, MRL_S("<")))
        return (mrl_str){"", 0};
    mrl_str url = mrl_str_cut(mrl_str_sub(link, 1, link.len), '>', &rest);
    bool next = mrl_str_find(rest, MRL_S("rel=\"next\""), 0) != MRL_STR_NPOS ||
                mrl_str_find(rest, MRL_S("rel=next"), 0) != MRL_STR_NPOS;
    return next ? url : (mrl_str){"", 0};
}

static mrl_status add_index(mrl_arena *a, mrl_str bytes, struct mrl_err *err,
                            struct mrl_descriptor_list *list) {
    struct mrl_oci_manifest index;
    MRL_TRY(mrl_oci_manifest_parse(a, bytes, (mrl_str){"", 0}, err, &index));
    if (index.kind != MRL_MANIFEST_INDEX)
        return mrl_err_set(err, MRL_E_SYNTAX, ID, "a list of referrers is no index");
    if (index.n_items > MRL_INDEX_MAX - list->n)
        return mrl_err_set(err, MRL_E_LIMIT, ID, "over %u manifests refer to the image",
                           MRL_INDEX_MAX);
    struct mrl_descriptor *all =
        mrl_arena_regrow(a, list->items, list->n, list->n + index.n_items, sizeof *all);
    MRL_CHECK(all != NULL || index.n_items == 0, MRL_E_NOMEM);
    if (index.n_items > 0)
        memcpy(all + list->n, index.items, index.n_items * sizeof *all);
    list->items = index.n_items > 0 ? all : list->items;
    list->n += index.n_items;
    return MRL_OK;
}

/* The index under the tag that stands for the API (distribution-spec, "Referrers Tag Schema"). Not
 * finding it means that nothing refers to the image. */
static mrl_status from_tag(struct remote *m, mrl_arena *a, mrl_str digest, struct mrl_err *err,
                           struct mrl_descriptor_list *list) {
    struct mrl_descriptor d;
    mrl_str bytes, tag = mrl_client_referrers_tag(a, digest);
    MRL_CHECK(tag.ptr != NULL, MRL_E_NOMEM);
    mrl_status status = get_tag(m, a, tag, err, &d);
    if (status == MRL_E_NOT_FOUND) {
        mrl_err_init(err);
        return MRL_OK;
    }
    MRL_TRY(status);
    return find_kept(m, d.digest, &bytes) ? add_index(a, bytes, err, list) : MRL_E_INTERNAL;
}

/* 404 says so by the specification; older registries say other things, or send a page for people.
 */
static bool has_no_api(const struct mrl_http_response *r) {
    return r->status >= 300 || !mrl_str_eq(media_type_of(r->content_type), ACCEPT_INDEX);
}

static mrl_status remote_referrers(void *cx, mrl_arena *a, mrl_str digest, struct mrl_err *err,
                                   struct mrl_descriptor_list *ret) {
    struct remote *m = cx;
    struct mrl_descriptor_list list = {0};
    struct mrl_http_response r;
    mrl_str path = mrl_arena_printf(a, "referrers/%.*s", MRL_F(digest));
    for (unsigned page = 0; path.len > 0; page++) {
        if (page == PAGES_MAX)
            return mrl_err_set(err, MRL_E_LIMIT, ID, "the list of referrers has over %u pages",
                               PAGES_MAX);
        MRL_TRY(mrl_client_get(&m->client, a, path, ACCEPT_INDEX, MRL_MANIFEST_BYTES_MAX, err, &r));
        if (page == 0 && has_no_api(&r)) {
            MRL_TRY(from_tag(m, a, digest, err, &list)); /* appends, so never to *ret itself */
            break;
        }
        if (r.status >= 300)
            return mrl_client_refuse(&m->client, a, path, &r, err);
        if (r.cut)
            return too_long(m, MRL_S("a list of referrers"), MRL_MANIFEST_BYTES_MAX, err);
        MRL_TRY(add_index(a, r.body, err, &list));
        path = next_page(r.link);
    }
    *ret = list;
    return MRL_OK;
}

/* --- the source ------------------------------------------------------------------------------ */

static void remote_close(void *cx) {
    struct remote *m = cx;
    mrl_client_release(&m->client);
    mrl_arena_release(&m->arena);
    mrl_mem_free(m);
}

static const struct mrl_source_ops ops = {.resolve = remote_resolve,
                                          .fetch = remote_fetch,
                                          .referrers = remote_referrers,
                                          .close = remote_close};

mrl_status mrl_remote_open(const struct mrl_reference *ref, const struct mrl_registry_opts *opts,
                           struct mrl_err *err, struct mrl_source *ret) {
    struct remote *m = mrl_mem_alloc(sizeof *m);
    MRL_CHECK(m != NULL, MRL_E_NOMEM);
    memset(m, 0, sizeof *m);
    mrl_status status = mrl_client_init(&m->client, ref, opts, err);
    if (status != MRL_OK) {
        mrl_mem_free(m);
        return status;
    }
    mrl_arena_init(&m->arena, REMOTE_ARENA_MAX);
    *ret = (struct mrl_source){&ops, m};
    return MRL_OK;
}
