/* images.c - see images.h. */
#include "cli/images.h"

#include "base/file.h"
#include "cli/policy_load.h"

#include <time.h>

#define ID "images"
#define PLACES_MAX 20 /* that one subject lists */

/* --- what the command line says -------------------------------------------------------------- */

/* --image NAME=PLACE. The place is split off at the first '=': no name has one. */
static mrl_status read_places(struct mrl_images *im, struct mrl_err *err) {
    mrl_str arg;
    for (size_t i = 0; mrl_opt_nth(im->cli, "image", i, &arg); i++) {
        struct mrl_image named;
        mrl_str place, name = mrl_str_cut(arg, '=', &place);
        if (place.len == 0)
            return mrl_err_set(err, MRL_E_INVALID, ID, "--image wants NAME=PLACE, not '%.*s'",
                               MRL_F(arg));
        MRL_TRY(mrl_images_name(im, name, &named));
        if (named.problem.len > 0)
            return mrl_err_set(err, MRL_E_INVALID, ID, "--image %.*s: %.*s", MRL_F(arg),
                               MRL_F(named.problem));
        MRL_TRY(MRL_VEC_PUSH(im->cli->arena, &im->names, named.key));
        MRL_TRY(MRL_VEC_PUSH(im->cli->arena, &im->places, place));
    }
    return MRL_OK;
}

/* Evidence that says so itself: nobody asked in a way that counts here. */
static mrl_status say(mrl_arena *a, bool asked, const char *member, mrl_str text, mrl_val *ret) {
    MRL_ASSERT(member[0] != '\0');
    mrl_str copy = mrl_arena_str(a, text);
    MRL_CHECK(copy.ptr != NULL, MRL_E_NOMEM);
    struct mrl_member m[] = {{MRL_V("asked"), mrl_bool(asked)},
                             {mrl_strval(mrl_str_z(member)), mrl_strval(copy)}};
    return mrl_obj_of(a, m, MRL_COUNTOF(m), ret);
}

/* What an earlier run found. Names of signers mean what they meant then: with other signers in
 * merlon.yaml it proves nothing. */
static mrl_status take_images(struct mrl_images *im, mrl_str file, mrl_val v) {
    bool same = mrl_str_eq(mrl_val_str(MRL_GET(v, "signers")), im->signers_digest);
    mrl_val list = MRL_GET(v, "images");
    mrl_str why = mrl_arena_printf(im->cli->arena,
                                   "%.*s was gathered with other signers than merlon.yaml has now",
                                   MRL_F(file));
    MRL_CHECK(why.ptr != NULL, MRL_E_NOMEM);
    for (uint32_t i = 0; mrl_is_arr(list) && i < list.len; i++) {
        mrl_val one = mrl_arr_at(list, i), evidence = MRL_GET(one, "evidence");
        if (!mrl_is_obj(evidence))
            continue;
        if (!same)
            MRL_TRY(say(im->cli->arena, false, "problem", why, &evidence));
        mrl_build_member(&im->known, mrl_strval(mrl_val_str(MRL_GET(one, "key"))), evidence);
    }
    return im->known.status;
}

static mrl_status read_evidence(struct mrl_images *im, mrl_str file, struct mrl_err *err) {
    mrl_val v = mrl_undefined();
    MRL_TRY(mrl_load_document(im->cli->arena, file, err, &v));
    mrl_str schema = mrl_val_str(MRL_GET(v, "schema"));
    if (mrl_str_eq(schema, MRL_S(MRL_EVIDENCE_SCHEMA)))
        return take_images(im, file, v);
    if (!mrl_str_eq(schema, MRL_S(MRL_SOURCE_SCHEMA)))
        return mrl_err_set(err, MRL_E_INVALID, ID,
                           "%.*s is no evidence: merlon image verify and merlon source verify "
                           "make it with --format json",
                           MRL_F(file));
    MRL_TRY(MRL_VEC_PUSH(im->cli->arena, &im->source_files, file));
    return MRL_VEC_PUSH(im->cli->arena, &im->sources, v);
}

