/* cmd_ci.c - `merlon ci`: the gate of a pipeline. Judges as `merlon check` does, and fails on what
 * is new since a base revision. */
#include "cli/ci.h"

#include "base/file.h"

#include <stdio.h>
#include <stdlib.h>

struct run {
    struct mrl_check check;
    struct mrl_gate gate;
    struct mrl_since since;
    struct mrl_ci_repo repo;
    mrl_val lock;     /* of --locked; else undefined */
    mrl_val evidence; /* of this run, when it is asked for */
};

static mrl_status read_lock(struct run *r) {
    mrl_str file = mrl_opt_str(r->check.cli, "locked", MRL_S(""));
    r->lock = mrl_undefined();
    if (file.len == 0)
        return MRL_OK;
    return mrl_ci_lock_read(r->check.cli->arena, file, &r->check.files.err, &r->lock);
}

/* The base cannot be read: the tree is judged all the same, and the answer says so. */
static mrl_status without_base(struct run *r) {
    struct mrl_check *c = &r->check;
    if (r->since.problem == NULL)
        MRL_TRY(mrl_ci_problem(c->cli->arena, &c->files.err, &r->since));
    MRL_TRY(mrl_check_add_unread(c, r->since.problem));
    c->posture.all.count[MRL_UNKNOWN]++;
    return MRL_OK;
}

static mrl_status compare(struct run *r) {
    struct mrl_check *c = &r->check;
    mrl_status status = MRL_OK;
    if (r->since.problem == NULL && r->since.commit.len > 0)
        status = mrl_ci_read_base(c, &r->repo, &r->since);
    MRL_CHECK(status != MRL_E_NOMEM, status);
    if (status != MRL_OK || r->since.problem != NULL)
        MRL_TRY(without_base(r));
    return mrl_ci_compare(c, &r->since);
}

static mrl_status judge(struct run *r) {
    struct mrl_check *c = &r->check;
    mrl_val lock;
    MRL_TRY(mrl_check_prepare(c));
    MRL_TRY(read_lock(r));
    lock = r->lock;
    MRL_TRY(mrl_ci_choose(c->cli, mrl_ci_lock_base(lock), &r->repo, &r->since));
    if (r->repo.top.len > 0)
        MRL_TRY(mrl_ci_leave_submodules(c, &r->repo));
    MRL_TRY(mrl_check_read_all(c));
    MRL_TRY(mrl_check_judge(c));
    MRL_TRY(mrl_gate_settle(c, &r->gate)); /* the baseline first: what it accepts has an owner */
    MRL_TRY(compare(r));
    if (mrl_opt_given(c->cli, "lock") || mrl_is_obj(lock))
        MRL_TRY(mrl_ci_evidence(c, &r->gate, &r->evidence));
    return mrl_gate_leave_out(c);
}

/* --summary: the Markdown form, at the end of the file that GitHub shows beside the run. */
static int summary(struct mrl_check *c) {
    struct mrl_buf b;
    struct mrl_err err;
    mrl_str file = mrl_str_z(getenv("GITHUB_STEP_SUMMARY"));
    if (!mrl_opt_given(c->cli, "summary"))
        return MRL_EXIT_OK;
    if (file.len == 0) {
        mrl_cli_error(c->cli, "GITHUB_STEP_SUMMARY is not set: no summary is written");
        return MRL_EXIT_OK;
    }
    mrl_buf_init(&b, MRL_CHECK_OUT_MAX);
    mrl_err_init(&err);
    mrl_check_markdown(c, &b, false);
    mrl_status status = b.status;
    if (status == MRL_OK)
        status = mrl_file_append(file, mrl_buf_str(&b), &err);
    mrl_buf_release(&b);
    if (status != MRL_OK)
        mrl_cli_print_err(c->cli, &err);
    return status == MRL_OK ? MRL_EXIT_OK : MRL_EXIT_INTERNAL;
}

static int write_lock(struct run *r) {
    struct mrl_cli *cli = r->check.cli;
    struct mrl_err err;
    mrl_str file = mrl_opt_str(cli, "lock", MRL_S(""));
    mrl_err_init(&err);
    if (file.len == 0 || mrl_ci_lock_write(cli->arena, file, r->evidence, &err) == MRL_OK)
        return MRL_EXIT_OK;
    mrl_cli_print_err(cli, &err);
    return MRL_EXIT_INTERNAL;
}

