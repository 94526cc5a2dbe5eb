/* ci_lock.c - the lock file of evidence: what an answer was made from, so that it can be made
 * again.
 *
 * One value says everything that the answer depends on, by digest, and what it was. A check of the
 * lock is a comparison of two such values, member by member, so that a difference has a name. A
 * digest of a list is that of its lines "NAME NUL digest LF", sorted, whatever order they were read
 * in. Evidence that this build does not ask for stands there as not asked, never as passed.
 */
#include "cli/ci.h"
#include "cli/controls_text.h"

#include "base/file.h"
#include "formats/json/json.h"

#include <stdlib.h>

#define SCHEMA "merlon.lock/1"
#define DEPTH_MAX 8 /* of a lock's members */

/* --- digests ------------------------------------------------------------------------------- */

struct lines {
    mrl_arena *a;
    MRL_VEC(mrl_str) list;
};

static mrl_status add_line(struct lines *l, mrl_str name, mrl_str text) {
    mrl_str digest;
    MRL_TRY(mrl_digest_write(l->a, text, &digest));
    mrl_str line = mrl_arena_printf(l->a, "%.*s%c%.*s\n", MRL_F(name), 0, MRL_F(digest));
    MRL_CHECK(line.ptr != NULL, MRL_E_NOMEM);
    return MRL_VEC_PUSH(l->a, &l->list, line);
}

static int by_bytes(const void *a, const void *b) {
    return mrl_str_cmp(*(const mrl_str *)a, *(const mrl_str *)b);
}

static mrl_status digest_lines(struct lines *l, mrl_str *ret) {
    struct mrl_buf b;
    mrl_buf_init(&b, SIZE_MAX);
    if (l->list.n > 1)
        qsort(l->list.items, l->list.n, sizeof(mrl_str), by_bytes);
    for (uint32_t i = 0; i < l->list.n; i++)
        mrl_buf_add(&b, l->list.items[i]);
    mrl_status status = b.status;
    if (status == MRL_OK)
        status = mrl_digest_write(l->a, mrl_buf_str(&b), ret);
    mrl_buf_release(&b);
    return status;
}

static mrl_status counted(mrl_arena *a, struct lines *l, const char *unit, mrl_val *ret) {
    mrl_str digest;
    MRL_TRY(digest_lines(l, &digest));
    struct mrl_member m[] = {{MRL_V("digest"), mrl_strval(digest)},
                             {mrl_strval(mrl_str_z(unit)), mrl_int(l->list.n)}};
    return mrl_obj_of(a, m, MRL_COUNTOF(m), ret);
}

/* --- what the answer depends on ------------------------------------------------------------ */

/* Whether a file has a part in the answer: reports and locks beside the manifests have none, and
 * a run that writes one must be able to judge the same tree again. */
static bool has_part(const struct mrl_check *c, const struct mrl_text_file *s, uint32_t *object) {
    bool found = false;
    while (*object < c->n_tree_objects && c->objects.items[*object].source == s) {
        found = true;
        (*object)++;
    }
    return found;
}

static mrl_status tree(const struct mrl_check *c, mrl_val *ret) {
    struct lines l = {.a = c->cli->arena};
    uint32_t object = 0; /* objects stand in the order of the inputs */
    for (uint32_t i = 0; i < c->inputs.n; i++) {
        const struct mrl_input *in = &c->inputs.items[i];
        if (has_part(c, &in->source, &object) || in->problem != NULL)
            MRL_TRY(add_line(&l, in->source.path, in->source.text));
    }
    MRL_ASSERT(object == c->n_tree_objects);
    return counted(l.a, &l, "files", ret);
}

static mrl_status policies(const struct mrl_check *c, mrl_val *ret) {
    struct mrl_builder b;
    mrl_builder_init(&b, c->cli->arena, MRL_T_OBJ, c->files.texts.n);
    for (uint32_t i = 0; i < c->files.texts.n; i++) {
        mrl_str digest;
        MRL_TRY(mrl_digest_write(c->cli->arena, c->files.texts.items[i].text, &digest));
        mrl_build_member(&b, mrl_strval(c->files.texts.items[i].path), mrl_strval(digest));
    }
    return mrl_build_end(&b, ret);
}

