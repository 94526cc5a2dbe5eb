/* cmd_policy_fmt.c - `merlon policy fmt`: Rego in its canonical layout.
 *
 * One file that cannot be formatted does not stop the others; it decides the exit code. With
 * --write a file is replaced as a whole or stays as it was.
 */
#include "base/diff.h"
#include "base/file.h"
#include "base/walk.h"
#include "cli/cli.h"
#include "engines/policy/fmt/fmt.h"

#include <stdio.h>

#define DIFF_CONTEXT 3
#define DIFF_MAX ((size_t)1 << 30)

struct run {
    struct mrl_cli *cli;
    struct mrl_fmt_opts opts;
    bool write, list, diff, fail;
    int exit; /* the worst so far */
};

static void note_exit(struct run *r, int code) {
    if (code > r->exit)
        r->exit = code;
}

static void print_diags(struct mrl_diags *d) {
    struct mrl_buf b;
    mrl_buf_init(&b, 1 << 22);
    mrl_diags_sort(d);
    mrl_diags_print(d, &b);
    fprintf(stderr, "%.*s", (int)b.len, b.ptr != NULL ? b.ptr : "");
    mrl_buf_release(&b);
}

static int print_diff(struct run *r, mrl_arena *a, mrl_str path, mrl_str before, mrl_str after) {
    struct mrl_buf b;
    mrl_buf_init(&b, DIFF_MAX);
    struct mrl_diff_opts opts = {path, path, DIFF_CONTEXT};
    mrl_status status = mrl_diff_unified(&b, a, before, after, &opts);
    if (status != MRL_OK)
        mrl_cli_error(r->cli, "%.*s: %s", MRL_F(path), mrl_status_name(status));
    int out = mrl_cli_out_buf(r->cli, &b);
    return out != MRL_EXIT_OK ? out : mrl_exit_of(status);
}

/* Writes what the options ask for; an enum mrl_exit. */
static int emit(struct run *r, mrl_arena *a, mrl_str path, mrl_str before, mrl_str after) {
    bool changed = !mrl_str_eq(before, after);
    struct mrl_err err;
    mrl_err_init(&err);
    int code = MRL_EXIT_OK;
    if (r->list && changed)
        code = mrl_cli_out(r->cli, mrl_arena_printf(a, "%.*s\n", MRL_F(path)));
    else if (r->diff && changed)
        code = print_diff(r, a, path, before, after);
    if (!r->list && !r->diff && !r->write && !r->fail)
        return mrl_cli_out(r->cli, after);
    if (r->write && changed && mrl_file_replace(path, after, &err) != MRL_OK) {
        mrl_cli_print_err(r->cli, &err);
        return MRL_EXIT_INTERNAL;
    }
    return code == MRL_EXIT_OK && r->fail && changed ? MRL_EXIT_FINDINGS : code;
}

static int format_text(struct run *r, mrl_arena *a, mrl_str path, mrl_str text) {
    struct mrl_diags diags;
    mrl_str result;
    mrl_diags_init(&diags, a, 0);
    mrl_status status = mrl_rego_fmt(a, path, text, &r->opts, &diags, &result);
    if (status == MRL_OK)
        return emit(r, a, path, text, result);
    if (diags.total > 0)
        print_diags(&diags);
    else
        mrl_cli_error(r->cli, "%.*s: %s", MRL_F(path), mrl_status_name(status));
    return mrl_exit_of(status);
}

/* Each file gets an arena of its own: many files cost no more memory than the largest. */
static mrl_status on_file(void *cx, mrl_str path) {
    struct run *r = cx;
    mrl_arena a;
    mrl_str text;
    struct mrl_err err;
    if (!mrl_str_ends(path, MRL_S(".rego")) && !mrl_str_eq(path, MRL_S("-")))
        return MRL_OK;
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    mrl_err_init(&err);
    mrl_status status = mrl_file_read(&a, path, MRL_REGO_TEXT_MAX, &err, &text);
    if (status == MRL_OK)
        note_exit(r, format_text(r, &a, path, text));
    else
        mrl_cli_print_err(r->cli, &err);
    note_exit(r, mrl_exit_of(status));
    mrl_arena_release(&a);
    return MRL_OK;
}

