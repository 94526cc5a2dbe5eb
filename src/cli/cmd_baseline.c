/* cmd_baseline.c - `merlon baseline init|show|raise`: accepted debt that can only shrink. */
#include "cli/baseline.h"

#include "base/file.h"

static mrl_str file_of(const struct mrl_cli *cli) {
    return mrl_opt_str(cli, "file", MRL_BASELINE_FILE);
}

static mrl_val text_opt(const struct mrl_cli *cli, const char *name) {
    return mrl_strval(mrl_opt_str(cli, name, MRL_S("")));
}

/* All open findings as debt of one owner. */
static mrl_status take_debt(const struct mrl_check *c, mrl_val *ret) {
    struct mrl_builder b;
    struct mrl_member m[] = {{MRL_V("owner"), text_opt(c->cli, "owner")},
                             {MRL_V("reason"), text_opt(c->cli, "reason")},
                             {MRL_V("expires"), text_opt(c->cli, "expires")}};
    mrl_val entry = mrl_undefined();
    MRL_TRY(mrl_obj_of(c->cli->arena, m, MRL_COUNTOF(m), &entry));
    mrl_builder_init(&b, c->cli->arena, MRL_T_OBJ, c->posture.n_findings);
    for (uint32_t i = 0; i < c->posture.n_findings; i++)
        if (c->posture.findings[i].verdict == MRL_FAIL &&
            c->posture.findings[i].accepted == MRL_NOT_ACCEPTED)
            mrl_build_member(&b, mrl_strval(c->posture.findings[i].fingerprint), entry);
    return mrl_build_end(&b, ret);
}

/* Writes the baseline and tells what it holds; `told` is the first line. */
static int finish(struct mrl_check *c, mrl_status status, const struct mrl_baseline *b,
                  mrl_str told) {
    int exit = MRL_EXIT_OK;
    mrl_status written = MRL_OK;
    if (status == MRL_OK)
        written = mrl_baseline_write(c->cli->arena, file_of(c->cli), b, &c->files.err);
    if (status != MRL_OK) {
        exit = mrl_policy_files_fail(c->cli, &c->files, status);
    } else if (written != MRL_OK) {
        mrl_cli_print_err(c->cli, &c->files.err);
        exit = MRL_EXIT_INTERNAL;
    } else {
        struct mrl_buf out;
        mrl_buf_init(&out, 1 << 16);
        mrl_buf_printf(&out,
                       "%.*s\n%u findings are accepted debt, floor %.1f\nHold the tree to it: "
                       "merlon check --baseline %.*s\n",
                       MRL_F(told), b->debt.len, b->floor, MRL_F(file_of(c->cli)));
        exit = mrl_cli_out_buf(c->cli, &out);
    }
    mrl_check_release(c);
    return exit;
}

/* A file that could not be read may owe what nobody sees: a ratchet that turned on it would forget
 * debt, or set a floor that counts it as unknown for good. */
static mrl_status all_read(struct mrl_check *c) {
    if (c->n_unread == 0)
        return MRL_OK;
    const struct mrl_err *e = c->unread[0];
    return mrl_err_set(&c->files.err, MRL_E_INVALID, "baseline.unread",
                       "%.*s:%u:%u: %s: %u file%s not be read, so the baseline is left as it is",
                       MRL_F(e->pos.file), e->pos.line, e->pos.col, e->text, c->n_unread,
                       c->n_unread == 1 ? " could" : "s could");
}

static int run_init(struct mrl_cli *cli) {
    struct mrl_check c;
    struct mrl_baseline b = {.debt = mrl_empty_obj()};
    mrl_str expires = mrl_opt_str(cli, "expires", MRL_S(""));
    if (mrl_opt_str(cli, "owner", MRL_S("")).len == 0 ||
        mrl_opt_str(cli, "reason", MRL_S("")).len == 0 || expires.len == 0)
        return mrl_cli_usage(cli, "debt needs --owner, --reason and --expires YYYY-MM-DD");
    if (!mrl_is_date(expires) || mrl_str_cmp(expires, mrl_today(cli->arena)) < 0)
        return mrl_cli_usage(cli, "--expires: '%.*s' is no day to come, YYYY-MM-DD",
                             MRL_F(expires));
    if (mrl_file_kind_of(file_of(cli)) != MRL_FILE_NONE)
        return mrl_cli_usage(cli, "%.*s is there already: `merlon baseline raise` tightens it",
                             MRL_F(file_of(cli)));
    int opened = mrl_check_open(&c, cli);
    if (opened != MRL_EXIT_OK)
        return opened;
    mrl_status status = mrl_check_run(&c);
    if (status == MRL_OK)
        status = all_read(&c);
    if (status == MRL_OK)
        status = take_debt(&c, &b.debt);
    b.floor = c.score.floor;
    return finish(&c, status, &b, mrl_arena_printf(cli->arena, "Wrote %.*s", MRL_F(file_of(cli))));
}

/* What of the old debt is still open: the rest is paid and may not come back. */
static mrl_status keep_open(const struct mrl_check *c, mrl_val old, mrl_val *ret) {
    struct mrl_builder b;
    mrl_builder_init(&b, c->cli->arena, MRL_T_OBJ, old.len);
    for (uint32_t i = 0; i < c->posture.n_findings; i++) {
        const struct mrl_finding *f = &c->posture.findings[i];
        mrl_val debt = mrl_obj_get_str(old, f->fingerprint);
        if (f->verdict == MRL_FAIL && mrl_is_defined(debt))
            mrl_build_member(&b, mrl_strval(f->fingerprint), debt);
    }
    return mrl_build_end(&b, ret);
}

