/* cmd_help.c - the small commands about merlon itself: version, completion, docs. */
#include "cli/cli.h"
#include "cli/config.h"

#define TEXT_MAX (4u << 20) /* bytes of generated text */

static int run_version(struct mrl_cli *cli) {
    return mrl_cli_out(cli, MRL_S("merlon " MRL_VERSION "\n"));
}

static const struct mrl_example version_examples[] = {
    {"merlon version", "what to put into a bug report"},
};

const struct mrl_cmd mrl_cmd_version = {
    .name = "version",
    .args = "",
    .summary = "print the version",
    .text = "Prints the name and version of the program.",
    .examples = version_examples,
    .n_examples = MRL_COUNTOF(version_examples),
    .run = run_version,
};

static int run_completion(struct mrl_cli *cli) {
    struct mrl_buf out;
    mrl_buf_init(&out, TEXT_MAX);
    mrl_str shell = cli->n_args == 1 ? cli->args[0] : MRL_S("");
    if (mrl_complete(&out, shell) != MRL_OK)
        return mrl_cli_usage(cli, "name a shell: bash, zsh or fish");
    return mrl_cli_out_buf(cli, &out);
}

static const struct mrl_example completion_examples[] = {
    {"merlon completion bash > /etc/bash_completion.d/merlon", "completion for all users of bash"},
};

const struct mrl_cmd mrl_cmd_completion = {
    .name = "completion",
    .args = "bash|zsh|fish",
    .summary = "print a completion script for a shell",
    .text = "Prints a script that completes commands, options and file names.",
    .examples = completion_examples,
    .n_examples = MRL_COUNTOF(completion_examples),
    .run = run_completion,
    .args_max = 1,
};

static int run_docs(struct mrl_cli *cli) {
    struct mrl_buf out;
    mrl_buf_init(&out, TEXT_MAX);
    mrl_str form = cli->n_args == 1 ? cli->args[0] : MRL_S("");
    if (mrl_str_eq(form, MRL_S("markdown")))
        mrl_docs_markdown(&out);
    else if (mrl_str_eq(form, MRL_S("man")))
        mrl_docs_man(&out, MRL_S("November 24, 2026"));
    else if (mrl_str_eq(form, MRL_S("config-schema")))
        mrl_config_schema(&out);
    else
        return mrl_cli_usage(cli, "name a form: markdown, man or config-schema");
    return mrl_cli_out_buf(cli, &out);
}

static const struct mrl_example docs_examples[] = {
    {"merlon docs man | mandoc -l -", "read the manual page without installing it"},
};

const struct mrl_cmd mrl_cmd_docs = {
    .name = "docs",
    .args = "markdown|man|config-schema",
    .summary = "print the command reference, or the schema of merlon.yaml",
    .text = "The texts are made from the command table that also drives --help and completion; "
            "config-schema is the JSON Schema by which merlon.yaml is checked, for editors.",
    .examples = docs_examples,
    .n_examples = MRL_COUNTOF(docs_examples),
    .run = run_docs,
    .args_max = 1,
};
