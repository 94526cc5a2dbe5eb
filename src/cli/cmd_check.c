/* cmd_check.c - `merlon check`: judges manifests by controls. */
#include "cli/check.h"

#include "base/file.h"

#define OUT_MAX ((size_t)512 << 20)

/* --- output ------------------------------------------------------------------------------------
 */

static mrl_status render(const struct mrl_check *c, mrl_str format, struct mrl_buf *b, bool color) {
    if (mrl_str_eq(format, MRL_S("human")))
        mrl_check_human(c, b, color);
    else if (mrl_str_eq(format, MRL_S("json")))
        mrl_check_json(c, b);
    else if (mrl_str_eq(format, MRL_S("sarif")))
        mrl_check_sarif(c, b);
    else if (mrl_str_eq(format, MRL_S("junit")))
        mrl_check_junit(c, b);
    else
        return MRL_E_INVALID;
    return b->status;
}

/* --output FORMAT=FILE: as many as are given. */
static int write_files(struct mrl_check *c) {
    mrl_str arg;
    for (size_t i = 0; mrl_opt_nth(c->cli, "output", i, &arg); i++) {
        mrl_str file, format = mrl_str_cut(arg, '=', &file);
        struct mrl_buf b;
        struct mrl_err err;
        mrl_buf_init(&b, OUT_MAX);
        mrl_err_init(&err);
        mrl_status status = file.len > 0 ? render(c, format, &b, false) : MRL_E_INVALID;
        if (status == MRL_OK)
            status = mrl_file_replace(file, mrl_buf_str(&b), &err);
        mrl_buf_release(&b);
        if (status == MRL_E_INVALID)
            return mrl_cli_usage(c->cli, "--output wants human|json|sarif|junit=FILE, not '%.*s'",
                                 MRL_F(arg));
        if (status != MRL_OK) {
            mrl_cli_print_err(c->cli, &err);
            return MRL_EXIT_INTERNAL;
        }
    }
    return MRL_EXIT_OK;
}

static enum mrl_severity gate_of(const struct mrl_check *c, bool *ret_none) {
    mrl_str name = mrl_opt_str(c->cli, "gate", MRL_S("high"));
    *ret_none = mrl_str_eq(name, MRL_S("none"));
    for (int s = MRL_SEV_LOW; s <= MRL_SEV_CRITICAL; s++)
        if (mrl_str_eq(name, mrl_str_z(mrl_severity_name((enum mrl_severity)s))))
            return (enum mrl_severity)s;
    return MRL_SEV_HIGH;
}

/* 1 for findings at or over the gate or a floor below the baseline's, else 3 for more unknowns than
 * allowed, else 0. */
static int verdict(const struct mrl_check *c, int64_t max_unknown) {
    bool none = false;
    enum mrl_severity gate = gate_of(c, &none);
    for (uint32_t i = 0; i < c->posture.n_findings && !none; i++) {
        const struct mrl_finding *f = &c->posture.findings[i];
        if (f->verdict == MRL_FAIL && f->accepted == MRL_NOT_ACCEPTED &&
            f->control->severity >= gate)
            return MRL_EXIT_FINDINGS;
    }
    if (c->score.floor < c->baseline_floor - 0.005) {
        mrl_cli_error(c->cli, "the floor is %.2f, below the baseline's %.2f", c->score.floor,
                      c->baseline_floor);
        return MRL_EXIT_FINDINGS;
    }
    uint64_t unknown = max_unknown >= 0 ? c->posture.all.count[MRL_UNKNOWN] : c->n_unread;
    return unknown > (uint64_t)(max_unknown >= 0 ? max_unknown : 0) ? MRL_EXIT_UNKNOWN
                                                                    : MRL_EXIT_OK;
}

static int report(struct mrl_check *c, int64_t max_unknown) {
    struct mrl_buf b;
    int exit = write_files(c);
    if (exit != MRL_EXIT_OK)
        return exit;
    mrl_buf_init(&b, OUT_MAX);
    (void)render(c, mrl_opt_str(c->cli, "format", MRL_S("human")), &b, c->cli->color_out);
    exit = mrl_cli_out_buf(c->cli, &b);
    if (c->objects.n == 0 && c->n_unread == 0)
        mrl_cli_error(c->cli, "no Kubernetes objects were found: name a folder with manifests");
    return exit != MRL_EXIT_OK ? exit : verdict(c, max_unknown);
}

static int run_check(struct mrl_cli *cli) {
    struct mrl_check c;
    int64_t max_unknown = -1;
    if (mrl_opt_int(cli, "max-unknown", 0, INT32_MAX, &max_unknown) != MRL_OK)
        return MRL_EXIT_USAGE;
    int opened = mrl_check_open(&c, cli);
    if (opened != MRL_EXIT_OK)
        return opened;
    mrl_status status = mrl_check_run(&c);
    if (status == MRL_OK && mrl_opt_given(cli, "baseline"))
        status = mrl_baseline_apply(&c, mrl_opt_str(cli, "baseline", MRL_BASELINE_FILE));
    int exit =
        status == MRL_OK ? report(&c, max_unknown) : mrl_policy_files_fail(cli, &c.files, status);
    mrl_check_release(&c);
    return exit;
}

static const struct mrl_opt opts[] = {
    {.name = "policy",
     .letter = 'p',
     .arg = "PATH",
     .help = "judge by the policies of a file or folder, too",
     .many = true},
    {.name = "no-controls", .help = "leave out the controls that merlon brings"},
    {.name = "format",
     .letter = 'f',
     .arg = "FORM",
     .help = "form of the answer on stdout",
     .choices = "human|json|sarif|junit"},
    {.name = "output",
     .letter = 'o',
     .arg = "FORM=FILE",
     .help = "write the answer to a file, too",
     .many = true},
    {.name = "gate",
     .arg = "SEVERITY",
     .help = "findings of this severity or a higher one exit with 1 (default high)",
     .choices = "none|low|medium|high|critical"},
    {.name = "max-unknown",
     .arg = "N",
     .help = "exit with 3 when more verdicts are unknown (default: only unreadable files count)"},
    {.name = "baseline",
     .letter = 'b',
     .arg = "FILE",
     .help = "accept the debt of a baseline, fail on new findings and on a lower floor"},
    {.name = "config", .letter = 'c', .arg = "FILE", .help = "settings (default merlon.yaml)"},
    MRL_OPT_JOBS,
    MRL_OPT_SANDBOX,
};

static const struct mrl_example examples[] = {
    {"merlon check deploy/", "judge all manifests below a folder"},
    {"helm template . | merlon check -", "judge what a chart makes"},
    {"merlon check -o sarif=out.sarif -o junit=out.xml k8s", "write two reports"},
    {"merlon check --gate critical --policy team-policies .", "own policies, a softer gate"},
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
