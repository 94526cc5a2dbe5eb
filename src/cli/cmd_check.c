/* cmd_check.c - `merlon check`: judges manifests by controls. */
#include "cli/check.h"

#include "base/file.h"
#include "base/num.h"

#include <stdio.h>

#define OUT_MAX ((size_t)512 << 20)

/* --- output
 * --------------------------------------------------------------------------------------- */

struct form {
    const char *name;
    void (*write)(const struct mrl_check *c, struct mrl_buf *b, bool color);
};

static const struct form forms[] = {
    {"human", mrl_check_human},       {"json", mrl_check_json},   {"sarif", mrl_check_sarif},
    {"markdown", mrl_check_markdown}, {"junit", mrl_check_junit},
};
#define FORMS "human|json|sarif|junit|markdown"

static mrl_status render(const struct mrl_check *c, mrl_str form, struct mrl_buf *b, bool color) {
    for (size_t i = 0; i < MRL_COUNTOF(forms); i++) {
        if (!mrl_str_eq(form, mrl_str_z(forms[i].name)))
            continue;
        forms[i].write(c, b, color);
        return b->status;
    }
    return MRL_E_INVALID;
}

/* --output FORM=FILE: as many as are given. */
static int write_files(struct mrl_check *c) {
    mrl_str arg;
    for (size_t i = 0; mrl_opt_nth(c->cli, "output", i, &arg); i++) {
        mrl_str file, form = mrl_str_cut(arg, '=', &file);
        struct mrl_buf b;
        struct mrl_err err;
        mrl_buf_init(&b, OUT_MAX);
        mrl_err_init(&err);
        mrl_status status = file.len > 0 ? render(c, form, &b, false) : MRL_E_INVALID;
        if (status == MRL_OK)
            status = mrl_file_replace(file, mrl_buf_str(&b), &err);
        mrl_buf_release(&b);
        if (status == MRL_E_INVALID && err.text[0] == '\0')
            return mrl_cli_usage(c->cli, "--output wants " FORMS "=FILE, not '%.*s'", MRL_F(arg));
        if (status != MRL_OK) {
            mrl_cli_print_err(c->cli, &err);
            return MRL_EXIT_INTERNAL;
        }
    }
    return MRL_EXIT_OK;
}

/* --- the gate
 * ------------------------------------------------------------------------------------- */

struct gate { /* what the exit code is decided by */
    bool none;
    enum mrl_severity severity;
    int64_t max_unknown; /* -1: only files that could not be read count */
    double min_floor;
};

static enum mrl_severity severity_named(mrl_str name) {
    for (int s = MRL_SEV_LOW; s <= MRL_SEV_CRITICAL; s++)
        if (mrl_str_eq(name, mrl_str_z(mrl_severity_name((enum mrl_severity)s))))
            return (enum mrl_severity)s;
    return MRL_SEV_HIGH;
}

static int read_gate(struct mrl_cli *cli, struct gate *ret) {
    *ret = (struct gate){.max_unknown = -1};
    if (mrl_opt_given(cli, "gate") && mrl_opt_given(cli, "fail-on"))
        return mrl_cli_usage(cli, "--gate and --fail-on are the same: give one of them");
    mrl_str name = mrl_opt_str(cli, "fail-on", mrl_opt_str(cli, "gate", MRL_S("high")));
    ret->none = mrl_str_eq(name, MRL_S("none"));
    ret->severity = severity_named(name);
    if (mrl_opt_int(cli, "max-unknown", 0, INT32_MAX, &ret->max_unknown) != MRL_OK ||
        mrl_opt_double(cli, "min-floor", &ret->min_floor) != MRL_OK)
        return MRL_EXIT_USAGE;
    if (ret->min_floor > 100)
        return mrl_cli_usage(cli, "--min-floor: the floor is at most 100");
    return MRL_EXIT_OK;
}

