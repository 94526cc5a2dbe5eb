/* signatures.c - see signatures.h. */
#include "services/registry/signatures.h"

#include "base/vec.h"
#include "formats/sigstore/legacy.h"

#define BUNDLE_TYPE MRL_S("application/vnd.dev.sigstore.bundle")

struct gathering {
    struct mrl_source *source;
    mrl_arena *arena;
    mrl_str digest;
    struct mrl_candidates all;
};

/* A new candidate; NULL in *ret when there are enough. */
static mrl_status add(struct gathering *g, const char *how, mrl_str what,
                      struct mrl_candidate **ret) {
    *ret = NULL;
    if (g->all.n == MRL_CANDIDATES_MAX) {
        g->all.n_left_out++;
        return MRL_OK;
    }
    MRL_TRY(MRL_VEC_ROOM(g->arena, g->all.items, g->all.n, g->all.cap));
    struct mrl_candidate *c = &g->all.items[g->all.n++];
    memset(c, 0, sizeof *c);
    c->from = mrl_arena_printf(g->arena, "%s %.*s", how, MRL_F(what));
    MRL_CHECK(c->from.ptr != NULL, MRL_E_NOMEM);
    *ret = c;
    return MRL_OK;
}

/* What went wrong with one candidate says nothing of the others. */
static mrl_status settle(struct mrl_candidate *c, mrl_status status, const struct mrl_err *err) {
    c->status = status;
    memcpy(c->why, err->text, sizeof c->why);
    return status == MRL_E_NOMEM ? status : MRL_OK;
}

/* --- referrers ------------------------------------------------------------------------------- */

static mrl_status read_bundle(struct gathering *g, const struct mrl_oci_manifest *m,
                              struct mrl_candidate *c, struct mrl_err *err) {
    mrl_str text;
    if (m->n_items != 1)
        return mrl_err_set(err, MRL_E_SYNTAX, "image.signature",
                           "a bundle's manifest must have one layer");
    MRL_TRY(
        mrl_source_blob(g->source, g->arena, &m->items[0], MRL_CANDIDATE_BYTES_MAX, err, &text));
    return mrl_bundle_parse(g->arena, text, c->from, err, &c->bundle);
}

static mrl_status from_referrer(struct gathering *g, const struct mrl_descriptor *d) {
    struct mrl_candidate *c;
    struct mrl_oci_manifest m;
    struct mrl_err err;
    mrl_str text;
    mrl_err_init(&err);
    MRL_TRY(add(g, "referrer", d->digest, &c));
    if (c == NULL)
        return MRL_OK;
    mrl_status status = mrl_source_manifest(g->source, g->arena, d, &err, &text, &m);
    /* The list says what refers to the image; only the manifest itself proves it. */
    if (status == MRL_OK && (!m.has_subject || !mrl_str_eq(m.subject.digest, g->digest)))
        status = mrl_err_set(&err, MRL_E_INVALID, "image.subject", "it refers to another image");
    if (status == MRL_OK)
        status = read_bundle(g, &m, c, &err);
    return settle(c, status, &err);
}

static mrl_status gather_referrers(struct gathering *g, struct mrl_err *err) {
    struct mrl_descriptor_list list;
    MRL_TRY(g->source->ops->referrers(g->source->cx, g->arena, g->digest, err, &list));
    for (uint32_t i = 0; i < list.n; i++)
        if (mrl_str_starts(list.items[i].artifact_type, BUNDLE_TYPE))
            MRL_TRY(from_referrer(g, &list.items[i]));
    return MRL_OK;
}

/* --- tags ------------------------------------------------------------------------------------ */

static mrl_status from_layer(struct gathering *g, mrl_str tag, const struct mrl_descriptor *layer) {
    struct mrl_candidate *c;
    struct mrl_err err;
    mrl_str text;
    bool dsse = mrl_str_eq(layer->media_type, MRL_DSSE_TYPE);
    mrl_err_init(&err);
    if (!dsse && !mrl_str_eq(layer->media_type, MRL_SIMPLE_SIGNING_TYPE))
        return MRL_OK; /* another kind of layer: nobody signs with it */
    MRL_TRY(add(g, "tag", tag, &c));
    if (c == NULL)
        return MRL_OK;
    mrl_status status =
        mrl_source_blob(g->source, g->arena, layer, MRL_CANDIDATE_BYTES_MAX, &err, &text);
    if (status == MRL_OK)
        status = mrl_bundle_of_layer(g->arena, text, dsse, layer->annotations, &err, &c->bundle);
    c->simple = !dsse;
    c->text = status == MRL_OK ? text : (mrl_str){"", 0};
    return settle(c, status, &err);
}

static mrl_status gather_tag(struct gathering *g, const char *suffix, struct mrl_err *err) {
    mrl_str hex, algorithm = mrl_str_cut(g->digest, ':', &hex), text;
    struct mrl_descriptor d;
    struct mrl_oci_manifest m;
    mrl_str tag = mrl_arena_printf(g->arena, "%.*s-%.*s.%s", MRL_F(algorithm), MRL_F(hex), suffix);
    MRL_CHECK(tag.ptr != NULL, MRL_E_NOMEM);
    mrl_status status =
        g->source->ops->resolve(g->source->cx, g->arena, tag, (mrl_str){"", 0}, err, &d);
    if (status == MRL_E_NOT_FOUND) {
        mrl_err_init(err);
        return MRL_OK;
    }
    MRL_TRY(status);
    MRL_TRY(mrl_source_manifest(g->source, g->arena, &d, err, &text, &m));
    for (uint32_t i = m.n_items; i > 0 && m.kind == MRL_MANIFEST_IMAGE; i--) /* newest last */
        MRL_TRY(from_layer(g, tag, &m.items[i - 1]));
    return MRL_OK;
}

mrl_status mrl_signatures_of(struct mrl_source *s, mrl_arena *a, mrl_str digest,
                             struct mrl_err *err, struct mrl_candidates *ret) {
    struct gathering g = {.source = s, .arena = a, .digest = digest};
    MRL_TRY(gather_referrers(&g, err));
    MRL_TRY(gather_tag(&g, "sig", err));
    MRL_TRY(gather_tag(&g, "att", err));
    *ret = g.all;
    return MRL_OK;
}
