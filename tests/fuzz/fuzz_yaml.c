/* fuzz_yaml.c - what is read, is written and read again, stays the same; spans stay inside. */
#include "formats/yaml/yaml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look_at_spans(mrl_val v, size_t size) {
    for (uint32_t i = 0; (mrl_is_obj(v) || mrl_is_arr(v)) && i < v.len; i++) {
        const struct mrl_span *s = mrl_val_span(v, i);
        if (s != NULL)
            MRL_ASSERT(s->val_start <= s->val_end && s->val_end <= size);
    }
}

static void one(mrl_arena *a, mrl_val v) {
    struct mrl_buf b;
    struct mrl_yaml_doc *docs;
    size_t n = 0;
    mrl_buf_init(&b, 1 << 22);
    mrl_yaml_write(&b, a, v, NULL);
    struct mrl_err err;
    if (b.status == MRL_OK && mrl_yaml_parse(a, mrl_buf_str(&b), NULL, &err, &docs, &n) == MRL_OK)
        MRL_ASSERT(n == 1 && mrl_val_eq(docs[0].value, v));
    mrl_buf_release(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    mrl_arena a;
    struct mrl_err err;
    struct mrl_yaml_doc *docs;
    size_t n = 0;
    mrl_arena_init(&a, 1 << 26);
    mrl_err_init(&err);
    struct mrl_yaml_opts opts = {.keep_spans = true};
    if (mrl_yaml_parse(&a, (mrl_str){(const char *)data, size}, &opts, &err, &docs, &n) == MRL_OK)
        for (size_t i = 0; i < n && i < 4; i++) {
            look_at_spans(docs[i].value, size);
            one(&a, docs[i].value);
        }
    mrl_arena_release(&a);
    return 0;
}
