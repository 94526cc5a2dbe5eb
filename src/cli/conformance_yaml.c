/* conformance_yaml.c - cases of the YAML test suite: text, the JSON it stands for, or `fail`.
 *
 * A .yaml file is one of the suite. A .jsonl file holds what Kubernetes reads, a case a line:
 * `note`, `yaml`, and `json` or `fail` (see tools/diff_yaml.py). There empty documents count for
 * nothing, as kubectl passes them over.
 */
#include "cli/conformance.h"

#include "base/file.h"
#include "base/walk.h"
#include "formats/json/json.h"
#include "formats/yaml/yaml.h"

/* The suite shows blanks and line ends that would be lost as signs. */
static mrl_str show_signs(mrl_arena *a, mrl_str s) {
    static const struct {
        const char *sign, *means;
    } signs[] = {
        {"\xE2\x90\xA3", " "},
        {"\xE2\x80\x94\xE2\x80\x94\xE2\x80\x94\xE2\x80\x94\xC2\xBB", "\t"},
        {"\xE2\x80\x94\xE2\x80\x94\xE2\x80\x94\xC2\xBB", "\t"},
        {"\xE2\x80\x94\xE2\x80\x94\xC2\xBB", "\t"},
        {"\xE2\x80\x94\xC2\xBB", "\t"},
        {"\xC2\xBB", "\t"},
        {"\xE2\x86\xB5", ""},
        {"\xE2\x88\x8E\n", ""},
        {"\xE2\x86\x90", "\r"},
        {"\xE2\x87\x94", "\xEF\xBB\xBF"},
    };
    struct mrl_buf b;
    mrl_buf_init(&b, 1 << 20);
    for (size_t i = 0; i < s.len;) {
        size_t k = 0;
        while (k < MRL_COUNTOF(signs) &&
               !mrl_str_starts(mrl_str_sub(s, i, s.len), mrl_str_z(signs[k].sign)))
            k++;
        if (k < MRL_COUNTOF(signs)) {
            mrl_buf_add(&b, mrl_str_z(signs[k].means));
            i += strlen(signs[k].sign);
        } else {
            mrl_buf_byte(&b, s.ptr[i++]);
        }
    }
    mrl_str r = mrl_arena_str(a, (mrl_str){b.ptr, b.len});
    mrl_buf_release(&b);
    return r;
}

/* What kubectl sees: documents that hold something. Returns how many. */
static size_t drop_empty(struct mrl_yaml_doc *docs, size_t n) {
    size_t kept = 0;
    for (size_t i = 0; i < n; i++)
        if (docs[i].value.tag != MRL_T_NULL)
            docs[kept++] = docs[i];
    return kept;
}

/* Compares the documents of a text with the JSON documents expected. */
static void compare(struct mrl_tally_run *run, mrl_arena *a, mrl_str name, mrl_str json,
                    const struct mrl_yaml_doc *docs, size_t n) {
    size_t offset = 0, i = 0;
    for (;; i++) {
        mrl_val want = mrl_undefined();
        mrl_status status = mrl_json_next(a, json, &offset, NULL, NULL, &want);
        if (status == MRL_E_NOT_FOUND)
            break;
        if (status != MRL_OK || i >= n || mrl_val_cmp(a, want, docs[i].value) != 0) {
            struct mrl_buf b;
            mrl_buf_init(&b, 1 << 20);
            if (i < n)
                mrl_json_write(&b, a, docs[i].value, NULL);
            mrl_case_fail(run, name, "document %zu: got %.*s, want %.*s", i + 1, (int)b.len,
                          b.ptr != NULL ? b.ptr : "", MRL_F(json));
            mrl_buf_release(&b);
            return;
        }
    }
    if (i != n)
        mrl_case_fail(run, name, "got %zu documents, want %zu", n, i);
    else
        mrl_case_pass(run, name);
}