/* What merlon.yaml says holds where no flag does. */
static void gate_from_config(const struct mrl_check *c, struct gate *g) {
    mrl_val name = MRL_GET(c->config, "gate"), floor = MRL_GET(c->config, "min-floor");
    mrl_val unknown = MRL_GET(c->config, "max-unknown");
    if (mrl_is_str(name) && !mrl_opt_given(c->cli, "gate") && !mrl_opt_given(c->cli, "fail-on")) {
        g->none = mrl_str_eq(mrl_val_str(name), MRL_S("none"));
        g->severity = severity_named(mrl_val_str(name));
    }
    if (mrl_is_num(floor) && !mrl_opt_given(c->cli, "min-floor"))
        g->min_floor = mrl_num_to_double(floor);
    if (unknown.tag == MRL_T_INT && !mrl_opt_given(c->cli, "max-unknown"))
        g->max_unknown = unknown.u.i;
}

static bool fails(const struct mrl_check *c, const struct gate *g) {
    for (uint32_t i = 0; i < c->posture.n_findings && !g->none; i++) {
        const struct mrl_finding *f = &c->posture.findings[i];
        if (f->verdict == MRL_FAIL && f->accepted == MRL_NOT_ACCEPTED &&
            f->control->severity >= g->severity && !f->control->advisory)
            return true;
    }
    return false;
}

/* 1 for findings at or over the gate or a floor that is too low, else 3 for more unknowns than
 * allowed, else 0. */
static int verdict(const struct mrl_check *c, const struct gate *g) {
    if (fails(c, g))
        return MRL_EXIT_FINDINGS;
    /* Figures are written with two digits, so they are compared with two. */
    if (c->score.floor < c->baseline_floor - 0.005) {
        mrl_cli_error(c->cli, "the floor is %.2f, below the baseline's %.2f", c->score.floor,
                      c->baseline_floor);
        return MRL_EXIT_FINDINGS;
    }
    if (c->score.floor < g->min_floor - 0.005) {
        mrl_cli_error(c->cli, "the floor is %.2f, below the %.2f of --min-floor", c->score.floor,
                      g->min_floor);
        return MRL_EXIT_FINDINGS;
    }
    uint64_t unknown = g->max_unknown >= 0 ? c->posture.all.count[MRL_UNKNOWN] : c->n_unread;
    return unknown > (uint64_t)(g->max_unknown >= 0 ? g->max_unknown : 0) ? MRL_EXIT_UNKNOWN
                                                                          : MRL_EXIT_OK;
}

/* --severity: findings below it are left out of every form. They stay in score and counts. */
static mrl_status leave_out(struct mrl_check *c) {
    enum mrl_severity least = severity_named(mrl_opt_str(c->cli, "severity", MRL_S("low")));
    uint32_t n = 0;
    if (least == MRL_SEV_LOW)
        return MRL_OK;
    for (uint32_t i = 0; i < c->posture.n_findings; i++)
        if (c->posture.findings[i].control->severity >= least)
            c->posture.findings[n++] = c->posture.findings[i];
    c->posture.n_findings = n;
    return mrl_posture_groups(&c->posture, c->cli->arena, &c->groups, &c->n_groups);
}

/* --- running
 * -------------------------------------------------------------------------------------- */

static void warn_of_nothing(const struct mrl_check *c) {
    if (c->objects.n == 0 && c->n_unread == 0)
        mrl_cli_error(
            c->cli,
            "no Kubernetes objects or build files were found: name a folder with manifests");
}

static int report(struct mrl_check *c, const struct gate *g) {
    struct mrl_buf b;
    int exit = write_files(c);
    if (exit != MRL_EXIT_OK)
        return exit;
    mrl_buf_init(&b, OUT_MAX);
    (void)render(c, mrl_opt_str(c->cli, "format", MRL_S("human")), &b, c->cli->color_out);
    exit = mrl_cli_out_buf(c->cli, &b);
    warn_of_nothing(c);
    return exit != MRL_EXIT_OK ? exit : verdict(c, g);
}

