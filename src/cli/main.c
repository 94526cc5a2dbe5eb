/* main.c - finds the subcommand and runs it.
 *
 * `merlon` and `merlon PATH...` mean `merlon check`. SIGPIPE is ignored, so that a closed pipe is
 * an error we report and not a silent death. The word "worker" is hidden: merlon starts itself with
 * it as a sandboxed worker (base/worker.h).
 */
#include "base/closest.h"
#include "cli/cli_internal.h"
#include "cli/documents.h"

#include "base/log.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#define HELP_MAX (1u << 20)
#define MRL_CMDS_MAX 128u /* commands of the table */

/* Matches the command's words against argv[1..]: the number of words used, 0 when it does not fit.
 */
static int words_match(const struct mrl_cmd *cmd, int argc, char **argv) {
    mrl_str name = mrl_str_z(cmd->name);
    int used = 0;
    while (name.ptr != NULL) {
        mrl_str word = mrl_str_cut(name, ' ', &name);
        if (1 + used >= argc || !mrl_str_eq(word, mrl_str_z(argv[1 + used])))
            return 0;
        used++;
    }
    return used;
}

/* The command whose words fit longest: `policy eval` before `policy`. */
static const struct mrl_cmd *find_command(int argc, char **argv, int *ret_used) {
    const struct mrl_cmd *cmd, *best = NULL;
    *ret_used = 0;
    for (size_t i = 0; (cmd = mrl_cmd_at(i)) != NULL; i++) {
        int used = words_match(cmd, argc, argv);
        if (used > *ret_used) {
            best = cmd;
            *ret_used = used;
        }
    }
    return best;
}

static const struct mrl_cmd *command_named(const char *name) {
    const struct mrl_cmd *cmd;
    for (size_t i = 0; (cmd = mrl_cmd_at(i)) != NULL; i++)
        if (strcmp(cmd->name, name) == 0)
            return cmd;
    return NULL;
}

static bool exists(const char *path) {
    struct stat st;
    return stat(path, &st) == 0;
}

/* The first word of a command's name. */
static mrl_str group_of(const struct mrl_cmd *cmd) {
    mrl_str rest;
    return mrl_str_cut(mrl_str_z(cmd->name), ' ', &rest);
}

/* A first word that begins commands of two words, followed by no second word of theirs. */
static int unknown_in_group(mrl_str group, const char *second) {
    const struct mrl_cmd *cmd;
    const char *names[MRL_CMDS_MAX];
    size_t n = 0;
    struct mrl_buf list;
    mrl_buf_init(&list, HELP_MAX);
    for (size_t i = 0; (cmd = mrl_cmd_at(i)) != NULL && n < MRL_CMDS_MAX; i++) {
        if (!mrl_str_eq(group_of(cmd), group) || cmd->hidden)
            continue;
        names[n] = cmd->name + group.len + 1;
        mrl_buf_printf(&list, "%s%s", n > 0 ? ", " : "", names[n]);
        n++;
    }
    const char *near = second != NULL ? mrl_closest_of(mrl_str_z(second), names, n) : NULL;
    int code = near != NULL ? mrl_cli_usage(NULL, "no command '%.*s %s': did you mean '%.*s %s'?",
                                            MRL_F(group), second, MRL_F(group), near)
                            : mrl_cli_usage(NULL, "'%.*s' needs one more word: %.*s", MRL_F(group),
                                            MRL_F(mrl_buf_str(&list)));
    mrl_buf_release(&list);
    return code;
}

/* A first word that is no command, no option and no path. */
static int unknown_command(const char *word, const char *second) {
    const char *names[2 * MRL_CMDS_MAX];
    size_t n = 0;
    const struct mrl_cmd *cmd;
    static char groups[MRL_CMDS_MAX][32];
    for (size_t i = 0; (cmd = mrl_cmd_at(i)) != NULL && i < MRL_CMDS_MAX; i++) {
        mrl_str group = group_of(cmd);
        if (strchr(cmd->name, ' ') != NULL && mrl_str_eq(group, mrl_str_z(word)))
            return unknown_in_group(group, second);
        names[n++] = cmd->name;
        snprintf(groups[i], sizeof groups[i], "%.*s", MRL_F(group));
        names[n++] = groups[i];
    }
    const char *near = mrl_closest_of(mrl_str_z(word), names, n);
    if (near != NULL)
        return mrl_cli_usage(NULL, "no command or file '%s': did you mean '%s'?", word, near);
    return mrl_cli_usage(NULL, "no command or file '%s'", word);
}