static mrl_status read_all(struct mrl_images *im, struct mrl_err *err) {
    mrl_arena *a = im->cli->arena;
    mrl_str file;
    mrl_builder_init(&im->known, a, MRL_T_OBJ, 16);
    MRL_TRY(mrl_trust_policy_read(a, im->config, im->config_file, err, &im->policy));
    MRL_TRY(mrl_trust_policy_digest(a, &im->policy, im->config, &im->signers_digest));
    MRL_TRY(mrl_registry_given_read(im->cli, err, &im->registry));
    MRL_TRY(read_places(im, err));
    for (size_t i = 0; mrl_opt_nth(im->cli, "evidence", i, &file); i++)
        MRL_TRY(read_evidence(im, file, err));
    return MRL_OK;
}

mrl_status mrl_images_open(struct mrl_cli *cli, mrl_val config, mrl_str config_file, bool ask,
                           struct mrl_err *err, struct mrl_images **ret) {
    bool rules = mrl_is_arr(MRL_GET(config, "images"));
    bool given = ask || mrl_opt_given(cli, "image");
    *ret = NULL;
    if (given && !rules)
        return mrl_err_set(err, MRL_E_INVALID, ID,
                           "merlon.yaml has no rules of images: without them nobody knows whose "
                           "signatures will do (see docs/howto/trust-policy.md)");
    if (!rules && !mrl_opt_given(cli, "evidence"))
        return MRL_OK;
    struct mrl_images *im = MRL_ARENA_NEW(cli->arena, struct mrl_images);
    MRL_CHECK(im != NULL, MRL_E_NOMEM);
    *im = (struct mrl_images){.cli = cli,
                              .config = config,
                              .config_file = config_file,
                              .has_rules = rules,
                              .ask = ask,
                              .now = (int64_t)time(NULL)};
    mrl_status status = read_all(im, err);
    if (status != MRL_OK) {
        mrl_images_free(im);
        return status;
    }
    *ret = im;
    return MRL_OK;
}

void mrl_images_free(struct mrl_images *im) {
    if (im != NULL)
        mrl_trust_policy_free(&im->policy);
}

/* --- one image ------------------------------------------------------------------------------- */

static mrl_status name_parts(struct mrl_images *im, struct mrl_image *i) {
    mrl_arena *a = im->cli->arena;
    const struct mrl_reference *ref = &i->ref;
    bool tag = ref->tag.len > 0 && ref->digest.len == 0;
    i->name = mrl_arena_printf(a, "%.*s/%.*s", MRL_F(ref->registry), MRL_F(ref->repository));
    MRL_CHECK(i->name.ptr != NULL, MRL_E_NOMEM);
    i->key = mrl_arena_printf(a, "%.*s%s%.*s%s%.*s", MRL_F(i->name), tag ? ":" : "",
                              MRL_F(tag ? ref->tag : MRL_S("")), ref->digest.len > 0 ? "@" : "",
                              MRL_F(ref->digest));
    return i->key.ptr != NULL ? MRL_OK : MRL_E_NOMEM;
}

/* Templates and nonsense are images, too: nobody knows which, and that is what is told. */
static mrl_status cannot_be_named(struct mrl_images *im, const struct mrl_err *err,
                                  struct mrl_image *i) {
    i->key = i->name = i->text;
    i->problem = mrl_arena_str(im->cli->arena, mrl_str_z(err->text));
    MRL_CHECK(i->problem.ptr != NULL, MRL_E_NOMEM);
    return say(im->cli->arena, false, "problem", i->problem, &i->evidence);
}

mrl_status mrl_images_name(struct mrl_images *im, mrl_str text, struct mrl_image *ret) {
    struct mrl_image i = {.text = text, .parameters = mrl_null(), .places = mrl_empty_arr()};
    struct mrl_err err;
    mrl_err_init(&err);
    mrl_status status = mrl_reference_parse(im->cli->arena, text, &err, &i.ref);
    MRL_CHECK(status != MRL_E_NOMEM, status);
    if (status == MRL_OK && i.ref.kind != MRL_REF_REGISTRY)
        status = mrl_err_set(&err, MRL_E_INVALID, ID,
                             "it names a place and no image: --image NAME=%.*s", MRL_F(text));
    if (status != MRL_OK) {
        MRL_TRY(cannot_be_named(im, &err, &i));
    } else {
        MRL_TRY(name_parts(im, &i));
        i.evidence = mrl_build_get(&im->known, mrl_strval(i.key));
    }
    MRL_TRY(mrl_trust_policy_rule(&im->policy, im->cli->arena, i.name, &i.parameters));
    *ret = i;
    return MRL_OK;
}

/* --- asking ---------------------------------------------------------------------------------- */

