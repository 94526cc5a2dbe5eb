/* cmd_policy_eval.c - `merlon policy eval`: one query over policies, data and input.
 *
 * A plain evaluation compiles without debug code; --explain, --profile and --coverage compile it in
 * and read one stream of events. Results go to stdout in the form asked for; what print() says and
 * messages go to stderr.
 */
#include "cli/eval_form.h"
#include "cli/policy_load.h"
#include "cli/policy_opts.h"

#include "base/file.h"

#include <stdio.h>
#include <time.h>

#define OUT_MAX ((size_t)1 << 30)
#define SORTS_MAX 8
/* OPA's defaults: lines of a profile, and bytes of a table's cell. */
#define PROFILE_LIMIT 10
#define CELL_MAX 80

struct eval {
    struct mrl_cli *cli;
    struct mrl_policy_files files;
    struct mrl_policy *policy;
    struct mrl_query *query;
    struct mrl_vm *vm;
    mrl_val input, rows;
    struct mrl_err err;
    mrl_arena observed; /* of the last evaluation */
    struct mrl_record record;
    struct mrl_profile profile;
    struct mrl_coverage coverage;
    bool explain, profiled, covered;
    int64_t timers[MRL_TIMERS];
};

static int64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* Adds the time since `since` to a timer; returns the present time. */
static int64_t lap(struct eval *e, enum mrl_eval_timer timer, int64_t since) {
    int64_t now = now_ns();
    e->timers[timer] += now - since;
    return now;
}

/* --- hooks
 * --------------------------------------------------------------------------------------- */

static void on_print(void *cx MRL_UNUSED, const struct mrl_module *m MRL_UNUSED,
                     struct mrl_rloc loc MRL_UNUSED, mrl_str line) {
    fprintf(stderr, "%.*s\n", MRL_F(line));
}

static void on_trace(void *cx, const struct mrl_trace_event *event) {
    struct eval *e = cx;
    if (e->profiled)
        mrl_profile_add(&e->profile, event, now_ns());
    if (e->explain)
        mrl_record_add(&e->record, event);
    if (e->covered)
        mrl_coverage_add(&e->coverage, event);
}

static const struct mrl_vm_hooks hooks = {on_print, on_trace};

/* --- evaluating
 * ---------------------------------------------------------------------------------- */

static mrl_status read_limits(struct eval *e, struct mrl_vm_opts *ret) {
    int64_t steps = 0;
    *ret = (struct mrl_vm_opts){.strict_builtin_errors =
                                    mrl_opt_given(e->cli, "strict-builtin-errors"),
                                .runtime = mrl_policy_runtime(e->cli->arena),
                                .hooks = &hooks,
                                .hooks_cx = e};
    MRL_TRY(mrl_opt_duration_ms(e->cli, "timeout", &ret->deadline_ms));
    MRL_TRY(mrl_opt_int(e->cli, "max-steps", 1, INT64_MAX, &steps));
    ret->max_steps = (uint64_t)steps;
    return MRL_OK;
}

static mrl_status evaluate(struct eval *e, const struct mrl_vm_opts *opts) {
    mrl_str mode = mrl_opt_str(e->cli, "explain", MRL_S("off"));
    mrl_vm_free(e->vm);
    e->vm = NULL;
    mrl_arena_reset(&e->observed);
    mrl_record_init(&e->record, &e->observed,
                    mrl_opt_given(e->cli, "var-values") || mrl_str_eq(mode, MRL_S("why")));
    mrl_profile_init(&e->profile, &e->observed);
    mrl_coverage_init(&e->coverage, &e->observed);
    mrl_err_init(&e->err);
    MRL_TRY(mrl_vm_new(e->policy, opts, &e->vm));
    MRL_TRY(mrl_vm_begin(e->vm, e->input));
    int64_t start = now_ns();
    mrl_status status = mrl_vm_query(e->vm, e->query, &e->err, &e->rows);
    mrl_profile_end(&e->profile, lap(e, MRL_TIME_EVAL, start));
    return status;
}

static mrl_status evaluate_all(struct eval *e) {
    int64_t count = 1;
    struct mrl_vm_opts opts;
    MRL_TRY(read_limits(e, &opts));
    MRL_TRY(mrl_opt_int(e->cli, "count", 1, 1000000000, &count));
    mrl_status status = MRL_OK;
    for (int64_t i = 0; i < count && status == MRL_OK; i++)
        status = evaluate(e, &opts);
    e->timers[MRL_TIME_EVAL] /= count;
    return status;
}

/* --- answering
 * ----------------------------------------------------------------------------------- */

static int sort_profile(struct eval *e) {
    mrl_str by[SORTS_MAX];
    size_t n = 0;
    while (n < SORTS_MAX && mrl_opt_nth(e->cli, "profile-sort", n, &by[n]))
        n++;
    if (!mrl_profile_sort(&e->profile, by, n))
        return mrl_cli_usage(e->cli, "--profile-sort: one of total_time_ns, num_eval, num_redo, "
                                     "num_gen_expr, file, line");
    return MRL_EXIT_OK;
}