/* Colours only on a terminal, and not when NO_COLOR or a dumb terminal says otherwise. */
static void look_at_terminal(struct mrl_cli *cli) {
    const char *no_color = getenv("NO_COLOR");
    const char *term = getenv("TERM");
    bool allowed =
        (no_color == NULL || no_color[0] == '\0') && (term == NULL || strcmp(term, "dumb") != 0);
    cli->color_out = allowed && isatty(STDOUT_FILENO);
    cli->color_err = allowed && isatty(STDERR_FILENO);
    struct winsize w;
    cli->width = 80;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col > 0)
        cli->width = w.ws_col;
}

static void apply_color(struct mrl_cli *cli) {
    mrl_str when = mrl_opt_str(cli, "color", MRL_S("auto"));
    if (mrl_str_eq(when, MRL_S("always")))
        cli->color_out = cli->color_err = true;
    else if (mrl_str_eq(when, MRL_S("never")))
        cli->color_out = cli->color_err = false;
}

/* Help goes to standard output: it was asked for. */
static int print_help(struct mrl_cli *cli, const struct mrl_cmd *cmd) {
    struct mrl_buf out;
    mrl_buf_init(&out, HELP_MAX);
    if (cmd != NULL)
        mrl_help_cmd(&out, cmd);
    else
        mrl_help_top(&out);
    return mrl_cli_out_buf(cli, &out);
}

/* `merlon help COMMAND`, as people type it from habit. */
static int help_command(struct mrl_cli *cli, int argc, char **argv) {
    int used;
    const struct mrl_cmd *cmd = find_command(argc - 1, argv + 1, &used);
    if (cmd == NULL && argc > 2)
        return unknown_command(argv[2], argc > 3 ? argv[3] : NULL);
    return print_help(cli, cmd);
}

/* The flag wins over the environment. Words for a terminal, JSON for anything that collects. */
static int open_log(const struct mrl_cli *cli) {
    enum mrl_log_level level = MRL_LOG_WARN;
    mrl_str from_env = mrl_str_z(getenv("MERLON_LOG"));
    mrl_str name = mrl_opt_str(cli, "log-level", from_env.len > 0 ? from_env : MRL_S("warn"));
    if (!mrl_log_level_of(name, &level))
        return mrl_cli_usage(cli, "MERLON_LOG is '%.*s', but may be " MRL_LOG_LEVELS, MRL_F(name));
    mrl_log_open(STDERR_FILENO, level, !isatty(STDERR_FILENO));
    return MRL_EXIT_OK;
}

/* Reads the options of cli->cmd and runs it. */
static int run_command(struct mrl_cli *cli, int argc, char **argv, int at) {
    MRL_ASSERT(cli->cmd != NULL);
    int code = mrl_cli_parse(cli, argc, argv, at);
    if (code != MRL_EXIT_OK)
        return code;
    apply_color(cli);
    code = open_log(cli);
    if (code != MRL_EXIT_OK)
        return code;
    if (mrl_opt_given(cli, "help"))
        return print_help(cli, cli->cmd);
    if (cli->cmd->args_max >= 0 && cli->n_args > (size_t)cli->cmd->args_max)
        return mrl_cli_usage(cli, "unexpected argument '%.*s'",
                             MRL_F(cli->args[cli->cmd->args_max]));
    return cli->cmd->run(cli);
}

/* Words that are no command are paths for `check`, if they exist; else they are a typing error. */
static int dispatch(struct mrl_cli *cli, int argc, char **argv) {
    int used;
    const char *first = argc > 1 ? argv[1] : NULL;
    cli->cmd = find_command(argc, argv, &used);
    if (cli->cmd == NULL && first != NULL) {
        if (strcmp(first, "help") == 0)
            return help_command(cli, argc, argv);
        if (strcmp(first, "--help") == 0 || strcmp(first, "-h") == 0)
            return print_help(cli, NULL);
        if (strcmp(first, "--version") == 0)
            return mrl_cli_out(cli, MRL_S("merlon " MRL_VERSION "\n"));
        if (first[0] != '-' && !exists(first))
            return unknown_command(first, argc > 2 ? argv[2] : NULL);
    }
    if (cli->cmd == NULL)
        cli->cmd = command_named("check");
    if (cli->cmd == NULL)
        return print_help(cli, NULL);
    return run_command(cli, argc, argv, 1 + used);
}

/* What the sandboxed workers of this program can do: one row a job. */
MRL_NORETURN static void run_worker(void) {
    const struct mrl_worker_job jobs[] = {mrl_documents_job};
    mrl_worker_main(jobs, MRL_COUNTOF(jobs));
}

int main(int argc, char **argv) {
    if (mrl_worker_wanted(argc, argv))
        run_worker();
    signal(SIGPIPE, SIG_IGN);
    mrl_hash_seed();
    mrl_arena arena;
    mrl_arena_init(&arena, MRL_ARENA_UNLIMITED);
    struct mrl_cli cli = {.arena = &arena};
    look_at_terminal(&cli);
    int code = dispatch(&cli, argc, argv);
    mrl_arena_release(&arena);
    return code;
}
