/* log.c - see log.h. */
#include "base/log.h"

#include "base/buf.h"
#include "base/rfc3339.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

static const char *const names[] = {"error", "warn", "info", "debug"};

/* The sink. Written before threads start; the level is atomic because it is read on every path. */
static _Atomic int max_level = -1; /* -1: closed */
static int sink = -1;
static bool as_json;

bool mrl_log_level_of(mrl_str name, enum mrl_log_level *ret) {
    for (size_t i = 0; i < MRL_COUNTOF(names); i++) {
        if (mrl_str_eq(name, mrl_str_z(names[i]))) {
            *ret = (enum mrl_log_level)i;
            return true;
        }
    }
    return false;
}

void mrl_log_open(int fd, enum mrl_log_level max, bool json) {
    MRL_ASSERT(fd >= 0 && (size_t)max < MRL_COUNTOF(names));
    sink = fd;
    as_json = json;
    atomic_store(&max_level, (int)max);
}

bool mrl_log_on(enum mrl_log_level level) {
    return (int)level <= atomic_load_explicit(&max_level, memory_order_relaxed);
}

/* Text as a JSON string: quotes, backslashes and control characters escaped. */
static void put_json(struct mrl_buf *b, const char *text) {
    mrl_buf_byte(b, '"');
    for (const unsigned char *p = (const unsigned char *)text; *p != '\0'; p++) {
        if (*p == '"' || *p == '\\')
            mrl_buf_byte(b, '\\');
        if (*p < ' ')
            mrl_buf_printf(b, "\\u%04x", *p);
        else
            mrl_buf_byte(b, (char)*p);
    }
    mrl_buf_byte(b, '"');
}

/* Text for a terminal: control characters could move its cursor or forge a line. */
static void put_plain(struct mrl_buf *b, const char *text) {
    for (const char *p = text; *p != '\0'; p++)
        mrl_buf_byte(b, (unsigned char)*p < ' ' || *p == 0x7F ? '?' : *p);
}

void mrl_log_line(struct mrl_buf *b, bool json, int64_t unix_s, enum mrl_log_level level,
                  const char *event, const char *text) {
    MRL_ASSERT((size_t)level < MRL_COUNTOF(names));
    if (json) {
        MRL_BUF_LIT(b, "{\"time\": \"");
        mrl_rfc3339_write(b, unix_s, 0);
        mrl_buf_printf(b, "\", \"level\": \"%s\", \"event\": \"%s\", \"text\": ", names[level],
                       event);
        put_json(b, text);
        MRL_BUF_LIT(b, "}\n");
    } else {
        mrl_buf_printf(b, "merlon: %s: ", names[level]);
        put_plain(b, text);
        mrl_buf_printf(b, " [%s]\n", event);
    }
}

/* A line that cannot be made or written is lost: there is nobody to tell. */
void mrl_log_emit(enum mrl_log_level level, const char *event, const char *fmt, ...) {
    char text[MRL_LOG_LINE_MAX];
    struct mrl_buf line;
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    mrl_buf_init(&line, 8 * MRL_LOG_LINE_MAX); /* every byte may become six */
    mrl_log_line(&line, as_json, (int64_t)time(NULL), level, event, text);
    if (line.status == MRL_OK && write(sink, line.ptr, line.len) < 0)
        atomic_store(&max_level, -1);
    mrl_buf_release(&line);
}
