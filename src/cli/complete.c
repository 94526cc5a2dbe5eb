/* complete.c - shell completion scripts, made from the command table. */
#include "cli/cli_internal.h"

/* The first words of all visible commands, each once. */
static void first_words(struct mrl_buf *out) {
    const struct mrl_cmd *cmd;
    mrl_str last = {NULL, 0};
    for (size_t i = 0; (cmd = mrl_cmd_at(i)) != NULL; i++) {
        mrl_str rest;
        mrl_str word = mrl_str_cut(mrl_str_z(cmd->name), ' ', &rest);
        if (cmd->hidden || mrl_str_eq(word, last))
            continue;
        mrl_buf_printf(out, "%s%.*s", last.ptr ? " " : "", MRL_F(word));
        last = word;
    }
}

static void option_words(struct mrl_buf *out, const struct mrl_cmd *cmd) {
    for (size_t i = 0; i < cmd->n_opts; i++)
        mrl_buf_printf(out, " --%s", cmd->opts[i].name);
    for (size_t i = 0; i < mrl_n_global_opts; i++)
        mrl_buf_printf(out, " --%s", mrl_global_opts[i].name);
}

/* The second words of commands that begin with `first`. */
static void second_words(struct mrl_buf *out, mrl_str first) {
    const struct mrl_cmd *cmd;
    for (size_t i = 0; (cmd = mrl_cmd_at(i)) != NULL; i++) {
        mrl_str rest;
        mrl_str word = mrl_str_cut(mrl_str_z(cmd->name), ' ', &rest);
        if (!cmd->hidden && mrl_str_eq(word, first) && rest.len > 0)
            mrl_buf_printf(out, " %.*s", MRL_F(rest));
    }
}

static void bash(struct mrl_buf *out) {
    const struct mrl_cmd *cmd;
    MRL_BUF_LIT(out, "# bash completion of merlon\n_merlon() {\n"
                     "  local cur=${COMP_WORDS[COMP_CWORD]} one=${COMP_WORDS[1]} words=\n"
                     "  local cmd=\"$one ${COMP_WORDS[2]-}\"\n"
                     "  if [ \"$COMP_CWORD\" = 1 ]; then words=\"");
    first_words(out);
    MRL_BUF_LIT(out, "\"; else case $cmd in\n");
    for (size_t i = 0; (cmd = mrl_cmd_at(i)) != NULL; i++) {
        if (cmd->hidden)
            continue;
        bool two = strchr(cmd->name, ' ') != NULL;
        mrl_buf_printf(out, "    \"%s%s\"*) words=\"", cmd->name, two ? "" : " ");
        option_words(out, cmd);
        MRL_BUF_LIT(out, "\" ;;\n");
    }
    MRL_BUF_LIT(out, "  esac; fi\n");
    mrl_str last = {NULL, 0};
    for (size_t i = 0; (cmd = mrl_cmd_at(i)) != NULL; i++) {
        mrl_str rest;
        mrl_str word = mrl_str_cut(mrl_str_z(cmd->name), ' ', &rest);
        if (cmd->hidden || rest.len == 0 || mrl_str_eq(word, last))
            continue;
        last = word;
        mrl_buf_printf(out, "  if [ \"$COMP_CWORD\" = 2 ] && [ \"$one\" = %.*s ]; then words=\"",
                       MRL_F(word));
        second_words(out, word);
        MRL_BUF_LIT(out, "\"; fi\n");
    }
    MRL_BUF_LIT(out,
                "  COMPREPLY=($(compgen -W \"$words\" -- \"$cur\") $(compgen -f -- \"$cur\"))\n"
                "}\ncomplete -o filenames -F _merlon merlon\n");
}

/* Text in single quotes, as fish reads them. */
static void quoted(struct mrl_buf *out, const char *text) {
    mrl_buf_byte(out, '\'');
    for (const char *p = text; *p != '\0'; p++) {
        if (*p == '\'' || *p == '\\')
            mrl_buf_byte(out, '\\');
        mrl_buf_byte(out, *p);
    }
    mrl_buf_byte(out, '\'');
}

/* One option of a command; `seen` is the word after which it is offered. */
static void fish_option(struct mrl_buf *out, mrl_str seen, const struct mrl_opt *o) {
    mrl_buf_printf(out, "complete -c merlon -n '__fish_seen_subcommand_from %.*s' -l %s",
                   MRL_F(seen), o->name);
    if (o->letter != 0)
        mrl_buf_printf(out, " -s %c", o->letter);
    if (o->arg != NULL)
        MRL_BUF_LIT(out, " -r");
    if (o->choices != NULL) {
        MRL_BUF_LIT(out, " -f -a '");
        for (const char *p = o->choices; *p != '\0'; p++)
            mrl_buf_byte(out, *p == '|' ? ' ' : *p);
        mrl_buf_byte(out, '\'');
    }
    MRL_BUF_LIT(out, " -d ");
    quoted(out, o->help);
    mrl_buf_byte(out, '\n');
}

static void fish(struct mrl_buf *out) {
    const struct mrl_cmd *cmd;
    MRL_BUF_LIT(out, "# fish completion of merlon\n");
    for (size_t i = 0; (cmd = mrl_cmd_at(i)) != NULL; i++) {
        if (cmd->hidden)
            continue;
        mrl_str rest;
        mrl_str word = mrl_str_cut(mrl_str_z(cmd->name), ' ', &rest);
        if (rest.len == 0)
            mrl_buf_printf(out, "complete -c merlon -n __fish_use_subcommand -a %.*s -d ",
                           MRL_F(word));
        else
            mrl_buf_printf(out,
                           "complete -c merlon -n __fish_use_subcommand -a %.*s\n"
                           "complete -c merlon -n '__fish_seen_subcommand_from %.*s' -a %.*s -d ",
                           MRL_F(word), MRL_F(word), MRL_F(rest));
        quoted(out, cmd->summary);
        mrl_buf_byte(out, '\n');
        for (size_t k = 0; k < cmd->n_opts; k++)
            fish_option(out, rest.len > 0 ? rest : word, &cmd->opts[k]);
    }
}

mrl_status mrl_complete(struct mrl_buf *out, mrl_str shell) {
    if (mrl_str_eq(shell, MRL_S("bash"))) {
        bash(out);
    } else if (mrl_str_eq(shell, MRL_S("zsh"))) {
        MRL_BUF_LIT(out, "#compdef merlon\nautoload -U +X bashcompinit && bashcompinit\n");
        bash(out);
    } else if (mrl_str_eq(shell, MRL_S("fish"))) {
        fish(out);
    } else {
        return MRL_E_INVALID;
    }
    return MRL_OK;
}
