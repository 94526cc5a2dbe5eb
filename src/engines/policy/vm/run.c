/* run.c - the loop that executes instructions.
 *
 * A block is a nest of loops flattened into jumps: an instruction that cannot go on jumps to its
 * x, the next step of the innermost loop around it. So there is no stack of choice points to save
 * and restore; an iterator's place in its collection is all the state of a loop.
 */
#include "engines/policy/vm/vm.h"

#include <stdio.h>
#include <time.h>

struct iter {
    /* What is walked; for the rule index only its len is used, and `order` holds the rules. */
    mrl_val over;
    const uint32_t *order; /* sorted entry numbers, or NULL when stored so */
    uint32_t at;
};

/* Calls of rules do not recurse in C: a frame knows its caller, and the loop goes on in it. */
struct frame {
    const struct mrl_block *b;
    const struct mrl_insn *at;  /* the call that is under way inside this frame */
    struct frame *outer;        /* NULL: entered from C */
    struct mrl_call_memo *slot; /* where its value will be remembered, or NULL */
    struct mrl_arena_mark mark;
    mrl_val *regs;
    struct iter *iters;
    struct mrl_builder *builders;
    struct mrl_grow **grown; /* by builder number */
};

/* A frame is one allocation, its arrays behind it in this order: each must keep the next aligned.
 */
_Static_assert(sizeof(struct frame) % _Alignof(mrl_val) == 0, "registers follow the frame");
_Static_assert(sizeof(mrl_val) % _Alignof(struct iter) == 0, "iterators follow registers");
_Static_assert(sizeof(struct iter) % _Alignof(struct mrl_builder) == 0, "builders follow them");
_Static_assert(sizeof(struct mrl_builder) % _Alignof(struct mrl_grow *) == 0, "and documents");

/* A frame for a block. Its registers hold whatever was there: the code writes each before it
 * reads it, except the result of rules, which begins undefined. */
static mrl_status frame_open(struct mrl_vm *vm, const struct mrl_block *b, struct frame *outer,
                             struct frame **ret) {
    if (++vm->depth > MRL_VM_DEPTH_MAX) {
        vm->depth--;
        return mrl_err_set(vm->err, MRL_E_LIMIT, "eval_budget_error",
                           "rules call rules deeper than %d levels", MRL_VM_DEPTH_MAX);
    }
    struct mrl_arena_mark mark = mrl_arena_mark(&vm->frames);
    size_t regs = (size_t)b->n_regs * sizeof(mrl_val);
    size_t iters = (size_t)b->n_iters * sizeof(struct iter);
    size_t builders = (size_t)b->n_builders * sizeof(struct mrl_builder);
    size_t grown = (size_t)b->n_builders * sizeof(struct mrl_grow *);
    /* No overflow: each count is at most MRL_REGS_MAX. */
    struct frame *f = mrl_arena_alloc(&vm->frames, sizeof *f + regs + iters + builders + grown, 16);
    if (f == NULL) {
        vm->depth--;
        return MRL_E_NOMEM;
    }
    f->b = b;
    f->outer = outer;
    f->mark = mark;
    f->slot = NULL;
    f->regs = (mrl_val *)(void *)(f + 1);
    f->iters = (struct iter *)(void *)(f->regs + b->n_regs);
    f->builders = (struct mrl_builder *)(void *)(f->iters + b->n_iters);
    f->grown = (struct mrl_grow **)(void *)(f->builders + b->n_builders);
    if (b->result != MRL_NO_RESULT)
        f->regs[b->result] = mrl_undefined();
    *ret = f;
    return MRL_OK;
}

static inline void frame_close(struct mrl_vm *vm, const struct frame *f) {
    MRL_DASSERT(vm->depth > 0);
    mrl_arena_rewind(&vm->frames, f->mark);
    vm->depth--;
}

