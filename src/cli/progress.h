/* progress.h - a line on stderr while something takes long, on a terminal only.
 *
 * Idea: work counts itself in a number that a thread of its own looks at every tenth of a second.
 * What is done within the first tenth shows nothing. The line is wiped before anything else is
 * printed.
 */
#ifndef MRL_CLI_PROGRESS_H
#define MRL_CLI_PROGRESS_H

#include "cli/cli.h"

#include <stdatomic.h>

struct mrl_progress {
    atomic_size_t done;         /* counted up by any thread */
    _Atomic(const char *) what; /* "files read"; static storage */
    atomic_size_t total;
    struct mrl_progress_thread *thread;
};

/* Starts watching, if stderr is a terminal and not told to be quiet. Cost: a thread that sleeps.
 * Failing to start one only means that nothing is shown. */
void mrl_progress_start(struct mrl_progress *p, const struct mrl_cli *cli);
/* The next piece of work: its name and size. */
void mrl_progress_next(struct mrl_progress *p, const char *what, size_t total);
/* Stops and wipes the line. May be called twice. */
void mrl_progress_stop(struct mrl_progress *p);

#endif
