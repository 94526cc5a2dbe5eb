/* fuzz_rego.c - a module is parsed, compiled, and its package evaluated under small budgets. */
#include "engines/policy/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void run(struct mrl_policy *p) {
    struct mrl_query *q = NULL;
    struct mrl_vm *vm = NULL;
    struct mrl_err err;
    mrl_str path[] = {MRL_S("p")};
    mrl_val v = mrl_undefined();
    struct mrl_vm_opts opts = {
        .max_steps = 20000, .max_bytes = 1 << 22, .now_ns = 1, .rand_seed = 1};
    mrl_err_init(&err);
    if (mrl_query_path(p, path, 1, &q) != MRL_OK || mrl_vm_new(p, &opts, &vm) != MRL_OK)
        return;
    if (mrl_vm_begin(vm, mrl_int(1)) == MRL_OK && mrl_vm_value(vm, q, &err, &v) == MRL_OK)
        (void)mrl_val_hash(v);
    mrl_vm_free(vm);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    mrl_arena a;
    struct mrl_diags diags;
    struct mrl_policy_builder *b = NULL;
    struct mrl_policy *p = NULL;
    struct mrl_policy_opts opts = {.version = size % 2 == 0 ? MRL_REGO_V1 : MRL_REGO_V0};
    mrl_arena_init(&a, 1 << 24);
    mrl_diags_init(&diags, &a, 0);
    if (mrl_policy_builder_new(&opts, &b) == MRL_OK) {
        if (mrl_policy_add_module(b, MRL_S("f.rego"), (mrl_str){(const char *)data, size},
                                  opts.version, &diags) != MRL_OK ||
            mrl_policy_compile(b, &diags, &p) != MRL_OK)
            mrl_policy_builder_free(b);
        else
            run(p);
        mrl_policy_free(p);
    }
    mrl_arena_release(&a);
    return 0;
}