static mrl_status on_problem(void *cx, const struct mrl_err *problem) {
    struct run *r = cx;
    mrl_cli_print_err(r->cli, problem);
    note_exit(r, MRL_EXIT_UNKNOWN);
    return MRL_OK;
}

static int format_path(struct run *r, mrl_str path) {
    struct mrl_err err;
    struct mrl_walk_opts opts = {.no_ignore = true};
    mrl_err_init(&err);
    if (mrl_str_eq(path, MRL_S("-")))
        return mrl_exit_of(on_file(r, path));
    mrl_status status = mrl_walk(r->cli->arena, path, &opts, on_file, on_problem, r, &err);
    if (status != MRL_OK)
        mrl_cli_print_err(r->cli, &err);
    return mrl_exit_of(status);
}

static void read_opts(struct mrl_cli *cli, struct run *r) {
    mrl_str check = mrl_opt_str(cli, "check-result", MRL_S("true"));
    *r = (struct run){.cli = cli,
                      .write = mrl_opt_given(cli, "write"),
                      .list = mrl_opt_given(cli, "list"),
                      .diff = mrl_opt_given(cli, "diff"),
                      .fail = mrl_opt_given(cli, "fail")};
    bool v0 = mrl_opt_given(cli, "v0-compatible");
    r->opts = (struct mrl_fmt_opts){.version = v0 ? MRL_REGO_V0 : MRL_REGO_V1,
                                    .v0_to_v1 = mrl_opt_given(cli, "v0-v1") ||
                                                mrl_opt_given(cli, "rego-v1"),
                                    .drop_v0_imports = mrl_opt_given(cli, "drop-v0-imports"),
                                    .unchecked = mrl_str_eq(check, MRL_S("false"))};
}

static bool reads_stdin(const struct mrl_cli *cli) {
    for (size_t i = 0; i < cli->n_args; i++)
        if (mrl_str_eq(cli->args[i], MRL_S("-")))
            return true;
    return cli->n_args == 0;
}

static int run_fmt(struct mrl_cli *cli) {
    struct run r;
    read_opts(cli, &r);
    if (r.write && reads_stdin(cli))
        return mrl_cli_usage(cli, "--write needs files: standard input cannot be rewritten");
    if (cli->n_args == 0)
        note_exit(&r, format_path(&r, MRL_S("-")));
    for (size_t i = 0; i < cli->n_args; i++)
        note_exit(&r, format_path(&r, cli->args[i]));
    return r.exit;
}

static const struct mrl_opt opts[] = {
    {.name = "write", .letter = 'w', .help = "overwrite the files instead of printing them"},
    {.name = "diff", .letter = 'd', .help = "print what would change, as a unified diff"},
    {.name = "list", .letter = 'l', .help = "print the names of the files that would change"},
    {.name = "fail", .help = "exit with 1 when a file would change"},
    {.name = "check-result",
     .arg = "BOOL",
     .help = "read the result again and refuse it unless it says the same (default true)",
     .choices = "true|false"},
    {.name = "v0-compatible", .help = "the files are v0 Rego, and stay so"},
    {.name = "v0-v1", .help = "the files are v0 Rego; write what both v0 and v1 accept"},
    {.name = "rego-v1", .help = "the same as --v0-v1"},
    {.name = "drop-v0-imports", .help = "leave out imports of rego.v1 and future.keywords"},
};

static const struct mrl_example examples[] = {
    {"merlon policy fmt -l policies", "which files are not in the canonical layout"},
    {"merlon policy fmt -w policies", "bring them into it"},
    {"merlon policy fmt --fail -d policies", "for CI: show the changes and fail"},
};

const struct mrl_cmd mrl_cmd_policy_fmt = {
    .name = "policy fmt",
    .args = "[PATH...]",
    .summary = "bring policies into the canonical layout",
    .text =
        "Formats .rego files, and those below folders, as opa fmt does; without a PATH, standard "
        "input. The result is read again and compared with the source: a file whose meaning or "
        "comments would change is refused and stays as it is.",
    .opts = opts,
    .n_opts = MRL_COUNTOF(opts),
    .examples = examples,
    .n_examples = MRL_COUNTOF(examples),
    .run = run_fmt,
    .args_max = -1,
};
