/* log.h - what merlon says about its own work, by level.
 *
 * Idea: results go to stdout, errors that end a command go through struct mrl_err; the log is for
 * what happens on the way: a protection that is missing, a worker that died, how long a step took.
 * A library does not print: it hands a line to the one sink that the program opened. Without a sink
 * nothing is formatted. A person on a terminal gets words, anything else one JSON object a line.
 * Event names are stable ("worker.died"), texts are for people.
 *
 * Threads: any thread may log; a line is one write(2), so lines do not mix. Opened once, before
 * threads start. Cost of a line below the level: one load and a branch.
 */
#ifndef MRL_BASE_LOG_H
#define MRL_BASE_LOG_H

#include "base/str.h"

enum mrl_log_level { MRL_LOG_ERROR, MRL_LOG_WARN, MRL_LOG_INFO, MRL_LOG_DEBUG };

#define MRL_LOG_LINE_MAX 2048 /* bytes of a line; longer texts are cut */
#define MRL_LOG_LEVELS "error|warn|info|debug"

/* The level of a name in MRL_LOG_LEVELS; false for any other. */
bool mrl_log_level_of(mrl_str name, enum mrl_log_level *ret);

/* Opens the sink: lines of level `max` and more urgent ones go to `fd` (borrowed). */
void mrl_log_open(int fd, enum mrl_log_level max, bool json);

/* Use mrl_log. */
bool mrl_log_on(enum mrl_log_level level);
void mrl_log_emit(enum mrl_log_level level, const char *event, const char *fmt, ...)
    MRL_PRINTF(3, 4);

/* Logs printf-style. `event` is a word or dotted words, ASCII, without quotes. The arguments are
 * not evaluated below the level. */
#define mrl_log(level, event, ...)                                                                 \
    do {                                                                                           \
        if (MRL_UNLIKELY(mrl_log_on(level)))                                                       \
            mrl_log_emit((level), (event), __VA_ARGS__);                                           \
    } while (0)

/* A line made by hand, for tests: appends what would be written at that time to `line`. */
struct mrl_buf;
void mrl_log_line(struct mrl_buf *line, bool json, int64_t unix_s, enum mrl_log_level level,
                  const char *event, const char *text);

#endif
