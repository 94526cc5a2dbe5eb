/* judge.c - every control meets every object of its kinds. */
#include "engines/posture/posture.h"

#include "base/vec.h"
#include "formats/json/json.h"

#define STAGE "build"

struct judging {
    struct mrl_vm *vm;
    struct mrl_posture *out;
    const struct mrl_control *control;
    const struct mrl_object *object;
    bool failed, unknown;
};

/* --- findings
 * ------------------------------------------------------------------------------------- */

/* The path as text: spec.containers[0].image. */
static mrl_str path_text(mrl_arena *a, mrl_val path) {
    struct mrl_buf b;
    mrl_buf_init(&b, 4096);
    for (uint32_t i = 0; mrl_is_arr(path) && i < path.len; i++) {
        mrl_val key = path.u.arr->items[i];
        if (mrl_is_str(key))
            mrl_buf_printf(&b, "%s%.*s", i > 0 ? "." : "", MRL_F(mrl_val_str(key)));
        else if (key.tag == MRL_T_INT)
            mrl_buf_printf(&b, "[%lld]", (long long)key.u.i);
    }
    mrl_str r = mrl_arena_str(a, (mrl_str){b.ptr, b.len});
    mrl_buf_release(&b);
    return r;
}

static mrl_status add(struct judging *j, struct mrl_finding *f) {
    MRL_ASSERT(f->verdict == MRL_FAIL || f->verdict == MRL_UNKNOWN);
    struct mrl_posture *p = j->out;
    MRL_TRY(MRL_VEC_ROOM(p->arena, p->findings, p->n_findings, p->cap_findings));
    f->control = j->control;
    f->object = j->object;
    f->source = j->object->source;
    mrl_object_locate(j->object, f->path, &f->pos, &f->end);
    mrl_str path = path_text(p->arena, f->path);
    f->fingerprint = mrl_arena_printf(p->arena, "%.*s %.*s %.*s", MRL_F(j->control->id),
                                      MRL_F(j->object->id), MRL_F(path));
    if (f->cause.len == 0)
        f->cause = j->object->id;
    MRL_CHECK(f->fingerprint.ptr != NULL, MRL_E_NOMEM);
    p->findings[p->n_findings++] = *f;
    j->failed |= f->verdict == MRL_FAIL;
    j->unknown |= f->verdict == MRL_UNKNOWN;
    return MRL_OK;
}

static mrl_status unknown(struct judging *j, mrl_str why) {
    struct mrl_finding f = {.verdict = MRL_UNKNOWN,
                            .message = mrl_arena_str(j->out->arena, why),
                            .path = mrl_undefined(),
                            .value = mrl_undefined(),
                            .fix = mrl_undefined()};
    return add(j, &f);
}

static mrl_status copied(struct judging *j, mrl_val v, mrl_val *ret) {
    *ret = mrl_undefined(); /* null says the same: a control may compute that there is no fix */
    return mrl_is_defined(v) && v.tag != MRL_T_NULL ? mrl_val_copy(j->out->arena, v, ret) : MRL_OK;
}

/* One item of a violation, deny, warn or unknown set: a text, or an object with msg. */
static mrl_status item(struct judging *j, mrl_val v, enum mrl_verdict verdict) {
    struct mrl_finding f = {.verdict = verdict};
    mrl_val msg = mrl_is_obj(v) ? MRL_GET(v, "msg") : v;
    f.message =
        mrl_arena_str(j->out->arena, mrl_is_str(msg) ? mrl_val_str(msg) : j->control->title);
    MRL_CHECK(f.message.ptr != NULL, MRL_E_NOMEM);
    MRL_TRY(copied(j, MRL_GET(v, "path"), &f.path));
    MRL_TRY(copied(j, MRL_GET(v, "value"), &f.value));
    MRL_TRY(copied(j, MRL_GET(v, "fix"), &f.fix));
    f.cause = mrl_arena_str(j->out->arena, mrl_val_str(MRL_GET(v, "cause")));
    return add(j, &f);
}

/* All items of a document that a rule gives: set, array, object of items, or a single one. */
static mrl_status items(struct judging *j, mrl_val v, enum mrl_verdict verdict) {
    if (!mrl_is_defined(v) || mrl_is_false(v))
        return MRL_OK;
    if (!mrl_is_set(v) && !mrl_is_arr(v))
        return item(j, v, verdict);
    mrl_status status = MRL_OK;
    const uint32_t *order = mrl_is_set(v) ? mrl_val_order(mrl_vm_arena(j->vm), v, &status) : NULL;
    for (uint32_t i = 0; i < v.len && status == MRL_OK; i++)
        status = item(j, v.u.arr->items[order != NULL ? order[i] : i], verdict);
    return status;
}

