/* cmd_check.c - `merlon check`: judges manifests by controls. */
#include "cli/check.h"

#include <stdio.h>

/* --- running
 * -------------------------------------------------------------------------------------- */

static int report(struct mrl_check *c, const struct mrl_gate *g) {
    int exit = mrl_check_report(c);
    return exit != MRL_EXIT_OK ? exit : mrl_gate_verdict(c, g);
}

/* The patch goes to stdout alone, so that it can be piped; what it leaves is told on stderr. */
static int print_diff(struct mrl_check *c, const struct mrl_fixes *f, const struct mrl_gate *g) {
    struct mrl_buf b, told;
    struct mrl_screen s = {&told, (size_t)c->cli->width, c->cli->color_err};
    mrl_buf_init(&b, MRL_CHECK_OUT_MAX);
    mrl_buf_init(&told, MRL_CHECK_OUT_MAX);
    mrl_status status = mrl_check_diff(c, f, &b);
    if (status != MRL_OK)
        b.status = status;
    mrl_check_fix_report(c, f, false, &s);
    fprintf(stderr, "%.*s", (int)told.len, told.ptr != NULL ? told.ptr : "");
    mrl_buf_release(&told);
    int exit = mrl_cli_out_buf(c->cli, &b);
    mrl_check_warn_of_nothing(c);
    return exit != MRL_EXIT_OK ? exit : mrl_gate_verdict(c, g);
}

static int fix(struct mrl_check *c, const struct mrl_gate *g) {
    struct mrl_check after;
    struct mrl_fixes fixes = {0};
    mrl_status status = mrl_check_fix(c, mrl_opt_given(c->cli, "unsafe-fixes"), &fixes, &after);
    mrl_progress_stop(&c->progress);
    if (status != MRL_OK)
        return mrl_policy_files_fail(c->cli, &c->files, status);
    if (mrl_opt_given(c->cli, "diff"))
        return print_diff(c, &fixes, g);
    int written = mrl_check_write_fixes(c, &fixes);
    if (written != MRL_EXIT_OK)
        return written;
    after.fixes = fixes;
    if (mrl_gate_leave_out(&after) != MRL_OK)
        return MRL_EXIT_INTERNAL;
    return report(&after, g);
}

/* Options that do not go together. */
static int refuse_mixtures(struct mrl_cli *cli) {
    bool fix_given = mrl_opt_given(cli, "fix"), diff = mrl_opt_given(cli, "diff");
    if (fix_given && diff)
        return mrl_cli_usage(cli, "--diff shows what --fix would change: give one of them");
    if (mrl_opt_given(cli, "unsafe-fixes") && !fix_given && !diff)
        return mrl_cli_usage(cli, "--unsafe-fixes widens --fix or --diff: give one of them, too");
    if (diff && (mrl_opt_given(cli, "format") || mrl_opt_given(cli, "output")))
        return mrl_cli_usage(cli, "--diff prints a patch and no other form");
    for (size_t i = 0; fix_given && i < cli->n_args; i++)
        if (mrl_str_eq(cli->args[i], MRL_S("-")))
            return mrl_cli_usage(cli, "stdin cannot be changed: use --diff");
    return MRL_EXIT_OK;
}

static int judge_and_tell(struct mrl_check *c, struct mrl_gate *g) {
    mrl_status status = mrl_check_run(c);
    if (status == MRL_OK)
        status = mrl_gate_settle(c, g);
    bool fixing = mrl_opt_given(c->cli, "fix") || mrl_opt_given(c->cli, "diff");
    if (status == MRL_OK && fixing)
        return fix(c, g);
    if (status == MRL_OK)
        status = mrl_gate_leave_out(c);
    mrl_progress_stop(&c->progress);
    return status == MRL_OK ? report(c, g) : mrl_policy_files_fail(c->cli, &c->files, status);
}

static int run_check(struct mrl_cli *cli) {
    struct mrl_check c;
    struct mrl_gate g;
    int exit = mrl_gate_read(cli, &g);
    if (exit == MRL_EXIT_OK)
        exit = refuse_mixtures(cli);
    if (exit == MRL_EXIT_OK)
        exit = mrl_check_open(&c, cli);
    if (exit != MRL_EXIT_OK)
        return exit;
    c.verbose = mrl_opt_given(cli, "verbose");
    c.quiet = cli->quiet = mrl_opt_given(cli, "quiet");
    mrl_progress_start(&c.progress, cli);
    exit = judge_and_tell(&c, &g);
    mrl_check_release(&c);
    return exit;
}

static const struct mrl_opt opts[] = {
    MRL_OPT_CONTROLS,
    MRL_OPTS_FORMS,
    {.name = "diff", .help = "print the safe fixes as one patch, change nothing"},
    {.name = "fix", .help = "apply the safe fixes to the files, and judge what they give"},
    {.name = "unsafe-fixes",
     .help = "with --fix or --diff: also changes that may alter a workload"},
    MRL_OPTS_GATE,
    MRL_OPT_JOBS,
    MRL_OPTS_IMAGES,
    MRL_OPT_SANDBOX,
};

static const struct mrl_example examples[] = {
    {"merlon check deploy/", "judge all manifests below a folder"},
    {"helm template . | merlon check -", "judge what a chart makes"},
    {"merlon check -o sarif=out.sarif -o junit=out.xml k8s", "write two reports"},
    {"merlon check --gate critical --policy team-policies .", "own policies, a softer gate"},
    {"merlon check --diff k8s | git apply", "apply the safe fixes as a patch"},
    {"merlon check --fix k8s", "apply them, and see what is left"},
    {"merlon check --baseline merlon-baseline.json k8s", "only new findings fail"},
};

const struct mrl_cmd mrl_cmd_check = {
    .name = "check",
    .args = "[PATH...]",
    .summary = "judge Kubernetes manifests: score, coverage, the fixes that matter most",
    .text =
        "Reads YAML and JSON below the paths (default: the current folder; - is stdin) and judges "
        "every object by the controls that merlon brings and by those of --policy. The whole tree "
        "is judged together: a NetworkPolicy in another file counts.\n\n"
        "Every verdict is pass, fail, not-applicable or unknown. Score is what passes of what is "
        "known, by weight; coverage is how much is known; floor counts unknown as failed. A file "
        "that cannot be read is unknown and never hides the others.\n\n"
        "Some controls know the exact change. A change is safe when the workload goes on as "
        "before; "
        "--fix makes the safe ones in the text, leaves comments and layout alone, and judges the "
        "result before a file is replaced.\n\n"
        "merlon.yaml may list policies (folders) and exceptions (control, subject, path as globs; "
        "owner, reason, expires). Exits with 1 for findings at or over the gate, with 3 for too "
        "many unknowns.",
    .opts = opts,
    .n_opts = MRL_COUNTOF(opts),
    .examples = examples,
    .n_examples = MRL_COUNTOF(examples),
    .run = run_check,
    .args_max = -1,
};
