/* image_evidence.c - see image_evidence.h. */
#include "cli/image_evidence.h"

#include "base/rfc3339.h"
#include "cli/provenance_text.h"
#include "engines/trust/sign.h"
#include "formats/json/json.h"
#include "formats/sigstore/legacy.h"

#include <stdio.h>

struct gathering {
    mrl_arena *arena;
    const struct mrl_image_ask *ask;
    struct mrl_image_evidence *e;
    struct mrl_artifact manifest;
};

/* --- one candidate, one signer --------------------------------------------------------------- */

/* A simple-signing text is signed; what it says of the image must be this image. */
static mrl_status try_simple(const struct gathering *g, const struct mrl_candidate *c,
                             const struct mrl_known_signer *s, struct mrl_err *err,
                             struct mrl_verified *ret) {
    struct mrl_artifact text;
    mrl_str digest;
    MRL_TRY(mrl_artifact_of(c->text, &text));
    MRL_TRY(mrl_signer_verify(g->arena, s, &c->bundle, &text, g->ask->now, err, ret));
    MRL_TRY(mrl_simple_signing_digest(g->arena, c->text, err, &digest));
    if (!mrl_str_eq(digest, g->e->image.digest))
        return mrl_err_set(err, MRL_E_INVALID, "trust.artifact", "it is of another image");
    return MRL_OK;
}

static mrl_status try_signer(const struct gathering *g, const struct mrl_candidate *c,
                             const struct mrl_known_signer *s, struct mrl_err *err,
                             struct mrl_verified *ret) {
    return c->simple
               ? try_simple(g, c, s, err, ret)
               : mrl_signer_verify(g->arena, s, &c->bundle, &g->manifest, g->ask->now, err, ret);
}

/* --- one candidate --------------------------------------------------------------------------- */

/* The reasons of all signers in one line; of one signer without his name, which is clear. */
static void note_reason(const struct gathering *g, const struct mrl_known_signer *s,
                        const struct mrl_err *err, struct mrl_image_fact *f) {
    bool several = g->ask->n_signers > 1;
    size_t n = strlen(f->why);
    snprintf(f->why + n, sizeof f->why - n, "%s%.*s%s%s", several && n > 0 ? "; " : "",
             MRL_F(several ? s->name : MRL_S("")), several ? ": " : "", err->text);
}

/* Everybody who is believed is tried: one signature may be that of a key and of its other name. */
static mrl_status try_all(const struct gathering *g, const struct mrl_candidate *c,
                          struct mrl_image_fact *f) {
    f->status = MRL_E_INVALID;
    for (uint32_t i = 0; i < g->ask->n_signers; i++) {
        const struct mrl_known_signer *s = &g->ask->signers[i];
        struct mrl_verified v;
        struct mrl_err err;
        mrl_err_init(&err);
        mrl_status status = try_signer(g, c, s, &err, &v);
        MRL_CHECK(status != MRL_E_NOMEM, status);
        if (status != MRL_OK) {
            note_reason(g, s, &err, f);
            continue;
        }
        if (f->signers == 0)
            f->verified = v;
        f->signers |= (uint64_t)1 << i;
        f->status = MRL_OK;
    }
    return MRL_OK;
}

/* Facts are read of what was verified alone; a statement that cannot be read proves nothing. */
static mrl_status read_facts(const struct gathering *g, struct mrl_image_fact *f) {
    struct mrl_err err;
    f->is_signature |= mrl_str_eq(f->verified.predicate_type, MRL_SIGN_PREDICATE);
    f->has_facts = mrl_provenance_has_facts(f->verified.predicate_type);
    if (!f->has_facts)
        return MRL_OK;
    mrl_err_init(&err);
    mrl_status status = mrl_provenance_parse(g->arena, f->verified.payload, MRL_S("the statement"),
                                             &err, &f->facts);
    if (status == MRL_OK || status == MRL_E_NOMEM)
        return status;
    f->has_facts = false;
    f->status = status;
    memcpy(f->why, err.text, sizeof f->why);
    return MRL_OK;
}

