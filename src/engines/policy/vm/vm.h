/* vm.h - the state of one evaluation. Used by vm/ and policy.c only.
 *
 * Idea: a VM belongs to one thread and owns one arena for all values of a query and one for frames.
 * Everything that a `with` can change is in a context; contexts nest, and each has a number of its
 * own, so that remembered rule values are found again under the same context only.
 */
#ifndef MRL_POLICY_VM_VM_H
#define MRL_POLICY_VM_VM_H

#include "engines/policy/policy.h"
#include "engines/policy/vm/program.h"

struct mrl_replaced { /* a data path or function that a `with` replaced */
    const struct mrl_lwith *with;
    mrl_val value;
    struct mrl_replaced *outer;
};

struct mrl_context {
    uint64_t epoch; /* grows with each context ever opened */
    mrl_val input;
    mrl_val data;                   /* the base document */
    struct mrl_replaced *data_refs; /* replaced data paths, innermost first */
    struct mrl_replaced *functions;
    struct mrl_context *outer;
};

struct mrl_memo { /* the value of a rule in one context */
    uint64_t epoch;
    mrl_val value;
    struct mrl_memo *older;
};

/* The value of a function for arguments that are the same words: the same scalars, or text and
 * containers at the same place, which within one evaluation means the same values. Slots are taken
 * over by later calls; one of another context does not match. */
struct mrl_call_memo {
    uint64_t epoch;
    const struct mrl_block *block;
    mrl_val args[MRL_CALL_MEMO_ARGS];
    mrl_val value;
};
#define MRL_CALL_MEMO_BITS 9 /* 512 slots of 96 bytes a VM */

struct mrl_vm {
    struct mrl_policy *policy;
    struct mrl_vm_opts opts;
    mrl_arena arena, frames;
    struct mrl_context root, *cx;
    struct mrl_memo *memo; /* by block id */
    uint32_t n_memo;
    struct mrl_call_memo *calls; /* 1 << MRL_CALL_MEMO_BITS */
    struct mrl_lasting *lasting; /* values that outlive an input, or NULL so far (lasting.c) */
    uint64_t last_epoch, steps;
    int64_t deadline_ns;
    uint32_t depth;
    mrl_val data; /* base document with overlays */
    mrl_val overlays;
    mrl_arena overlay_arena;
    struct mrl_bi bi;
    struct mrl_err *err;
    uint64_t seed;
    uint32_t trace_depth;        /* of the last event: what is called there is one deeper */
    const struct mrl_site *said; /* where the builtin that runs now stands; SAY only */
};

#define MRL_VM_DEPTH_MAX 2000 /* rule calls inside rule calls */
#define MRL_VM_STEPS 1000000000ull
#define MRL_VM_BYTES ((size_t)1 << 30)

/* Runs a block with its arguments. *ret is undefined when the rule is. */
mrl_status mrl_vm_enter(struct mrl_vm *vm, const struct mrl_block *b, const mrl_val *args,
                        mrl_val *ret) MRL_NODISCARD;
/* The value of a rule node in the present context, remembered where that is sound. */
mrl_status mrl_vm_call(struct mrl_vm *vm, const struct mrl_node *n, const mrl_val *args,
                       mrl_val *ret) MRL_NODISCARD;
/* The value remembered of a block for the present context, or NULL. Forgets what closed contexts
 * left. */
const mrl_val *mrl_vm_recall_older(struct mrl_vm *vm, uint32_t id);
static inline const mrl_val *mrl_vm_recall(struct mrl_vm *vm, uint32_t id) {
    struct mrl_memo *m = &vm->memo[id];
    if (MRL_LIKELY(m->epoch <= vm->cx->epoch))
        return m->epoch == vm->cx->epoch ? &m->value : NULL;
    return mrl_vm_recall_older(vm, id);
}
/* The value of a block that depends on data alone, kept until data changes. *ret_done is false when
 * it cannot be kept: then nothing was done. Not to be asked where a `with` replaced documents or
 * functions. */
mrl_status mrl_vm_lasting(struct mrl_vm *vm, const struct mrl_block *b, const mrl_val *args,
                          mrl_val *ret, bool *ret_done) MRL_NODISCARD;
/* Forgets all of them: data changed, or the VM ends. */
void mrl_vm_lasting_clear(struct mrl_vm *vm);
mrl_status mrl_vm_remember(struct mrl_vm *vm, uint32_t id, mrl_val v) MRL_NODISCARD;
mrl_status mrl_vm_builtin(struct mrl_vm *vm, uint32_t index, const mrl_val *args,
                          mrl_val *ret) MRL_NODISCARD;
/* The document at a tree node: rules and base data; keys[0..n-1] narrow the children (null: all).
 */
mrl_status mrl_vm_doc(struct mrl_vm *vm, const struct mrl_node *node, const mrl_val *keys,
                      uint32_t n, mrl_val *ret) MRL_NODISCARD;

/* Executes a TRACE instruction (trace.c). */
void mrl_vm_trace(struct mrl_vm *vm, const struct mrl_block *b, const struct mrl_insn *in,
                  mrl_val *regs);
/* What print, trace and internal.test_case say, passed on to the hooks; host is the VM. */
void mrl_vm_hear(void *host, enum mrl_bi_saying what, mrl_val said);

/* Opens a context inside the present one: for a `with`. */
mrl_status mrl_vm_open(struct mrl_vm *vm) MRL_NODISCARD;
/* Replaces what the `with` names by a value in the present context. */
mrl_status mrl_vm_replace(struct mrl_vm *vm, const struct mrl_lwith *w,
                          mrl_val value) MRL_NODISCARD;
/* True when a `with` replaced the node's document or one above it. */
bool mrl_vm_is_replaced(const struct mrl_vm *vm, const struct mrl_node *n);
/* `doc` with `value` at path[from..]; shares what it does not change. */
mrl_status mrl_vm_merge(mrl_arena *a, mrl_val doc, mrl_val path, uint32_t from, mrl_val value,
                        mrl_val *ret) MRL_NODISCARD;
/* The base document at the path of a node, or undefined. */
mrl_val mrl_vm_base(const struct mrl_vm *vm, const struct mrl_node *n);
/* container[key] as Rego has it: members, items by whole number, members of sets. */
mrl_val mrl_vm_lookup(mrl_val container, mrl_val key);

/* Counts one step; fails when the budget, the deadline or the caller says so. */
mrl_status mrl_vm_step_slow(struct mrl_vm *vm) MRL_NODISCARD;
static inline mrl_status mrl_vm_step(struct mrl_vm *vm) {
    if (MRL_LIKELY(vm->steps > 0 && (--vm->steps & 1023) != 0))
        return MRL_OK;
    return mrl_vm_step_slow(vm);
}

/* --- the document that partial rules fill (grow.c) ----------------------------------------------
 */

struct mrl_grow;
/* A new empty document; it lives in `a`. */
mrl_status mrl_grow_new(mrl_arena *a, struct mrl_grow **ret) MRL_NODISCARD;
/* Puts a value at a path; as an item of the set there when `item`. MRL_E_CONFLICT when another
 * value is there. */
mrl_status mrl_grow_put(mrl_arena *a, struct mrl_grow *g, const mrl_val *path, uint32_t n,
                        mrl_val v, bool item) MRL_NODISCARD;
mrl_status mrl_grow_end(mrl_arena *a, struct mrl_grow *g, mrl_val *ret) MRL_NODISCARD;

#endif
