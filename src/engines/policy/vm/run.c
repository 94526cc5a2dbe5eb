/* run.c - the loop that executes instructions. */
#include "engines/policy/vm/vm.h"

#include <stdio.h>
#include <time.h>

struct iter {
    mrl_val over;
    const uint32_t *order; /* sorted entry numbers, or NULL when stored so */
    uint32_t at;
};

struct frame {
    mrl_val *regs;
    struct iter *iters;
    struct mrl_builder *builders;
    struct mrl_grow **grown; /* by builder number */
};

static mrl_status frame_open(struct mrl_vm *vm, const struct mrl_block *b, struct frame *f) {
    size_t regs = (size_t)b->n_regs * sizeof(mrl_val);
    size_t iters = (size_t)b->n_iters * sizeof(struct iter);
    size_t builders = (size_t)b->n_builders * sizeof(struct mrl_builder);
    size_t grown = (size_t)b->n_builders * sizeof(struct mrl_grow *);
    char *p = mrl_arena_alloc(&vm->frames, regs + iters + builders + grown + 16, 16);
    MRL_CHECK(p != NULL, MRL_E_NOMEM);
    f->regs = (mrl_val *)(void *)p;
    f->iters = (struct iter *)(void *)(p + regs);
    f->builders = (struct mrl_builder *)(void *)(p + regs + iters);
    f->grown = (struct mrl_grow **)(void *)(p + regs + iters + builders);
    return MRL_OK;
}

mrl_status mrl_vm_step_slow(struct mrl_vm *vm) {
    if (vm->steps == 0)
        return mrl_err_set(vm->err, MRL_E_BUDGET, "eval_budget_error",
                           "the evaluation passed its budget of %llu steps",
                           (unsigned long long)vm->opts.max_steps);
    if (vm->opts.cancel != NULL && *vm->opts.cancel != 0)
        return mrl_err_set(vm->err, MRL_E_CANCELLED, "eval_cancel_error",
                           "caller cancelled query execution");
    if (vm->deadline_ns != 0) {
        struct timespec now;
        clock_gettime(CLOCK_MONOTONIC, &now);
        if ((int64_t)now.tv_sec * 1000000000 + now.tv_nsec > vm->deadline_ns)
            return mrl_err_set(vm->err, MRL_E_BUDGET, "eval_budget_error",
                               "the evaluation passed its deadline of %lld ms",
                               (long long)vm->opts.deadline_ms);
    }
    return MRL_OK;
}

static mrl_status scan(struct mrl_vm *vm, struct iter *it, mrl_val over, bool *ret_ok) {
    mrl_status status = MRL_OK;
    *ret_ok = over.tag == MRL_T_ARR || over.tag == MRL_T_OBJ || over.tag == MRL_T_SET;
    it->over = over;
    it->at = 0;
    it->order = NULL;
    if (*ret_ok && over.tag != MRL_T_ARR && over.len > 1)
        it->order = mrl_val_order(&vm->arena, over, &status);
    return status;
}

static inline bool next(struct iter *it, mrl_val *key, mrl_val *val) {
    if (it->at >= it->over.len)
        return false;
    uint32_t i = it->order != NULL ? it->order[it->at] : it->at;
    if (it->over.tag == MRL_T_OBJ) {
        *key = it->over.u.obj->m[i].key;
        *val = it->over.u.obj->m[i].val;
    } else {
        *val = it->over.u.arr->items[i];
        *key = it->over.tag == MRL_T_ARR ? mrl_int(i) : *val;
    }
    it->at++;
    return true;
}

static mrl_status collect(struct mrl_vm *vm, enum mrl_tag tag, const mrl_val *items, uint32_t n,
                          mrl_val *ret) {
    struct mrl_builder b;
    mrl_builder_init(&b, &vm->arena, tag, n);
    for (uint32_t i = 0; i < n; i++) {
        if (tag == MRL_T_OBJ)
            mrl_build_member(&b, items[2 * i], items[2 * i + 1]);
        else
            mrl_build_item(&b, items[i]);
    }
    return mrl_build_end(&b, ret);
}

static mrl_status put(struct mrl_vm *vm, struct mrl_builder *b, mrl_val key, mrl_val val) {
    mrl_val old = mrl_build_get(b, key);
    if (mrl_is_defined(old)) {
        if (mrl_val_eq(old, val))
            return MRL_OK;
        return mrl_err_set(vm->err, MRL_E_CONFLICT, "eval_conflict_error",
                           "object keys must be unique");
    }
    mrl_build_member(b, key, val);
    return b->status;
}

static mrl_status plant(struct mrl_vm *vm, const struct mrl_insn *in, const struct frame *f) {
    const mrl_val *path = &f->regs[in->b];
    mrl_status status =
        mrl_grow_put(&vm->arena, f->grown[in->a], path, in->c, path[in->c], in->y != 0);
    if (status == MRL_E_CONFLICT)
        return mrl_err_set(vm->err, status, "eval_conflict_error", "object keys must be unique");
    return status;
}

