/* docs.c - the Markdown reference and the man page, made from the command table. */
#include "cli/cli_internal.h"

static void md_opt(struct mrl_buf *out, const struct mrl_opt *o) {
    MRL_BUF_LIT(out, "| `");
    if (o->letter != 0)
        mrl_buf_printf(out, "-%c`, `", o->letter);
    mrl_buf_printf(out, "--%s%s%s` | %s", o->name, o->arg ? " " : "", o->arg ? o->arg : "",
                   o->help);
    if (o->choices != NULL) {
        MRL_BUF_LIT(out, ": ");
        for (mrl_str rest = mrl_str_z(o->choices); rest.ptr != NULL;) {
            mrl_str one = mrl_str_cut(rest, '|', &rest);
            mrl_buf_printf(out, "`%.*s`%s", MRL_F(one), rest.ptr ? ", " : "");
        }
    }
    mrl_buf_printf(out, "%s |\n", o->many ? "; may be repeated" : "");
}

static void md_cmd(struct mrl_buf *out, const struct mrl_cmd *cmd) {
    mrl_buf_printf(out, "\n## merlon %s\n\n%s.\n\n", cmd->name, cmd->summary);
    mrl_buf_printf(out, "    merlon %s [OPTION...]%s%s\n\n%s\n", cmd->name, cmd->args[0] ? " " : "",
                   cmd->args, cmd->text);
    if (cmd->n_opts > 0)
        MRL_BUF_LIT(out, "\n| option | meaning |\n|---|---|\n");
    for (size_t i = 0; i < cmd->n_opts; i++)
        md_opt(out, &cmd->opts[i]);
    if (cmd->n_examples > 0)
        MRL_BUF_LIT(out, "\nExamples:\n\n");
    for (size_t i = 0; i < cmd->n_examples; i++)
        mrl_buf_printf(out, "    # %s\n    %s\n", cmd->examples[i].does, cmd->examples[i].line);
}

void mrl_docs_markdown(struct mrl_buf *out) {
    MRL_BUF_LIT(out,
                "# Command reference\n\nMade from the command table by `merlon docs markdown`; do "
                "not edit.\n\nResults go to standard output, messages to standard error. Exit "
                "codes: 0 clean, 1 findings at or over the gate, 2 wrong usage, 3 could not "
                "evaluate, 4 internal. Every command has `--help` and `--color "
                "auto|always|never`; `NO_COLOR` is respected.\n");
    const struct mrl_cmd *cmd;
    for (size_t i = 0; (cmd = mrl_cmd_at(i)) != NULL; i++)
        md_cmd(out, cmd);
}

/* mdoc text: a line that begins with a dot or quote is protected, backslashes are doubled. */
static void man_text(struct mrl_buf *out, mrl_str text) {
    bool line_start = true;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (line_start && (c == '.' || c == '\''))
            MRL_BUF_LIT(out, "\\&");
        if (c == '\\')
            MRL_BUF_LIT(out, "\\e");
        else if (c == '-')
            MRL_BUF_LIT(out, "\\-");
        else if (c == ' ' && i > 0 && strchr(".?!", text.ptr[i - 1]) != NULL)
            mrl_buf_byte(out, c = '\n');     /* a new sentence begins a new line */
        else if (!(line_start && c == '\n')) /* mdoc has no empty lines */
            mrl_buf_byte(out, c);
        line_start = c == '\n';
    }
    if (!line_start)
        mrl_buf_byte(out, '\n');
}

static void man_cmd(struct mrl_buf *out, const struct mrl_cmd *cmd) {
    mrl_buf_printf(out, ".Ss merlon %s %s\n", cmd->name, cmd->args);
    man_text(out, mrl_str_z(cmd->summary));
    MRL_BUF_LIT(out, ".Pp\n");
    man_text(out, mrl_str_z(cmd->text));
    if (cmd->n_opts > 0)
        MRL_BUF_LIT(out, ".Bl -tag -width Ds\n");
    for (size_t i = 0; i < cmd->n_opts; i++) {
        const struct mrl_opt *o = &cmd->opts[i];
        MRL_BUF_LIT(out, ".It ");
        if (o->letter != 0)
            mrl_buf_printf(out, "Fl %c , ", o->letter);
        mrl_buf_printf(out, "Fl Fl %s%s%s\n", o->name, o->arg ? " Ar " : "", o->arg ? o->arg : "");
        man_text(out, mrl_str_z(o->help));
        if (o->choices != NULL)
            mrl_buf_printf(out, "(%s)\n", o->choices);
    }
    if (cmd->n_opts > 0)
        MRL_BUF_LIT(out, ".El\n");
    for (size_t i = 0; i < cmd->n_examples; i++) {
        MRL_BUF_LIT(out, ".Pp\n");
        man_text(out, mrl_str_z(cmd->examples[i].does));
        MRL_BUF_LIT(out, ".Dl ");
        man_text(out, mrl_str_z(cmd->examples[i].line));
    }
}

void mrl_docs_man(struct mrl_buf *out, mrl_str date) {
    mrl_buf_printf(out, ".Dd %.*s\n.Dt MERLON 1\n.Os\n", MRL_F(date));
    MRL_BUF_LIT(out, ".Sh NAME\n.Nm merlon\n.Nd security for cloud native systems\n.Sh SYNOPSIS\n"
                     ".Nm\n.Op Ar command\n.Op Ar option ...\n.Op Ar argument ...\n"
                     ".Sh DESCRIPTION\nWithout a command,\n.Nm\nchecks the paths that are given.\n"
                     ".Sh COMMANDS\n");
    const struct mrl_cmd *cmd;
    for (size_t i = 0; (cmd = mrl_cmd_at(i)) != NULL; i++)
        if (!cmd->hidden)
            man_cmd(out, cmd);
    MRL_BUF_LIT(out, ".Sh ENVIRONMENT\n.Ev NO_COLOR\nswitches colours off.\n"
                     ".Sh EXIT STATUS\n0 clean, 1 findings at or over the gate, 2 wrong usage, "
                     "3 could not evaluate, 4 internal error.\n");
}
