/* conformance_rego.c - Rego cases: modules, data, input, a query and what it must give.
 *
 * Each case is compiled and evaluated alone, in an arena of its own, so that a case that fails or
 * leaks cannot touch the next. With debug code the same answers are wanted, and every explanation
 * of them must be possible to print.
 */
#include "cli/conformance.h"

#include "base/file.h"
#include "engines/policy/observe/record.h"
#include "engines/policy/policy.h"
#include "formats/json/json.h"

#include <stdlib.h>

struct rego_case {
    mrl_val spec;
    mrl_str name;
    enum mrl_rego_version version;
    mrl_arena *arena;
    uint32_t index_min; /* see mrl_policy_opts */
    bool debug;
    struct mrl_record record; /* what debug code told */
    struct mrl_policy_builder *builder;
    struct mrl_policy *policy;
    struct mrl_vm *vm;
    struct mrl_diags diags;
    struct mrl_err err;
};

/* A member of the case; undefined when it has none. */
static mrl_val field(const struct rego_case *c, const char *name) {
    return mrl_obj_get_str(c->spec, mrl_str_z(name));
}

/* --- setting up
 * ------------------------------------------------------------------------------------- */

/* The modules and data of the case as a policy. */
static mrl_status compile(struct rego_case *c) {
    struct mrl_policy_opts opts = {
        .version = c->version, .index_min = c->index_min, .debug = c->debug, .print = c->debug};
    MRL_TRY(mrl_policy_builder_new(&opts, &c->builder));
    mrl_val modules = field(c, "modules");
    for (uint32_t i = 0; i < modules.len; i++) {
        mrl_str file = mrl_arena_printf(c->arena, "test-%u.rego", i);
        MRL_TRY(mrl_policy_add_module(c->builder, file, mrl_val_str(mrl_arr_at(modules, i)),
                                      c->version, &c->diags));
    }
    mrl_val data = field(c, "data");
    if (mrl_is_obj(data))
        MRL_TRY(mrl_policy_set_data(c->builder, c->arena, data));
    return mrl_policy_compile(c->builder, &c->diags, &c->policy);
}

/* The value of a Rego term such as {1, 2}: the query `x = TERM`. */
static mrl_status term_value(struct rego_case *c, mrl_str term, mrl_val *ret) {
    struct mrl_query *q = NULL;
    mrl_val rows = mrl_undefined();
    struct mrl_query_opts opts = {.version = c->version};
    mrl_str text = mrl_arena_printf(c->arena, "merlon_term = %.*s", MRL_F(term));
    MRL_TRY(mrl_query_prepare(c->policy, text, &opts, &c->diags, &q));
    MRL_TRY(mrl_vm_begin(c->vm, mrl_undefined()));
    MRL_TRY(mrl_vm_query(c->vm, q, &c->err, &rows));
    mrl_val v = MRL_GET(MRL_GET(mrl_arr_at(rows, 0), "bindings"), "merlon_term");
    return mrl_val_copy(c->arena, v, ret);
}

static void on_trace(void *cx, const struct mrl_trace_event *e) {
    mrl_record_add(&((struct rego_case *)cx)->record, e);
}

/* With debug code the answer must be the same, and each text that can be made of what it told must
 * be possible to make. */
static mrl_status explain(struct rego_case *c) {
    struct mrl_buf text;
    mrl_buf_init(&text, (size_t)1 << 30);
    for (int mode = MRL_EXPLAIN_FULL; mode <= MRL_EXPLAIN_NOTES_AND_FAILS; mode++)
        mrl_explain_print(&c->record, (enum mrl_explain)mode, 0, &text);
    mrl_why_print(&c->record, 0, &text);
    mrl_status status = text.status != MRL_OK ? text.status : c->record.status;
    mrl_buf_release(&text);
    return status;
}