/* A run that is not that of the lock says nothing about it: unknown, with each difference. */
static int check_lock(struct run *r, int exit) {
    struct mrl_cli *cli = r->check.cli;
    struct mrl_buf b;
    if (!mrl_is_obj(r->lock))
        return exit;
    mrl_buf_init(&b, (size_t)64 << 20);
    uint32_t n = mrl_ci_lock_differences(cli->arena, r->lock, r->evidence, &b);
    mrl_str line, rest = mrl_buf_str(&b);
    while (n > 0 && (line = mrl_str_cut(rest, '\n', &rest)).len > 0)
        mrl_cli_error(cli, "%.*s: %.*s", MRL_F(mrl_opt_str(cli, "locked", MRL_S(""))), MRL_F(line));
    mrl_buf_release(&b);
    return n > 0 ? MRL_EXIT_UNKNOWN : exit;
}

static int tell(struct run *r) {
    int exit = mrl_check_report(&r->check);
    if (exit == MRL_EXIT_OK)
        exit = summary(&r->check);
    if (exit == MRL_EXIT_OK)
        exit = write_lock(r);
    return exit == MRL_EXIT_OK ? check_lock(r, mrl_gate_verdict(&r->check, &r->gate)) : exit;
}

static int run_ci(struct mrl_cli *cli) {
    struct run r = {.repo = {.top = {NULL, 0}}};
    for (size_t i = 0; i < cli->n_args; i++)
        if (mrl_str_eq(cli->args[i], MRL_S("-")))
            return mrl_cli_usage(cli, "stdin has no base: name files or folders");
    int exit = mrl_gate_read(cli, &r.gate);
    if (exit == MRL_EXIT_OK)
        exit = mrl_check_open(&r.check, cli);
    if (exit != MRL_EXIT_OK)
        return exit;
    r.check.verbose = mrl_opt_given(cli, "verbose");
    r.check.quiet = cli->quiet = mrl_opt_given(cli, "quiet");
    mrl_progress_start(&r.check.progress, cli);
    mrl_status status = judge(&r);
    mrl_progress_stop(&r.check.progress);
    exit = status == MRL_OK ? tell(&r) : mrl_policy_files_fail(cli, &r.check.files, status);
    mrl_check_release(&r.check);
    return exit;
}

static const struct mrl_opt opts[] = {
    {.name = "base", .arg = "REV", .help = "compare with this revision (default: see above)"},
    {.name = "lock", .arg = "FILE", .help = "write what the answer depends on, and what it was"},
    {.name = "locked",
     .arg = "FILE",
     .help = "compare with the base of a lock file, and exit with 3 where the run differs"},
    {.name = "summary", .help = "append the Markdown form to the file of GITHUB_STEP_SUMMARY"},
    MRL_OPT_CONTROLS,
    MRL_OPTS_FORMS,
    MRL_OPTS_GATE,
    MRL_OPT_JOBS,
    MRL_OPTS_IMAGES,
    MRL_OPT_SANDBOX,
};

static const struct mrl_example examples[] = {
    {"merlon ci", "in a pipeline: fail on what this change brings"},
    {"merlon ci --base main deploy/", "what does my branch bring?"},
    {"merlon ci --base HEAD", "what do my uncommitted changes bring?"},
    {"merlon ci --summary -o sarif=merlon.sarif",
     "GitHub: a summary, and results for the code view"},
    {"merlon ci -o junit=merlon.xml -o gl-code-quality=quality.json", "GitLab: two reports"},
    {"merlon ci --lock merlon-lock.json", "note what the answer depends on"},
    {"merlon ci --locked merlon-lock.json", "make the same answer again, or say what differs"},
};

const struct mrl_cmd mrl_cmd_ci = {
    .name = "ci",
    .args = "[PATH...]",
    .summary = "the gate of a pipeline: fail on findings that are new since a base revision",
    .text =
        "Judges the working tree as `merlon check` does, and the tree at a base revision of the "
        "git "
        "repository by the same policies, settings and exceptions. Only new findings meet the "
        "gate. "
        "What stands at the base is old debt and shown apart; what went is counted as fixed. A "
        "finding is known by control, object and place in the object: moved lines and renamed "
        "files "
        "are not new.\n\n"
        "The base is --base; else the target branch that GitHub (GITHUB_BASE_REF, its merge base) "
        "or GitLab (CI_MERGE_REQUEST_DIFF_BASE_SHA) names; else the merge base with origin/HEAD; "
        "else the first parent. The answer says which. For a first commit everything is new. A "
        "base "
        "that cannot be read, as in a shallow clone, is unknown: the tree is judged, and the exit "
        "code is 3.\n\n"
        "Files that could not be read at the base either, for the same reason, do not fail the "
        "run unless --max-unknown is given, which counts every unknown. Submodules are left to "
        "their own repositories. Signatures, SBOMs and vulnerabilities are not asked for yet, and "
        "the lock file says so.",
    .opts = opts,
    .n_opts = MRL_COUNTOF(opts),
    .examples = examples,
    .n_examples = MRL_COUNTOF(examples),
    .run = run_ci,
    .args_max = -1,
};
