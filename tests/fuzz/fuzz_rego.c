/* fuzz_rego.c - a module is parsed, compiled, and its package evaluated under small budgets; every
 * other pair of sizes with debug code, whose record is then explained. */
#include "engines/policy/observe/record.h"
#include "engines/policy/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void on_trace(void *cx, const struct mrl_trace_event *e) {
    mrl_record_add(cx, e);
}

static void explain(const struct mrl_record *r) {
    struct mrl_buf text;
    mrl_buf_init(&text, 1 << 20);
    mrl_explain_print(r, MRL_EXPLAIN_DEBUG, 0, &text);
    mrl_explain_print(r, MRL_EXPLAIN_FAILS, 0, &text);
    mrl_why_print(r, 0, &text);
    mrl_buf_release(&text);
}

static void run(struct mrl_policy *p, mrl_arena *a) {
    struct mrl_query *q = NULL;
    struct mrl_vm *vm = NULL;
    struct mrl_err err;
    mrl_str path[] = {MRL_S("p")};
    mrl_val v = mrl_undefined();
    static const struct mrl_vm_hooks hooks = {NULL, on_trace};
    struct mrl_record record;
    struct mrl_vm_opts opts = {.max_steps = 20000,
                               .max_bytes = 1 << 22,
                               .now_ns = 1,
                               .rand_seed = 1,
                               .hooks = &hooks,
                               .hooks_cx = &record};
    mrl_record_init(&record, a, true);
    mrl_err_init(&err);
    if (mrl_query_path(p, path, 1, &q) != MRL_OK || mrl_vm_new(p, &opts, &vm) != MRL_OK)
        return;
    if (mrl_vm_begin(vm, mrl_int(1)) == MRL_OK && mrl_vm_value(vm, q, &err, &v) == MRL_OK)
        (void)mrl_val_hash(v);
    explain(&record);
    mrl_vm_free(vm);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    mrl_arena a;
    struct mrl_diags diags;
    struct mrl_policy_builder *b = NULL;
    struct mrl_policy *p = NULL;
    bool debug = size / 2 % 2 != 0;
    struct mrl_policy_opts opts = {.version = size % 2 == 0 ? MRL_REGO_V1 : MRL_REGO_V0,
                                   .debug = debug,
                                   .print = debug,
                                   .cases = debug};
    mrl_arena_init(&a, 1 << 24);
    mrl_diags_init(&diags, &a, 0);
    if (mrl_policy_builder_new(&opts, &b) == MRL_OK) {
        if (mrl_policy_add_module(b, MRL_S("f.rego"), (mrl_str){(const char *)data, size},
                                  opts.version, &diags) != MRL_OK ||
            mrl_policy_compile(b, &diags, &p) != MRL_OK)
            mrl_policy_builder_free(b);
        else
            run(p, &a);
        mrl_policy_free(p);
    }
    mrl_arena_release(&a);
    return 0;
}
