/* complete.c - shell completion scripts, made from the command table.
 *
 * Scripts are made from the table that parses the command line, so that completion cannot offer
 * what the program refuses. Each shell gets one function, with the words of each command spelled
 * out: nothing of merlon runs while a user types.
 */
#include "cli/cli_internal.h"

/* The first word of a command; *rest is the second one, or empty. */
static mrl_str first_word(const struct mrl_cmd *cmd, mrl_str *rest) {
    return mrl_str_cut(mrl_str_z(cmd->name), ' ', rest);
}

/* A visible command whose first word no earlier visible one has: where lists name the word. */
static bool opens_word(size_t i) {
    mrl_str rest, word = first_word(mrl_cmd_at(i), &rest);
    for (size_t k = 0; k < i; k++)
        if (!mrl_cmd_at(k)->hidden && mrl_str_eq(first_word(mrl_cmd_at(k), &rest), word))
            return false;
    return !mrl_cmd_at(i)->hidden;
}

/* The first words of all commands, each once. */
static void first_words(struct mrl_buf *out) {
    const struct mrl_cmd *cmd;
    mrl_str rest;
    for (size_t i = 0; (cmd = mrl_cmd_at(i)) != NULL; i++)
        if (opens_word(i))
            mrl_buf_printf(out, "%s%.*s", i > 0 ? " " : "", MRL_F(first_word(cmd, &rest)));
}

/* a|b|c as words. */
static void choice_words(struct mrl_buf *out, const char *choices) {
    for (const char *p = choices; *p != '\0'; p++)
        mrl_buf_byte(out, *p == '|' ? ' ' : *p);
}

/* The long options of a command and those that all have. */
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

/* --- bash
 * -------------------------------------------------------------------------------------- */

/* What may stand behind an option that takes one of a few words. */
static void bash_choices(struct mrl_buf *out, const struct mrl_cmd *cmd, const struct mrl_opt *opts,
                         size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (opts[i].choices == NULL)
            continue;
        mrl_buf_printf(out, "    \"%s:--%s\"", cmd->name, opts[i].name);
        if (opts[i].letter != 0)
            mrl_buf_printf(out, "|\"%s:-%c\"", cmd->name, opts[i].letter);
        MRL_BUF_LIT(out, ") COMPREPLY=($(compgen -W \"");
        choice_words(out, opts[i].choices);
        MRL_BUF_LIT(out, "\" -- \"$cur\")); return ;;\n");
    }
}

/* The words that may follow each command; second words of groups come last, as they win. */
static void bash_commands(struct mrl_buf *out) {
    const struct mrl_cmd *cmd;
    mrl_str rest;
    MRL_BUF_LIT(out, "  case $cmd in\n");
    for (size_t i = 0; (cmd = mrl_cmd_at(i)) != NULL; i++) {
        if (cmd->hidden)
            continue;
        bool two = strchr(cmd->name, ' ') != NULL;
        mrl_buf_printf(out, "    \"%s%s\"*) name=\"%s\" words=\"", cmd->name, two ? "" : " ",
                       cmd->name);
        option_words(out, cmd);
        MRL_BUF_LIT(out, "\" ;;\n");
    }
    MRL_BUF_LIT(out, "  esac\n");
    for (size_t i = 0; (cmd = mrl_cmd_at(i)) != NULL; i++) {
        mrl_str word = first_word(cmd, &rest);
        if (!opens_word(i) || rest.len == 0)
            continue;
        mrl_buf_printf(out, "  if [ \"$COMP_CWORD\" = 2 ] && [ \"$one\" = %.*s ]; then words=\"",
                       MRL_F(word));
        second_words(out, word);
        MRL_BUF_LIT(out, "\"; fi\n");
    }
}

static void bash(struct mrl_buf *out) {
    const struct mrl_cmd *cmd;
    MRL_BUF_LIT(out, "# bash completion of merlon\n_merlon() {\n"
                     "  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
                     "  local one=${COMP_WORDS[1]} words= name=\n"
                     "  local cmd=\"$one ${COMP_WORDS[2]-}\"\n"
                     "  if [ \"$COMP_CWORD\" = 1 ]; then words=\"");
    first_words(out);
    MRL_BUF_LIT(out, "\"; else\n");
    bash_commands(out);
    MRL_BUF_LIT(out, "  case \"$name:$prev\" in\n");
    for (size_t i = 0; (cmd = mrl_cmd_at(i)) != NULL; i++) {
        if (cmd->hidden)
            continue;
        bash_choices(out, cmd, cmd->opts, cmd->n_opts);
        bash_choices(out, cmd, mrl_global_opts, mrl_n_global_opts);
    }
    MRL_BUF_LIT(out,
                "  esac; fi\n"
                "  COMPREPLY=($(compgen -W \"$words\" -- \"$cur\") $(compgen -f -- \"$cur\"))\n"
                "}\ncomplete -o filenames -F _merlon merlon\n");
}