static mrl_status own_controls(const struct mrl_check *c, mrl_val *ret) {
    struct lines l = {.a = c->cli->arena};
    for (size_t i = 0; i < mrl_control_texts_n && !mrl_opt_given(c->cli, "no-controls"); i++)
        MRL_TRY(add_line(&l, mrl_control_texts[i].file, mrl_control_texts[i].text));
    return counted(l.a, &l, "modules", ret);
}

/* A settings file by name and digest; null when there is none. */
static mrl_status settings(mrl_arena *a, mrl_str file, mrl_val *ret) {
    mrl_str text, digest;
    *ret = mrl_null();
    if (file.len == 0)
        return MRL_OK;
    MRL_TRY(mrl_file_read(a, file, 0, NULL, &text));
    MRL_TRY(mrl_digest_write(a, text, &digest));
    struct mrl_member m[] = {{MRL_V("file"), mrl_strval(file)},
                             {MRL_V("digest"), mrl_strval(digest)}};
    return mrl_obj_of(a, m, MRL_COUNTOF(m), ret);
}

static mrl_status options(const struct mrl_check *c, const struct mrl_gate *g, mrl_val *ret) {
    mrl_arena *a = c->cli->arena;
    struct mrl_builder b;
    mrl_val paths;
    mrl_builder_init(&b, a, MRL_T_ARR, c->cli->n_args);
    for (size_t i = 0; i < c->cli->n_args; i++)
        mrl_build_item(&b, mrl_strval(c->cli->args[i]));
    MRL_TRY(mrl_build_end(&b, &paths));
    mrl_str floor = mrl_arena_printf(a, "%.2f", g->min_floor);
    MRL_CHECK(floor.ptr != NULL, MRL_E_NOMEM);
    const char *gate = g->none ? "none" : mrl_severity_name(g->severity);
    struct mrl_member m[] = {{MRL_V("gate"), mrl_strval(mrl_str_z(gate))},
                             {MRL_V("max-unknown"), mrl_int(g->max_unknown)},
                             {MRL_V("min-floor"), mrl_strval(floor)},
                             {MRL_V("paths"), paths}};
    return mrl_obj_of(a, m, MRL_COUNTOF(m), ret);
}

static mrl_status base_of(const struct mrl_check *c, mrl_val *ret) {
    const struct mrl_since *s = c->since;
    mrl_val files = mrl_null();
    if (s->base != NULL)
        MRL_TRY(tree(s->base, &files));
    struct mrl_member m[] = {{MRL_V("commit"), mrl_strval(s->commit)}, {MRL_V("tree"), files}};
    return mrl_obj_of(c->cli->arena, m, MRL_COUNTOF(m), ret);
}

/* --- what the answer was ------------------------------------------------------------------- */

static mrl_status findings(const struct mrl_check *c, mrl_val *ret) {
    struct lines l = {.a = c->cli->arena};
    for (uint32_t i = 0; i < c->posture.n_findings; i++) {
        const struct mrl_finding *f = &c->posture.findings[i];
        mrl_str text = mrl_arena_printf(l.a, "%s %d %s", mrl_verdict_name(f->verdict), f->accepted,
                                        f->old ? "old" : "new");
        MRL_CHECK(text.ptr != NULL, MRL_E_NOMEM);
        MRL_TRY(add_line(&l, f->fingerprint, text));
    }
    return counted(l.a, &l, "count", ret);
}

static mrl_status answer(const struct mrl_check *c, mrl_val *ret) {
    const uint64_t *n = c->posture.all.count;
    mrl_val all;
    MRL_TRY(findings(c, &all));
    struct mrl_member m[] = {{MRL_V("pass"), mrl_int((int64_t)n[MRL_PASS])},
                             {MRL_V("fail"), mrl_int((int64_t)n[MRL_FAIL])},
                             {MRL_V("unknown"), mrl_int((int64_t)n[MRL_UNKNOWN])},
                             {MRL_V("not-applicable"), mrl_int((int64_t)n[MRL_NOT_APPLICABLE])},
                             {MRL_V("unread"), mrl_int(c->n_unread)},
                             {MRL_V("new"), mrl_int(c->since->n_new)},
                             {MRL_V("old"), mrl_int(c->since->n_old)},
                             {MRL_V("fixed"), mrl_int(c->since->n_gone)},
                             {MRL_V("findings"), all}};
    return mrl_obj_of(c->cli->arena, m, MRL_COUNTOF(m), ret);
}

