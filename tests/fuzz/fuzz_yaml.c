/* fuzz_yaml.c - what is read, is written and read again, stays the same, in every style; spans stay
 * inside; an edit that is not refused leaves a document that holds the value. */
#include "formats/yaml/edit.h"
#include "formats/yaml/yaml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look_at_spans(mrl_val v, size_t size) {
    for (uint32_t i = 0; (mrl_is_obj(v) || mrl_is_arr(v)) && i < v.len; i++) {
        const struct mrl_span *s = mrl_val_span(v, i);
        if (s != NULL)
            MRL_ASSERT(s->val_start <= s->val_end && s->val_end <= size);
    }
}

static void written(mrl_arena *a, mrl_val v, const struct mrl_yaml_style *style) {
    struct mrl_buf b;
    struct mrl_yaml_doc *docs;
    size_t n = 0;
    struct mrl_err err;
    mrl_buf_init(&b, 1 << 22);
    mrl_yaml_write(&b, a, v, style);
    if (b.status == MRL_OK && mrl_yaml_parse(a, mrl_buf_str(&b), NULL, &err, &docs, &n) == MRL_OK)
        MRL_ASSERT(n == 1 && mrl_val_eq(docs[0].value, v));
    mrl_buf_release(&b);
}

static void in_all_styles(mrl_arena *a, mrl_val v) {
    static const struct mrl_yaml_style styles[] = {
        {.indent = 2},
        {.indent = 4, .indent_lists = true, .keep_order = true},
        {.flow = true},
    };
    for (size_t i = 0; i < MRL_COUNTOF(styles); i++)
        written(a, v, &styles[i]);
}

/* An edit chosen by the last bytes of the input. */
static void edited(mrl_arena *a, mrl_str text, const struct mrl_yaml_doc *doc) {
    mrl_val path[4], v = doc->value;
    struct mrl_edit e = {.at = doc->start, .path = path, .value = MRL_V("x: y")};
    struct mrl_patch patch;
    struct mrl_err err;
    mrl_err_init(&err);
    for (size_t i = 0; i < 4 && text.len > i + 1 && (mrl_is_obj(v) || mrl_is_arr(v)); i++) {
        uint32_t k = (uint8_t)text.ptr[text.len - i - 2] % (v.len + 1);
        bool there = k < v.len;
        path[e.path_len++] = !mrl_is_obj(v) ? mrl_int(k) : there ? v.u.obj->m[k].key : MRL_V("new");
        v = !there ? mrl_undefined() : mrl_is_obj(v) ? v.u.obj->m[k].val : v.u.arr->items[k];
    }
    e.op = (enum mrl_edit_op)((uint8_t)text.ptr[text.len - 1] % 3);
    if (mrl_edit_patch(a, text, false, &e, &err, &patch) != MRL_OK) {
        MRL_ASSERT(err.text[0] != '\0');
        return;
    }
    MRL_ASSERT(patch.start <= patch.end && patch.end <= text.len);
    mrl_str after = mrl_patch_apply(a, text, &patch), all;
    mrl_status each = MRL_E_INTERNAL;
    MRL_ASSERT(mrl_edit_all(a, text, false, &e, 1, &err, &each, &all) == MRL_OK);
    MRL_ASSERT(each == MRL_OK && mrl_str_eq(after, all));
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
            in_all_styles(&a, docs[i].value);
            if (i == 0 && size > 0 && size < 4096)
                edited(&a, (mrl_str){(const char *)data, size}, &docs[i]);
        }
    mrl_arena_release(&a);
    return 0;
}
