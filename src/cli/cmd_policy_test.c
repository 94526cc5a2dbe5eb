/* cmd_policy_test.c - `merlon policy test`: runs the rules whose names begin with test_. */
#include "cli/policy_load.h"
#include "cli/xml.h"

#include "formats/json/json.h"

#include <stdio.h>
#include <time.h>

#define OUT_MAX (64u << 20)

enum outcome { PASS, FAIL, ERROR, SKIPPED };

struct result {
    mrl_str name; /* data.package.test_name */
    const struct mrl_module *module;
    struct mrl_rloc loc;
    enum outcome outcome;
    int64_t ns;
    char text[MRL_ERR_TEXT_MAX];
};

struct testing {
    struct mrl_cli *cli;
    struct mrl_policy_files files;
    struct mrl_policy *policy;
    struct result *results;
    size_t n, cap;
    uint64_t count[4];
};

static int64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* --- collecting
 * ------------------------------------------------------------------------------------- */

static mrl_status add(struct testing *t, const struct mrl_module *m, const struct mrl_rule *r) {
    struct mrl_buf name;
    mrl_buf_init(&name, 4096);
    mrl_buf_add(&name, MRL_S("data"));
    for (uint32_t i = 1; i < m->package->u.ref.n; i++)
        mrl_buf_printf(&name, ".%.*s", MRL_F(mrl_val_str(m->package->u.ref.items[i]->u.scalar)));
    mrl_buf_printf(&name, ".%.*s", MRL_F(r->name->u.var));
    mrl_str copy = mrl_arena_str(t->cli->arena, (mrl_str){name.ptr, name.len});
    mrl_buf_release(&name);
    mrl_str want = mrl_opt_str(t->cli, "run", MRL_S(""));
    bool todo = mrl_str_starts(r->name->u.var, MRL_S("todo_"));
    if (want.len > 0 && mrl_str_find(copy, want, 0) == MRL_STR_NPOS)
        return MRL_OK;
    for (size_t i = 0; i < t->n; i++) /* several rules, one test */
        if (mrl_str_eq(t->results[i].name, copy))
            return MRL_OK;
    if (t->n == t->cap) {
        size_t cap = t->cap > 0 ? t->cap * 2 : 64;
        struct result *more =
            mrl_arena_regrow(t->cli->arena, t->results, t->cap, cap, sizeof *more);
        MRL_CHECK(more != NULL, MRL_E_NOMEM);
        t->results = more;
        t->cap = cap;
    }
    t->results[t->n++] =
        (struct result){.name = copy, .module = m, .loc = r->loc, .outcome = todo ? SKIPPED : PASS};
    return MRL_OK;
}

static mrl_status collect(struct testing *t) {
    struct mrl_module *const *modules;
    size_t n = mrl_policy_modules(t->policy, &modules);
    for (size_t i = 0; i < n; i++)
        for (uint32_t k = 0; k < modules[i]->n_rules; k++)
            if (modules[i]->rules[k]->test && modules[i]->rules[k]->name->kind == MRL_TERM_VAR)
                MRL_TRY(add(t, modules[i], modules[i]->rules[k]));
    return MRL_OK;
}

/* --- running
 * ---------------------------------------------------------------------------------------- */

static mrl_status run_one(struct testing *t, struct mrl_vm *vm, struct result *r) {
    struct mrl_query *q = NULL;
    struct mrl_err err;
    mrl_val rows = mrl_undefined();
    mrl_err_init(&err);
    MRL_TRY(mrl_query_prepare(t->policy, r->name, NULL, &t->files.diags, &q));
    MRL_TRY(mrl_vm_begin(vm, mrl_undefined()));
    int64_t start = now_ns();
    mrl_status status = mrl_vm_query(vm, q, &err, &rows);
    r->ns = now_ns() - start;
    if (status != MRL_OK) {
        r->outcome = ERROR;
        snprintf(r->text, sizeof r->text, "%s: %.*s", err.id != NULL ? err.id : "error",
                 MRL_ERR_TEXT_MAX - 64, err.text);
    } else {
        mrl_val v = mrl_arr_at(MRL_GET(mrl_arr_at(rows, 0), "expressions"), 0);
        r->outcome = mrl_is_defined(v) && !mrl_is_false(v) ? PASS : FAIL;
    }
    return MRL_OK;
}