struct asker { /* of one thread: a policy belongs to one */
    mrl_arena arena;
    const struct mrl_trust_policy *policy; /* NULL: not read yet; the first has im's */
    struct mrl_trust_policy own;           /* of the others */
};

struct asking {
    struct mrl_images *im;
    struct mrl_image **list;
    struct asker *askers;
};

static mrl_str place_of(const struct mrl_images *im, mrl_str key) {
    MRL_ASSERT(im->names.n == im->places.n);
    for (uint32_t i = 0; i < im->names.n; i++)
        if (mrl_str_eq(im->names.items[i], key))
            return im->places.items[i];
    return (mrl_str){NULL, 0};
}

/* The image where it is: a layout's must be the one that the name pins. */
static mrl_status resolve(struct asker *w, struct mrl_source *source,
                          const struct mrl_reference *at, const struct mrl_image *image,
                          struct mrl_err *err, struct mrl_image_evidence *e) {
    MRL_TRY(mrl_source_image(source, &w->arena, at, NULL, err, &e->image, &e->manifest));
    if (image->ref.digest.len > 0 && !mrl_str_eq(image->ref.digest, e->image.digest))
        return mrl_err_set(err, MRL_E_INVALID, ID, "it has the digest %.*s",
                           MRL_F(e->image.digest));
    return MRL_OK;
}

/* What the source gave lives as long as it does; what is kept is a copy. */
static mrl_status gather_from(struct asker *w, struct mrl_source *source,
                              const struct mrl_reference *at, const struct mrl_image *image,
                              int64_t now, struct mrl_err *err, mrl_val *ret) {
    struct mrl_image_ask ask = {w->policy->signers, w->policy->n_signers, now};
    struct mrl_image_evidence e = {0};
    mrl_val v;
    MRL_TRY(resolve(w, source, at, image, err, &e));
    MRL_TRY(mrl_image_evidence_gather(&w->arena, source, &ask, err, &e));
    MRL_TRY(mrl_image_evidence_value(&w->arena, &e, &ask, &v));
    return mrl_val_copy(&w->arena, v, ret);
}

static mrl_status gather(struct asker *w, const struct mrl_images *im,
                         const struct mrl_image *image, struct mrl_err *err, mrl_val *ret) {
    struct mrl_reference at = image->ref;
    struct mrl_source source;
    mrl_str place = place_of(im, image->key);
    if (place.len > 0)
        MRL_TRY(mrl_reference_parse(&w->arena, place, err, &at));
    MRL_TRY(mrl_source_open(&at, &im->registry, err, &source));
    mrl_status status = gather_from(w, &source, &at, image, im->now, err, ret);
    mrl_source_close(&source);
    return status;
}

/* Bytes that are not what they say are a fail; what could not be reached is unknown. */
static mrl_status ask_one(struct asker *w, const struct mrl_images *im, struct mrl_image *image) {
    struct mrl_err err;
    mrl_err_init(&err);
    mrl_status status = gather(w, im, image, &err, &image->evidence);
    if (status == MRL_OK || status == MRL_E_NOMEM)
        return status;
    mrl_str why = mrl_arena_printf(&w->arena, "%s%s%s",
                                   err.text[0] != '\0' ? err.text : mrl_status_name(status),
                                   err.cause[0] != '\0' ? ": " : "", err.cause);
    MRL_CHECK(why.ptr != NULL, MRL_E_NOMEM);
    return say(&w->arena, true, status == MRL_E_INVALID ? "broken" : "problem", why,
               &image->evidence);
}

static mrl_status ask_part(void *cx, const struct mrl_pool_part *part) {
    struct asking *k = cx;
    struct asker *w = &k->askers[part->worker];
    if (w->policy == NULL) {
        MRL_TRY(mrl_trust_policy_read(&w->arena, k->im->config, k->im->config_file, part->err,
                                      &w->own));
        w->policy = &w->own;
    }
    MRL_ASSERT(w->policy->n_signers == k->im->policy.n_signers);
    for (size_t i = part->from; i < part->to; i++)
        MRL_TRY(ask_one(w, k->im, k->list[i]));
    return MRL_OK;
}

static bool to_ask(const struct mrl_images *im, const struct mrl_image *i) {
    bool wanted = mrl_str_eq(mrl_val_str(MRL_GET(i->parameters, "accept")), MRL_S("signed"));
    return wanted && !mrl_is_defined(i->evidence) && (im->ask || place_of(im, i->key).len > 0);
}