static mrl_status single(struct mrl_vm *vm, const struct mrl_block *b, mrl_val *result, mrl_val v) {
    if (!mrl_is_defined(*result) || !mrl_is_defined(v)) {
        *result = mrl_is_defined(v) ? v : *result;
        return MRL_OK;
    }
    if (mrl_val_eq(*result, v))
        return MRL_OK;
    bool function = b->node != NULL && b->node->kind == MRL_RULE_FUNCTION;
    return mrl_err_set(vm->err, MRL_E_CONFLICT, "eval_conflict_error",
                       function ? "functions must not produce multiple outputs for same inputs"
                                : "complete rules must not produce multiple outputs");
}

/* A step of a path into base data: its documents are addressed by text, so 2 finds "2", too. */
static mrl_val base_lookup(mrl_val doc, mrl_val key) {
    mrl_val v = mrl_vm_lookup(doc, key);
    if (mrl_is_defined(v) || key.tag != MRL_T_INT || !mrl_is_obj(doc))
        return v;
    char digits[24];
    int n = snprintf(digits, sizeof digits, "%lld", (long long)key.u.i);
    return mrl_obj_get_str(doc, (mrl_str){digits, (size_t)n});
}

/* Gives an error its place, unless something inside gave it one. */
static mrl_status placed(struct mrl_vm *vm, const struct mrl_block *b, const struct mrl_insn *in,
                         mrl_status status) {
    const struct mrl_site *site = &b->sites[b->site_of[in - b->code]];
    if (vm->err != NULL && vm->err->pos.line == 0 && site->loc.line != 0)
        vm->err->pos =
            (struct mrl_pos){site->module->file, site->loc.line, site->loc.col, site->loc.start};
    return status;
}

