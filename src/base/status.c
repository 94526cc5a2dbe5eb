/* status.c - filling in error details. */
#include "base/status.h"

#include "base/utf8.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void mrl_panic(const char *file, int line, const char *what) {
    fprintf(stderr, "merlon: internal error at %s:%d: %s. Please report it.\n", file, line, what);
    abort();
}

void mrl_err_init(struct mrl_err *err) {
    if (err != NULL)
        memset(err, 0, sizeof *err);
}

/* Cuts a text that filled its buffer at a rune boundary. */
static void trim_rune(char *text, size_t size) {
    size_t n = size - 1;
    while (n > 0 && ((unsigned char)text[n - 1] & 0xC0) == 0x80)
        n--;
    if (n > 0 && (unsigned char)text[n - 1] >= 0xC0)
        n--;
    text[n] = '\0';
}

/* Messages quote files and servers that nobody vouches for, and end on terminals and in logs: what
 * would act there becomes '?', so that no text can write a verdict over ours. */
static void make_plain(char *text) {
    mrl_str s = mrl_str_z(text);
    size_t out = 0, bytes;
    for (size_t i = 0; i < s.len; i += bytes) {
        uint32_t c = mrl_utf8_at(s, i, &bytes);
        if (c != '\t' && mrl_utf8_is_harmful(c))
            text[out++] = '?';
        else
            for (size_t k = 0; k < bytes; k++)
                text[out++] = text[i + k];
    }
    text[out] = '\0';
}

static void fill(struct mrl_err *err, mrl_status code, const char *id, const char *fmt,
                 va_list ap) {
    err->code = code;
    err->id = id;
    err->cause[0] = '\0';
    int n = vsnprintf(err->text, sizeof err->text, fmt, ap);
    if (n >= (int)sizeof err->text)
        trim_rune(err->text, sizeof err->text);
    make_plain(err->text);
}

mrl_status mrl_err_set(struct mrl_err *err, mrl_status code, const char *id, const char *fmt, ...) {
    if (err == NULL)
        return code;
    va_list ap;
    va_start(ap, fmt);
    fill(err, code, id, fmt, ap);
    va_end(ap);
    return code;
}

mrl_status mrl_err_at(struct mrl_err *err, mrl_status code, const char *id, struct mrl_pos pos,
                      const char *fmt, ...) {
    if (err == NULL)
        return code;
    va_list ap;
    va_start(ap, fmt);
    fill(err, code, id, fmt, ap);
    va_end(ap);
    err->pos = pos;
    return code;
}

static mrl_status status_of_errno(int errnum) {
    switch (errnum) {
    case ENOENT:
    case ENOTDIR:
        return MRL_E_NOT_FOUND;
    case EACCES:
    case EPERM:
        return MRL_E_DENIED;
    case ENOMEM:
        return MRL_E_NOMEM;
    default:
        return MRL_E_IO;
    }
}

mrl_status mrl_err_sys(struct mrl_err *err, int errnum, const char *id, const char *fmt, ...) {
    mrl_status code = status_of_errno(errnum);
    if (err == NULL)
        return code;
    va_list ap;
    va_start(ap, fmt);
    fill(err, code, id, fmt, ap);
    va_end(ap);
    size_t len = strlen(err->text);
    char why[128];
    const char *reason = strerror_r(errnum, why, sizeof why);
    snprintf(err->text + len, sizeof err->text - len, ": %s", reason);
    return code;
}

mrl_status mrl_err_wrap(struct mrl_err *err, mrl_status code, const char *id, const char *fmt,
                        ...) {
    char causes[MRL_ERR_TEXT_MAX + MRL_ERR_CAUSE_MAX + 4];
    if (err == NULL)
        return code;
    snprintf(causes, sizeof causes, "%s%s%s",
             err->text[0] != '\0' ? err->text : mrl_status_name(code),
             err->cause[0] != '\0' ? ": " : "", err->cause);
    va_list ap;
    va_start(ap, fmt);
    fill(err, code, id, fmt, ap);
    va_end(ap);
    if (snprintf(err->cause, sizeof err->cause, "%s", causes) >= (int)sizeof err->cause)
        trim_rune(err->cause, sizeof err->cause);
    return code;
}

const char *mrl_status_name(mrl_status status) {
    static const char *const names[] = {
        "ok",          "out of memory",  "limit passed",   "syntax error",
        "invalid",     "i/o error",      "not found",      "permission denied",
        "unsupported", "budget used up", "conflict",       "wrong type",
        "undefined",   "cancelled",      "internal error", "worker failed",
    };
    _Static_assert(MRL_COUNTOF(names) == MRL_STATUS_N, "one name a status");
    size_t i = (size_t)(-(int)status);
    return i < MRL_COUNTOF(names) ? names[i] : "unknown status";
}
