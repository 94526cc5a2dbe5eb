/* help.c - --help, made from the command table. */
#include "cli/cli_internal.h"

#include <stdio.h>

#define INDENT 2
#define COLUMN 30 /* where the explanations begin */
#define WIDTH 92

/* Appends `text` wrapped at WIDTH, each line after the first indented by `indent`. */
static void wrap(struct mrl_buf *out, mrl_str text, size_t at, size_t indent) {
    while (text.len > 0) {
        mrl_str rest;
        mrl_str word = mrl_str_cut(text, ' ', &rest);
        if (at + word.len + 1 > WIDTH && at > indent) {
            mrl_buf_byte(out, '\n');
            mrl_buf_fill(out, ' ', indent);
            at = indent;
        } else if (at > indent) {
            mrl_buf_byte(out, ' ');
            at++;
        }
        mrl_buf_add(out, word);
        at += word.len;
        text = rest;
    }
    mrl_buf_byte(out, '\n');
}

static void paragraphs(struct mrl_buf *out, mrl_str text) {
    while (text.ptr != NULL && text.len > 0) {
        mrl_str line = mrl_str_cut(text, '\n', &text);
        wrap(out, line, 0, 0);
    }
}

static void two_columns(struct mrl_buf *out, size_t from, mrl_str right) {
    size_t used = out->len - from;
    if (used >= COLUMN) {
        mrl_buf_byte(out, '\n');
        used = 0;
    }
    mrl_buf_fill(out, ' ', COLUMN - used);
    wrap(out, right, COLUMN, COLUMN);
}

static void help_opt(struct mrl_buf *out, const struct mrl_opt *o) {
    size_t from = out->len;
    if (o->letter != 0)
        mrl_buf_printf(out, "  -%c, --%s", o->letter, o->name);
    else
        mrl_buf_printf(out, "      --%s", o->name);
    if (o->arg != NULL)
        mrl_buf_printf(out, " %s", o->arg);
    char text[512];
    int n = snprintf(text, sizeof text, "%s%s%s%s%s", o->help, o->choices ? " (" : "",
                     o->choices ? o->choices : "", o->choices ? ")" : "",
                     o->many ? "; may be repeated" : "");
    two_columns(out, from, (mrl_str){text, n < (int)sizeof text ? (size_t)n : sizeof text - 1});
}

void mrl_help_cmd(struct mrl_buf *out, const struct mrl_cmd *cmd) {
    mrl_buf_printf(out, "merlon %s - %s\n\n", cmd->name, cmd->summary);
    mrl_buf_printf(out, "Usage: merlon %s [OPTION...]%s%s\n\n", cmd->name, cmd->args[0] ? " " : "",
                   cmd->args);
    paragraphs(out, mrl_str_z(cmd->text));
    MRL_BUF_LIT(out, "\nOptions:\n");
    for (size_t i = 0; i < cmd->n_opts; i++)
        help_opt(out, &cmd->opts[i]);
    for (size_t i = 0; i < mrl_n_global_opts; i++)
        help_opt(out, &mrl_global_opts[i]);
    if (cmd->n_examples > 0)
        MRL_BUF_LIT(out, "\nExamples:\n");
    for (size_t i = 0; i < cmd->n_examples; i++)
        mrl_buf_printf(out, "  # %s\n  %s\n", cmd->examples[i].does, cmd->examples[i].line);
}

void mrl_help_top(struct mrl_buf *out) {
    MRL_BUF_LIT(out, "merlon - security for cloud native systems: build, deploy, run, respond\n\n"
                     "Usage: merlon [COMMAND] [OPTION...] [ARGUMENT...]\n"
                     "       merlon [PATH...]            the same as merlon check [PATH...]\n\n"
                     "Commands:\n");
    const struct mrl_cmd *cmd;
    for (size_t i = 0; (cmd = mrl_cmd_at(i)) != NULL; i++) {
        if (cmd->hidden)
            continue;
        size_t from = out->len;
        mrl_buf_printf(out, "  %s", cmd->name);
        two_columns(out, from, mrl_str_z(cmd->summary));
    }
    MRL_BUF_LIT(out,
                "\nExit codes: 0 clean, 1 findings, 2 usage, 3 could not evaluate, 4 internal.\n"
                "'merlon COMMAND --help' explains a command, with examples.\n");
}