/* --- one control on one object
 * ---------------------------------------------------------------------- */

static bool applies(const struct mrl_control *c, const struct mrl_object *o) {
    if (!mrl_is_arr(c->kinds))
        return true;
    for (uint32_t i = 0; i < c->kinds.len; i++)
        if (mrl_str_eq(mrl_val_str(c->kinds.u.arr->items[i]), o->kind))
            return true;
    return false;
}

/* Controls of documents and controls of Kubernetes objects never meet, and no such pair is counted:
 * a repository's workflows say nothing of how many verdicts its manifests have. A control that
 * names no kinds is about Kubernetes objects. */
static bool meets(const struct mrl_control *c, const struct mrl_object *o) {
    bool documents =
        mrl_is_arr(c->kinds) && c->kinds.len > 0 &&
        mrl_str_find(mrl_val_str(c->kinds.u.arr->items[0]), MRL_S("/"), 0) != MRL_STR_NPOS;
    return documents == o->document;
}

static mrl_status read_result(struct judging *j, mrl_val doc, bool *ret_skip) {
    *ret_skip = false;
    if (j->control->dialect == MRL_DIALECT_CONFTEST) {
        MRL_TRY(items(j, MRL_GET(doc, "deny"), MRL_FAIL));
        MRL_TRY(items(j, MRL_GET(doc, "warn"), MRL_FAIL));
        return items(j, MRL_GET(doc, "violation"), MRL_FAIL);
    }
    *ret_skip = mrl_is_true(MRL_GET(doc, "not_applicable"));
    if (*ret_skip)
        return MRL_OK;
    MRL_TRY(items(j, MRL_GET(doc, "violation"), MRL_FAIL));
    return items(j, MRL_GET(doc, "unknown"), MRL_UNKNOWN);
}

static void count(struct judging *j, uint32_t control, enum mrl_verdict v) {
    MRL_ASSERT(v <= MRL_UNKNOWN && j->out->by_control != NULL);
    uint32_t weight = j->control->advisory ? 0 : mrl_severity_weight(j->control->severity);
    j->out->all.count[v]++;
    j->out->all.weight[v] += weight;
    j->out->by_control[control].count[v]++;
    j->out->by_control[control].weight[v] += weight;
}

static mrl_status judge_one(struct judging *j, uint32_t index) {
    MRL_ASSERT(j->control != NULL && j->object != NULL);
    struct mrl_err err;
    mrl_val doc = mrl_undefined();
    bool skip = false;
    j->failed = j->unknown = false;
    mrl_status status = mrl_vm_value(j->vm, j->control->query, &err, &doc);
    if (status == MRL_E_CANCELLED)
        return status;
    if (status != MRL_OK)
        MRL_TRY(unknown(j, mrl_str_z(err.text)));
    else
        MRL_TRY(read_result(j, doc, &skip));
    count(j, index,
          skip         ? MRL_NOT_APPLICABLE
          : j->failed  ? MRL_FAIL
          : j->unknown ? MRL_UNKNOWN
                       : MRL_PASS);
    return MRL_OK;
}

/* What a control sees: {"subject", "object", "stage"}, and where there are any "evidence" and
 * "parameters". */
static mrl_status input_of(mrl_arena *a, const struct mrl_object *o, mrl_val *ret) {
    MRL_ASSERT(o->source != NULL);
    struct mrl_member subject[] = {
        {MRL_V("id"), mrl_strval(o->id)},
        {MRL_V("kind"), o->document ? mrl_strval(o->kind) : MRL_V("object")},
        {MRL_V("path"), mrl_strval(o->source->path)}};
    mrl_val s = mrl_undefined();
    MRL_TRY(mrl_obj_of(a, subject, 3, &s));
    struct mrl_member all[5] = {
        {MRL_V("subject"), s}, {MRL_V("object"), o->value}, {MRL_V("stage"), MRL_V(STAGE)}};
    size_t n = 3;
    if (mrl_is_defined(o->evidence))
        all[n++] = (struct mrl_member){MRL_V("evidence"), o->evidence};
    if (mrl_is_defined(o->parameters))
        all[n++] = (struct mrl_member){MRL_V("parameters"), o->parameters};
    return mrl_obj_of(a, all, n, ret);
}

