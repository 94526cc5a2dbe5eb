/* cmd_policy_test.c - `merlon policy test`: runs the rules whose names begin with test_. */
#include "cli/eval_form.h"
#include "cli/json_out.h"
#include "cli/policy_opts.h"
#include "cli/test_run.h"

#include <stdio.h>

#define OUT_MAX ((size_t)1 << 30)

/* --- coverage
 * -------------------------------------------------------------------------------------- */

static mrl_status coverage_of(struct mrl_testing *t, struct mrl_cover_report *ret) {
    struct mrl_module *const *modules;
    struct mrl_coverage all;
    mrl_coverage_init(&all, t->cli->arena);
    for (unsigned i = 0; i < mrl_pool_jobs(t->pool); i++)
        mrl_coverage_merge(&all, &t->workers[i].coverage);
    size_t n = mrl_policy_modules(t->policy, &modules);
    return mrl_coverage_report(&all, modules, n, ret);
}

static void name_missed(const struct mrl_cover_report *r) {
    for (uint32_t i = 0; i < r->n; i++)
        for (uint32_t k = 0; k < r->files[i].n_missed; k++)
            fprintf(stderr, "  %.*s:%u\n", MRL_F(r->files[i].module->file),
                    r->files[i].missed[k].row);
}

static int report_coverage(struct mrl_testing *t, double threshold) {
    struct mrl_cover_report r;
    struct mrl_buf b;
    if (coverage_of(t, &r) != MRL_OK) {
        mrl_cli_error(t->cli, "out of memory");
        return MRL_EXIT_INTERNAL;
    }
    if (r.percent < threshold) {
        mrl_cli_error(t->cli, "code coverage threshold not met: got %.2f instead of %.2f",
                      r.percent, threshold);
        if (mrl_opt_given(t->cli, "verbose"))
            name_missed(&r);
        return MRL_EXIT_FINDINGS;
    }
    mrl_buf_init(&b, OUT_MAX);
    struct mrl_jout j = {.b = &b, .scratch = t->cli->arena};
    mrl_coverage_json(&j, &r);
    mrl_buf_byte(&b, '\n');
    return mrl_cli_out_buf(t->cli, &b);
}

/* --- the command
 * ----------------------------------------------------------------------------------- */

static int report(struct mrl_testing *t, double threshold) {
    bool verbose = mrl_opt_given(t->cli, "verbose");
    bool failed = t->count[MRL_TEST_FAIL] + t->count[MRL_TEST_ERROR] > 0;
    if (t->covered && !failed)
        return report_coverage(t, threshold);
    struct mrl_buf b;
    mrl_buf_init(&b, OUT_MAX);
    mrl_tests_report(t, mrl_opt_str(t->cli, "format", MRL_S("pretty")), verbose, &b);
    int exit = mrl_cli_out_buf(t->cli, &b);
    if (exit == MRL_EXIT_OK && failed)
        return MRL_EXIT_FINDINGS;
    if (exit == MRL_EXIT_OK && t->n == 0 && mrl_opt_given(t->cli, "fail-on-empty")) {
        mrl_cli_error(t->cli, "no tests were run");
        return MRL_EXIT_FINDINGS;
    }
    return exit;
}

/* Runs until the first round that fails, at most --count times. */
static mrl_status run_rounds(struct mrl_testing *t, int64_t rounds) {
    mrl_str mode = mrl_opt_str(t->cli, "explain",
                               mrl_opt_given(t->cli, "verbose") ? MRL_S("default") : MRL_S(""));
    for (int64_t i = 0; i < rounds; i++) {
        MRL_TRY(mrl_tests_run(t));
        if (t->count[MRL_TEST_FAIL] + t->count[MRL_TEST_ERROR] > 0)
            break;
    }
    return mrl_tests_explain(t, mode, mrl_opt_given(t->cli, "var-values"));
}

static int run_test(struct mrl_cli *cli) {
    struct mrl_testing t = {.cli = cli, .opts = {.version = MRL_REGO_V1}};
    double threshold = 0;
    int64_t rounds = 1;
    if (cli->n_args == 0)
        return mrl_cli_usage(cli, "name the files or folders that hold policies and tests");
    if (mrl_opt_double(cli, "threshold", &threshold) != MRL_OK ||
        mrl_opt_int(cli, "count", 1, 1000000000, &rounds) != MRL_OK)
        return MRL_EXIT_USAGE;
    if (threshold < 0 || threshold > 100)
        return mrl_cli_usage(cli, "--threshold: a percentage is from 0 to 100");
    t.covered = mrl_opt_given(cli, "coverage") || threshold > 0;
    mrl_status status = mrl_policy_opts_read(cli, &t.opts);
    if (status != MRL_OK)
        return mrl_policy_opts_exit(status);
    status = mrl_tests_load(&t);
    if (status == MRL_OK)
        status = run_rounds(&t, rounds);
    int exit =
        status == MRL_OK ? report(&t, threshold) : mrl_policy_files_fail(cli, &t.files, status);
    mrl_tests_release(&t);
    return exit;
}

static const struct mrl_opt opts[] = {
    {.name = "verbose",
     .letter = 'v',
     .help = "name the tests that pass, too; trace those that do not"},
    {.name = "run",
     .letter = 'r',
     .arg = "REGEX",
     .help = "only tests whose full name (data.package.test_x) has a match"},
    {.name = "bundle", .letter = 'b', .help = "the paths are bundles"},
    {.name = "format",
     .letter = 'f',
     .arg = "FORM",
     .help = "form of the report",
     .choices = "pretty|json|junit"},
    {.name = "coverage", .letter = 'c', .help = "report what the tests reached, as JSON"},
    {.name = "threshold",
     .arg = "PERCENT",
     .help = "fail when less of the lines is covered; with --coverage"},
    {.name = "explain",
     .arg = "MODE",
     .help = "show the trace of tests that fail",
     .choices = "fails|notes|full|debug"},
    {.name = "var-values", .help = "show values with each step of a trace"},
    {.name = "count", .arg = "N", .help = "run the tests N times, until a round fails"},
    {.name = "parallel", .letter = 'p', .arg = "N", .help = "threads (default: one a core)"},
    {.name = "timeout", .arg = "TIME", .help = "time that one test may take (default 5s)"},
    {.name = "fail-on-empty", .help = "exit with 1 when there is no test"},
    MRL_POLICY_OPT_ROWS,
};

static const struct mrl_example examples[] = {
    {"merlon policy test policies", "run all tests below a folder"},
    {"merlon policy test -v -r privileged policies", "name each test about privileged"},
    {"merlon policy test --threshold 90 policies", "fail when less than 90 % is covered"},
};

const struct mrl_cmd mrl_cmd_policy_test = {
    .name = "policy test",
    .args = "PATH...",
    .summary = "run the tests of policies",
    .text =
        "Runs every rule whose name begins with test_; it passes when it is true. The rules of a "
        "test with keys, test_x[case], are cases of their own. Rules that begin with todo_test_ "
        "are "
        "skipped. A test that fails is shown with the expression that failed, the values in it, "
        "and "
        "what it printed. Exits with 1 when one fails or the threshold is missed.",
    .opts = opts,
    .n_opts = MRL_COUNTOF(opts),
    .examples = examples,
    .n_examples = MRL_COUNTOF(examples),
    .run = run_test,
    .args_max = -1,
};
