/* vm.c - making a VM, giving it an input, asking it. See policy.h.
 *
 * A VM is used for many inputs: begin throws away what the last input left in the arena, while
 * overlays, compiled regexes and the memo's memory stay. Nothing of the memo is cleared either:
 * each begin has a new epoch, and entries of older ones never match. Budgets are counted anew for
 * each question.
 */
#include "engines/policy/vm/vm.h"

#include "base/mem.h"
#include "engines/policy/policy_internal.h"

#include <sys/random.h>
#include <time.h>

#define CACHE_OBJECTS 256 /* compiled regexes and the like that one VM keeps */

static int64_t clock_ns(clockid_t id) {
    struct timespec t;
    clock_gettime(id, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

mrl_status mrl_vm_new(struct mrl_policy *p, const struct mrl_vm_opts *opts, struct mrl_vm **ret) {
    size_t memo = (p->n_rule_blocks + 1) * sizeof(struct mrl_memo);
    size_t calls = sizeof(struct mrl_call_memo) << MRL_CALL_MEMO_BITS;
    struct mrl_vm *vm = mrl_mem_alloc(sizeof *vm);
    MRL_CHECK(vm != NULL, MRL_E_NOMEM);
    *vm = (struct mrl_vm){.policy = p, .n_memo = p->n_rule_blocks};
    vm->opts = opts != NULL ? *opts : (struct mrl_vm_opts){0};
    vm->opts.max_steps = vm->opts.max_steps > 0 ? vm->opts.max_steps : MRL_VM_STEPS;
    mrl_arena_init(&vm->arena, vm->opts.max_bytes > 0 ? vm->opts.max_bytes : MRL_VM_BYTES);
    mrl_arena_init(&vm->frames, MRL_VM_BYTES);
    mrl_arena_init(&vm->overlay_arena, MRL_ARENA_UNLIMITED);
    vm->memo = mrl_mem_alloc(memo);
    vm->calls = mrl_mem_alloc(calls);
    vm->bi.objects = mrl_bi_cache_new(CACHE_OBJECTS);
    vm->data = p->b->data;
    vm->overlays = mrl_empty_obj();
    vm->seed = vm->opts.rand_seed;
    if (vm->memo == NULL || vm->calls == NULL || vm->bi.objects == NULL) {
        mrl_vm_free(vm);
        return MRL_E_NOMEM;
    }
    memset(vm->memo, 0, memo);
    memset(vm->calls, 0, calls);
    if (vm->seed == 0 && getrandom(&vm->seed, sizeof vm->seed, GRND_NONBLOCK) < 0)
        vm->seed = (uint64_t)clock_ns(CLOCK_MONOTONIC);
    *ret = vm;
    return MRL_OK;
}

void mrl_vm_free(struct mrl_vm *vm) {
    if (vm == NULL)
        return;
    mrl_vm_lasting_clear(vm);
    mrl_arena_release(&vm->arena);
    mrl_arena_release(&vm->frames);
    mrl_arena_release(&vm->overlay_arena);
    mrl_bi_cache_free(vm->bi.objects);
    mrl_mem_free(vm->memo);
    mrl_mem_free(vm->calls);
    mrl_mem_free(vm);
}

mrl_arena *mrl_vm_arena(struct mrl_vm *vm) {
    return &vm->arena;
}

mrl_status mrl_vm_begin_keep(struct mrl_vm *vm, mrl_val input) {
    mrl_arena_reset(&vm->frames);
    vm->root = (struct mrl_context){.epoch = ++vm->last_epoch, .input = input, .data = vm->data};
    vm->cx = &vm->root;
    vm->bi.arena = &vm->arena;
    vm->bi.now_ns = vm->opts.now_ns != 0 ? vm->opts.now_ns : clock_ns(CLOCK_REALTIME);
    vm->bi.rand_state = vm->seed + vm->last_epoch * 0x9E3779B97F4A7C15u;
    vm->bi.runtime = mrl_is_defined(vm->opts.runtime) ? vm->opts.runtime : mrl_empty_obj();
    vm->bi.steps_left = &vm->steps;
    vm->bi.cancel = vm->opts.cancel;
    vm->bi.hear = vm->opts.hooks != NULL ? mrl_vm_hear : NULL;
    vm->bi.host = vm;
    return MRL_OK;
}

mrl_status mrl_vm_begin(struct mrl_vm *vm, mrl_val input) {
    mrl_arena_reset(&vm->arena);
    return mrl_vm_begin_keep(vm, input);
}

mrl_status mrl_vm_overlay(struct mrl_vm *vm, mrl_str key, mrl_val value) {
    mrl_arena *a = &vm->overlay_arena;
    mrl_val base = vm->policy->b->data;
    struct mrl_builder overlays, all;
    mrl_vm_lasting_clear(vm);
    mrl_builder_init(&overlays, a, MRL_T_OBJ, 4);
    for (uint32_t i = 0; i < vm->overlays.len; i++)
        if (!mrl_str_eq(mrl_val_str(vm->overlays.u.obj->m[i].key), key))
            mrl_build_member(&overlays, vm->overlays.u.obj->m[i].key, vm->overlays.u.obj->m[i].val);
    mrl_str name = mrl_arena_str(a, key);
    MRL_CHECK(name.ptr != NULL, MRL_E_NOMEM);
    if (mrl_is_defined(value))
        mrl_build_member(&overlays, mrl_strval(name), value);
    MRL_TRY(mrl_build_end(&overlays, &vm->overlays));
    mrl_builder_init(&all, a, MRL_T_OBJ, base.len + vm->overlays.len);
    for (uint32_t i = 0; i < base.len; i++)
        mrl_build_member(&all, base.u.obj->m[i].key, base.u.obj->m[i].val);
    for (uint32_t i = 0; i < vm->overlays.len; i++)
        mrl_build_member(&all, vm->overlays.u.obj->m[i].key, vm->overlays.u.obj->m[i].val);
    return mrl_build_end(&all, &vm->data);
}

/* --- asking
 * --------------------------------------------------------------------------------------- */

/* An error that says something for every failure. */
static mrl_status explained(struct mrl_vm *vm, struct mrl_err *err, mrl_status status) {
    if (status == MRL_OK || err == NULL || err->text[0] != '\0')
        return status;
    if (status == MRL_E_NOMEM)
        return mrl_err_set(err, status, "eval_budget_error",
                           "the evaluation needs more memory than its budget of %zu MiB",
                           vm->arena.budget >> 20);
    if (status == MRL_E_CANCELLED) /* long loops of builtins notice it, too, and say nothing */
        return mrl_err_set(err, status, "eval_cancel_error", "caller cancelled query execution");
    if (status == MRL_E_BUDGET)
        return mrl_err_set(err, status, "eval_budget_error",
                           "the evaluation passed its budget of %llu steps",
                           (unsigned long long)vm->opts.max_steps);
    return mrl_err_set(err, status, "eval_internal_error", "the evaluation failed: %s",
                       mrl_status_name(status));
}

static mrl_status ask(struct mrl_vm *vm, const struct mrl_query *q, struct mrl_err *err,
                      mrl_val *ret) {
    MRL_ASSERT(q->policy == vm->policy && vm->cx != NULL);
    struct mrl_err local;
    mrl_err_init(err != NULL ? err : &local);
    vm->err = err != NULL ? err : &local;
    vm->bi.err = vm->err;
    vm->cx = &vm->root;
    vm->depth = 0;
    vm->trace_depth = 0;
    vm->steps = vm->opts.max_steps;
    vm->deadline_ns =
        vm->opts.deadline_ms > 0 ? clock_ns(CLOCK_MONOTONIC) + vm->opts.deadline_ms * 1000000 : 0;
    mrl_val v = mrl_undefined();
    mrl_status status = mrl_vm_enter(vm, q->block, NULL, &v);
    if (status != MRL_OK)
        return explained(vm, vm->err, status);
    *ret = v;
    return MRL_OK;
}

mrl_status mrl_vm_query(struct mrl_vm *vm, const struct mrl_query *q, struct mrl_err *err,
                        mrl_val *ret) {
    return ask(vm, q, err, ret);
}

mrl_status mrl_vm_value(struct mrl_vm *vm, const struct mrl_query *q, struct mrl_err *err,
                        mrl_val *ret) {
    return ask(vm, q, err, ret);
}