/* The rows of the case's query; what went wrong is in c->diags or c->err. */
static mrl_status evaluate(struct rego_case *c, mrl_val *ret) {
    static const struct mrl_vm_hooks hooks = {NULL, on_trace};
    struct mrl_query *q = NULL;
    struct mrl_vm_opts opts = {.strict_builtin_errors = mrl_is_true(field(c, "strict_error")),
                               .hooks = c->debug ? &hooks : NULL,
                               .hooks_cx = c};
    struct mrl_query_opts query = {.version = c->version};
    mrl_val input = field(c, "input"), term = field(c, "input_term");
    mrl_record_init(&c->record, c->arena, true);
    MRL_TRY(compile(c));
    MRL_TRY(mrl_vm_new(c->policy, &opts, &c->vm));
    if (mrl_is_str(term))
        MRL_TRY(term_value(c, mrl_val_str(term), &input));
    MRL_TRY(mrl_query_prepare(c->policy, mrl_val_str(field(c, "query")), &query, &c->diags, &q));
    MRL_TRY(mrl_vm_begin(c->vm, input));
    mrl_record_init(&c->record, c->arena, true);
    mrl_status status = mrl_vm_query(c->vm, q, &c->err, ret);
    return status == MRL_OK ? explain(c) : status;
}

/* --- comparing
 * -------------------------------------------------------------------------------------- */

/* The value as JSON has it: sets as sorted arrays; arrays sorted, too, when asked. */
static mrl_status as_json(struct rego_case *c, mrl_val v, bool sort, mrl_val *ret) {
    struct mrl_buf b;
    mrl_buf_init(&b, 64u << 20);
    mrl_json_write(&b, c->arena, v, NULL);
    mrl_status status = b.status;
    mrl_str text = mrl_arena_str(c->arena, (mrl_str){b.ptr, b.len});
    mrl_buf_release(&b);
    MRL_TRY(status);
    MRL_TRY(mrl_json_parse(c->arena, text, NULL, &c->err, ret));
    if (!sort || !mrl_is_obj(*ret))
        return MRL_OK;
    for (uint32_t i = 0; i < ret->len; i++) { /* sort the array of each binding */
        mrl_val *binding = &ret->u.obj->m[i].val;
        struct mrl_builder items;
        mrl_builder_init(&items, c->arena, MRL_T_ARR, binding->len);
        if (!mrl_is_arr(*binding))
            continue;
        mrl_val *at = binding->u.arr->items;
        for (uint32_t k = 1; k < binding->len; k++)
            for (uint32_t m = k; m > 0 && mrl_val_cmp(c->arena, at[m - 1], at[m]) > 0; m--) {
                mrl_val swap = at[m];
                at[m] = at[m - 1];
                at[m - 1] = swap;
            }
    }
    return MRL_OK;
}

/* The bindings of all rows as a set of JSON objects. */
static mrl_status bindings(struct rego_case *c, mrl_val rows, bool inner, mrl_val *ret) {
    struct mrl_builder all;
    bool sort = mrl_is_true(field(c, "sort_bindings"));
    mrl_builder_init(&all, c->arena, MRL_T_SET, rows.len);
    for (uint32_t i = 0; i < rows.len; i++) {
        mrl_val row = rows.u.arr->items[i], v = mrl_undefined();
        MRL_TRY(as_json(c, inner ? MRL_GET(row, "bindings") : row, sort, &v));
        mrl_build_item(&all, v);
    }
    return mrl_build_end(&all, ret);
}

/* The beginning of a value's JSON, for messages. */
static mrl_str json_text(struct rego_case *c, mrl_val v) {
    struct mrl_buf b;
    mrl_buf_init(&b, 64u << 20);
    mrl_json_write(&b, c->arena, v, NULL);
    mrl_str text = mrl_arena_str(c->arena, mrl_str_sub((mrl_str){b.ptr, b.len}, 0, 400));
    mrl_buf_release(&b);
    return text;
}

/* An error was wanted and came: its code must be the same, and its text must hold the wanted one.
 */
static void judge_error(struct mrl_tally_run *run, struct rego_case *c) {
    mrl_str code = mrl_val_str(field(c, "want_error_code"));
    mrl_str want = mrl_val_str(field(c, "want_error"));
    mrl_str got_code = mrl_str_z(c->diags.n > 0 ? c->diags.items[0].code : c->err.id);
    mrl_str got = c->diags.n > 0 ? c->diags.items[0].message : mrl_str_z(c->err.text);
    mrl_str full = mrl_arena_printf(c->arena, "%.*s:%u: %.*s: %.*s", MRL_F(c->err.pos.file),
                                    c->err.pos.line, MRL_F(got_code), MRL_F(got));
    if (code.len > 0 && !mrl_str_eq(code, got_code))
        mrl_case_fail(run, c->name, "want %.*s, got %.*s: %.*s", MRL_F(code), MRL_F(got_code),
                      MRL_F(got));
    else if (want.len > 0 && mrl_str_find(full, want, 0) == MRL_STR_NPOS)
        mrl_case_fail(run, c->name, "want error '%.*s', got '%.*s'", MRL_F(want), MRL_F(got));
    else
        mrl_case_pass(run, c->name);
}

