/* cmd_policy_eval.c - `merlon policy eval`: one query over policies, data and input. */
#include "cli/policy_load.h"

#include "engines/policy/value_text.h"
#include "formats/json/json.h"

#include <stdio.h>

#define OUT_MAX ((size_t)1 << 30)

struct eval {
    struct mrl_cli *cli;
    struct mrl_policy_files files;
    struct mrl_policy *policy;
    struct mrl_query *query;
    struct mrl_vm *vm;
    mrl_val input, rows;
    struct mrl_err err;
};

static mrl_status evaluate(struct eval *e) {
    struct mrl_vm_opts opts = {.strict_builtin_errors =
                                   mrl_opt_given(e->cli, "strict-builtin-errors")};
    int64_t steps = 0;
    MRL_TRY(mrl_opt_duration_ms(e->cli, "timeout", &opts.deadline_ms));
    MRL_TRY(mrl_opt_int(e->cli, "max-steps", 1, INT64_MAX, &steps));
    opts.max_steps = (uint64_t)steps;
    mrl_err_init(&e->err);
    MRL_TRY(mrl_vm_new(e->policy, &opts, &e->vm));
    MRL_TRY(mrl_vm_begin(e->vm, e->input));
    return mrl_vm_query(e->vm, e->query, &e->err, &e->rows);
}

/* --- output
 * ----------------------------------------------------------------------------------------- */

static void write_json(struct eval *e, struct mrl_buf *b, mrl_val v, unsigned indent) {
    mrl_json_write(b, mrl_vm_arena(e->vm), v, &(struct mrl_json_style){.indent = indent});
}

/* The result as OPA's JSON: {"result": [{"expressions": […], "bindings": {…}}]}. */
static mrl_status result_value(struct eval *e, mrl_val *ret) {
    mrl_arena *a = mrl_vm_arena(e->vm);
    const mrl_str *texts;
    struct mrl_builder rows;
    mrl_query_expressions(e->query, &texts);
    mrl_builder_init(&rows, a, MRL_T_ARR, e->rows.len);
    for (uint32_t i = 0; i < e->rows.len; i++) {
        mrl_val row = e->rows.u.arr->items[i], values = MRL_GET(row, "expressions");
        mrl_val bindings = MRL_GET(row, "bindings"), list = mrl_undefined(), out = mrl_undefined();
        struct mrl_builder expressions;
        mrl_builder_init(&expressions, a, MRL_T_ARR, values.len);
        for (uint32_t k = 0; k < values.len; k++) {
            mrl_val one = mrl_undefined(), place = mrl_undefined();
            struct mrl_member at[] = {{MRL_V("col"), mrl_int(texts[k].ptr - texts[0].ptr + 1)},
                                      {MRL_V("row"), mrl_int(1)}};
            MRL_TRY(mrl_obj_of(a, at, 2, &place));
            struct mrl_member m[] = {{MRL_V("value"), values.u.arr->items[k]},
                                     {MRL_V("text"), mrl_strval(texts[k])},
                                     {MRL_V("location"), place}};
            MRL_TRY(mrl_obj_of(a, m, 3, &one));
            mrl_build_item(&expressions, one);
        }
        MRL_TRY(mrl_build_end(&expressions, &list));
        struct mrl_member m[] = {{MRL_V("expressions"), list}, {MRL_V("bindings"), bindings}};
        MRL_TRY(mrl_obj_of(a, m, bindings.len > 0 ? 2 : 1, &out));
        mrl_build_item(&rows, out);
    }
    mrl_val all = mrl_undefined();
    MRL_TRY(mrl_build_end(&rows, &all));
    struct mrl_member m = {MRL_V("result"), all};
    return mrl_obj_of(a, &m, all.len > 0 ? 1 : 0, ret);
}