static mrl_status ask_all(struct asking *k, struct mrl_pool *pool, uint32_t n,
                          struct mrl_err *err) {
    unsigned jobs = mrl_pool_jobs(pool);
    struct mrl_pool_job job = {.run = ask_part, .cx = k, .n = n, .grain = 1};
    k->askers = MRL_ARENA_ARRAY(k->im->cli->arena, struct asker, jobs);
    MRL_CHECK(k->askers != NULL, MRL_E_NOMEM);
    for (unsigned i = 0; i < jobs; i++)
        mrl_arena_init(&k->askers[i].arena, MRL_ARENA_UNLIMITED);
    k->askers[0].policy = &k->im->policy; /* nobody else uses it meanwhile */
    mrl_status status = mrl_pool_run(pool, &job, err);
    for (unsigned i = 0; i < jobs; i++) {
        mrl_trust_policy_free(&k->askers[i].own);
        mrl_arena_adopt(k->im->cli->arena, &k->askers[i].arena);
    }
    return status;
}

mrl_status mrl_images_ask(struct mrl_images *im, struct mrl_pool *pool, struct mrl_image *list,
                          uint32_t n, struct mrl_err *err) {
    struct asking k = {.im = im,
                       .list = MRL_ARENA_ARRAY(im->cli->arena, struct mrl_image *, n + 1)};
    uint32_t m = 0;
    MRL_CHECK(k.list != NULL, MRL_E_NOMEM);
    for (uint32_t i = 0; i < n; i++)
        if (to_ask(im, &list[i]))
            k.list[m++] = &list[i];
    if (m > 0)
        MRL_TRY(ask_all(&k, pool, m, err));
    for (uint32_t i = 0; i < m; i++) /* for the next tree that names them */
        mrl_build_member(&im->known, mrl_strval(k.list[i]->key), k.list[i]->evidence);
    return im->known.status;
}

/* --- subjects -------------------------------------------------------------------------------- */

mrl_status mrl_images_add(const struct mrl_images *im, const struct mrl_image *i,
                          struct mrl_objects *o) {
    mrl_arena *a = im->cli->arena;
    struct mrl_subject s = {.kind = MRL_IMAGE_KIND,
                            .name = i->key,
                            .evidence = mrl_is_defined(i->evidence) ? i->evidence : mrl_empty_obj(),
                            .parameters = i->parameters,
                            .source = i->use.source,
                            .start = i->use.start,
                            .end = i->use.end};
    struct mrl_member m[] = {{MRL_V("reference"), mrl_strval(i->text)},
                             {MRL_V("name"), mrl_strval(i->name)},
                             {MRL_V("registry"), mrl_strval(i->ref.registry)},
                             {MRL_V("repository"), mrl_strval(i->ref.repository)},
                             {MRL_V("tag"), mrl_strval(i->ref.tag)},
                             {MRL_V("digest"), mrl_strval(i->ref.digest)},
                             {MRL_V("places"), i->places}};
    s.id = mrl_arena_printf(a, "image:%.*s", MRL_F(i->key));
    MRL_CHECK(s.id.ptr != NULL, MRL_E_NOMEM);
    MRL_TRY(mrl_obj_of(a, m, MRL_COUNTOF(m), &s.value));
    return mrl_objects_add_subject(o, &s);
}

struct counted { /* an image and its places while a tree is read */
    struct mrl_image image;
    struct mrl_builder places;
    uint32_t n_places;
};

struct collecting {
    struct mrl_images *im;
    struct counted *all;
    uint32_t n;
    struct mrl_builder by_text, by_key; /* both to the number of an image */
};

/* The number of the image that a text names: one image has several names ("redis:7"). */
static mrl_status number_of(struct collecting *k, const struct mrl_image_use *use, int64_t *ret) {
    mrl_val at = mrl_build_get(&k->by_text, mrl_strval(use->text));
    if (!mrl_is_defined(at)) {
        struct mrl_image *i = &k->all[k->n].image;
        MRL_TRY(mrl_images_name(k->im, use->text, i));
        at = mrl_build_get(&k->by_key, mrl_strval(i->key));
        if (!mrl_is_defined(at)) {
            at = mrl_int(k->n);
            i->use = *use;
            mrl_builder_init(&k->all[k->n++].places, k->im->cli->arena, MRL_T_ARR, 1);
            mrl_build_member(&k->by_key, mrl_strval(i->key), at);
        }
        mrl_build_member(&k->by_text, mrl_strval(use->text), at);
    }
    *ret = at.u.i;
    return k->by_text.status != MRL_OK ? k->by_text.status : k->by_key.status;
}