/* Rows are compared as a set: the order of solutions is nobody's promise. */
static void judge_result(struct mrl_tally_run *run, struct rego_case *c, mrl_val rows) {
    mrl_val want = field(c, "want_result"), got_set = mrl_undefined(), want_set = mrl_undefined();
    if (mrl_is_defined(field(c, "want_error_code")) || mrl_is_defined(field(c, "want_error"))) {
        mrl_case_fail(run, c->name, "want an error, got %.*s", MRL_F(json_text(c, rows)));
        return;
    }
    mrl_val defined = field(c, "want_defined");
    if (mrl_is_defined(defined) && mrl_is_true(defined) != (rows.len > 0)) {
        mrl_case_fail(run, c->name, "got %s", rows.len > 0 ? "a result" : "undefined");
        return;
    }
    if (mrl_is_defined(want) && (bindings(c, rows, true, &got_set) != MRL_OK ||
                                 bindings(c, want, false, &want_set) != MRL_OK ||
                                 mrl_val_cmp(c->arena, got_set, want_set) != 0)) {
        mrl_case_fail(run, c->name, "got %.*s, want %.*s", MRL_F(json_text(c, got_set)),
                      MRL_F(json_text(c, want)));
        return;
    }
    mrl_case_pass(run, c->name);
}

/* True when a compile error says that this build lacks a function. */
static bool lacks_function(const struct rego_case *c) {
    return c->diags.n > 0 &&
           mrl_str_starts(c->diags.items[0].message, MRL_S("this build has no function "));
}

/* One case from setting up to its verdict. */
static void run_case(struct mrl_tally_run *run, struct rego_case *c) {
    mrl_val rows = mrl_undefined(), env = field(c, "env");
    for (uint32_t i = 0; mrl_is_obj(env) && i < env.len; i++) {
        mrl_str k = mrl_arena_str(c->arena, mrl_val_str(env.u.obj->m[i].key));
        mrl_str v = mrl_arena_str(c->arena, mrl_val_str(env.u.obj->m[i].val));
        setenv(k.ptr, v.ptr, 1);
    }
    mrl_diags_init(&c->diags, c->arena, 0);
    mrl_err_init(&c->err);
    mrl_status status = evaluate(c, &rows);
    mrl_diags_sort(&c->diags);
    bool want_error =
        mrl_is_defined(field(c, "want_error_code")) || mrl_is_defined(field(c, "want_error"));
    if (status == MRL_OK)
        judge_result(run, c, rows);
    else if (lacks_function(c))
        mrl_case_skip(run, c->name, "%.*s", MRL_F(c->diags.items[0].message));
    else if (want_error)
        judge_error(run, c);
    else
        mrl_case_fail(run, c->name, "%.*s",
                      MRL_F(c->diags.n > 0 ? c->diags.items[0].message : mrl_str_z(c->err.text)));
    mrl_vm_free(c->vm);
    mrl_policy_builder_free(c->builder);
}

mrl_status mrl_conformance_rego(struct mrl_tally_run *run, mrl_str path, struct mrl_err *err) {
    mrl_str text;
    size_t offset = 0;
    MRL_TRY(mrl_file_read(run->cli->arena, path, 0, err, &text));
    bool v0 = mrl_str_find(path, MRL_S("v0"), 0) != MRL_STR_NPOS;
    for (;;) {
        mrl_arena a;
        mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
        struct rego_case c = {.arena = &a,
                              .version = v0 ? MRL_REGO_V0 : MRL_REGO_V1,
                              .index_min = run->index_min,
                              .debug = run->debug};
        struct mrl_json_opts opts = {.file = path};
        mrl_status status = mrl_json_next(&a, text, &offset, &opts, err, &c.spec);
        if (status == MRL_OK) {
            c.name = mrl_val_str(MRL_GET(c.spec, "note"));
            mrl_str version = mrl_val_str(MRL_GET(c.spec, "rego_version"));
            c.version = mrl_str_eq(version, MRL_S("v0")) ? MRL_REGO_V0 : c.version;
            run_case(run, &c);
        }
        mrl_arena_release(&a);
        if (status == MRL_E_NOT_FOUND)
            return MRL_OK;
        MRL_TRY(status);
    }
}