mrl_status mrl_vm_step_slow(struct mrl_vm *vm) {
    if (vm->steps == 0)
        return mrl_err_set(vm->err, MRL_E_BUDGET, "eval_budget_error",
                           "the evaluation passed its budget of %llu steps",
                           (unsigned long long)vm->opts.max_steps);
    /* Each 1024th step comes here: often enough for a deadline in milliseconds, and the clock
     * costs nothing in between. */
    if (vm->opts.cancel != NULL && atomic_load_explicit(vm->opts.cancel, memory_order_relaxed) != 0)
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

/* Sets an iterator to the beginning. Objects and sets are walked in sorted order, as in OPA, so
 * that results do not depend on how a value was built. *ret_ok: false when the value has no
 * parts. */
static MRL_NOINLINE mrl_status scan(struct mrl_vm *vm, struct iter *it, mrl_val over,
                                    bool *ret_ok) {
    mrl_status status = MRL_OK;
    *ret_ok = over.tag == MRL_T_ARR || over.tag == MRL_T_OBJ || over.tag == MRL_T_SET;
    it->over = over;
    it->at = 0;
    it->order = NULL;
    if (*ret_ok && over.tag != MRL_T_ARR && over.len > 1)
        it->order = mrl_val_order(&vm->arena, over, &status);
    return status;
}

/* Lets an iterator walk the rules of a block that may match; the list dies with the frame. */
static MRL_NOINLINE mrl_status select_rules(struct mrl_vm *vm, const struct frame *f,
                                            struct iter *it) {
    const struct mrl_index *x = f->b->index;
    MRL_DASSERT(x != NULL && x->n_rules > 0);
    uint32_t n = x->n_rules;
    uint32_t *rules = mrl_arena_alloc(&vm->frames, n * sizeof *rules, sizeof *rules);
    MRL_CHECK(rules != NULL, MRL_E_NOMEM);
    if (vm->cx->functions == NULL) {
        n = mrl_index_find(x, vm->cx->input, f->regs, rules);
    } else { /* a `with` may have replaced the comparison itself */
        n = 0;
        for (uint32_t i = 0; i < x->n_rules; i++)
            if (x->entry[i] != MRL_INDEX_NO_ENTRY)
                rules[n++] = i;
    }
    *it = (struct iter){.order = rules, .over.len = n};
    return MRL_OK;
}

/* The next key and value; false at the end. A set's items are their own keys. */
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

/* An operand: a register or a constant of the block. */
static inline const mrl_val *operand(const mrl_val *regs, const mrl_val *consts, uint16_t which) {
    return which < MRL_REGS_MAX ? regs + which : consts + (which - MRL_REGS_MAX);
}

/* Copies n operands of an instruction's list, as a builtin or a callee wants them: in a row. */
static inline void gather(const struct mrl_block *b, const struct mrl_insn *in, const mrl_val *regs,
                          uint32_t n, mrl_val *into) {
    const uint16_t *list = mrl_insn_list(b, in);
    for (uint32_t i = 0; i < n; i++)
        into[i] = *operand(regs, b->consts, list[i]);
}

/* A composite written in the source: its items, or keys and values in turn, are in the list. */
static MRL_NOINLINE mrl_status collect(struct mrl_vm *vm, const struct mrl_block *b,
                                       const struct mrl_insn *in, const mrl_val *regs,
                                       enum mrl_tag tag, mrl_val *ret) {
    MRL_DASSERT(tag != MRL_T_OBJ || in->y % 2 == 0);
    struct mrl_builder out;
    const uint16_t *list = mrl_insn_list(b, in);
    bool object = tag == MRL_T_OBJ;
    mrl_builder_init(&out, &vm->arena, tag, object ? in->y / 2 : in->y);
    for (uint32_t i = 0; i < in->y; i++) {
        mrl_val first = *operand(regs, b->consts, list[i]);
        if (object)
            mrl_build_member(&out, first, *operand(regs, b->consts, list[++i]));
        else
            mrl_build_item(&out, first);
    }
    return mrl_build_end(&out, ret);
}

/* A member of an object comprehension: the same key may come again with an equal value only. */
static MRL_NOINLINE mrl_status put(struct mrl_vm *vm, struct mrl_builder *b, mrl_val key,
                                   mrl_val val) {
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

/* A piece of a partial document; its path and its value stand in registers in a row. */
static MRL_NOINLINE mrl_status plant(struct mrl_vm *vm, const struct mrl_insn *in,
                                     const struct frame *f) {
    MRL_DASSERT(f->grown[in->a] != NULL);
    const mrl_val *path = &f->regs[in->b];
    mrl_status status =
        mrl_grow_put(&vm->arena, f->grown[in->a], path, in->c, path[in->c], in->y != 0);
    if (status == MRL_E_CONFLICT)
        return mrl_err_set(vm->err, status, "eval_conflict_error", "object keys must be unique");
    return status;
}

/* A builtin of the list's operands in the loop's place; operators and type tests, too, may have
 * been replaced by a `with`. */
static mrl_status builtin(struct mrl_vm *vm, const struct mrl_block *b, const struct mrl_insn *in,
                          const mrl_val *regs, mrl_val *ret) {
    MRL_DASSERT(mrl_builtin_rows[in->y].arity <= MRL_BUILTIN_ARITY_MAX);
    MRL_UNINIT mrl_val args[MRL_BUILTIN_ARITY_MAX];
    gather(b, in, regs, mrl_builtin_rows[in->y].arity, args);
    return mrl_vm_builtin(vm, in->y, args, ret);
}

/* The builtin that an instruction with operands in a and b stands for, when functions are replaced:
 * *ret tells whether it holds. */
static MRL_NOINLINE mrl_status test_replaced(struct mrl_vm *vm, const struct mrl_insn *in,
                                             mrl_val left, mrl_val right, bool *ret) {
    mrl_val args[2] = {left, right}, v = mrl_undefined();
    MRL_TRY(mrl_vm_builtin(vm, in->y, args, &v));
    *ret = mrl_is_defined(v) && !mrl_is_false(v);
    return MRL_OK;
}

/* Calls a rule or function where a `with` replaces documents or functions. */
static MRL_NOINLINE mrl_status call_replaced(struct mrl_vm *vm, const struct frame *f,
                                             const struct mrl_insn *in, mrl_val *ret) {
    const struct mrl_node *n = f->b->nodes[in->y];
    uint32_t n_args = n->block->n_args;
    struct mrl_arena_mark mark = mrl_arena_mark(&vm->frames);
    mrl_val *args = mrl_arena_alloc(&vm->frames, (n_args + 1) * sizeof *args, 16);
    MRL_CHECK(args != NULL, MRL_E_NOMEM);
    gather(f->b, in, f->regs, n_args, args);
    mrl_status status = mrl_vm_call(vm, n, args, ret);
    mrl_arena_rewind(&vm->frames, mark);
    return status;
}

/* Calls a rule or function that depends on data alone; *ret_done as in mrl_vm_lasting. */
static MRL_NOINLINE mrl_status call_lasting(struct mrl_vm *vm, const struct frame *f,
                                            const struct mrl_insn *in, mrl_val *ret,
                                            bool *ret_done) {
    const struct mrl_block *callee = f->b->nodes[in->y]->block;
    mrl_val args[MRL_CALL_MEMO_ARGS];
    gather(f->b, in, f->regs, callee->n_args, args);
    return mrl_vm_lasting(vm, callee, args, ret, ret_done);
}

/* --- calls of functions that are remembered ------------------------------------------------------
 */

/* The bytes of a value word are equal: cheaper than mrl_val_eq and never wrong, as words that
 * differ only mean that the call is made again. */
static inline bool same_words(mrl_val a, mrl_val b) {
    return a.tag == b.tag && a.len == b.len && a.u.i == b.u.i;
}

/* The slot for a call. */
static inline struct mrl_call_memo *call_slot(struct mrl_vm *vm, const struct mrl_block *b,
                                              const mrl_val *args) {
    /* Multiplication carries each bit upwards only, hence the top bits are those that depend on
     * all. */
    uint64_t h = (uintptr_t)b;
    for (uint32_t i = 0; i < b->n_args; i++)
        h = (h ^ (uint64_t)args[i].u.i ^ args[i].len) * 0x9E3779B97F4A7C15u;
    return &vm->calls[h >> (64 - MRL_CALL_MEMO_BITS)];
}

/* True when the slot holds the value of this call. */
static inline bool call_known(const struct mrl_vm *vm, const struct mrl_call_memo *slot,
                              const struct mrl_block *b, const mrl_val *args) {
    if (slot->block != b || slot->epoch != vm->cx->epoch)
        return false;
    for (uint32_t i = 0; i < b->n_args; i++)
        if (!same_words(slot->args[i], args[i]))
            return false;
    return true;
}

/* Argument registers are never written again, so that the frame still knows what was asked. */
static inline void call_remember(const struct mrl_vm *vm, const struct frame *f, mrl_val value) {
    struct mrl_call_memo *slot = f->slot;
    MRL_DASSERT(f->b->n_args <= MRL_CALL_MEMO_ARGS);
    slot->epoch = vm->cx->epoch;
    slot->block = f->b;
    memcpy(slot->args, f->regs, f->b->n_args * sizeof(mrl_val));
    slot->value = value;
}

/* A complete rule may succeed many times, but with one value only; undefined adds nothing. */
static MRL_NOINLINE mrl_status single(struct mrl_vm *vm, const struct mrl_block *b, mrl_val *result,
                                      mrl_val v) {
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

/* Equality with texts first: they are most of what policies compare. */
static inline bool same(mrl_val a, mrl_val b) {
    if (a.tag == MRL_T_STR && b.tag == MRL_T_STR)
        return a.len == b.len && (a.u.s == b.u.s || mrl_bytes_eq(a.u.s, b.u.s, a.len));
    return mrl_val_eq(a, b);
}

/* v followed by all keys of an array. */
static inline mrl_val follow(mrl_val v, mrl_val path) {
    for (uint32_t i = 0; i < path.len; i++)
        v = mrl_vm_lookup(v, path.u.arr->items[i]);
    return v;
}

/* A step of a path into base data: its documents are addressed by text, so 2 finds "2", too. */
static MRL_NOINLINE mrl_val base_lookup(mrl_val doc, mrl_val key) {
    mrl_val v = mrl_vm_lookup(doc, key);
    if (mrl_is_defined(v) || key.tag != MRL_T_INT || !mrl_is_obj(doc))
        return v;
    MRL_UNINIT char digits[24];
    int n = snprintf(digits, sizeof digits, "%lld", (long long)key.u.i);
    return mrl_obj_get_str(doc, (mrl_str){digits, (size_t)n});
}

/* Gives an error its place, unless something inside gave it one. */
static MRL_NOINLINE mrl_status placed(struct mrl_vm *vm, const struct mrl_block *b,
                                      const struct mrl_insn *in, mrl_status status) {
    const struct mrl_site *site = &b->sites[b->site_of[in - b->code]];
    if (vm->err != NULL && vm->err->pos.line == 0 && site->loc.line != 0)
        vm->err->pos =
            (struct mrl_pos){site->module->file, site->loc.line, site->loc.col, site->loc.start};
    return status;
}

/* Runs a frame and those that it opens until it returns.
 *
 * Dispatch is a jump through a table of labels at the end of each instruction (GNU C): the
 * processor then predicts each of these jumps from the instruction before it. Against one switch
 * it is 4 % of our controls' time. What is not short and hot is kept out of line, so that `in` and
 * `r` stay in machine registers. */
static mrl_status mrl_vm_run(struct mrl_vm *vm, struct frame *f, mrl_val *ret) {
    const struct mrl_block *b = f->b;
    mrl_val *r = f->regs;
    const mrl_val *k = b->consts;
    const struct mrl_insn *in = b->code;
    mrl_status status;
    bool ok;
#define STEP                                                                                       \
    do {                                                                                           \
        in++;                                                                                      \
        goto *labels[in->op];                                                                      \
    } while (0)
#define FAIL                                                                                       \
    do {                                                                                           \
        in = b->code + in->x;                                                                      \
        goto *labels[in->op];                                                                      \
    } while (0)
#define DO(expr)                                                                                   \
    do {                                                                                           \
        status = (expr);                                                                           \
        if (MRL_UNLIKELY(status != MRL_OK))                                                        \
            return placed(vm, b, in, status);                                                      \
    } while (0)
#define VAL(field) (*operand(r, k, in->field))
    static const void *const labels[] = {
#define O(name, operands, flags, does) &&DO_##name,
#include "engines/policy/vm/opcodes.def"
#undef O
    };
    goto *labels[in->op];

DO_CONST:
    r[in->a] = k[in->y];
    STEP;
DO_MOVE:
    r[in->a] = r[in->b];
    STEP;
DO_UNDEF:
    r[in->a] = mrl_undefined();
    STEP;
/* Refs into input and base data carry their constant operands as one array: one instruction for
 * a.b.c. */
DO_INPUT:
    r[in->a] = follow(vm->cx->input, k[in->y]);
    if (!mrl_is_defined(r[in->a]))
        FAIL;
    STEP;
DO_BASE: {
    mrl_val path = k[in->y];
    r[in->a] = vm->cx->data;
    for (uint32_t i = 0; i < path.len; i++)
        r[in->a] = base_lookup(r[in->a], path.u.arr->items[i]);
    if (!mrl_is_defined(r[in->a]))
        FAIL;
    STEP;
}
DO_DOC:
    DO(mrl_vm_step(vm));
    DO(mrl_vm_doc(vm, b->nodes[in->y], &r[in->b], in->c, &r[in->a]));
    if (!mrl_is_defined(r[in->a]))
        FAIL;
    STEP;
/* A call of a rule: a value remembered, else a frame for its block. `in` of the caller waits in
 * its frame; RETURN goes on there. While a `with` replaces something, the call goes through C,
 * which looks whether it is concerned. */
DO_CALL: {
    DO(mrl_vm_step(vm));
    if (MRL_UNLIKELY(vm->cx->data_refs != NULL || vm->cx->functions != NULL)) {
        DO(call_replaced(vm, f, in, &r[in->a]));
        if (!mrl_is_defined(r[in->a]))
            FAIL;
        STEP;
    }
    const struct mrl_block *callee = b->nodes[in->y]->block;
    if (callee->lasting) {
        DO(call_lasting(vm, f, in, &r[in->a], &ok));
        if (ok) {
            if (!mrl_is_defined(r[in->a]))
                FAIL;
            STEP;
        }
    }
    const mrl_val *known = callee->memo ? mrl_vm_recall(vm, callee->id) : NULL;
    if (known != NULL) {
        r[in->a] = *known;
        if (!mrl_is_defined(*known))
            FAIL;
        STEP;
    }
    struct frame *inner = NULL;
    DO(frame_open(vm, callee, f, &inner));
    gather(b, in, r, callee->n_args, inner->regs);
    if (callee->remember_calls) {
        inner->slot = call_slot(vm, callee, inner->regs);
        if (call_known(vm, inner->slot, callee, inner->regs)) {
            r[in->a] = inner->slot->value;
            frame_close(vm, inner);
            if (!mrl_is_defined(r[in->a]))
                FAIL;
            STEP;
        }
    }
    f->at = in;
    f = inner;
    b = callee;
    r = f->regs;
    k = b->consts;
    in = b->code;
    goto *labels[in->op];
}
DO_RETURN: {
    mrl_val value = VAL(a);
    struct frame *outer = f->outer; /* the frame is gone once it is closed */
    if (f->slot != NULL)
        call_remember(vm, f, value);
    frame_close(vm, f);
    if (outer == NULL) {
        *ret = value;
        return MRL_OK;
    }
    if (b->memo)
        DO(mrl_vm_remember(vm, b->id, value));
    f = outer;
    b = f->b;
    r = f->regs;
    k = b->consts;
    in = f->at;
    r[in->a] = value;
    if (!mrl_is_defined(value))
        FAIL;
    STEP;
}
DO_BUILTIN:
    DO(mrl_vm_step(vm));
    DO(builtin(vm, b, in, r, &r[in->a]));
    if (!mrl_is_defined(r[in->a]))
        FAIL;
    STEP;
DO_TEST: {
    mrl_val v = mrl_undefined();
    DO(mrl_vm_step(vm));
    DO(builtin(vm, b, in, r, &v));
    if (!mrl_is_defined(v) || mrl_is_false(v))
        FAIL;
    STEP;
}
/* Type tests and (in)equality have instructions of their own: no call, no list of arguments. A
 * `with` may still replace these builtins, hence the detour. */
DO_IS:
    ok = (in->c >> VAL(a).tag) & 1;
    if (MRL_UNLIKELY(vm->cx->functions != NULL))
        DO(test_replaced(vm, in, VAL(a), VAL(a), &ok));
    if (!ok)
        FAIL;
    STEP;
DO_DIFFER:
DO_SAME:
    if (MRL_UNLIKELY(vm->cx->functions != NULL))
        DO(test_replaced(vm, in, VAL(a), VAL(b), &ok));
    else
        ok = same(VAL(a), VAL(b)) == (in->op == MRL_OP_SAME);
    if (!ok)
        FAIL;
    STEP;
DO_GET:
    r[in->a] = mrl_vm_lookup(r[in->b], VAL(c));
    if (!mrl_is_defined(r[in->a]))
        FAIL;
    STEP;
DO_PATH:
    r[in->a] = follow(r[in->b], k[in->y]);
    if (!mrl_is_defined(r[in->a]))
        FAIL;
    STEP;
DO_ITEM:
    MRL_DASSERT(mrl_is_arr(r[in->b]) && in->c < r[in->b].len); /* ARRAY_OF stands before */
    r[in->a] = r[in->b].u.arr->items[in->c];
    STEP;
DO_EQUAL:
    if (!same(r[in->a], VAL(b)))
        FAIL;
    STEP;
DO_EQUALK:
    if (!same(r[in->a], k[in->y]))
        FAIL;
    STEP;
DO_TRUE:
    if (mrl_is_false(r[in->a]))
        FAIL;
    STEP;
DO_ARRAY_OF:
    if (!mrl_is_arr(r[in->a]) || r[in->a].len != in->c)
        FAIL;
    STEP;
DO_OBJECT_OF:
    if (!mrl_is_obj(r[in->a]) || r[in->a].len != in->c)
        FAIL;
    STEP;
DO_ARRAY:
    DO(collect(vm, b, in, r, MRL_T_ARR, &r[in->a]));
    STEP;
DO_SET:
    DO(collect(vm, b, in, r, MRL_T_SET, &r[in->a]));
    STEP;
DO_OBJECT:
    DO(collect(vm, b, in, r, MRL_T_OBJ, &r[in->a]));
    STEP;
/* Loops: SCAN begins one and fails to what is around it, NEXT steps and fails when it is over. */
DO_SCAN:
    DO(scan(vm, &f->iters[in->a], r[in->b], &ok));
    if (!ok)
        FAIL;
    STEP;
DO_NEXT:
    DO(mrl_vm_step(vm));
    if (!next(&f->iters[in->a], &r[in->b], &r[in->c]))
        FAIL;
    STEP;
DO_INDEX:
    DO(select_rules(vm, f, &f->iters[in->a]));
    STEP;
DO_RULE: {
    struct iter *it = &f->iters[in->a];
    MRL_DASSERT(b->index != NULL && it->order != NULL);
    if (it->at == it->over.len)
        FAIL;
    in = b->code + b->index->entry[it->order[it->at++]];
    goto *labels[in->op];
}
/* Comprehensions and partial sets: a builder that the innermost loop adds to. */
DO_BUILD:
    mrl_builder_init(&f->builders[in->a], &vm->arena, (enum mrl_tag)in->c, 0);
    STEP;
DO_ADD:
    mrl_build_item(&f->builders[in->a], VAL(b));
    STEP;
DO_PUT:
    DO(put(vm, &f->builders[in->a], VAL(b), VAL(c)));
    STEP;
DO_BUILT:
    DO(mrl_build_end(&f->builders[in->b], &r[in->a]));
    STEP;
/* Partial objects: pieces of a document; see grow.c. */
DO_GROW:
    DO(mrl_grow_new(&vm->arena, &f->grown[in->a]));
    STEP;
DO_PLANT:
    DO(plant(vm, in, f));
    STEP;
DO_GROWN:
    MRL_DASSERT(f->grown[in->b] != NULL);
    DO(mrl_grow_end(&vm->arena, f->grown[in->b], &r[in->a]));
    STEP;
DO_JUMP:
    FAIL;
DO_DEFINED:
    if (mrl_is_defined(r[in->a]))
        FAIL;
    STEP;
DO_SINGLE:
    DO(single(vm, b, &r[in->a], VAL(b)));
    STEP;
/* WITH opens a context, one REPLACE a target follows, and each way out has its ENDWITH. */
DO_WITH:
    DO(mrl_vm_open(vm));
    STEP;
DO_REPLACE:
    DO(mrl_vm_replace(vm, b->withs[in->y], r[in->a]));
    STEP;
DO_ENDWITH:
    MRL_DASSERT(vm->cx->outer != NULL);
    vm->cx = vm->cx->outer;
    STEP;
/* print and trace in a debug policy: they want to know where they stand. */
DO_SAY:
    DO(mrl_vm_step(vm));
    vm->said = &b->sites[b->site_of[in - b->code]];
    DO(builtin(vm, b, in, r, &r[in->a]));
    if (!mrl_is_defined(r[in->a]))
        FAIL;
    STEP;
DO_TRACE:
    MRL_DASSERT(b->probes != NULL || in->a >= MRL_TRACE_OPEN);
    mrl_vm_trace(vm, b, in, r);
    STEP;
#undef STEP
#undef FAIL
#undef DO
#undef VAL
}

mrl_status mrl_vm_enter(struct mrl_vm *vm, const struct mrl_block *b, const mrl_val *args,
                        mrl_val *ret) {
    struct frame *f = NULL;
    struct mrl_arena_mark mark = mrl_arena_mark(&vm->frames);
    uint32_t depth = vm->depth;
    MRL_TRY(frame_open(vm, b, NULL, &f));
    if (b->n_args > 0)
        memcpy(f->regs, args, (size_t)b->n_args * sizeof *args);
    mrl_status status = mrl_vm_run(vm, f, ret);
    if (status != MRL_OK) { /* leaves frames of rules that were under way */
        mrl_arena_rewind(&vm->frames, mark);
        vm->depth = depth;
    }
    return status;
}