static mrl_status add_place(mrl_arena *a, const struct mrl_image_use *use, struct counted *c) {
    struct mrl_pos at = mrl_text_file_place(use->source, use->start);
    mrl_val v;
    if (c->n_places++ >= PLACES_MAX)
        return MRL_OK;
    struct mrl_member m[] = {{MRL_V("path"), mrl_strval(use->source->path)},
                             {MRL_V("line"), mrl_int(at.line)},
                             {MRL_V("object"), mrl_strval(use->object_id)}};
    MRL_TRY(mrl_obj_of(a, m, MRL_COUNTOF(m), &v));
    mrl_build_item(&c->places, v);
    return c->places.status;
}

/* The images of the tree, each once, in the order in which they are first named. */
static mrl_status collect(struct mrl_images *im, const struct mrl_image_uses *uses,
                          struct mrl_image **ret, uint32_t *ret_n) {
    mrl_arena *a = im->cli->arena;
    struct collecting k = {.im = im,
                           .all = MRL_ARENA_ARRAY(a, struct counted, (size_t)uses->n + 1)};
    struct mrl_image *list = MRL_ARENA_ARRAY(a, struct mrl_image, (size_t)uses->n + 1);
    MRL_CHECK(k.all != NULL && list != NULL, MRL_E_NOMEM);
    mrl_builder_init(&k.by_text, a, MRL_T_OBJ, 64);
    mrl_builder_init(&k.by_key, a, MRL_T_OBJ, 64);
    for (uint32_t i = 0; i < uses->n; i++) {
        int64_t at;
        MRL_TRY(number_of(&k, &uses->items[i], &at));
        MRL_TRY(add_place(a, &uses->items[i], &k.all[at]));
    }
    for (uint32_t i = 0; i < k.n; i++) {
        MRL_TRY(mrl_build_end(&k.all[i].places, &k.all[i].image.places));
        list[i] = k.all[i].image;
    }
    *ret = list;
    *ret_n = k.n;
    return MRL_OK;
}

/* What source verify said of a commit: a subject of its own, named in the file that says it. */
static mrl_status add_source(const struct mrl_images *im, uint32_t i, struct mrl_objects *o) {
    mrl_arena *a = im->cli->arena;
    mrl_val v = im->sources.items[i], value;
    struct mrl_text_file *file = MRL_ARENA_NEW(a, struct mrl_text_file);
    MRL_CHECK(file != NULL, MRL_E_NOMEM);
    *file = (struct mrl_text_file){.path = im->source_files.items[i]};
    struct mrl_member m[] = {{MRL_V("repository"), MRL_GET(v, "repository")},
                             {MRL_V("commit"), MRL_GET(v, "commit")}};
    MRL_TRY(mrl_obj_of(a, m, MRL_COUNTOF(m), &value));
    struct mrl_subject s = {.kind = MRL_SOURCE_KIND, .value = value, .evidence = v, .source = file};
    s.id = mrl_arena_printf(a, "source:%.*s@%.*s", MRL_F(mrl_val_str(m[0].val)),
                            MRL_F(mrl_val_str(m[1].val)));
    MRL_CHECK(s.id.ptr != NULL, MRL_E_NOMEM);
    s.name = mrl_str_sub(s.id, strlen("source:"), s.id.len);
    return mrl_objects_add_subject(o, &s);
}

mrl_status mrl_images_of_objects(struct mrl_images *im, struct mrl_pool *pool,
                                 struct mrl_objects *o, struct mrl_err *err) {
    struct mrl_image_uses uses;
    struct mrl_image *list = NULL;
    uint32_t n = 0;
    if (im->has_rules) {
        MRL_TRY(mrl_images_find(o, im->cli->arena, &uses));
        MRL_TRY(collect(im, &uses, &list, &n));
        MRL_TRY(mrl_images_ask(im, pool, list, n, err));
    }
    for (uint32_t i = 0; i < n; i++)
        MRL_TRY(mrl_images_add(im, &list[i], o));
    for (uint32_t i = 0; i < im->sources.n; i++)
        MRL_TRY(add_source(im, i, o));
    return MRL_OK;
}