/* The explanation and the other reports are for people, who then do not want JSON. */
static mrl_str form_of(const struct eval *e) {
    bool why = mrl_str_eq(mrl_opt_str(e->cli, "explain", MRL_S("")), MRL_S("why"));
    return mrl_opt_str(e->cli, "format", why ? MRL_S("pretty") : MRL_S("json"));
}

static mrl_status find_reports(struct eval *e, struct mrl_eval_found *f,
                               struct mrl_cover_report *report) {
    struct mrl_module *const *modules;
    int64_t limit = PROFILE_LIMIT, cell = CELL_MAX;
    MRL_TRY(mrl_opt_int(e->cli, "profile-limit", 0, 1000000, &limit));
    MRL_TRY(mrl_opt_int(e->cli, "pretty-limit", 0, INT32_MAX, &cell));
    f->cell_max = (size_t)cell;
    f->profile_limit = (uint32_t)limit;
    f->explain = mrl_opt_str(e->cli, "explain", MRL_S(""));
    f->record = e->explain ? &e->record : NULL;
    f->profile = e->profiled ? &e->profile : NULL;
    f->timers = mrl_opt_given(e->cli, "metrics") || e->profiled ? e->timers : NULL;
    if (!e->covered)
        return MRL_OK;
    size_t n = mrl_policy_modules(e->policy, &modules);
    MRL_TRY(mrl_coverage_report(&e->coverage, modules, n, report));
    f->coverage = report;
    return MRL_OK;
}

static int print_found(struct eval *e, const struct mrl_eval_found *f) {
    struct mrl_buf b;
    mrl_buf_init(&b, OUT_MAX);
    mrl_eval_print(f, form_of(e), &b);
    if (e->record.status != MRL_OK || e->profile.status != MRL_OK)
        b.status = MRL_E_NOMEM;
    return mrl_cli_out_buf(e->cli, &b);
}

/* An evaluation that ended with an error: in the JSON form the error is the result. */
static int fail(struct eval *e, struct mrl_eval_found *f, mrl_status status) {
    char text[MRL_ERR_TEXT_MAX];
    f->err = &e->err;
    f->rows = mrl_undefined();
    int exit = print_found(e, f);
    memcpy(text, e->err.text, sizeof text);
    mrl_err_set(&e->err, status, e->err.id, "%s: %s",
                e->err.id != NULL ? e->err.id : mrl_status_name(status), text);
    mrl_cli_print_err(e->cli, &e->err);
    return exit != MRL_EXIT_OK ? exit : mrl_exit_of(status);
}

static int answer(struct eval *e) {
    struct mrl_cover_report report;
    mrl_status status = evaluate_all(e);
    if (status != MRL_OK && e->vm == NULL)
        return status == MRL_E_NOMEM ? MRL_EXIT_INTERNAL : MRL_EXIT_USAGE;
    struct mrl_eval_found found = {
        .arena = mrl_vm_arena(e->vm), .query = e->query, .rows = e->rows};
    int exit = e->profiled ? sort_profile(e) : MRL_EXIT_OK;
    if (exit != MRL_EXIT_OK)
        return exit;
    if (find_reports(e, &found, &report) != MRL_OK)
        return MRL_EXIT_USAGE;
    if (status != MRL_OK)
        return fail(e, &found, status);
    exit = print_found(e, &found);
    bool defined = e->rows.len > 0;
    if (exit == MRL_EXIT_OK && ((mrl_opt_given(e->cli, "fail") && !defined) ||
                                (mrl_opt_given(e->cli, "fail-defined") && defined)))
        return MRL_EXIT_FINDINGS;
    return exit;
}

/* What could not be read or compiled: in the JSON form on stdout, too, as OPA has it. */
static int refuse(struct eval *e, mrl_status status) {
    struct mrl_eval_found found = {.arena = e->cli->arena};
    mrl_str form = form_of(e);
    int exit = mrl_policy_files_fail(e->cli, &e->files, status);
    bool json = mrl_str_eq(form, MRL_S("json")) || mrl_str_eq(form, MRL_S("discard"));
    if (!json || (e->files.diags.total == 0 && e->files.err.text[0] == '\0'))
        return exit;
    found.diags = e->files.diags.total > 0 ? &e->files.diags : NULL;
    found.err = found.diags == NULL ? &e->files.err : NULL;
    int printed = print_found(e, &found);
    return printed != MRL_EXIT_OK ? printed : exit;
}

/* The query: the argument, or all of standard input. */
static mrl_status read_query(struct eval *e, mrl_str *ret) {
    if (mrl_opt_given(e->cli, "stdin"))
        return mrl_file_read(e->cli->arena, MRL_S("-"), 0, &e->files.err, ret);
    *ret = e->cli->args[0];
    return MRL_OK;
}

