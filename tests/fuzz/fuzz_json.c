/* fuzz_json.c - what is read, is written and read again, stays the same. */
#include "formats/json/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    mrl_arena a;
    mrl_val v = mrl_undefined(), again = mrl_undefined();
    struct mrl_err err;
    struct mrl_buf b;
    mrl_arena_init(&a, 1 << 26);
    mrl_err_init(&err);
    mrl_buf_init(&b, 1 << 26);
    struct mrl_json_opts opts = {.keep_spans = true};
    if (mrl_json_parse(&a, (mrl_str){(const char *)data, size}, &opts, &err, &v) == MRL_OK) {
        mrl_json_write(&b, &a, v, NULL);
        MRL_ASSERT(b.status == MRL_OK);
        MRL_ASSERT(mrl_json_parse(&a, mrl_buf_str(&b), NULL, &err, &again) == MRL_OK);
        MRL_ASSERT(mrl_val_eq(v, again) && mrl_val_hash(v) == mrl_val_hash(again));
    }
    mrl_buf_release(&b);
    mrl_arena_release(&a);
    return 0;
}
