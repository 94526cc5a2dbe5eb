/* cmd_check.c - `merlon check`: judges manifests by controls. */
#include "cli/check.h"

#include "base/file.h"

#define OUT_MAX ((size_t)512 << 20)

/* --- set-up ------------------------------------------------------------------------------------
 */

/* merlon.yaml: policies (folders) and exceptions. */
static mrl_status read_config(struct mrl_check *c) {
    mrl_str file = mrl_opt_str(c->cli, "config", MRL_S("merlon.yaml"));
    mrl_val config = mrl_undefined(), policies;
    if (!mrl_opt_given(c->cli, "config") && mrl_file_kind_of(file) == MRL_FILE_NONE)
        return MRL_OK;
    MRL_TRY(mrl_load_document(c->cli->arena, file, &c->files.err, &config));
    policies = MRL_GET(config, "policies");
    for (uint32_t i = 0; mrl_is_arr(policies) && i < policies.len; i++)
        MRL_TRY(mrl_policy_files_add(&c->files, mrl_val_str(policies.u.arr->items[i])));
    return mrl_check_exceptions(c, config, file);
}

static mrl_status load_policies(struct mrl_check *c) {
    struct mrl_policy_opts opts = {.version = MRL_REGO_V1};
    mrl_str path;
    MRL_TRY(mrl_policy_files_init(&c->files, c->cli->arena, &opts));
    if (!mrl_opt_given(c->cli, "no-controls"))
        MRL_TRY(mrl_check_own_controls(c));
    for (size_t i = 0; mrl_opt_nth(c->cli, "policy", i, &path); i++)
        MRL_TRY(mrl_policy_files_add(&c->files, path));
    MRL_TRY(read_config(c));
    MRL_TRY(mrl_policy_files_compile(&c->files, &c->policy));
    MRL_TRY(mrl_controls_find(c->policy, c->cli->arena, &c->files.diags, &c->controls));
    return c->files.diags.total > 0 ? MRL_E_INVALID : MRL_OK;
}

static mrl_status read_objects(struct mrl_check *c) {
    mrl_objects_init(&c->objects, c->cli->arena);
    if (c->cli->n_args == 0)
        MRL_TRY(mrl_check_read(c, MRL_S(".")));
    for (size_t i = 0; i < c->cli->n_args; i++)
        MRL_TRY(mrl_check_read(c, c->cli->args[i]));
    c->skipped[MRL_SKIP_NO_OBJECT] = c->objects.not_objects;
    return MRL_OK;
}

/* --- judging -----------------------------------------------------------------------------------
 */

/* A file that could not be read counts as one unknown verdict of high severity. */
static void count_unread(struct mrl_check *c) {
    c->posture.all.count[MRL_UNKNOWN] += c->n_unread;
    c->posture.all.weight[MRL_UNKNOWN] += (uint64_t)c->n_unread * mrl_severity_weight(MRL_SEV_HIGH);
}

static mrl_status judge(struct mrl_check *c) {
    struct mrl_vm_opts opts = {0};
    struct mrl_judge_opts judging = {.stage = "build"};
    struct mrl_vm *vm = NULL;
    mrl_val inventory = mrl_undefined();
    (void)judging;
    MRL_TRY(mrl_objects_inventory(&c->objects, &inventory));
    MRL_TRY(mrl_vm_new(c->policy, &opts, &vm));
    c->posture.arena = c->cli->arena;
    mrl_status status = mrl_vm_overlay(vm, MRL_S("inventory"), inventory);
    if (status == MRL_OK)
        status = mrl_judge(vm, &c->controls, &c->objects, 0, c->objects.n, &c->posture);
    mrl_vm_free(vm);
    MRL_TRY(status);
    count_unread(c);
    c->score = mrl_score_of(&c->posture.all);
    mrl_check_accept(c);
    return mrl_posture_groups(&c->posture, c->cli->arena, &c->groups, &c->n_groups);
}

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

/* 1 for findings at or over the gate, else 3 for more unknowns than allowed, else 0. */
static int verdict(const struct mrl_check *c, int64_t max_unknown) {
    bool none = false;
    enum mrl_severity gate = gate_of(c, &none);
    for (uint32_t i = 0; i < c->posture.n_findings && !none; i++) {
        const struct mrl_finding *f = &c->posture.findings[i];
        if (f->verdict == MRL_FAIL && f->accepted == MRL_NOT_ACCEPTED &&
            f->control->severity >= gate)
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
    struct mrl_check c = {.cli = cli};
    int64_t max_unknown = -1;
    if (mrl_opt_int(cli, "max-unknown", 0, INT32_MAX, &max_unknown) != MRL_OK)
        return MRL_EXIT_USAGE;
    mrl_status status = load_policies(&c);
    if (status == MRL_OK)
        status = read_objects(&c);
    if (status == MRL_OK)
        status = judge(&c);
    int exit =
        status == MRL_OK ? report(&c, max_unknown) : mrl_policy_files_fail(cli, &c.files, status);
    mrl_policy_builder_free(c.files.builder);
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
    {.name = "config", .letter = 'c', .arg = "FILE", .help = "settings (default merlon.yaml)"},
};

static const struct mrl_example examples[] = {
    {"merlon check deploy/", "judge all manifests below a folder"},
    {"helm template . | merlon check -", "judge what a chart makes"},
    {"merlon check -o sarif=out.sarif -o junit=out.xml k8s", "write two reports"},
    {"merlon check --gate critical --policy team-policies .", "own policies, a softer gate"},
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