/* The patch goes to stdout alone, so that it can be piped; what it leaves is told on stderr. */
static int print_diff(struct mrl_check *c, const struct mrl_fixes *f, const struct gate *g) {
    struct mrl_buf b, told;
    struct mrl_screen s = {&told, (size_t)c->cli->width, c->cli->color_err};
    mrl_buf_init(&b, OUT_MAX);
    mrl_buf_init(&told, OUT_MAX);
    mrl_status status = mrl_check_diff(c, f, &b);
    if (status != MRL_OK)
        b.status = status;
    mrl_check_fix_report(c, f, false, &s);
    fprintf(stderr, "%.*s", (int)told.len, told.ptr != NULL ? told.ptr : "");
    mrl_buf_release(&told);
    int exit = mrl_cli_out_buf(c->cli, &b);
    warn_of_nothing(c);
    return exit != MRL_EXIT_OK ? exit : verdict(c, g);
}

static int fix(struct mrl_check *c, const struct gate *g) {
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
    if (leave_out(&after) != MRL_OK)
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

static mrl_status apply_baseline(struct mrl_check *c) {
    mrl_str file = mrl_val_str(MRL_GET(c->config, "baseline"));
    if (file.len > 0)
        file = mrl_config_path(c->cli->arena, c->config_file, file);
    file = mrl_opt_str(c->cli, "baseline", file);
    return file.len > 0 ? mrl_baseline_apply(c, file) : MRL_OK;
}

static int judge_and_tell(struct mrl_check *c, struct gate *g) {
    mrl_status status = mrl_check_run(c);
    if (status == MRL_OK) {
        gate_from_config(c, g);
        status = apply_baseline(c);
    }
    bool fixing = mrl_opt_given(c->cli, "fix") || mrl_opt_given(c->cli, "diff");
    if (status == MRL_OK && fixing)
        return fix(c, g);
    if (status == MRL_OK)
        status = leave_out(c);
    mrl_progress_stop(&c->progress);
    return status == MRL_OK ? report(c, g) : mrl_policy_files_fail(c->cli, &c->files, status);
}

static int run_check(struct mrl_cli *cli) {
    struct mrl_check c;
    struct gate g;
    int exit = read_gate(cli, &g);
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
    {.name = "format",
     .letter = 'f',
     .arg = "FORM",
     .help = "form of the answer on stdout",
     .choices = FORMS},
    {.name = "output",
     .letter = 'o',
     .arg = "FORM=FILE",
     .help = "write the answer to a file, too",
     .many = true},
    {.name = "diff", .help = "print the safe fixes as one patch, change nothing"},
    {.name = "fix", .help = "apply the safe fixes to the files, and judge what they give"},
    {.name = "unsafe-fixes",
     .help = "with --fix or --diff: also changes that may alter a workload"},
    {.name = "verbose", .letter = 'v', .help = "every finding, and the whole text of each control"},
    {.name = "quiet", .letter = 'q', .help = "only the figures and what could not be judged"},
    {.name = "severity",
     .arg = "SEVERITY",
     .help = "leave out findings below it (the score counts them)",
     .choices = "low|medium|high|critical"},
    {.name = "gate",
     .arg = "SEVERITY",
     .help = "findings of this severity or a higher one exit with 1 (default high)",
     .choices = "none|low|medium|high|critical"},
    {.name = "fail-on",
     .arg = "SEVERITY",
     .help = "the same as --gate",
     .choices = "none|low|medium|high|critical"},
    {.name = "min-floor", .arg = "N", .help = "a floor below N (0 to 100) exits with 1"},
    {.name = "max-unknown",
     .arg = "N",
     .help = "exit with 3 when more verdicts are unknown (default: only unreadable files count)"},
    {.name = "baseline",
     .letter = 'b',
     .arg = "FILE",
     .help = "accept the debt of a baseline, fail on new findings and on a lower floor"},
    MRL_OPT_JOBS,
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