/* Runs the code of a block in a frame. */
static mrl_status mrl_vm_run(struct mrl_vm *vm, const struct mrl_block *b, const struct frame *f,
                             mrl_val *ret) {
    mrl_val *r = f->regs;
    const struct mrl_insn *in = b->code;
    mrl_status status;
    bool ok;
#define STEP continue
#define FAIL                                                                                       \
    do {                                                                                           \
        in = b->code + in->x;                                                                      \
        goto again;                                                                                \
    } while (0)
#define DO(expr)                                                                                   \
    do {                                                                                           \
        status = (expr);                                                                           \
        if (MRL_UNLIKELY(status != MRL_OK))                                                        \
            return placed(vm, b, in, status);                                                      \
    } while (0)
    for (;; in++) {
    again:
        switch ((enum mrl_opcode)in->op) {
        case MRL_OP_CONST:
            r[in->a] = b->consts[in->y];
            STEP;
        case MRL_OP_MOVE:
            r[in->a] = r[in->b];
            STEP;
        case MRL_OP_UNDEF:
            r[in->a] = mrl_undefined();
            STEP;
        case MRL_OP_INPUT:
            r[in->a] = vm->cx->input;
            if (!mrl_is_defined(r[in->a]))
                FAIL;
            STEP;
        case MRL_OP_BASE: {
            mrl_val path = b->consts[in->y];
            r[in->a] = vm->cx->data;
            for (uint32_t i = 0; i < path.len; i++)
                r[in->a] = base_lookup(r[in->a], path.u.arr->items[i]);
            if (!mrl_is_defined(r[in->a]))
                FAIL;
            STEP;
        }
        case MRL_OP_DOC:
            DO(mrl_vm_step(vm));
            DO(mrl_vm_doc(vm, b->nodes[in->y], &r[in->b], in->c, &r[in->a]));
            if (!mrl_is_defined(r[in->a]))
                FAIL;
            STEP;
        case MRL_OP_CALL:
            DO(mrl_vm_step(vm));
            DO(mrl_vm_call(vm, b->nodes[in->y], &r[in->b], &r[in->a]));
            if (!mrl_is_defined(r[in->a]))
                FAIL;
            STEP;
        case MRL_OP_BUILTIN:
            DO(mrl_vm_step(vm));
            DO(mrl_vm_builtin(vm, in->y, &r[in->b], &r[in->a]));
            if (!mrl_is_defined(r[in->a]))
                FAIL;
            STEP;
        case MRL_OP_GET:
            r[in->a] = mrl_vm_lookup(r[in->b], r[in->c]);
            if (!mrl_is_defined(r[in->a]))
                FAIL;
            STEP;
        case MRL_OP_PATH: {
            mrl_val path = b->consts[in->y], v = r[in->b];
            for (uint32_t i = 0; i < path.len; i++)
                v = mrl_vm_lookup(v, path.u.arr->items[i]);
            r[in->a] = v;
            if (!mrl_is_defined(v))
                FAIL;
            STEP;
        }
        case MRL_OP_ITEM:
            r[in->a] = r[in->b].u.arr->items[in->c];
            STEP;
        case MRL_OP_EQUAL:
            if (!mrl_val_eq(r[in->a], r[in->b]))
                FAIL;
            STEP;
        case MRL_OP_EQUALK:
            if (!mrl_val_eq(r[in->a], b->consts[in->y]))
                FAIL;
            STEP;
        case MRL_OP_TRUE:
            if (mrl_is_false(r[in->a]))
                FAIL;
            STEP;
        case MRL_OP_ARRAY_OF:
            if (!mrl_is_arr(r[in->a]) || r[in->a].len != in->c)
                FAIL;
            STEP;
        case MRL_OP_OBJECT_OF:
            if (!mrl_is_obj(r[in->a]) || r[in->a].len != in->c)
                FAIL;
            STEP;
        case MRL_OP_ARRAY:
            DO(mrl_arr_of(&vm->arena, &r[in->b], in->c, &r[in->a]));
            STEP;
        case MRL_OP_SET:
            DO(collect(vm, MRL_T_SET, &r[in->b], in->c, &r[in->a]));
            STEP;
        case MRL_OP_OBJECT:
            DO(collect(vm, MRL_T_OBJ, &r[in->b], in->c, &r[in->a]));
            STEP;
        case MRL_OP_SCAN:
            DO(scan(vm, &f->iters[in->a], r[in->b], &ok));
            if (!ok)
                FAIL;
            STEP;
        case MRL_OP_NEXT:
            DO(mrl_vm_step(vm));
            if (!next(&f->iters[in->a], &r[in->b], &r[in->c]))
                FAIL;
            STEP;
        case MRL_OP_BUILD:
            mrl_builder_init(&f->builders[in->a], &vm->arena, (enum mrl_tag)in->c, 0);
            STEP;
        case MRL_OP_ADD:
            mrl_build_item(&f->builders[in->a], r[in->b]);
            STEP;
        case MRL_OP_PUT:
            DO(put(vm, &f->builders[in->a], r[in->b], r[in->c]));
            STEP;
        case MRL_OP_BUILT:
            DO(mrl_build_end(&f->builders[in->b], &r[in->a]));
            STEP;
        case MRL_OP_GROW:
            DO(mrl_grow_new(&vm->arena, &f->grown[in->a]));
            STEP;
        case MRL_OP_PLANT:
            DO(plant(vm, in, f));
            STEP;
        case MRL_OP_GROWN:
            DO(mrl_grow_end(&vm->arena, f->grown[in->b], &r[in->a]));
            STEP;
        case MRL_OP_JUMP:
            FAIL;
        case MRL_OP_DEFINED:
            if (mrl_is_defined(r[in->a]))
                FAIL;
            STEP;
        case MRL_OP_SINGLE:
            DO(single(vm, b, &r[in->a], r[in->b]));
            STEP;
        case MRL_OP_WITH:
            DO(mrl_vm_open(vm));
            STEP;
        case MRL_OP_REPLACE:
            DO(mrl_vm_replace(vm, b->withs[in->y], r[in->a]));
            STEP;
        case MRL_OP_ENDWITH:
            vm->cx = vm->cx->outer;
            STEP;
        case MRL_OP_RETURN:
            *ret = r[in->a];
            return MRL_OK;
        case MRL_OP_SAY:
            DO(mrl_vm_step(vm));
            vm->said = &b->sites[b->site_of[in - b->code]];
            DO(mrl_vm_builtin(vm, in->y, &r[in->b], &r[in->a]));
            if (!mrl_is_defined(r[in->a]))
                FAIL;
            STEP;
        case MRL_OP_TRACE:
            mrl_vm_trace(vm, b, in, r);
            STEP;
        case MRL_OP_COUNT:
            return MRL_E_INTERNAL;
        }
    }
#undef STEP
#undef FAIL
#undef DO
}

mrl_status mrl_vm_enter(struct mrl_vm *vm, const struct mrl_block *b, const mrl_val *args,
                        mrl_val *ret) {
    struct frame f;
    struct mrl_arena_mark mark = mrl_arena_mark(&vm->frames);
    if (++vm->depth > MRL_VM_DEPTH_MAX) {
        vm->depth--;
        return mrl_err_set(vm->err, MRL_E_LIMIT, "eval_budget_error",
                           "rules call rules deeper than %d levels", MRL_VM_DEPTH_MAX);
    }
    mrl_status status = frame_open(vm, b, &f);
    if (status == MRL_OK) {
        if (b->n_args > 0)
            memcpy(f.regs, args, (size_t)b->n_args * sizeof *args);
        status = mrl_vm_run(vm, b, &f, ret);
    }
    mrl_arena_rewind(&vm->frames, mark);
    vm->depth--;
    return status;
}