static int run_raise(struct mrl_cli *cli) {
    struct mrl_check c;
    struct mrl_baseline b = {.debt = mrl_empty_obj()};
    int opened = mrl_check_open(&c, cli);
    if (opened != MRL_EXIT_OK)
        return opened;
    mrl_status status = mrl_check_run(&c);
    if (status == MRL_OK)
        status = all_read(&c);
    if (status == MRL_OK)
        status = mrl_baseline_read(cli->arena, file_of(cli), &c.files.err, &b);
    struct mrl_baseline old = b;
    if (status == MRL_OK)
        status = keep_open(&c, b.debt, &b.debt);
    if (c.score.floor > b.floor)
        b.floor = c.score.floor;
    return finish(&c, status, &b,
                  mrl_arena_printf(cli->arena, "Raised %.*s: %u paid, floor %.1f before",
                                   MRL_F(file_of(cli)), old.debt.len - b.debt.len, old.floor));
}

static int run_show(struct mrl_cli *cli) {
    struct mrl_baseline b;
    struct mrl_err err;
    struct mrl_buf out;
    mrl_err_init(&err);
    mrl_status status = mrl_baseline_read(cli->arena, file_of(cli), &err, &b);
    if (status != MRL_OK) {
        mrl_cli_print_err(cli, &err);
        return mrl_exit_of(status);
    }
    mrl_str today = mrl_today(cli->arena);
    mrl_buf_init(&out, (size_t)64 << 20);
    mrl_buf_printf(&out, "Floor %.1f, %u findings are accepted debt\n", b.floor, b.debt.len);
    for (uint32_t i = 0; i < b.debt.len; i++) {
        const struct mrl_member *m = &b.debt.u.obj->m[i];
        mrl_str expires = mrl_val_str(MRL_GET(m->val, "expires"));
        mrl_buf_printf(&out, "%.*s %.*s  %.*s (%.*s)\n", MRL_F(expires),
                       MRL_F(mrl_str_cmp(expires, today) < 0 ? MRL_S("EXPIRED") : MRL_S("       ")),
                       MRL_F(mrl_val_str(m->key)), MRL_F(mrl_val_str(MRL_GET(m->val, "owner"))));
    }
    return mrl_cli_out_buf(cli, &out);
}

#define FILE_OPT                                                                                   \
    {.name = "file", .arg = "FILE", .help = "the baseline's file (default merlon-baseline.json)"}
#define JUDGE_OPTS MRL_OPT_CONTROLS, MRL_OPT_JOBS, MRL_OPTS_IMAGES, MRL_OPT_SANDBOX

static const struct mrl_opt init_opts[] = {
    FILE_OPT,
    JUDGE_OPTS,
    {.name = "owner", .arg = "NAME", .help = "who answers for the debt"},
    {.name = "reason", .arg = "TEXT", .help = "why it is accepted"},
    {.name = "expires", .arg = "DATE", .help = "until when, YYYY-MM-DD"},
};
static const struct mrl_opt raise_opts[] = {FILE_OPT, JUDGE_OPTS};
static const struct mrl_opt show_opts[] = {FILE_OPT};

static const struct mrl_example init_examples[] = {
    {"merlon baseline init --owner platform --reason 'before merlon' --expires 2027-06-30 k8s",
     "accept what is there, so that only new findings fail"},
};
static const struct mrl_example raise_examples[] = {
    {"merlon baseline raise k8s", "drop paid debt and lift the floor"},
};

const struct mrl_cmd mrl_cmd_baseline_init = {
    .name = "baseline init",
    .args = "[PATH...]",
    .summary = "accept today's findings as debt with an owner and a date",
    .text =
        "Judges the paths as `merlon check` does and writes the fingerprints of all findings and "
        "the present floor to a file. `merlon check --baseline FILE` then fails only on new "
        "findings, on debt past its date, and on a lower floor.",
    .opts = init_opts,
    .n_opts = MRL_COUNTOF(init_opts),
    .examples = init_examples,
    .n_examples = MRL_COUNTOF(init_examples),
    .run = run_init,
    .args_max = -1,
};

const struct mrl_cmd mrl_cmd_baseline_raise = {
    .name = "baseline raise",
    .args = "[PATH...]",
    .summary = "drop debt that is paid and lift the floor",
    .text =
        "The baseline only gets tighter: debt that is no longer found is dropped, the floor rises "
        "to the present one and never falls.",
    .opts = raise_opts,
    .n_opts = MRL_COUNTOF(raise_opts),
    .examples = raise_examples,
    .n_examples = MRL_COUNTOF(raise_examples),
    .run = run_raise,
    .args_max = -1,
};

static const struct mrl_example show_examples[] = {
    {"merlon baseline show --file merlon-baseline.json", "who accepted what, and until when"},
};

const struct mrl_cmd mrl_cmd_baseline_show = {
    .name = "baseline show",
    .args = "",
    .summary = "list the accepted debt",
    .text = "Prints the floor and every accepted finding with its owner and date.",
    .opts = show_opts,
    .n_opts = MRL_COUNTOF(show_opts),
    .examples = show_examples,
    .n_examples = MRL_COUNTOF(show_examples),
    .run = run_show,
    .args_max = 0,
};
