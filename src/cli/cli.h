/* cli.h - what a subcommand is, and what it may use.
 *
 * Idea: one file a subcommand, one row in commands.def. A subcommand describes itself in a
 * struct mrl_cmd: options, examples, text. Parsing, --help, man pages, the Markdown reference and
 * shell completion are all made from that description, so that they cannot drift apart.
 *
 * Contract (docs/reference/cli.md): stdout = result, stderr = messages. Exit codes are enum
 * mrl_exit.
 */
#ifndef MRL_CLI_CLI_H
#define MRL_CLI_CLI_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/status.h"

enum mrl_exit {
    MRL_EXIT_OK = 0,       /* clean */
    MRL_EXIT_FINDINGS = 1, /* findings at or over the gate; a failed test; an undefined --fail */
    MRL_EXIT_USAGE = 2,    /* the command line is wrong */
    MRL_EXIT_UNKNOWN = 3,  /* could not evaluate: unknowns over the limit, broken policy or input */
    MRL_EXIT_INTERNAL = 4, /* output failed, out of memory, a bug */
};

struct mrl_cli;

struct mrl_opt {         /* one option of a subcommand */
    const char *name;    /* long name without dashes */
    char letter;         /* short name, or 0 */
    const char *arg;     /* name of its argument ("FILE"), or NULL for a flag */
    const char *help;    /* one sentence, no full stop */
    const char *choices; /* allowed arguments "human|json", or NULL */
    bool many;           /* may be given several times */
};

struct mrl_example {
    const char *line; /* a shell line */
    const char *does; /* what it shows */
};

struct mrl_cmd {
    const char *name;    /* "check", "policy eval" */
    const char *args;    /* "[PATH...]", or "" */
    const char *summary; /* one line, no full stop */
    const char *text;    /* paragraphs for --help and the man page */
    const struct mrl_opt *opts;
    size_t n_opts;
    const struct mrl_example *examples;
    size_t n_examples;
    int (*run)(struct mrl_cli *cli); /* returns enum mrl_exit */
    bool hidden;
    int args_max; /* positional arguments: -1 = any number */
};

struct mrl_cli {      /* one run; passed to the subcommand */
    mrl_arena *arena; /* released after the run */
    const struct mrl_cmd *cmd;
    const mrl_str *args; /* positional arguments */
    size_t n_args;
    struct mrl_optval *vals; /* options given, in order */
    size_t n_vals;
    bool color_out, color_err; /* terminal, NO_COLOR and --color are already taken into account */
    bool quiet;
    int width; /* columns of the terminal on stdout; 80 when it is none */
};

/* All subcommands, in the order of commands.def; NULL past the end. */
const struct mrl_cmd *mrl_cmd_at(size_t i);

/* --- options that were given ---------------------------------------------------------------- */

/* True when the option was given. An unknown name is a bug and panics. */
bool mrl_opt_given(const struct mrl_cli *cli, const char *name);
/* The last argument of the option, or `otherwise`. */
mrl_str mrl_opt_str(const struct mrl_cli *cli, const char *name, mrl_str otherwise);
/* The i-th argument of a repeatable option; false past the end. Commas do not split. */
bool mrl_opt_nth(const struct mrl_cli *cli, const char *name, size_t i, mrl_str *ret);
/* The argument as a whole number in [min, max]; on nonsense prints a usage error and returns
 * MRL_E_INVALID. Absent: *ret is left alone. */
mrl_status mrl_opt_int(const struct mrl_cli *cli, const char *name, int64_t min, int64_t max,
                       int64_t *ret) MRL_NODISCARD;
/* As mrl_opt_int for a duration ("500ms", "2s", "1m"), in milliseconds. */
mrl_status mrl_opt_duration_ms(const struct mrl_cli *cli, const char *name,
                               int64_t *ret) MRL_NODISCARD;
/* As mrl_opt_int for a decimal fraction such as a percentage ("97.5"). */
mrl_status mrl_opt_double(const struct mrl_cli *cli, const char *name, double *ret) MRL_NODISCARD;

/* --- output ------------------------------------------------------------------------------- */

/* Writes all of s to stdout. Returns MRL_EXIT_OK, or MRL_EXIT_INTERNAL after saying why on stderr.
 */
int mrl_cli_out(struct mrl_cli *cli, mrl_str s);
/* Writes the buffer to stdout and releases it; a sticky failure of the buffer is reported, too. */
int mrl_cli_out_buf(struct mrl_cli *cli, struct mrl_buf *b);
/* "merlon: " message on stderr. */
void mrl_cli_error(const struct mrl_cli *cli, const char *fmt, ...) MRL_PRINTF(2, 3);
/* An mrl_err as "merlon: file:line:col: text". */
void mrl_cli_print_err(const struct mrl_cli *cli, const struct mrl_err *err);
/* A usage error: the message and where to find help. Returns MRL_EXIT_USAGE. */
int mrl_cli_usage(const struct mrl_cli *cli, const char *fmt, ...) MRL_PRINTF(2, 3);
/* The exit code that fits a status: budget, syntax, I/O of inputs = UNKNOWN; memory = INTERNAL. */
int mrl_exit_of(mrl_status status);

/* --- texts made from the table (help.c, docs.c, complete.c) ----------------------------------- */
void mrl_help_top(struct mrl_buf *out);
/* What `merlon COMMAND --help` prints. */
void mrl_help_cmd(struct mrl_buf *out, const struct mrl_cmd *cmd);
/* docs/reference/cli.md. */
void mrl_docs_markdown(struct mrl_buf *out);
/* The man page; `date` stands in its footer. */
void mrl_docs_man(struct mrl_buf *out, mrl_str date);
/* A completion script for "bash", "zsh" or "fish"; MRL_E_INVALID for another shell. */
mrl_status mrl_complete(struct mrl_buf *out, mrl_str shell) MRL_NODISCARD;

#define MRL_VERSION "0.1.0"

#endif