/* The evidence of the images, or of the sources, that were judged; "not asked" of those that have
 * none. Where it came from and when has no part in it. */
static mrl_status gathered(const struct mrl_check *c, mrl_str kind, const char *proof,
                           mrl_val *ret) {
    struct lines l = {.a = c->cli->arena};
    for (uint32_t i = c->n_tree_objects; i < c->objects.n; i++) {
        const struct mrl_object *o = &c->objects.items[i];
        struct mrl_buf b;
        mrl_str text;
        if (!mrl_str_eq(o->kind, kind) ||
            !mrl_is_defined(mrl_obj_get_str(o->evidence, mrl_str_z(proof))))
            continue;
        mrl_buf_init(&b, MRL_EVIDENCE_BYTES_MAX);
        mrl_json_write(&b, l.a, o->evidence, NULL);
        MRL_TRY(mrl_buf_give(&b, l.a, &text));
        MRL_TRY(add_line(&l, o->id, text));
    }
    *ret = MRL_V("not asked");
    return l.list.n > 0 ? counted(l.a, &l, "subjects", ret) : MRL_OK;
}

static mrl_status other_evidence(const struct mrl_check *c, mrl_val *ret) {
    mrl_arena *a = c->cli->arena;
    mrl_val signatures, sources;
    MRL_TRY(gathered(c, MRL_IMAGE_KIND, "digest", &signatures));
    MRL_TRY(gathered(c, MRL_SOURCE_KIND, "commit", &sources));
    struct mrl_member m[] = {{MRL_V("signatures"), signatures},
                             {MRL_V("sources"), sources},
                             {MRL_V("sbom"), MRL_V("not asked")},
                             {MRL_V("vulnerabilities"), MRL_V("not asked")}};
    return mrl_obj_of(a, m, MRL_COUNTOF(m), ret);
}

mrl_status mrl_ci_evidence(const struct mrl_check *c, const struct mrl_gate *g, mrl_val *ret) {
    mrl_arena *a = c->cli->arena;
    MRL_ASSERT(c->since != NULL);
    mrl_str today = mrl_today(a);
    MRL_CHECK(today.ptr != NULL, MRL_E_NOMEM);
    struct mrl_member m[] = {
        {MRL_V("schema"), MRL_V(SCHEMA)},  {MRL_V("merlon"), MRL_V(MRL_VERSION)},
        {MRL_V("day"), mrl_strval(today)}, {MRL_V("revision"), mrl_strval(c->since->head)},
        {MRL_V("base"), mrl_null()},       {MRL_V("tree"), mrl_null()},
        {MRL_V("policies"), mrl_null()},   {MRL_V("controls"), mrl_null()},
        {MRL_V("settings"), mrl_null()},   {MRL_V("baseline"), mrl_null()},
        {MRL_V("options"), mrl_null()},    {MRL_V("evidence"), mrl_null()},
        {MRL_V("answer"), mrl_null()}};
    MRL_TRY(base_of(c, &m[4].val));
    MRL_TRY(tree(c, &m[5].val));
    MRL_TRY(policies(c, &m[6].val));
    MRL_TRY(own_controls(c, &m[7].val));
    MRL_TRY(settings(a, c->config_file, &m[8].val));
    MRL_TRY(settings(a, c->baseline, &m[9].val));
    MRL_TRY(options(c, g, &m[10].val));
    MRL_TRY(other_evidence(c, &m[11].val));
    MRL_TRY(answer(c, &m[12].val));
    return mrl_obj_of(a, m, MRL_COUNTOF(m), ret);
}

/* --- the file ------------------------------------------------------------------------------ */