static mrl_status judge(const struct gathering *g, uint32_t i) {
    const struct mrl_candidate *c = &g->e->found.items[i];
    struct mrl_image_fact *f = &g->e->facts[i];
    if (c->status != MRL_OK) {
        f->status = c->status;
        memcpy(f->why, c->why, sizeof f->why);
    } else {
        f->is_signature = c->simple || !c->bundle.is_dsse;
        MRL_TRY(try_all(g, c, f));
    }
    if (f->status == MRL_OK)
        MRL_TRY(read_facts(g, f));
    g->e->n_unread += mrl_evidence_out_of_reach(f->status);
    g->e->n_signatures += f->status == MRL_OK && f->is_signature;
    g->e->n_attestations += f->status == MRL_OK && !f->is_signature;
    return MRL_OK;
}

bool mrl_evidence_out_of_reach(mrl_status status) {
    return status == MRL_E_IO || status == MRL_E_BUDGET || status == MRL_E_DENIED ||
           status == MRL_E_WORKER;
}

mrl_status mrl_image_evidence_gather(mrl_arena *a, struct mrl_source *source,
                                     const struct mrl_image_ask *ask, struct mrl_err *err,
                                     struct mrl_image_evidence *e) {
    struct gathering g = {.arena = a, .ask = ask, .e = e};
    MRL_ASSERT(ask->n_signers <= MRL_SIGNERS_MAX && e->image.digest.len > 0);
    MRL_TRY(mrl_artifact_of(e->manifest, &g.manifest));
    MRL_TRY(mrl_signatures_of(source, a, e->image.digest, err, &e->found));
    e->facts = MRL_ARENA_ARRAY(a, struct mrl_image_fact, (size_t)e->found.n + 1);
    MRL_CHECK(e->facts != NULL, MRL_E_NOMEM);
    for (uint32_t i = 0; i < e->found.n; i++)
        MRL_TRY(judge(&g, i));
    return MRL_OK;
}

/* --- as a value ------------------------------------------------------------------------------ */

static mrl_status names_of(mrl_arena *a, const struct mrl_image_ask *ask, uint64_t signers,
                           mrl_val *ret) {
    struct mrl_builder b;
    mrl_builder_init(&b, a, MRL_T_ARR, ask->n_signers);
    for (uint32_t i = 0; i < ask->n_signers; i++)
        if (signers >> i & 1)
            mrl_build_item(&b, mrl_strval(ask->signers[i].name));
    return mrl_build_end(&b, ret);
}

static mrl_status times_of(mrl_arena *a, const struct mrl_verified *v, mrl_val *ret) {
    struct mrl_builder b;
    mrl_builder_init(&b, a, MRL_T_ARR, v->n_times);
    for (uint32_t i = 0; i < v->n_times; i++) {
        struct mrl_buf text;
        mrl_str time;
        mrl_buf_init(&text, 64);
        mrl_rfc3339_write(&text, v->times[i].seconds, 0);
        MRL_TRY(mrl_buf_give(&text, a, &time));
        mrl_build_item(&b, mrl_strval(time));
    }
    return mrl_build_end(&b, ret);
}

/* The predicate as it was signed; one that is very large stays out, and its absence is visible. */
static mrl_status predicate_of(mrl_arena *a, const struct mrl_verified *v, mrl_val *ret) {
    mrl_val statement;
    struct mrl_json_opts opts = {.reject_duplicates = true};
    *ret = mrl_undefined();
    if (v->payload.len > MRL_PREDICATE_BYTES_MAX ||
        mrl_json_parse(a, v->payload, &opts, NULL, &statement) != MRL_OK)
        return MRL_OK;
    *ret = MRL_GET(statement, "predicate");
    return MRL_OK;
}