static mrl_status run_all(struct testing *t) {
    struct mrl_vm *vm = NULL;
    struct mrl_vm_opts opts = {.deadline_ms = 5000};
    MRL_TRY(mrl_opt_duration_ms(t->cli, "timeout", &opts.deadline_ms));
    MRL_TRY(mrl_vm_new(t->policy, &opts, &vm));
    mrl_status status = MRL_OK;
    for (size_t i = 0; i < t->n && status == MRL_OK; i++) {
        if (t->results[i].outcome != SKIPPED)
            status = run_one(t, vm, &t->results[i]);
        t->count[t->results[i].outcome]++;
    }
    mrl_vm_free(vm);
    return status;
}

/* --- reports
 * ---------------------------------------------------------------------------------------- */

static const char *const names[] = {"PASS", "FAIL", "ERROR", "SKIPPED"};

static void report_pretty(const struct testing *t, struct mrl_buf *b) {
    bool verbose = mrl_opt_given(t->cli, "verbose");
    const struct mrl_module *last = NULL;
    for (size_t i = 0; i < t->n; i++) {
        const struct result *r = &t->results[i];
        if (r->outcome == PASS && !verbose)
            continue;
        if (r->module != last)
            mrl_buf_printf(b, "%.*s:\n", MRL_F(r->module->file));
        last = r->module;
        mrl_buf_printf(b, "%.*s: %s (%.3f ms)\n", MRL_F(r->name), names[r->outcome],
                       (double)r->ns / 1e6);
        if (r->outcome == FAIL || r->outcome == ERROR)
            mrl_buf_printf(b, "  %.*s:%u%s%s\n", MRL_F(r->module->file), r->loc.line,
                           r->text[0] != '\0' ? ": " : "", r->text);
    }
    mrl_buf_printf(b, "%llu passed, %llu failed", (unsigned long long)t->count[PASS],
                   (unsigned long long)(t->count[FAIL] + t->count[ERROR]));
    if (t->count[SKIPPED] > 0)
        mrl_buf_printf(b, ", %llu skipped", (unsigned long long)t->count[SKIPPED]);
    mrl_buf_byte(b, '\n');
}

static void report_json(const struct testing *t, struct mrl_buf *b) {
    mrl_buf_add(b, MRL_S("["));
    for (size_t i = 0; i < t->n; i++) {
        const struct result *r = &t->results[i];
        size_t dot = mrl_str_rfind(r->name, MRL_S("."));
        mrl_buf_printf(b, "%s\n  {\"location\": {\"file\": ", i > 0 ? "," : "");
        mrl_json_write_str(b, r->module->file, false);
        mrl_buf_printf(b, ", \"row\": %u, \"col\": %u}, \"package\": ", r->loc.line, r->loc.col);
        mrl_json_write_str(b, mrl_str_sub(r->name, 0, dot), false);
        mrl_buf_add(b, MRL_S(", \"name\": "));
        mrl_json_write_str(b, mrl_str_sub(r->name, dot + 1, r->name.len), false);
        if (r->outcome != PASS)
            mrl_buf_printf(b, ", \"%s\": true",
                           r->outcome == FAIL    ? "fail"
                           : r->outcome == ERROR ? "error"
                                                 : "skip");
        mrl_buf_printf(b, ", \"duration\": %lld}", (long long)r->ns);
    }
    mrl_buf_add(b, MRL_S("\n]\n"));
}