static mrl_status load(struct eval *e, const struct mrl_policy_opts *opts) {
    struct mrl_cli *cli = e->cli;
    mrl_str query = {NULL, 0};
    int64_t start = now_ns();
    MRL_TRY(mrl_policy_files_init(&e->files, cli->arena, opts));
    MRL_TRY(mrl_policy_files_options(&e->files, cli, &e->input));
    MRL_TRY(read_query(e, &query));
    start = lap(e, MRL_TIME_LOAD, start);
    MRL_TRY(mrl_policy_files_query(&e->files, cli, query, &e->policy, &e->query));
    lap(e, MRL_TIME_COMPILE, start);
    return MRL_OK;
}

static int run_eval(struct mrl_cli *cli) {
    struct eval e = {.cli = cli};
    if (cli->n_args + mrl_opt_given(cli, "stdin") != 1)
        return mrl_cli_usage(cli, "give one query, in quotes, or --stdin");
    e.explain = !mrl_str_eq(mrl_opt_str(cli, "explain", MRL_S("off")), MRL_S("off"));
    e.profiled = mrl_opt_given(cli, "profile");
    e.covered = mrl_opt_given(cli, "coverage");
    struct mrl_policy_opts opts = {.print = true, .debug = e.explain || e.profiled || e.covered};
    mrl_status status = mrl_policy_opts_read(cli, &opts);
    if (status != MRL_OK)
        return mrl_policy_opts_exit(status);
    mrl_arena_init(&e.observed, MRL_ARENA_UNLIMITED);
    mrl_err_init(&e.err);
    status = load(&e, &opts);
    int exit = status == MRL_OK ? answer(&e) : refuse(&e, status);
    mrl_vm_free(e.vm);
    mrl_arena_release(&e.observed);
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
    {.name = "stdin", .help = "read the query from stdin"},
    {.name = "format",
     .letter = 'f',
     .arg = "FORM",
     .help = "form of the result",
     .choices = "json|pretty|raw|values|bindings|discard"},
    {.name = "explain",
     .arg = "MODE",
     .help = "show how the answer came about; why: the smallest expression that failed, with "
             "its values",
     .choices = "off|why|fails|notes|full|debug"},
    {.name = "var-values", .help = "show values with each step of an explanation"},
    {.name = "profile", .help = "show the time, evaluations and redos of each line"},
    {.name = "profile-limit", .arg = "N", .help = "lines of the profile (default 10; 0: all)"},
    {.name = "profile-sort",
     .arg = "BY",
     .help = "order of the profile: total_time_ns, num_eval, num_redo, num_gen_expr, file or line",
     .many = true},
    {.name = "coverage", .help = "show which heads and expressions of the policies were reached"},
    {.name = "metrics", .help = "show the time of each stage"},
    {.name = "pretty-limit", .arg = "N", .help = "bytes shown in a cell of a table (default 80)"},
    {.name = "package", .arg = "PACKAGE", .help = "package in which the query's names are found"},
    {.name = "import", .arg = "PATH", .help = "an import for the query", .many = true},
    {.name = "fail", .help = "exit with 1 when the query is undefined"},
    {.name = "fail-defined", .help = "exit with 1 when the query is defined"},
    {.name = "strict-builtin-errors", .help = "errors of builtin functions end the evaluation"},
    MRL_POLICY_OPT_ROWS,
    {.name = "count", .arg = "N", .help = "evaluate N times"},
    {.name = "timeout", .arg = "TIME", .help = "end an evaluation after this time, e.g. 500ms"},
    {.name = "max-steps", .arg = "N", .help = "end an evaluation after N steps"},
};

static const struct mrl_example examples[] = {
    {"merlon policy eval '1 + 1'", "evaluate an expression"},
    {"merlon policy eval -d policies -i input.json -f pretty data.app.allow",
     "ask a policy about an input"},
    {"merlon policy eval -d policies -i input.json --explain why data.app.allow",
     "why is it not allowed? the expressions that failed, with their values"},
    {"merlon policy eval -d rules.rego --fail 'data.rules.deny[x]'",
     "exit with 1 when none is found"},
};

const struct mrl_cmd mrl_cmd_policy_eval = {
    .name = "policy eval",
    .args = "[QUERY]",
    .summary = "evaluate a Rego query",
    .text = "Evaluates a Rego query over policies, data and an input document, with the flags and "
            "the JSON form of opa eval. Policies are v1 Rego unless --v0-compatible is given. What "
            "print() says goes to stderr. Partial evaluation is not there yet.",
    .opts = opts,
    .n_opts = MRL_COUNTOF(opts),
    .examples = examples,
    .n_examples = MRL_COUNTOF(examples),
    .run = run_eval,
    .args_max = 1,
};