/* --- zsh
 * --------------------------------------------------------------------------------------- */

/* Text inside a single-quoted word of _arguments or _describe: quotes end it, the rest are signs of
 * theirs. */
static void zsh_text(struct mrl_buf *out, const char *text) {
    for (const char *p = text; *p != '\0'; p++) {
        if (*p == '\'')
            MRL_BUF_LIT(out, "'\\''");
        else if (strchr("[]:\\", *p) != NULL)
            mrl_buf_printf(out, "\\%c", *p);
        else
            mrl_buf_byte(out, *p);
    }
}

static void zsh_option(struct mrl_buf *out, const struct mrl_opt *o) {
    MRL_BUF_LIT(out, " \\\n      ");
    if (o->letter != 0)
        mrl_buf_printf(out, "'%s'{-%c,--%s}'[", o->many ? "*" : "", o->letter, o->name);
    else
        mrl_buf_printf(out, "'%s--%s[", o->many ? "*" : "", o->name);
    zsh_text(out, o->help);
    MRL_BUF_LIT(out, "]");
    if (o->arg != NULL) {
        mrl_buf_printf(out, ":%s:", o->arg);
        if (o->choices != NULL) {
            MRL_BUF_LIT(out, "(");
            choice_words(out, o->choices);
            MRL_BUF_LIT(out, ")");
        } else {
            MRL_BUF_LIT(out, "_files");
        }
    }
    MRL_BUF_LIT(out, "'");
}

/* The list 'word:what it does' of first words, or of the second words behind `first`. */
static void zsh_words(struct mrl_buf *out, mrl_str first) {
    const struct mrl_cmd *cmd;
    mrl_str rest;
    for (size_t i = 0; (cmd = mrl_cmd_at(i)) != NULL; i++) {
        mrl_str word = first_word(cmd, &rest);
        bool fits = first.ptr == NULL ? opens_word(i)
                                      : !cmd->hidden && rest.len > 0 && mrl_str_eq(word, first);
        if (!fits)
            continue;
        mrl_buf_printf(out, " '%.*s:", MRL_F(first.ptr == NULL ? word : rest));
        zsh_text(out, first.ptr == NULL && rest.len > 0 ? "" : cmd->summary);
        MRL_BUF_LIT(out, "'");
    }
}

static void zsh(struct mrl_buf *out) {
    const struct mrl_cmd *cmd;
    mrl_str rest;
    MRL_BUF_LIT(out, "#compdef merlon\n_merlon() {\n  local -a list\n"
                     "  if (( CURRENT == 2 )); then\n    list=(");
    zsh_words(out, (mrl_str){NULL, 0});
    MRL_BUF_LIT(out, ")\n    _describe command list; _files; return\n  fi\n"
                     "  if (( CURRENT == 3 )); then case $words[2] in\n");
    for (size_t i = 0; (cmd = mrl_cmd_at(i)) != NULL; i++) {
        mrl_str word = first_word(cmd, &rest);
        if (!opens_word(i) || rest.len == 0)
            continue;
        mrl_buf_printf(out, "    %.*s) list=(", MRL_F(word));
        zsh_words(out, word);
        MRL_BUF_LIT(out, "); _describe command list; return ;;\n");
    }
    MRL_BUF_LIT(out, "  esac; fi\n  case \"$words[2] $words[3]\" in\n");
    for (size_t i = 0; (cmd = mrl_cmd_at(i)) != NULL; i++) {
        if (cmd->hidden)
            continue;
        mrl_buf_printf(out, "    \"%s%s\"*) _arguments -s", cmd->name,
                       strchr(cmd->name, ' ') != NULL ? "" : " ");
        for (size_t k = 0; k < cmd->n_opts; k++)
            zsh_option(out, &cmd->opts[k]);
        for (size_t k = 0; k < mrl_n_global_opts; k++)
            zsh_option(out, &mrl_global_opts[k]);
        MRL_BUF_LIT(out, " \\\n      '*:file:_files' ;;\n");
    }
    MRL_BUF_LIT(out, "  esac\n}\nif [ \"$funcstack[1]\" = _merlon ]; then _merlon \"$@\"; "
                     "else compdef _merlon merlon; fi\n");
}

/* --- fish
 * -------------------------------------------------------------------------------------- */

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
        choice_words(out, o->choices);
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
        zsh(out);
    } else if (mrl_str_eq(shell, MRL_S("fish"))) {
        fish(out);
    } else {
        return MRL_E_INVALID;
    }
    return MRL_OK;
}