/* All controls of one dialect on one object: they share one input and what rules remember. */
static mrl_status judge_dialect(struct judging *j, const struct mrl_controls *controls,
                                enum mrl_dialect dialect) {
    bool begun = false;
    for (uint32_t i = 0; i < controls->n; i++) {
        j->control = &controls->items[i];
        if (j->control->dialect != dialect || !meets(j->control, j->object))
            continue;
        if (!applies(j->control, j->object)) {
            count(j, i, MRL_NOT_APPLICABLE);
            continue;
        }
        if (!begun) {
            mrl_val input = j->object->value;
            MRL_TRY(mrl_vm_begin(j->vm, mrl_undefined()));
            if (dialect == MRL_DIALECT_MERLON)
                MRL_TRY(input_of(mrl_vm_arena(j->vm), j->object, &input));
            MRL_TRY(mrl_vm_begin_keep(j->vm, input));
            begun = true;
        }
        MRL_TRY(judge_one(j, i));
    }
    return MRL_OK;
}

/* --- Gatekeeper's constraints
 * --------------------------------------------------------------------- */

static mrl_status judge_constraint(struct judging *j, uint32_t index,
                                   const struct mrl_gk_review *review) {
    struct mrl_gk_results results = {.arena = j->out->arena};
    j->failed = j->unknown = false;
    MRL_TRY(mrl_gk_judge(j->vm, j->control->constraint, review, &results));
    for (uint32_t i = 0; i < results.n; i++) {
        struct mrl_finding f = {.verdict = results.items[i].error ? MRL_UNKNOWN : MRL_FAIL,
                                .message = results.items[i].msg,
                                .path = mrl_undefined(),
                                .value = results.items[i].details,
                                .fix = mrl_undefined()};
        MRL_TRY(add(j, &f));
    }
    count(j, index,
          !results.applied ? MRL_NOT_APPLICABLE
          : j->failed      ? MRL_FAIL
          : j->unknown     ? MRL_UNKNOWN
                           : MRL_PASS);
    return MRL_OK;
}

/* The Namespace of the tree that the object lives in, or undefined. */
static mrl_val namespace_of(const struct mrl_objects *objects, const struct mrl_object *o) {
    mrl_val all = MRL_GET(MRL_GET(MRL_GET(objects->inventory, "cluster"), "v1"), "Namespace");
    return o->ns.len > 0 ? mrl_obj_get_str(all, o->ns) : mrl_undefined();
}

/* All constraints on one object: they share its review. */
static mrl_status judge_constraints(struct judging *j, const struct mrl_controls *controls,
                                    const struct mrl_objects *objects) {
    struct mrl_gk_review review = {0};
    for (uint32_t i = 0; i < controls->n; i++) {
        j->control = &controls->items[i];
        if (j->control->dialect != MRL_DIALECT_GATEKEEPER || !meets(j->control, j->object))
            continue;
        if (!review.has_object) {
            MRL_TRY(mrl_vm_begin(j->vm, mrl_undefined()));
            MRL_TRY(mrl_gk_review_object(mrl_vm_arena(j->vm), j->object->value,
                                         namespace_of(objects, j->object), &review));
        }
        MRL_TRY(judge_constraint(j, i, &review));
    }
    return MRL_OK;
}

mrl_status mrl_judge(struct mrl_vm *vm, const struct mrl_controls *controls,
                     const struct mrl_objects *objects, uint32_t from, uint32_t to,
                     struct mrl_posture *ret) {
    MRL_ASSERT(from <= to && to <= objects->n && ret->arena != NULL);
    if (ret->by_control == NULL)
        ret->by_control = MRL_ARENA_ARRAY(ret->arena, struct mrl_tally, controls->n + 1);
    MRL_CHECK(ret->by_control != NULL, MRL_E_NOMEM);
    struct judging j = {.vm = vm, .out = ret};
    for (uint32_t i = from; i < to; i++) {
        j.object = &objects->items[i];
        MRL_TRY(judge_dialect(&j, controls, MRL_DIALECT_MERLON));
        MRL_TRY(judge_dialect(&j, controls, MRL_DIALECT_CONFTEST));
        MRL_TRY(judge_constraints(&j, controls, objects));
    }
    return MRL_OK;
}
