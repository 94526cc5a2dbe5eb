/* cli.c - the command line: finds the subcommand, reads its options, and reports misuse.
 *
 * Options follow the GNU conventions: --name VALUE, --name=VALUE, -n VALUE, -nVALUE, bundled flags,
 * and "--" to end them. Options and arguments may be mixed.
 */
#include "base/closest.h"
#include "cli/cli_internal.h"

#include "base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#define ARGS_MAX 100000 /* arguments of one command line that we accept */

#define C(symbol, group, since) extern const struct mrl_cmd symbol;
#include "cli/commands.def"
#undef C

static const struct mrl_cmd *const commands[] = {
#define C(symbol, group, since) &symbol,
#include "cli/commands.def"
#undef C
};

const struct mrl_opt mrl_global_opts[] = {
    {"help", 'h', NULL, "show help for this command", NULL, false},
    {"color", 0, "WHEN", "colour the output", "auto|always|never", false},
    {"log-level", 0, "LEVEL", "what to tell on stderr about the work (default warn; MERLON_LOG)",
     MRL_LOG_LEVELS, false},
};
const size_t mrl_n_global_opts = MRL_COUNTOF(mrl_global_opts);

const struct mrl_cmd *mrl_cmd_at(size_t i) {
    return i < MRL_COUNTOF(commands) ? commands[i] : NULL;
}

/* --- messages --------------------------------------------------------------------------------- */

/* A line on stderr behind the program's name, so that it is known among others' in a pipe. */
static void message(const struct mrl_cli *cli, const char *fmt, va_list ap) {
    bool color = cli != NULL && cli->color_err;
    fputs(color ? "\033[1mmerlon:\033[0m " : "merlon: ", stderr);
    vfprintf(stderr, fmt, ap);
    fputc('\n', stderr);
}

void mrl_cli_error(const struct mrl_cli *cli, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    message(cli, fmt, ap);
    va_end(ap);
}

void mrl_cli_print_err(const struct mrl_cli *cli, const struct mrl_err *err) {
    const char *text = err->text[0] != '\0' ? err->text : mrl_status_name(err->code);
    const char *because = err->cause[0] != '\0' ? ": " : "";
    if (err->pos.line > 0)
        mrl_cli_error(cli, "%.*s:%u:%u: %s%s%s", MRL_F(err->pos.file), err->pos.line, err->pos.col,
                      text, because, err->cause);
    else if (err->pos.file.len > 0)
        mrl_cli_error(cli, "%.*s: %s%s%s", MRL_F(err->pos.file), text, because, err->cause);
    else
        mrl_cli_error(cli, "%s%s%s", text, because, err->cause);
}

int mrl_cli_usage(const struct mrl_cli *cli, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    message(cli, fmt, ap);
    va_end(ap);
    if (cli != NULL && cli->cmd != NULL)
        fprintf(stderr, "Try 'merlon %s --help'.\n", cli->cmd->name);
    else
        fputs("Try 'merlon --help'.\n", stderr);
    return MRL_EXIT_USAGE;
}

int mrl_exit_of(mrl_status status) {
    switch (status) {
    case MRL_OK:
        return MRL_EXIT_OK;
    case MRL_E_NOMEM:
    case MRL_E_INTERNAL:
        return MRL_EXIT_INTERNAL;
    default:
        return MRL_EXIT_UNKNOWN;
    }
}

/* --- output ------------------------------------------------------------------------------------
 */

int mrl_cli_out(struct mrl_cli *cli, mrl_str s) {
    while (s.len > 0) {
        ssize_t n = write(STDOUT_FILENO, s.ptr, s.len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            mrl_cli_error(cli, "cannot write to standard output: %s", strerror(errno));
            return MRL_EXIT_INTERNAL;
        }
        s = mrl_str_sub(s, (size_t)n, s.len);
    }
    return MRL_EXIT_OK;
}

int mrl_cli_out_buf(struct mrl_cli *cli, struct mrl_buf *b) {
    int code = MRL_EXIT_INTERNAL;
    if (b->status != MRL_OK)
        mrl_cli_error(cli, "cannot build the output: %s", mrl_status_name(b->status));
    else
        code = mrl_cli_out(cli, mrl_buf_str(b));
    mrl_buf_release(b);
    return code;
}

/* --- option tables ------------------------------------------------------------------------------
 */

static const struct mrl_opt *opt_by_name(const struct mrl_cmd *cmd, mrl_str name) {
    for (size_t i = 0; i < cmd->n_opts; i++)
        if (mrl_str_eq(name, mrl_str_z(cmd->opts[i].name)))
            return &cmd->opts[i];
    for (size_t i = 0; i < mrl_n_global_opts; i++)
        if (mrl_str_eq(name, mrl_str_z(mrl_global_opts[i].name)))
            return &mrl_global_opts[i];
    return NULL;
}

static const struct mrl_opt *opt_by_letter(const struct mrl_cmd *cmd, char letter) {
    for (size_t i = 0; i < cmd->n_opts; i++)
        if (cmd->opts[i].letter == letter)
            return &cmd->opts[i];
    for (size_t i = 0; i < mrl_n_global_opts; i++)
        if (mrl_global_opts[i].letter == letter)
            return &mrl_global_opts[i];
    return NULL;
}