/* A text that is refused although it is YAML without a JSON form is outside, not a failure. */
static void run_case(struct mrl_tally_run *run, mrl_arena *a, mrl_str name, mrl_val c, bool suite) {
    struct mrl_yaml_doc *docs = NULL;
    struct mrl_err err;
    size_t n = 0;
    mrl_err_init(&err);
    mrl_str text = mrl_val_str(MRL_GET(c, "yaml"));
    if (suite)
        text = show_signs(a, text);
    mrl_status status = mrl_yaml_parse(a, text, NULL, &err, &docs, &n);
    mrl_val json = MRL_GET(c, "json");
    if (mrl_is_true(MRL_GET(c, "fail"))) {
        if (status == MRL_OK)
            mrl_case_fail(run, name, "accepted, but is not YAML");
        else
            mrl_case_pass(run, name);
    } else if (status != MRL_OK) {
        if (mrl_is_str(json))
            mrl_case_fail(run, name, "refused: line %u: %s", err.pos.line, err.text);
        else
            mrl_case_skip(run, name, "has no JSON form: line %u: %s", err.pos.line, err.text);
    } else if (mrl_is_str(json)) {
        compare(run, a, name, suite ? show_signs(a, mrl_val_str(json)) : mrl_val_str(json), docs,
                suite ? n : drop_empty(docs, n));
    } else {
        mrl_case_pass(run, name);
    }
}

/* All cases of a file. A later case takes over what it does not say itself. */
static mrl_status run_file(struct mrl_tally_run *run, mrl_arena *a, mrl_str path,
                           struct mrl_err *err) {
    struct mrl_yaml_doc *docs;
    mrl_str text;
    size_t n;
    MRL_TRY(mrl_file_read(a, path, 0, err, &text));
    MRL_TRY(mrl_yaml_parse(a, text, &(struct mrl_yaml_opts){.file = path}, err, &docs, &n));
    mrl_val cases = n > 0 ? docs[0].value : mrl_undefined(), last = mrl_empty_obj();
    mrl_str file = mrl_str_sub(path, mrl_str_rfind(path, MRL_S("/")) + 1, path.len - 5);
    for (uint32_t i = 0; mrl_is_arr(cases) && i < cases.len; i++) {
        struct mrl_builder b;
        mrl_val c = cases.u.arr->items[i];
        mrl_builder_init(&b, a, MRL_T_OBJ, 8);
        for (uint32_t k = 0; k < last.len; k++)
            if (!mrl_str_eq(mrl_val_str(last.u.obj->m[k].key), MRL_S("fail")))
                mrl_build_member(&b, last.u.obj->m[k].key, last.u.obj->m[k].val);
        for (uint32_t k = 0; mrl_is_obj(c) && k < c.len; k++)
            mrl_build_member(&b, c.u.obj->m[k].key, c.u.obj->m[k].val);
        MRL_TRY(mrl_build_end(&b, &last));
        mrl_str name = cases.len == 1 ? file : mrl_arena_printf(a, "%.*s-%02u", MRL_F(file), i);
        run_case(run, a, name, last, true);
    }
    return MRL_OK;
}

/* Cases a line each; the memory of one is given back before the next. */
static mrl_status run_lines(struct mrl_tally_run *run, mrl_arena *a, mrl_str path,
                            struct mrl_err *err) {
    mrl_str text;
    size_t at = 0;
    MRL_TRY(mrl_file_read(a, path, 0, err, &text));
    for (;;) {
        struct mrl_arena_mark mark = mrl_arena_mark(a);
        mrl_val c = mrl_undefined();
        mrl_status status = mrl_json_next(a, text, &at, NULL, err, &c);
        if (status == MRL_E_NOT_FOUND)
            return MRL_OK;
        MRL_TRY(status);
        run_case(run, a, mrl_val_str(MRL_GET(c, "note")), c, false);
        mrl_arena_rewind(a, mark);
    }
}

struct folder {
    struct mrl_tally_run *run;
    struct mrl_err *err;
};

/* Files of either kind; others are passed over. */
static mrl_status on_file(void *cx, mrl_str file) {
    struct folder *f = cx;
    mrl_arena a;
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    mrl_status status = MRL_OK;
    if (mrl_str_ends(file, MRL_S(".yaml")))
        status = run_file(f->run, &a, file, f->err);
    else if (mrl_str_ends(file, MRL_S(".jsonl")))
        status = run_lines(f->run, &a, file, f->err);
    mrl_arena_release(&a);
    return status;
}

static mrl_status on_problem(void *cx, const struct mrl_err *problem) {
    (void)cx;
    return problem->code;
}

mrl_status mrl_conformance_yaml(struct mrl_tally_run *run, mrl_str path, struct mrl_err *err) {
    struct folder f = {run, err};
    return mrl_walk(run->cli->arena, path, &(struct mrl_walk_opts){.no_ignore = true}, on_file,
                    on_problem, &f, err);
}
