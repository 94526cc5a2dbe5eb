/* cmd_policy_check.c - `merlon policy check`: parses and compiles policies, prints the errors. */
#include "cli/policy_load.h"
#include "cli/policy_opts.h"

static int print_json(struct mrl_cli *cli, struct mrl_policy_files *f, int exit) {
    struct mrl_buf b;
    mrl_buf_init(&b, 1 << 24);
    mrl_diags_sort(&f->diags);
    mrl_buf_add(&b, MRL_S("{\"errors\": "));
    mrl_diags_print_json(&f->diags, &b);
    mrl_buf_add(&b, MRL_S("}\n"));
    int out = mrl_cli_out_buf(cli, &b);
    return out != MRL_EXIT_OK ? out : exit;
}

static int run_check(struct mrl_cli *cli) {
    struct mrl_policy_files f;
    struct mrl_policy *policy = NULL;
    if (cli->n_args == 0)
        return mrl_cli_usage(cli, "name the policy files or folders");
    struct mrl_policy_opts policy_opts = {.version = MRL_REGO_V1};
    mrl_status status = mrl_policy_opts_read(cli, &policy_opts);
    if (status != MRL_OK)
        return mrl_policy_opts_exit(status);
    status = mrl_policy_files_init(&f, cli->arena, &policy_opts);
    f.rego_only = true;
    f.bundle = mrl_opt_given(cli, "bundle");
    for (size_t i = 0; i < cli->n_args && status == MRL_OK; i++)
        status = mrl_policy_files_add(&f, cli->args[i]);
    if (status == MRL_OK)
        status = mrl_policy_files_compile(&f, &policy);
    int exit = status == MRL_OK ? MRL_EXIT_OK : MRL_EXIT_UNKNOWN;
    bool json = mrl_str_eq(mrl_opt_str(cli, "format", MRL_S("pretty")), MRL_S("json"));
    if (json && (status == MRL_OK || f.diags.total > 0))
        exit = print_json(cli, &f, exit);
    else if (status != MRL_OK)
        exit = mrl_policy_files_fail(cli, &f, status);
    mrl_policy_builder_free(f.builder);
    return exit;
}

static const struct mrl_opt opts[] = {
    {.name = "bundle",
     .letter = 'b',
     .help = "the paths are bundles: their .manifest says which version of Rego they hold"},
    {.name = "format",
     .letter = 'f',
     .arg = "FORM",
     .help = "form of the errors",
     .choices = "pretty|json"},
    MRL_POLICY_OPT_ROWS,
};

static const struct mrl_example examples[] = {
    {"merlon policy check policies", "find errors in all policies below a folder"},
    {"merlon policy check --strict -f json policies",
     "be strict, and give the errors to a program"},
};

const struct mrl_cmd mrl_cmd_policy_check = {
    .name = "policy check",
    .args = "PATH...",
    .summary = "parse and compile policies",
    .text =
        "Reads all .rego files and reports what is wrong with them: file, line, the source line "
        "and a hint. Exits with 3 when a policy cannot be used.",
    .opts = opts,
    .n_opts = MRL_COUNTOF(opts),
    .examples = examples,
    .n_examples = MRL_COUNTOF(examples),
    .run = run_check,
    .args_max = -1,
};