mrl_status mrl_ci_lock_read(mrl_arena *a, mrl_str file, struct mrl_err *err, mrl_val *ret) {
    mrl_val v = mrl_undefined();
    MRL_TRY(mrl_load_document(a, file, err, &v));
    mrl_str base = mrl_ci_lock_base(v);
    if (!mrl_str_eq(mrl_val_str(MRL_GET(v, "schema")), MRL_S(SCHEMA)) ||
        (base.len > 0 && !mrl_git_is_id(base)))
        return mrl_err_set(err, MRL_E_INVALID, "lock.form",
                           "%.*s is no " SCHEMA ": make one with merlon ci --lock", MRL_F(file));
    *ret = v;
    return MRL_OK;
}

mrl_str mrl_ci_lock_base(mrl_val lock) {
    return mrl_val_str(MRL_GET(MRL_GET(lock, "base"), "commit"));
}

mrl_status mrl_ci_lock_write(mrl_arena *a, mrl_str file, mrl_val evidence, struct mrl_err *err) {
    struct mrl_buf b;
    struct mrl_json_style style = {.indent = 2};
    mrl_buf_init(&b, (size_t)64 << 20);
    mrl_json_write(&b, a, evidence, &style);
    mrl_buf_byte(&b, '\n');
    mrl_status status = b.status;
    if (status == MRL_OK)
        status = mrl_file_replace(file, mrl_buf_str(&b), err);
    mrl_buf_release(&b);
    return status;
}

/* --- differences --------------------------------------------------------------------------- */

struct comparing {
    mrl_arena *a;
    struct mrl_buf *b;
    const char *names[DEPTH_MAX];
    int lens[DEPTH_MAX];
    unsigned depth;
    uint32_t n;
};

static void one_side(struct comparing *c, mrl_val v) {
    if (!mrl_is_defined(v) || v.tag == MRL_T_NULL)
        mrl_buf_add(c->b, MRL_S("nothing"));
    else
        mrl_json_write(c->b, c->a, v, NULL);
}

static void differ(struct comparing *c, mrl_val lock, mrl_val now) {
    for (unsigned i = 0; i < c->depth; i++)
        mrl_buf_printf(c->b, "%s%.*s", i > 0 ? ": " : "", c->lens[i], c->names[i]);
    mrl_buf_add(c->b, MRL_S(": "));
    one_side(c, now);
    mrl_buf_add(c->b, MRL_S(", in the lock "));
    one_side(c, lock);
    mrl_buf_byte(c->b, '\n');
    c->n++;
}

static void compare(struct comparing *c, mrl_val lock, mrl_val now);

static void member(struct comparing *c, mrl_str key, mrl_val lock, mrl_val now) {
    c->names[c->depth] = key.ptr != NULL ? key.ptr : "";
    c->lens[c->depth++] = (int)key.len;
    compare(c, lock, now);
    c->depth--;
}

static void compare(struct comparing *c, mrl_val lock, mrl_val now) {
    if (!mrl_is_obj(lock) || !mrl_is_obj(now) || c->depth == DEPTH_MAX) {
        if (!mrl_is_defined(lock) || !mrl_is_defined(now) || !mrl_val_eq(lock, now))
            differ(c, lock, now);
        return;
    }
    for (uint32_t i = 0; i < now.len; i++) {
        const struct mrl_member *m = &now.u.obj->m[i];
        mrl_str key = mrl_val_str(m->key);
        bool noted =
            c->depth == 0 && (mrl_str_eq(key, MRL_S("day")) || mrl_str_eq(key, MRL_S("revision")));
        if (!noted)
            member(c, key, mrl_obj_get(lock, m->key), m->val);
    }
    for (uint32_t i = 0; i < lock.len; i++) {
        const struct mrl_member *m = &lock.u.obj->m[i];
        if (!mrl_is_defined(mrl_obj_get(now, m->key)))
            member(c, mrl_val_str(m->key), m->val, mrl_undefined());
    }
}

uint32_t mrl_ci_lock_differences(mrl_arena *a, mrl_val lock, mrl_val now, struct mrl_buf *b) {
    struct comparing c = {.a = a, .b = b};
    compare(&c, lock, now);
    return c.n;
}