static void pretty(struct eval *e, struct mrl_buf *b) {
    if (e->rows.len == 0) {
        mrl_buf_add(b, MRL_S("undefined\n"));
        return;
    }
    for (uint32_t i = 0; i < e->rows.len; i++) {
        mrl_val row = e->rows.u.arr->items[i], bindings = MRL_GET(row, "bindings");
        mrl_val values = MRL_GET(row, "expressions");
        for (uint32_t k = 0; k < bindings.len; k++) {
            mrl_buf_printf(b, "%.*s = ", MRL_F(mrl_val_str(bindings.u.obj->m[k].key)));
            write_json(e, b, bindings.u.obj->m[k].val, 2);
            mrl_buf_byte(b, '\n');
        }
        for (uint32_t k = 0; bindings.len == 0 && k < values.len; k++) {
            write_json(e, b, values.u.arr->items[k], 2);
            mrl_buf_byte(b, '\n');
        }
        if (i + 1 < e->rows.len && bindings.len > 1)
            mrl_buf_byte(b, '\n');
    }
}

/* One line a row: the values, strings without quotes. */
static void raw(struct eval *e, struct mrl_buf *b) {
    for (uint32_t i = 0; i < e->rows.len; i++) {
        mrl_val values = MRL_GET(e->rows.u.arr->items[i], "expressions");
        for (uint32_t k = 0; k < values.len; k++) {
            mrl_val v = values.u.arr->items[k];
            mrl_buf_add(b, k > 0 ? MRL_S(" ") : MRL_S(""));
            if (mrl_is_str(v))
                mrl_buf_add(b, mrl_val_str(v));
            else
                write_json(e, b, v, 0);
        }
        mrl_buf_byte(b, '\n');
    }
}

/* The named part of each row as a JSON array. */
static void parts(struct eval *e, struct mrl_buf *b, const char *part) {
    mrl_buf_add(b, MRL_S("["));
    for (uint32_t i = 0; i < e->rows.len; i++) {
        mrl_buf_add(b, i > 0 ? MRL_S(",\n ") : MRL_S(""));
        write_json(e, b, mrl_obj_get_str(e->rows.u.arr->items[i], mrl_str_z(part)), 0);
    }
    mrl_buf_add(b, MRL_S("]\n"));
}

static int print_result(struct eval *e) {
    struct mrl_buf b;
    mrl_str format = mrl_opt_str(e->cli, "format", MRL_S("json"));
    mrl_buf_init(&b, OUT_MAX);
    if (mrl_str_eq(format, MRL_S("pretty"))) {
        pretty(e, &b);
    } else if (mrl_str_eq(format, MRL_S("raw"))) {
        raw(e, &b);
    } else if (mrl_str_eq(format, MRL_S("values"))) {
        parts(e, &b, "expressions");
    } else if (mrl_str_eq(format, MRL_S("bindings"))) {
        parts(e, &b, "bindings");
    } else if (mrl_str_eq(format, MRL_S("json"))) {
        mrl_val v = mrl_empty_obj();
        if (result_value(e, &v) != MRL_OK)
            b.status = MRL_E_NOMEM;
        write_json(e, &b, v, 2);
        mrl_buf_byte(&b, '\n');
    }
    return mrl_cli_out_buf(e->cli, &b);
}

/* --- the command
 * ------------------------------------------------------------------------------------ */

static int answer(struct eval *e) {
    int64_t count = 1;
    mrl_status status = mrl_opt_int(e->cli, "count", 1, 1000000000, &count);
    if (status != MRL_OK)
        return MRL_EXIT_USAGE;
    for (int64_t i = 0; i < count && status == MRL_OK; i++) {
        mrl_vm_free(e->vm);
        e->vm = NULL;
        status = evaluate(e);
    }
    if (status != MRL_OK) {
        char text[MRL_ERR_TEXT_MAX];
        memcpy(text, e->err.text, sizeof text);
        mrl_err_set(&e->err, status, e->err.id, "%s: %s",
                    e->err.id != NULL ? e->err.id : mrl_status_name(status), text);
        mrl_cli_print_err(e->cli, &e->err);
        return mrl_exit_of(status);
    }
    int exit = print_result(e);
    bool defined = e->rows.len > 0;
    if (exit == MRL_EXIT_OK && ((mrl_opt_given(e->cli, "fail") && !defined) ||
                                (mrl_opt_given(e->cli, "fail-defined") && defined)))
        return MRL_EXIT_FINDINGS;
    return exit;
}