/* True when the value is one of those that the option's table row names. */
static bool choice_ok(const struct mrl_opt *o, mrl_str value) {
    mrl_str rest = mrl_str_z(o->choices);
    while (rest.ptr != NULL) {
        mrl_str one = mrl_str_cut(rest, '|', &rest);
        if (mrl_str_eq(one, value))
            return true;
    }
    return false;
}

struct line { /* the command line being read */
    struct mrl_cli *cli;
    mrl_str *args;
    size_t n_args;
    char **argv;
    int argc, at;
};

/* Notes an option; the room was counted from the words of the line. */
static int add_value(struct line *l, const struct mrl_opt *o, mrl_str value) {
    if (o->choices != NULL && !choice_ok(o, value))
        return mrl_cli_usage(l->cli, "--%s: \"%.*s\" is not one of %s", o->name, MRL_F(value),
                             o->choices);
    l->cli->vals[l->cli->n_vals++] = (struct mrl_optval){o, value};
    return MRL_EXIT_OK;
}

/* Gives an option its argument: from "=value" or a letter's rest, or the next word. */
static int take_value(struct line *l, const struct mrl_opt *o, mrl_str inlined) {
    MRL_ASSERT(o != NULL && l->at < l->argc);
    if (o->arg == NULL) {
        if (inlined.ptr != NULL)
            return mrl_cli_usage(l->cli, "--%s takes no argument", o->name);
        return add_value(l, o, MRL_S("true"));
    }
    if (inlined.ptr != NULL)
        return add_value(l, o, inlined);
    if (l->at + 1 >= l->argc)
        return mrl_cli_usage(l->cli, "--%s needs an argument: %s", o->name, o->arg);
    return add_value(l, o, mrl_str_z(l->argv[++l->at]));
}

/* Reports misuse, with the nearest option where one is near. */
static int unknown_option(struct line *l, mrl_str name) {
    const char *names[128];
    size_t n = 0;
    const struct mrl_cmd *cmd = l->cli->cmd;
    for (size_t i = 0; i < cmd->n_opts && n < MRL_COUNTOF(names); i++)
        names[n++] = cmd->opts[i].name;
    for (size_t i = 0; i < mrl_n_global_opts && n < MRL_COUNTOF(names); i++)
        names[n++] = mrl_global_opts[i].name;
    const char *near = mrl_closest_of(name, names, n);
    if (near != NULL)
        return mrl_cli_usage(l->cli, "unknown option --%.*s: did you mean --%s?", MRL_F(name),
                             near);
    return mrl_cli_usage(l->cli, "unknown option --%.*s", MRL_F(name));
}

/* --name, --name=value, --name value. */
static int read_long(struct line *l, mrl_str word) {
    MRL_ASSERT(word.len >= 2);
    mrl_str value = {NULL, 0};
    mrl_str name = mrl_str_cut(mrl_str_sub(word, 2, word.len), '=', &value);
    const struct mrl_opt *o = opt_by_name(l->cli->cmd, name);
    return o != NULL ? take_value(l, o, value) : unknown_option(l, name);
}

/* -a, -abc, -nVALUE, -n VALUE: an option with an argument ends the bundle. */
static int read_short(struct line *l, mrl_str word) {
    for (size_t i = 1; i < word.len; i++) {
        const struct mrl_opt *o = opt_by_letter(l->cli->cmd, word.ptr[i]);
        if (o == NULL)
            return mrl_cli_usage(l->cli, "unknown option -%c", word.ptr[i]);
        if (o->arg != NULL) {
            mrl_str rest = mrl_str_sub(word, i + 1, word.len);
            return take_value(l, o, rest.len > 0 ? rest : (mrl_str){NULL, 0});
        }
        int code = add_value(l, o, MRL_S("true"));
        if (code != MRL_EXIT_OK)
            return code;
    }
    return MRL_EXIT_OK;
}

/* Options and arguments in any order; a lone "-" is an argument: standard input. */
static int read_words(struct line *l) {
    bool ended = false;
    for (; l->at < l->argc; l->at++) {
        mrl_str word = mrl_str_z(l->argv[l->at]);
        int code = MRL_EXIT_OK;
        if (ended || word.len < 2 || word.ptr[0] != '-')
            l->args[l->n_args++] = word;
        else if (mrl_str_eq(word, MRL_S("--")))
            ended = true;
        else
            code = word.ptr[1] == '-' ? read_long(l, word) : read_short(l, word);
        if (code != MRL_EXIT_OK)
            return code;
    }
    return MRL_EXIT_OK;
}