static void report_junit(const struct testing *t, struct mrl_buf *b) {
    mrl_buf_printf(b,
                   "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n<testsuite "
                   "name=\"merlon policy test\" tests=\"%zu\" failures=\"%llu\" errors=\"%llu\" "
                   "skipped=\"%llu\">\n",
                   t->n, (unsigned long long)t->count[FAIL], (unsigned long long)t->count[ERROR],
                   (unsigned long long)t->count[SKIPPED]);
    for (size_t i = 0; i < t->n; i++) {
        const struct result *r = &t->results[i];
        mrl_buf_add(b, MRL_S("<testcase classname=\""));
        mrl_xml_text(b, r->module->file);
        mrl_buf_add(b, MRL_S("\" name=\""));
        mrl_xml_text(b, r->name);
        mrl_buf_printf(b, "\" time=\"%.6f\">", (double)r->ns / 1e9);
        if (r->outcome == FAIL)
            mrl_buf_add(b, MRL_S("<failure message=\"the test is undefined or false\"/>"));
        if (r->outcome == SKIPPED)
            mrl_buf_add(b, MRL_S("<skipped/>"));
        if (r->outcome == ERROR) {
            mrl_buf_add(b, MRL_S("<error message=\""));
            mrl_xml_text(b, mrl_str_z(r->text));
            mrl_buf_add(b, MRL_S("\"/>"));
        }
        mrl_buf_add(b, MRL_S("</testcase>\n"));
    }
    mrl_buf_add(b, MRL_S("</testsuite>\n</testsuites>\n"));
}

static int report(struct testing *t) {
    struct mrl_buf b;
    mrl_str format = mrl_opt_str(t->cli, "format", MRL_S("pretty"));
    mrl_buf_init(&b, OUT_MAX);
    if (mrl_str_eq(format, MRL_S("json")))
        report_json(t, &b);
    else if (mrl_str_eq(format, MRL_S("junit")))
        report_junit(t, &b);
    else
        report_pretty(t, &b);
    int exit = mrl_cli_out_buf(t->cli, &b);
    if (exit == MRL_EXIT_OK && t->count[FAIL] + t->count[ERROR] > 0)
        return MRL_EXIT_FINDINGS;
    return exit;
}

static mrl_status load(struct testing *t) {
    struct mrl_policy_opts opts = {.version = mrl_opt_given(t->cli, "v0-compatible") ? MRL_REGO_V0
                                                                                     : MRL_REGO_V1};
    MRL_TRY(mrl_policy_files_init(&t->files, t->cli->arena, &opts));
    for (size_t i = 0; i < t->cli->n_args; i++)
        MRL_TRY(mrl_policy_files_add(&t->files, t->cli->args[i]));
    MRL_TRY(mrl_policy_files_compile(&t->files, &t->policy));
    MRL_TRY(collect(t));
    return run_all(t);
}

static int run_test(struct mrl_cli *cli) {
    struct testing t = {.cli = cli};
    if (cli->n_args == 0)
        return mrl_cli_usage(cli, "name the files or folders that hold policies and tests");
    mrl_status status = load(&t);
    int exit = status == MRL_OK ? report(&t) : mrl_policy_files_fail(cli, &t.files, status);
    mrl_policy_builder_free(t.files.builder);
    return exit;
}

static const struct mrl_opt opts[] = {
    {.name = "verbose", .letter = 'v', .help = "name the tests that pass, too"},
    {.name = "run", .letter = 'r', .arg = "TEXT", .help = "only tests whose name contains TEXT"},
    {.name = "format",
     .letter = 'f',
     .arg = "FORM",
     .help = "form of the report",
     .choices = "pretty|json|junit"},
    {.name = "timeout", .arg = "TIME", .help = "time that one test may take (default 5s)"},
    {.name = "v0-compatible", .help = "modules are v0 Rego unless they say otherwise"},
};

static const struct mrl_example examples[] = {
    {"merlon policy test policies", "run all tests below a folder"},
    {"merlon policy test -v -r privileged policies", "name each test about privileged"},
};

const struct mrl_cmd mrl_cmd_policy_test = {
    .name = "policy test",
    .args = "PATH...",
    .summary = "run the tests of policies",
    .text = "Runs every rule whose name begins with test_; it passes when it is defined and not "
            "false. Rules that begin with todo_test_ are skipped. Exits with 1 when one fails.",
    .opts = opts,
    .n_opts = MRL_COUNTOF(opts),
    .examples = examples,
    .n_examples = MRL_COUNTOF(examples),
    .run = run_test,
    .args_max = -1,
};