static int run_eval(struct mrl_cli *cli) {
    struct eval e = {.cli = cli};
    if (cli->n_args != 1)
        return mrl_cli_usage(cli, "give one query, in quotes");
    struct mrl_policy_opts opts = {.version = mrl_opt_given(cli, "v0-compatible") ? MRL_REGO_V0
                                                                                  : MRL_REGO_V1,
                                   .strict = mrl_opt_given(cli, "strict")};
    mrl_status status = mrl_policy_files_init(&e.files, cli->arena, &opts);
    if (status == MRL_OK)
        status = mrl_policy_files_options(&e.files, cli, &e.input);
    if (status == MRL_OK)
        status = mrl_policy_files_query(&e.files, cli, cli->args[0], &e.policy, &e.query);
    int exit = status == MRL_OK ? answer(&e) : mrl_policy_files_fail(cli, &e.files, status);
    mrl_vm_free(e.vm);
    mrl_policy_builder_free(e.files.builder);
    return exit;
}

static const struct mrl_opt opts[] = {
    {.name = "data",
     .letter = 'd',
     .arg = "PATH",
     .help = "a policy or data file, or a folder of them; a.b:FILE puts it below data.a.b",
     .many = true},
    {.name = "bundle", .letter = 'b', .arg = "PATH", .help = "a bundle folder", .many = true},
    {.name = "input", .letter = 'i', .arg = "FILE", .help = "the input document, JSON or YAML"},
    {.name = "stdin-input", .letter = 'I', .help = "read the input document from stdin"},
    {.name = "format",
     .letter = 'f',
     .arg = "FORM",
     .help = "form of the result",
     .choices = "json|pretty|raw|values|bindings|discard"},
    {.name = "package", .arg = "PACKAGE", .help = "package in which the query's names are found"},
    {.name = "import", .arg = "PATH", .help = "an import for the query", .many = true},
    {.name = "fail", .help = "exit with 1 when the query is undefined"},
    {.name = "fail-defined", .help = "exit with 1 when the query is defined"},
    {.name = "strict",
     .letter = 'S',
     .help = "strict mode: unused variables and imports are errors"},
    {.name = "strict-builtin-errors", .help = "errors of builtin functions end the evaluation"},
    {.name = "v0-compatible", .help = "modules and query are v0 Rego unless they say otherwise"},
    {.name = "count", .arg = "N", .help = "evaluate N times"},
    {.name = "timeout", .arg = "TIME", .help = "end an evaluation after this time, e.g. 500ms"},
    {.name = "max-steps", .arg = "N", .help = "end an evaluation after N steps"},
};

static const struct mrl_example examples[] = {
    {"merlon policy eval '1 + 1'", "evaluate an expression"},
    {"merlon policy eval -d policies -i input.json -f pretty data.app.allow",
     "ask a policy about an input"},
    {"merlon policy eval -d rules.rego --fail 'data.rules.deny[x]'",
     "exit with 1 when none is found"},
};

const struct mrl_cmd mrl_cmd_policy_eval = {
    .name = "policy eval",
    .args = "QUERY",
    .summary = "evaluate a Rego query",
    .text = "Evaluates a Rego query over policies, data and an input document, with the flags and "
            "the JSON form of opa eval. Policies are v1 Rego unless --v0-compatible is given.",
    .opts = opts,
    .n_opts = MRL_COUNTOF(opts),
    .examples = examples,
    .n_examples = MRL_COUNTOF(examples),
    .run = run_eval,
    .args_max = 1,
};