int mrl_cli_parse(struct mrl_cli *cli, int argc, char **argv, int at) {
    if (argc > ARGS_MAX)
        return mrl_cli_usage(cli, "more than %d arguments", ARGS_MAX);
    struct line l = {.cli = cli, .argc = argc, .argv = argv, .at = at};
    size_t bytes = 0; /* every word may hold a bundle of flags */
    for (int i = at; i < argc; i++)
        bytes += strlen(argv[i]) + 1;
    l.args = MRL_ARENA_ARRAY(cli->arena, mrl_str, (size_t)argc + 1);
    cli->vals = MRL_ARENA_ARRAY(cli->arena, struct mrl_optval, bytes + 1);
    if (l.args == NULL || cli->vals == NULL) {
        mrl_cli_error(cli, "out of memory");
        return MRL_EXIT_INTERNAL;
    }
    int code = read_words(&l);
    cli->args = l.args;
    cli->n_args = l.n_args;
    return code;
}

/* --- options that were given ---------------------------------------------------------------------
 */

static const struct mrl_opt *known(const struct mrl_cli *cli, const char *name) {
    const struct mrl_opt *o = opt_by_name(cli->cmd, mrl_str_z(name));
    MRL_ASSERT(o != NULL); /* a command asks only for options of its own table */
    return o;
}

bool mrl_opt_nth(const struct mrl_cli *cli, const char *name, size_t i, mrl_str *ret) {
    const struct mrl_opt *o = known(cli, name);
    for (size_t k = 0; k < cli->n_vals; k++) {
        if (cli->vals[k].opt == o && i-- == 0) {
            *ret = cli->vals[k].value;
            return true;
        }
    }
    return false;
}

bool mrl_opt_given(const struct mrl_cli *cli, const char *name) {
    mrl_str ignored;
    return mrl_opt_nth(cli, name, 0, &ignored);
}

mrl_str mrl_opt_str(const struct mrl_cli *cli, const char *name, mrl_str otherwise) {
    const struct mrl_opt *o = known(cli, name);
    for (size_t k = 0; k < cli->n_vals; k++)
        if (cli->vals[k].opt == o)
            otherwise = cli->vals[k].value;
    return otherwise;
}

/* Reads decimal digits; stops at another byte and leaves it in *rest. */
static bool read_digits(mrl_str s, int64_t *ret, mrl_str *rest) {
    int64_t v = 0;
    size_t i = 0;
    for (; i < s.len && s.ptr[i] >= '0' && s.ptr[i] <= '9'; i++)
        if (__builtin_mul_overflow(v, 10, &v) || __builtin_add_overflow(v, s.ptr[i] - '0', &v))
            return false;
    *ret = v;
    *rest = mrl_str_sub(s, i, s.len);
    return i > 0;
}

mrl_status mrl_opt_int(const struct mrl_cli *cli, const char *name, int64_t min, int64_t max,
                       int64_t *ret) {
    mrl_str s = mrl_opt_str(cli, name, MRL_S(""));
    if (s.len == 0)
        return MRL_OK;
    int64_t v;
    mrl_str rest;
    if (!read_digits(s, &v, &rest) || rest.len > 0 || v < min || v > max) {
        mrl_cli_usage(cli, "--%s: \"%.*s\" is not a whole number from %lld to %lld", name, MRL_F(s),
                      (long long)min, (long long)max);
        return MRL_E_INVALID;
    }
    *ret = v;
    return MRL_OK;
}

mrl_status mrl_opt_double(const struct mrl_cli *cli, const char *name, double *ret) {
    mrl_str s = mrl_opt_str(cli, name, MRL_S(""));
    if (s.len == 0)
        return MRL_OK;
    int64_t whole = 0, part = 0;
    mrl_str rest, digits;
    bool ok = read_digits(s, &whole, &rest);
    double value = (double)whole;
    if (ok && rest.len > 1 && rest.ptr[0] == '.') {
        digits = mrl_str_sub(rest, 1, rest.len);
        ok = digits.len <= 15 && read_digits(digits, &part, &rest);
        double scale = 1;
        for (size_t i = 0; i < digits.len; i++)
            scale *= 10;
        value += (double)part / scale;
    }
    if (!ok || rest.len > 0) {
        mrl_cli_usage(cli, "--%s: \"%.*s\" is not a number", name, MRL_F(s));
        return MRL_E_INVALID;
    }
    *ret = value;
    return MRL_OK;
}

mrl_status mrl_opt_duration_ms(const struct mrl_cli *cli, const char *name, int64_t *ret) {
    static const struct {
        mrl_str unit;
        int64_t ms;
    } units[] = {{MRL_S_INIT("ms"), 1}, {MRL_S_INIT("s"), 1000}, {MRL_S_INIT("m"), 60000}};
    mrl_str s = mrl_opt_str(cli, name, MRL_S(""));
    if (s.len == 0)
        return MRL_OK;
    int64_t v;
    mrl_str rest;
    if (read_digits(s, &v, &rest))
        for (size_t i = 0; i < MRL_COUNTOF(units); i++)
            if (mrl_str_eq(rest, units[i].unit) && !__builtin_mul_overflow(v, units[i].ms, &v)) {
                *ret = v;
                return MRL_OK;
            }
    mrl_cli_usage(cli, "--%s: \"%.*s\" is not a duration such as 500ms, 2s or 1m", name, MRL_F(s));
    return MRL_E_INVALID;
}
