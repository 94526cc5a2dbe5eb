/* child.h - runs another program and takes what it writes.
 *
 * Idea: fixed arguments, an environment that the caller spells out, nothing inherited but three
 * pipes; input is written while output is read, so that neither side waits for ever; bytes and time
 * have ceilings. No shell. The program is looked for in PATH of this process.
 *
 * Threads: none shared. Cost: one posix_spawn, a millisecond or two.
 */
#ifndef MRL_BASE_CHILD_H
#define MRL_BASE_CHILD_H

#include "base/arena.h"
#include "base/status.h"

struct mrl_child {
    const char *const *argv; /* ends with NULL; argv[0] is the program */
    const char *const *env;  /* all of its environment, ends with NULL */
    mrl_str input;           /* its standard input */
    mrl_str extra;           /* readable for it as /proc/self/fd/3; empty: not there */
    size_t output_max;
    int64_t timeout_ms;
};

#define MRL_CHILD_WORDS_MAX 512

struct mrl_child_end {
    mrl_str output;                  /* in the arena */
    int code;                        /* exit code; a signal: 128 and its number */
    char words[MRL_CHILD_WORDS_MAX]; /* the first line of its standard error, printable */
};

/* Runs it to its end. MRL_E_NOT_FOUND when there is no such program, MRL_E_LIMIT when it writes
 * more than allowed, MRL_E_BUDGET when it takes too long (it is killed in both cases). */
mrl_status mrl_child_run(mrl_arena *a, const struct mrl_child *child, struct mrl_err *err,
                         struct mrl_child_end *ret) MRL_NODISCARD;

#endif
