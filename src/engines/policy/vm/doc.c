/* doc.c - documents over several rules, calls of rules, and what is remembered of them.
 *
 * Rules without arguments are remembered by (block, epoch of the context). Contexts nest like a
 * stack, so one list a block suffices: entries of contexts that are closed have an epoch above
 * that of the present one and are dropped on the way.
 */
#include "engines/policy/vm/vm.h"

/* --- memo ----------------------------------------------------------------------------------------
 */

const mrl_val *mrl_vm_recall_older(struct mrl_vm *vm, uint32_t id) {
    struct mrl_memo *m = &vm->memo[id];
    while (m->epoch > vm->cx->epoch) {
        if (m->older == NULL) {
            m->epoch = 0;
            return NULL;
        }
        *m = *m->older;
    }
    return m->epoch == vm->cx->epoch ? &m->value : NULL;
}

mrl_status mrl_vm_remember(struct mrl_vm *vm, uint32_t id, mrl_val v) {
    struct mrl_memo *m = &vm->memo[id], *older = NULL;
    MRL_DASSERT(id < vm->n_memo);
    if (m->epoch >= vm->root.epoch) { /* of an outer context that is still open */
        older = MRL_ARENA_NEW(&vm->arena, struct mrl_memo);
        MRL_CHECK(older != NULL, MRL_E_NOMEM);
        *older = *m;
    }
    *m = (struct mrl_memo){vm->cx->epoch, v, older};
    return MRL_OK;
}

/* --- calls
 * ---------------------------------------------------------------------------------------- */

/* Calls what replaces a function: another function or a value. Replacements do not apply inside. */
static mrl_status call_replacement(struct mrl_vm *vm, const struct mrl_replaced *r,
                                   const mrl_val *args, mrl_val *ret) {
    const struct mrl_lwith *w = r->with;
    if (w->by_node == NULL && w->by_builtin == NULL) {
        *ret = r->value;
        return MRL_OK;
    }
    /* Functions that replace see the functions as they are: `f as g` with g calling f is no loop.
     */
    MRL_TRY(mrl_vm_open(vm));
    vm->cx->functions = NULL;
    mrl_status status =
        w->by_node != NULL
            ? mrl_vm_call(vm, w->by_node, args, ret)
            : mrl_vm_builtin(vm, (uint32_t)mrl_builtin_index(w->by_builtin), args, ret);
    vm->cx = vm->cx->outer;
    return status;
}

static const struct mrl_replaced *
replaced_function(const struct mrl_vm *vm, const struct mrl_node *n, const struct mrl_builtin *b) {
    for (const struct mrl_replaced *r = vm->cx->functions; r != NULL; r = r->outer)
        if ((n != NULL && r->with->node == n) || (b != NULL && r->with->builtin == b))
            return r;
    return NULL;
}

mrl_status mrl_vm_call(struct mrl_vm *vm, const struct mrl_node *n, const mrl_val *args,
                       mrl_val *ret) {
    if (vm->cx->data_refs != NULL && mrl_vm_is_replaced(vm, n)) {
        *ret = mrl_vm_base(vm, n);
        return MRL_OK;
    }
    if (vm->cx->functions != NULL && n->kind == MRL_RULE_FUNCTION) {
        const struct mrl_replaced *r = replaced_function(vm, n, NULL);
        if (r != NULL)
            return call_replacement(vm, r, args, ret);
    }
    const struct mrl_block *b = n->block;
    MRL_DASSERT(b != NULL);
    if (b->lasting && vm->cx->data_refs == NULL && vm->cx->functions == NULL) {
        bool done;
        MRL_TRY(mrl_vm_lasting(vm, b, args, ret, &done));
        if (done)
            return MRL_OK;
    }
    if (!b->memo)
        return mrl_vm_enter(vm, b, args, ret);
    const mrl_val *known = mrl_vm_recall(vm, b->id);
    if (known != NULL) {
        *ret = *known;
        return MRL_OK;
    }
    MRL_TRY(mrl_vm_enter(vm, b, args, ret));
    return mrl_vm_remember(vm, b->id, *ret);
}

mrl_status mrl_vm_builtin(struct mrl_vm *vm, uint32_t index, const mrl_val *args, mrl_val *ret) {
    const struct mrl_builtin *b = &mrl_builtin_rows[index];
    MRL_DASSERT(b->fn != NULL && b->arity <= MRL_BUILTIN_ARITY_MAX);
    if (vm->cx->functions != NULL) {
        const struct mrl_replaced *r = replaced_function(vm, NULL, b);
        if (r != NULL)
            return call_replacement(vm, r, args, ret);
    }
    vm->bi.name = b->name;
    mrl_val v = mrl_undefined();
    mrl_status status = b->fn(&vm->bi, args, &v);
    /* As in OPA a builtin that fails is undefined; only strict_builtin_errors makes it an error.
     * Budgets, memory and cancelling are errors in any case. What was said about the failure is
     * taken back, or it would be told as the reason of a later one. */
    bool failed = status == MRL_E_TYPE || status == MRL_E_INVALID;
    if (status == MRL_E_UNDEFINED || (failed && !vm->opts.strict_builtin_errors)) {
        vm->err->text[0] = '\0';
        vm->err->id = NULL;
        *ret = mrl_undefined();
        return MRL_OK;
    }
    *ret = v;
    return status;
}

/* --- documents
 * ------------------------------------------------------------------------------------ */

/* True when keys[0] may name the child. A key that is no string (null: any) lets all pass: the
 * caller looks at what comes back once more. */
static bool wanted(const mrl_val *keys, uint32_t n, mrl_str name) {
    return n == 0 || !mrl_is_str(keys[0]) || mrl_str_eq(mrl_val_str(keys[0]), name);
}

mrl_status mrl_vm_doc(struct mrl_vm *vm, const struct mrl_node *node, const mrl_val *keys,
                      uint32_t n, mrl_val *ret) {
    /* A node without rules at or below it is plain base data, shared and not copied. */
    mrl_val base = mrl_vm_base(vm, node);
    if ((!node->has_below && !node->is_package) ||
        (vm->cx->data_refs != NULL && mrl_vm_is_replaced(vm, node))) {
        *ret = base;
        return MRL_OK;
    }
    if (node->n_rules > 0) {
        /* A function is no document: data.p.f is undefined where it is not called. */
        if (node->kind != MRL_RULE_FUNCTION)
            return mrl_vm_call(vm, node, NULL, ret);
        *ret = mrl_undefined();
        return MRL_OK;
    }
    struct mrl_builder b;
    mrl_builder_init(&b, &vm->arena, MRL_T_OBJ, 0);
    for (uint32_t i = 0; mrl_is_obj(base) && i < base.len; i++)
        if (wanted(keys, n, mrl_val_str(base.u.obj->m[i].key)))
            mrl_build_member(&b, base.u.obj->m[i].key, base.u.obj->m[i].val);
    for (const struct mrl_node *child = node->children; child != NULL; child = child->sibling) {
        if (!wanted(keys, n, child->name))
            continue;
        mrl_val v = mrl_undefined();
        MRL_TRY(mrl_vm_step(vm));
        MRL_TRY(mrl_vm_doc(vm, child, n > 0 ? keys + 1 : keys, n > 0 ? n - 1 : 0, &v));
        /* A rule and base data at one place: base data stands, as in OPA. */
        bool taken = child->n_rules > 0 && mrl_is_defined(mrl_obj_get_str(base, child->name));
        if (mrl_is_defined(v) && !taken)
            mrl_build_member(&b, mrl_strval(child->name), v);
    }
    return mrl_build_end(&b, ret);
}
