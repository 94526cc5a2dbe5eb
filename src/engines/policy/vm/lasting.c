/* lasting.c - values that outlive an input: what rules make of data alone.
 *
 * Idea: a policy is asked about thousands of objects with one `data` beside them. A rule that reads
 * neither the input nor the clock gives the same value each time, and "all workloads of a
 * namespace" is the costly kind. Such values are computed once a VM, in an arena of their own,
 * frozen and kept until data changes. The compiler knows which rules these are (recursion.c); a
 * function counts when it reads base data, and only its calls with scalar arguments are kept, since
 * a key must be cheap.
 *
 * How: while such a value is computed the VM's arena and the lasting one change places, so that
 * everything it is made of lasts, and nothing else does. All that it calls lasts, too, so no value
 * of the passing arena can get into it; arguments are scalars and are copied. A replaced document
 * or function (`with`) is looked at before: then nothing here is asked.
 *
 * Limits: MRL_LASTING_MAX values, MRL_LASTING_BYTES of memory; past them calls are as without.
 */
#include "base/mem.h"
#include "engines/policy/vm/vm.h"

#define MRL_LASTING_MAX 65536u                /* a power of two: slots of the table */
#define MRL_LASTING_BYTES ((size_t)256 << 20) /* of one VM */

struct entry {
    const struct mrl_block *block; /* NULL: free */
    mrl_val args[MRL_CALL_MEMO_ARGS];
    mrl_val value;
};

struct mrl_lasting {
    mrl_arena arena;
    struct entry *slots; /* mask + 1, at most half in use */
    uint32_t n, mask;
    bool inside; /* a value is being computed: the arenas have changed places */
};

static bool is_scalar(mrl_val v) {
    return v.tag >= MRL_T_NULL && v.tag <= MRL_T_STR;
}

static struct entry *find(const struct mrl_lasting *l, const struct mrl_block *b,
                          const mrl_val *args) {
    uint64_t h = (uintptr_t)b * 0x9E3779B97F4A7C15u;
    for (uint32_t i = 0; i < b->n_args; i++)
        h = (h ^ mrl_val_hash(args[i])) * 0x9E3779B97F4A7C15u;
    for (uint32_t at = (uint32_t)(h >> 32);; at++) {
        struct entry *e = &l->slots[at & l->mask];
        uint32_t same = 0;
        if (e->block == NULL)
            return e;
        while (e->block == b && same < b->n_args && mrl_val_eq(e->args[same], args[same]))
            same++;
        if (e->block == b && same == b->n_args)
            return e;
    }
}

/* Room for one more; false when there may be none: then the call goes its usual way. */
static bool make_room(struct mrl_lasting *l) {
    if (2 * (l->n + 1) <= l->mask + 1)
        return true;
    uint32_t size = l->slots != NULL ? 2 * (l->mask + 1) : 64;
    struct entry *slots = size <= MRL_LASTING_MAX ? mrl_mem_alloc(size * sizeof *slots) : NULL;
    if (slots == NULL)
        return false;
    memset(slots, 0, size * sizeof *slots);
    struct mrl_lasting old = *l;
    l->slots = slots;
    l->mask = size - 1;
    for (uint32_t i = 0; old.slots != NULL && i <= old.mask; i++)
        if (old.slots[i].block != NULL)
            *find(l, old.slots[i].block, old.slots[i].args) = old.slots[i];
    mrl_mem_free(old.slots);
    return true;
}

static struct mrl_lasting *table(struct mrl_vm *vm) {
    if (vm->lasting == NULL) {
        vm->lasting = mrl_mem_alloc(sizeof *vm->lasting);
        if (vm->lasting == NULL)
            return NULL;
        *vm->lasting = (struct mrl_lasting){0};
        mrl_arena_init(&vm->lasting->arena, MRL_LASTING_BYTES);
    }
    return make_room(vm->lasting) ? vm->lasting : NULL;
}

static void swap_arenas(struct mrl_vm *vm) {
    mrl_arena passing = vm->arena;
    vm->arena = vm->lasting->arena;
    vm->lasting->arena = passing;
    vm->lasting->inside = !vm->lasting->inside;
}

/* Evaluates the block in the lasting arena. */
static mrl_status evaluate(struct mrl_vm *vm, const struct mrl_block *b, mrl_val *args,
                           mrl_val *ret) {
    for (uint32_t i = 0; i < b->n_args; i++)
        MRL_TRY(mrl_val_copy(&vm->arena, args[i], &args[i]));
    MRL_TRY(mrl_vm_enter(vm, b, args, ret));
    /* Sorted views are made now: later ones would come from the passing arena. */
    return mrl_val_freeze(&vm->arena, *ret);
}

static mrl_status compute(struct mrl_vm *vm, const struct mrl_block *b, const mrl_val *args,
                          mrl_val *ret) {
    struct entry e = {.block = b};
    bool outermost = !vm->lasting->inside;
    for (uint32_t i = 0; i < b->n_args; i++)
        e.args[i] = args[i];
    if (outermost)
        swap_arenas(vm);
    mrl_status status = evaluate(vm, b, e.args, &e.value);
    if (outermost)
        swap_arenas(vm);
    MRL_TRY(status);
    *ret = e.value;
    if (!make_room(vm->lasting)) /* calls inside may have filled it */
        return MRL_OK;
    struct entry *slot = find(vm->lasting, b, e.args);
    vm->lasting->n += slot->block == NULL;
    *slot = e;
    return MRL_OK;
}

mrl_status mrl_vm_lasting(struct mrl_vm *vm, const struct mrl_block *b, const mrl_val *args,
                          mrl_val *ret, bool *ret_done) {
    MRL_DASSERT(b->lasting && b->n_args <= MRL_CALL_MEMO_ARGS);
    *ret_done = false;
    for (uint32_t i = 0; i < b->n_args; i++)
        if (!is_scalar(args[i]))
            return MRL_OK;
    if (table(vm) == NULL)
        return MRL_OK;
    *ret_done = true;
    const struct entry *e = find(vm->lasting, b, args);
    if (e->block == NULL)
        return compute(vm, b, args, ret);
    *ret = e->value;
    return MRL_OK;
}

void mrl_vm_lasting_clear(struct mrl_vm *vm) {
    if (vm->lasting == NULL)
        return;
    MRL_ASSERT(!vm->lasting->inside);
    mrl_arena_release(&vm->lasting->arena);
    mrl_mem_free(vm->lasting->slots);
    mrl_mem_free(vm->lasting);
    vm->lasting = NULL;
}
