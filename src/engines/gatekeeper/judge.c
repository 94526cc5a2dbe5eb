/* judge.c - constraints meet reviews; see gatekeeper.h.
 *
 * What Gatekeeper does in a hook module written in Rego (give each violation its key, leave out
 * what has no msg, join equal ones) is done here on the set that the rule gave: one evaluation
 * less.
 */
#include "engines/gatekeeper/internal.h"

#include "base/vec.h"

mrl_status mrl_gk_applies(const struct mrl_gk_constraint *c, const struct mrl_gk_review *r,
                          struct mrl_err *err, bool *ret) {
    /* An update that moves an object out of the match is still about it: either side counts. */
    bool fits = false;
    if (r->has_object)
        MRL_TRY(mrl_gk_matches(&c->match, &r->object, err, &fits));
    if (!fits && r->has_old_object)
        MRL_TRY(mrl_gk_matches(&c->match, &r->old_object, err, &fits));
    *ret = fits;
    return MRL_OK;
}

mrl_status mrl_gk_violations(struct mrl_vm *vm, const struct mrl_gk_constraint *c,
                             const struct mrl_gk_review *r, struct mrl_err *err, mrl_val *ret) {
    MRL_ASSERT(c->fault == MRL_GK_SOUND && c->template->violation != NULL);
    struct mrl_member m[] = {{MRL_V("review"), r->value}, {MRL_V("parameters"), c->parameters}};
    mrl_val input = mrl_undefined();
    MRL_TRY(mrl_obj_of(mrl_vm_arena(vm), m, MRL_COUNTOF(m), &input));
    MRL_TRY(mrl_vm_begin_keep(vm, input));
    return mrl_vm_value(vm, c->template->violation, err, ret);
}

/* --- results
 * -------------------------------------------------------------------------------------- */

/* Appends a result. */
static mrl_status add(struct mrl_gk_results *l, const struct mrl_gk_result *r) {
    MRL_TRY(MRL_VEC_ROOM(l->arena, l->items, l->n, l->cap));
    l->items[l->n++] = *r;
    return MRL_OK;
}

/* An error is a result: who asks must not take the silence of a rule that failed for a pass. */
static mrl_status add_error(struct mrl_gk_results *l, const struct mrl_gk_constraint *c,
                            const struct mrl_err *err, mrl_status status) {
    MRL_ASSERT(status != MRL_OK);
    const char *why = err->text[0] != '\0' ? err->text : mrl_status_name(status);
    struct mrl_gk_result r = {c, mrl_arena_str(l->arena, mrl_str_z(why)), mrl_undefined(), true};
    MRL_CHECK(r.msg.ptr != NULL, MRL_E_NOMEM);
    return add(l, &r);
}

/* One item of the violation set. One without a msg is no violation, as in Gatekeeper's own rule. */
static mrl_status add_item(struct mrl_gk_results *l, uint32_t from,
                           const struct mrl_gk_constraint *c, mrl_val item) {
    MRL_ASSERT(from <= l->n);
    mrl_val msg = MRL_GET(item, "msg"), details = MRL_GET(item, "details");
    struct mrl_gk_result r = {.constraint = c, .details = mrl_undefined()};
    if (!mrl_is_defined(msg))
        return MRL_OK;
    if (!mrl_is_str(msg)) {
        r.error = true;
        msg = MRL_V("the rule gave a msg that is no text");
    }
    if (mrl_is_defined(details))
        MRL_TRY(mrl_val_copy(l->arena, details, &r.details));
    r.msg = mrl_arena_str(l->arena, mrl_val_str(msg));
    MRL_CHECK(r.msg.ptr != NULL, MRL_E_NOMEM);
    for (uint32_t i = from; i < l->n; i++)
        if (mrl_str_eq(l->items[i].msg, r.msg) && mrl_val_eq(l->items[i].details, r.details))
            return MRL_OK;
    return add(l, &r);
}

/* All violations of one evaluation, in sorted order, so that output does not depend on hashing. */
static mrl_status add_items(struct mrl_vm *vm, struct mrl_gk_results *l,
                            const struct mrl_gk_constraint *c, mrl_val violations) {
    uint32_t from = l->n; /* equal violations are one within a constraint, not across them */
    mrl_status status = MRL_OK;
    /* An object is asked for its keys, as `violation[r]` does. */
    if (!mrl_is_set(violations) && !mrl_is_obj(violations))
        return MRL_OK;
    const uint32_t *order = mrl_val_order(mrl_vm_arena(vm), violations, &status);
    for (uint32_t i = 0; i < violations.len && status == MRL_OK; i++) {
        uint32_t at = order != NULL ? order[i] : i;
        status = add_item(l, from, c,
                          mrl_is_set(violations) ? violations.u.arr->items[at]
                                                 : violations.u.obj->m[at].key);
    }
    return status;
}

mrl_status mrl_gk_judge(struct mrl_vm *vm, const struct mrl_gk_constraint *c,
                        const struct mrl_gk_review *r, struct mrl_gk_results *ret) {
    struct mrl_err err;
    mrl_val violations = mrl_undefined();
    bool applies = false;
    mrl_err_init(&err);
    if (c->actions == 0) /* scoped to other points of enforcement */
        return MRL_OK;
    mrl_status status = mrl_gk_applies(c, r, &err, &applies);
    if (status == MRL_OK && !applies)
        return MRL_OK;
    ret->applied = true;
    if (status == MRL_OK && c->fault != MRL_GK_SOUND)
        status = mrl_err_set(&err, MRL_E_UNDEFINED, "gatekeeper.fault", "%.*s", MRL_F(c->problem));
    if (status == MRL_OK)
        status = mrl_gk_violations(vm, c, r, &err, &violations);
    if (status == MRL_OK)
        return add_items(vm, ret, c, violations);
    return status == MRL_E_CANCELLED ? status : add_error(ret, c, &err, status);
}
