/* key_given.c - see key_given.h.
 *
 * On the terminal, keys are read one by one with echo and signals switched off: Ctrl-C is a byte
 * then, so that no way out leaves a terminal that shows nothing.
 */
#include "cli/key_given.h"

#include "cli/token_given.h"

#include "base/file.h"
#include "formats/keyfile/keyfile.h"

#include <errno.h>
#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

#define CTRL_C 3
#define CTRL_D 4
#define BACKSPACE 8
#define CTRL_U 21
#define DELETE 127

/* What is asked for, and where else it may come from. */
struct secret {
    const char *id;
    mrl_str prompt;
    const char *environment[2]; /* the variables that may hold it */
    const char *nobody;         /* the error when there is no way to it */
};

static const struct secret passphrase = {
    "key.passphrase",
    MRL_S_INIT("Passphrase of the key: "),
    {"MERLON_PASSWORD", "COSIGN_PASSWORD"},
    "the key needs a passphrase and there is no terminal to ask on: set MERLON_PASSWORD, or name "
    "--passphrase-file"};

static const struct secret pin = {
    "key.pin",
    MRL_S_INIT("PIN of the token: "),
    {"MERLON_PIN", "COSIGN_PKCS11_PIN"},
    "the token needs its PIN and there is no terminal to ask on: set MERLON_PIN, or write "
    "pin-source=FILE into the key's URI"};

/* --- the terminal -------------------------------------------------------------------------- */

/* Reads one line into `line`, which has room for MRL_PASSPHRASE_MAX bytes. */
static mrl_status type_line(int tty, const struct secret *what, char *line, size_t *ret_n,
                            struct mrl_err *err) {
    size_t n = 0;
    for (;;) {
        char c;
        ssize_t got = read(tty, &c, 1);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0 || c == CTRL_C || c == CTRL_D)
            return mrl_err_set(err, MRL_E_CANCELLED, what->id, "nothing was typed");
        if (c == '\n' || c == '\r')
            break;
        if (c == BACKSPACE || c == DELETE)
            n -= n > 0;
        else if (c == CTRL_U)
            n = 0;
        else if (n == MRL_PASSPHRASE_MAX)
            return mrl_err_set(err, MRL_E_LIMIT, what->id, "at most %u bytes may be typed",
                               MRL_PASSPHRASE_MAX);
        else
            line[n++] = c;
    }
    *ret_n = n;
    return MRL_OK;
}

static mrl_status prompt(int tty, mrl_arena *secrets, const struct secret *what, mrl_str text,
                         struct mrl_err *err, mrl_str *ret) {
    char *line = mrl_arena_alloc(secrets, MRL_PASSPHRASE_MAX, 1);
    size_t n;
    MRL_CHECK(line != NULL, MRL_E_NOMEM);
    MRL_TRY(mrl_fd_write(tty, text, err));
    mrl_status status = type_line(tty, what, line, &n, err);
    MRL_TRY(mrl_fd_write(tty, MRL_S("\n"), err));
    MRL_TRY(status);
    *ret = (mrl_str){line, n};
    return MRL_OK;
}

static mrl_status ask(int tty, mrl_arena *secrets, const struct secret *what, bool twice,
                      struct mrl_err *err, mrl_str *ret) {
    mrl_str again;
    MRL_TRY(prompt(tty, secrets, what, what->prompt, err, ret));
    if (!twice)
        return MRL_OK;
    MRL_TRY(prompt(tty, secrets, what, MRL_S("The same again: "), err, &again));
    if (!mrl_str_eq(*ret, again))
        return mrl_err_set(err, MRL_E_INVALID, what->id, "the two are not the same");
    return MRL_OK;
}

static mrl_status from_terminal(mrl_arena *secrets, const struct secret *what, bool twice,
                                struct mrl_err *err, mrl_str *ret) {
    struct termios old, quiet;
    int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    if (tty < 0 || tcgetattr(tty, &old) != 0) {
        if (tty >= 0)
            close(tty);
        return mrl_err_set(err, MRL_E_NOT_FOUND, what->id, "%s", what->nobody);
    }
    quiet = old;
    quiet.c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | ISIG);
    quiet.c_cc[VMIN] = 1;
    quiet.c_cc[VTIME] = 0;
    mrl_status status = tcsetattr(tty, TCSAFLUSH, &quiet) == 0
                            ? ask(tty, secrets, what, twice, err, ret)
                            : mrl_err_sys(err, errno, what->id, "the terminal echoes");
    tcsetattr(tty, TCSAFLUSH, &old);
    close(tty);
    return status;
}

/* --- files and the environment ------------------------------------------------------------- */

/* One line end belongs to the file, not to the passphrase. */
static mrl_str without_line_end(mrl_str s) {
    if (mrl_str_ends(s, MRL_S("\n")))
        s.len--;
    if (mrl_str_ends(s, MRL_S("\r")))
        s.len--;
    return s;
}

static bool from_environment(const struct secret *what, mrl_str *ret) {
    for (size_t i = 0; i < MRL_COUNTOF(what->environment); i++) {
        const char *value = getenv(what->environment[i]);
        if (value == NULL)
            continue;
        *ret = mrl_str_z(value);
        return true;
    }
    return false;
}

/* `file` empty: not from a file. */
static mrl_status get_secret(mrl_arena *secrets, const struct secret *what, mrl_str file,
                             bool twice, struct mrl_err *err, mrl_str *ret) {
    mrl_str text;
    if (file.len > 0) {
        MRL_TRY(mrl_file_read(secrets, file, MRL_PASSPHRASE_MAX, err, &text));
        *ret = without_line_end(text);
        return MRL_OK;
    }
    return from_environment(what, ret) ? MRL_OK : from_terminal(secrets, what, twice, err, ret);
}

mrl_status mrl_passphrase_get(const struct mrl_cli *cli, mrl_arena *secrets, bool twice,
                              struct mrl_err *err, mrl_str *ret) {
    mrl_str file = mrl_opt_str(cli, "passphrase-file", MRL_S(""));
    return get_secret(secrets, &passphrase, file, twice, err, ret);
}

mrl_status mrl_pin_get(mrl_arena *secrets, mrl_str file, struct mrl_err *err, mrl_str *ret) {
    return get_secret(secrets, &pin, file, false, err, ret);
}

/* --- the key ------------------------------------------------------------------------------- */

static mrl_status get(void *cx, mrl_arena *secrets, struct mrl_err *err, mrl_str *ret) {
    return mrl_passphrase_get(cx, secrets, false, err, ret);
}

mrl_status mrl_key_given_read(const struct mrl_cli *cli, struct mrl_err *err,
                              struct mrl_key_given *ret) {
    mrl_str file = mrl_opt_str(cli, "key", MRL_S("")), text;
    struct mrl_cli copy = *cli; /* the callback may not promise to leave it alone */
    struct mrl_passphrase ask_for = {get, &copy};
    ret->key = NULL;
    mrl_arena_init(&ret->secrets, 64 * MRL_KEYFILE_BYTES_MAX);
    if (mrl_p11_uri_is(file))
        return mrl_token_given_private(&ret->secrets, file, err, &ret->key);
    MRL_TRY(mrl_file_read(&ret->secrets, file, MRL_KEYFILE_BYTES_MAX, err, &text));
    return mrl_keyfile_read(&ret->secrets, text, file, &ask_for, err, &ret->key);
}

void mrl_key_given_free(struct mrl_key_given *g) {
    mrl_privkey_free(g->key);
    mrl_arena_wipe(&g->secrets);
    g->key = NULL;
}
