/* cmd_policy_capabilities.c - `merlon policy capabilities`: what policies may use. */
#include "cli/policy_opts.h"

#include "base/file.h"

#define OUT_MAX (4u << 20)

static int print(struct mrl_cli *cli, const struct mrl_capabilities *caps) {
    struct mrl_buf b;
    mrl_buf_init(&b, OUT_MAX);
    mrl_capabilities_print(&b, cli->arena, caps);
    mrl_buf_byte(&b, '\n');
    return mrl_cli_out_buf(cli, &b);
}

static int versions(struct mrl_cli *cli) {
    struct mrl_buf b;
    char room[32];
    mrl_buf_init(&b, OUT_MAX);
    for (size_t i = 0; mrl_capabilities_nth(i, room).len > 0; i++)
        mrl_buf_printf(&b, "%s\n", room);
    return mrl_cli_out_buf(cli, &b);
}

static int run_capabilities(struct mrl_cli *cli) {
    struct mrl_capabilities caps;
    struct mrl_err err;
    mrl_str version = mrl_opt_str(cli, "version", MRL_S("")), text;
    mrl_str file = mrl_opt_str(cli, "file", MRL_S(""));
    mrl_err_init(&err);
    if (mrl_opt_given(cli, "current") + (version.len > 0) + (file.len > 0) > 1)
        return mrl_cli_usage(cli, "give one of --current, --version and --file");
    if (version.len > 0 && !mrl_capabilities_version(version, &caps))
        return mrl_cli_usage(cli,
                             "OPA has no version '%.*s'; 'merlon policy capabilities' lists "
                             "them",
                             MRL_F(version));
    if (file.len > 0) {
        mrl_status status = mrl_file_read(cli->arena, file, OUT_MAX, &err, &text);
        if (status == MRL_OK)
            status = mrl_capabilities_parse(cli->arena, file, text, &err, &caps);
        if (status != MRL_OK) {
            mrl_cli_print_err(cli, &err);
            return mrl_exit_of(status);
        }
    }
    if (mrl_opt_given(cli, "current"))
        mrl_capabilities_current(&caps);
    else if (version.len == 0 && file.len == 0)
        return versions(cli);
    return print(cli, &caps);
}

static const struct mrl_opt opts[] = {
    {.name = "current", .help = "print what this build has"},
    {.name = "version",
     .arg = "VERSION",
     .help = "print what a version of OPA had, cut to what this build has"},
    {.name = "file", .arg = "FILE", .help = "print what a capabilities file allows here"},
};

static const struct mrl_example examples[] = {
    {"merlon policy capabilities --current >caps.json", "a file to edit, for --capabilities"},
    {"merlon policy check --capabilities v0.60.0 policies",
     "find out whether policies run on an older OPA"},
};

const struct mrl_cmd mrl_cmd_policy_capabilities = {
    .name = "policy capabilities",
    .args = "",
    .summary = "show the builtins, keywords and features that policies may use",
    .text =
        "Without an option, the names of OPA's versions that --capabilities takes; with one, the "
        "capabilities as JSON, in the form of OPA's own files.",
    .opts = opts,
    .n_opts = MRL_COUNTOF(opts),
    .examples = examples,
    .n_examples = MRL_COUNTOF(examples),
    .run = run_capabilities,
};
