/* context.c - what `with` changes: input, base data, replaced documents and functions.
 *
 * A context holds everything that a value can depend on besides the policy: input, base data and
 * the lists of what is replaced. Opening one copies the outer context, so that closing is one
 * pointer and what a failure leaves behind needs no undoing. Its epoch is a fresh number: values
 * remembered outside are not found inside, and the other way round.
 */
#include "engines/policy/vm/vm.h"

#include "base/num.h"

/* Arrays take whole numbers only: 1.0 finds the second item, 1.5, "1" and -1 find nothing. A set
 * gives back its own item, which may be written otherwise than the key (1 and 1.0). */
mrl_val mrl_vm_lookup(mrl_val c, mrl_val key) {
    int64_t i;
    switch (c.tag) {
    case MRL_T_OBJ:
        return mrl_obj_get(c, key);
    case MRL_T_ARR:
        if (!mrl_is_num(key) || !mrl_num_to_i64(key, &i) || i < 0 || i >= (int64_t)c.len)
            return mrl_undefined();
        return c.u.arr->items[i];
    case MRL_T_SET:
        i = mrl_set_find(c, key);
        return i >= 0 ? c.u.arr->items[i] : mrl_undefined();
    default:
        return mrl_undefined();
    }
}

mrl_status mrl_vm_open(struct mrl_vm *vm) {
    struct mrl_context *cx = MRL_ARENA_NEW(&vm->arena, struct mrl_context);
    MRL_CHECK(cx != NULL, MRL_E_NOMEM);
    *cx = *vm->cx;
    cx->epoch = ++vm->last_epoch;
    cx->outer = vm->cx;
    vm->cx = cx;
    return MRL_OK;
}

/* Values are immutable: the objects on the path are built anew, all beside it is shared. What
 * stands in the way and is no object is dropped. */
mrl_status mrl_vm_merge(mrl_arena *a, mrl_val doc, mrl_val path, uint32_t from, mrl_val value,
                        mrl_val *ret) {
    MRL_ASSERT(from <= path.len);
    if (from == path.len) {
        *ret = value;
        return MRL_OK;
    }
    mrl_val key = mrl_arr_at(path, from), inner = mrl_undefined();
    MRL_TRY(mrl_vm_merge(a, mrl_obj_get(doc, key), path, from + 1, value, &inner));
    struct mrl_builder b;
    mrl_builder_init(&b, a, MRL_T_OBJ, 4);
    for (uint32_t i = 0; mrl_is_obj(doc) && i < doc.len; i++)
        mrl_build_member(&b, doc.u.obj->m[i].key, doc.u.obj->m[i].val);
    mrl_build_member(&b, key, inner);
    return mrl_build_end(&b, ret);
}

mrl_status mrl_vm_replace(struct mrl_vm *vm, const struct mrl_lwith *w, mrl_val value) {
    MRL_ASSERT(w->target <= MRL_WITH_FUNCTION && vm->cx != &vm->root);
    struct mrl_context *cx = vm->cx;
    if (w->target == MRL_WITH_INPUT)
        return mrl_vm_merge(&vm->arena, cx->input, w->path, 0, value, &cx->input);
    struct mrl_replaced *r = MRL_ARENA_NEW(&vm->arena, struct mrl_replaced);
    MRL_CHECK(r != NULL, MRL_E_NOMEM);
    /* Innermost first: the search stops at the first hit, so a `with` inside another one wins. */
    struct mrl_replaced **list = w->target == MRL_WITH_DATA ? &cx->data_refs : &cx->functions;
    *r = (struct mrl_replaced){w, value, *list};
    *list = r;
    if (w->target == MRL_WITH_DATA)
        /* Base data below the path changes, too; the list above is what keeps rules there from
         * running. */
        return mrl_vm_merge(&vm->arena, cx->data, w->path, 0, value, &cx->data);
    return MRL_OK;
}

/* True when the array `path` of strings is the node's path or a prefix of it. */
static bool is_prefix(mrl_val path, const struct mrl_node *n) {
    while (n->depth > path.len)
        n = n->parent;
    if (n->depth < path.len)
        return false;
    for (; n->parent != NULL; n = n->parent)
        if (!mrl_str_eq(n->name, mrl_val_str(mrl_arr_at(path, n->depth - 1))))
            return false;
    return true;
}

bool mrl_vm_is_replaced(const struct mrl_vm *vm, const struct mrl_node *n) {
    for (const struct mrl_replaced *r = vm->cx->data_refs; r != NULL; r = r->outer)
        if (is_prefix(r->with->path, n))
            return true;
    return false;
}

mrl_val mrl_vm_base(const struct mrl_vm *vm, const struct mrl_node *n) {
    if (n->parent == NULL)
        return vm->cx->data;
    mrl_val outer = mrl_vm_base(vm, n->parent);
    return mrl_is_obj(outer) ? mrl_obj_get_str(outer, n->name) : mrl_undefined();
}