static mrl_status fact_value(mrl_arena *a, const struct mrl_image_evidence *e, uint32_t i,
                             const struct mrl_image_ask *ask, mrl_val *ret) {
    const struct mrl_image_fact *f = &e->facts[i];
    MRL_ASSERT(f->status == MRL_OK && f->signers != 0);
    struct mrl_builder b;
    mrl_val names, times, v = mrl_undefined();
    MRL_TRY(names_of(a, ask, f->signers, &names));
    MRL_TRY(times_of(a, &f->verified, &times));
    mrl_builder_init(&b, a, MRL_T_OBJ, 12);
    mrl_build_member(&b, MRL_V("from"), mrl_strval(e->found.items[i].from));
    mrl_build_member(&b, MRL_V("signers"), names);
    mrl_build_member(&b, MRL_V("by"), f->verified.by_key ? MRL_V("key") : MRL_V("certificate"));
    mrl_build_member(&b, MRL_V("identity"), mrl_strval(f->verified.identity));
    mrl_build_member(&b, MRL_V("issuer"), mrl_strval(f->verified.issuer));
    mrl_build_member(&b, MRL_V("times"), times);
    mrl_build_member(&b, MRL_V("logEntries"), mrl_int(f->verified.n_entries));
    mrl_build_member(&b, MRL_V("predicateType"), mrl_strval(f->verified.predicate_type));
    if (f->has_facts)
        MRL_TRY(mrl_provenance_value(&f->facts, a, &v));
    if (f->has_facts)
        mrl_build_member(&b, MRL_V("provenance"), v);
    if (!f->is_signature)
        MRL_TRY(predicate_of(a, &f->verified, &v));
    if (!f->is_signature && mrl_is_defined(v))
        mrl_build_member(&b, MRL_V("predicate"), v);
    return mrl_build_end(&b, ret);
}

static mrl_status refused_value(mrl_arena *a, const struct mrl_image_evidence *e, uint32_t i,
                                mrl_val *ret) {
    MRL_ASSERT(e->facts[i].status != MRL_OK);
    mrl_str why = mrl_arena_str(a, mrl_str_z(e->facts[i].why));
    MRL_CHECK(why.ptr != NULL, MRL_E_NOMEM);
    struct mrl_member m[] = {{MRL_V("from"), mrl_strval(e->found.items[i].from)},
                             {MRL_V("reason"), mrl_strval(why)}};
    return mrl_obj_of(a, m, MRL_COUNTOF(m), ret);
}

mrl_status mrl_image_evidence_value(mrl_arena *a, const struct mrl_image_evidence *e,
                                    const struct mrl_image_ask *ask, mrl_val *ret) {
    struct mrl_builder lists[3]; /* signatures, attestations, refused */
    mrl_val v, values[3];
    for (size_t k = 0; k < MRL_COUNTOF(lists); k++)
        mrl_builder_init(&lists[k], a, MRL_T_ARR, 0);
    for (uint32_t i = 0; i < e->found.n; i++) {
        const struct mrl_image_fact *f = &e->facts[i];
        bool holds = f->status == MRL_OK;
        MRL_TRY(holds ? fact_value(a, e, i, ask, &v) : refused_value(a, e, i, &v));
        mrl_build_item(&lists[!holds ? 2 : f->is_signature ? 0 : 1], v);
    }
    for (size_t k = 0; k < MRL_COUNTOF(lists); k++)
        MRL_TRY(mrl_build_end(&lists[k], &values[k]));
    struct mrl_member m[] = {{MRL_V("asked"), mrl_bool(true)},
                             {MRL_V("digest"), mrl_strval(e->image.digest)},
                             {MRL_V("signatures"), values[0]},
                             {MRL_V("attestations"), values[1]},
                             {MRL_V("refused"), values[2]},
                             {MRL_V("unread"), mrl_int(e->n_unread)},
                             {MRL_V("leftOut"), mrl_int(e->found.n_left_out)}};
    return mrl_obj_of(a, m, MRL_COUNTOF(m), ret);
}
