/* status.h - how functions say that they failed.
 *
 * Idea: a fallible function returns mrl_status: MRL_OK (0) or one of the negative values below. The
 * status is for the program; the detail for people (text, position, cause) goes to a struct mrl_err
 * that the caller owns and passes in. A NULL mrl_err is allowed everywhere and means "no detail".
 */
#ifndef MRL_BASE_STATUS_H
#define MRL_BASE_STATUS_H

#include "base/common.h"
#include "base/str.h"

typedef enum mrl_status {
    MRL_OK = 0,
    MRL_E_NOMEM = -1,       /* the system or the arena's budget has no memory left */
    MRL_E_LIMIT = -2,       /* a named ceiling on input was passed (depth, count, bytes, ratio) */
    MRL_E_SYNTAX = -3,      /* the input does not follow its grammar */
    MRL_E_INVALID = -4,     /* well formed, but not allowed here */
    MRL_E_IO = -5,          /* a system call failed; errno text is in the error */
    MRL_E_NOT_FOUND = -6,   /* the thing named does not exist */
    MRL_E_DENIED = -7,      /* no permission */
    MRL_E_UNSUPPORTED = -8, /* known, but this build or kernel cannot do it */
    MRL_E_BUDGET = -9,      /* an evaluation ran out of instructions, bytes or time */
    MRL_E_CONFLICT = -10,   /* two rules or facts contradict each other */
    MRL_E_TYPE = -11,       /* a value has the wrong type */
    MRL_E_UNDEFINED = -12,  /* no value: not an error by itself (Rego's undefined) */
    MRL_E_CANCELLED = -13,  /* the caller or a signal asked to stop */
    MRL_E_INTERNAL = -14,   /* a bug in merlon: please report */
    MRL_E_WORKER = -15,     /* the process that did it died or broke the protocol (worker.h) */
} mrl_status;
#define MRL_STATUS_N 16 /* statuses: 0 to -15 */

/* A place in a text: 1-based line and column (column counts bytes), 0-based byte offset.
 * line 0 means "no position". `file` is borrowed. */
struct mrl_pos {
    mrl_str file;
    uint32_t line;
    uint32_t col;
    uint32_t offset;
};

#define MRL_ERR_TEXT_MAX 512  /* longer messages are cut at a UTF-8 boundary */
#define MRL_ERR_CAUSE_MAX 256 /* bytes of the causes; the deepest are cut first */

struct mrl_err {
    mrl_status code;
    const char *id; /* stable message id, static storage, for example "json.syntax" */
    struct mrl_pos pos;
    /* NUL-terminated, one line, no final full stop; nothing in it that a terminal would obey. */
    char text[MRL_ERR_TEXT_MAX];
    char
        cause[MRL_ERR_CAUSE_MAX]; /* what made it fail, nearest first, ": " between; may be empty */
};

/* Clears `err` (NULL allowed). */
void mrl_err_init(struct mrl_err *err);

/* Fills `err` (NULL allowed) and returns `code`, so that a caller can `return mrl_err_set(...)`.
 * `id` must have static storage. The position is left as it is. */
mrl_status mrl_err_set(struct mrl_err *err, mrl_status code, const char *id, const char *fmt, ...)
    MRL_PRINTF(4, 5);

/* As mrl_err_set, with a position. */
mrl_status mrl_err_at(struct mrl_err *err, mrl_status code, const char *id, struct mrl_pos pos,
                      const char *fmt, ...) MRL_PRINTF(5, 6);

/* As mrl_err_set for a failed system call: appends strerror(errnum) and maps ENOENT, EACCES, ENOMEM
 * to their own status. */
mrl_status mrl_err_sys(struct mrl_err *err, int errnum, const char *id, const char *fmt, ...)
    MRL_PRINTF(4, 5);

/* Says what could not be done because of the error that `err` holds, which becomes the nearest
 * cause: "cannot write out.json", cause "no space left on device". Code and position stay. Returns
 * the code; with NULL, `code`. */
mrl_status mrl_err_wrap(struct mrl_err *err, mrl_status code, const char *id, const char *fmt, ...)
    MRL_PRINTF(4, 5);

/* A fixed lower-case name of `status`, for logs and JSON output. */
const char *mrl_status_name(mrl_status status);

#endif
