/* progress.c - see progress.h. */
#include "cli/progress.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define TICK_NS 100000000 /* a tenth of a second: what people take for at once */

struct mrl_progress_thread {
    struct mrl_progress *progress;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t stop;
    bool stopping; /* under lock */
    bool shown;    /* of the thread; read after it ended */
};

static void show(struct mrl_progress_thread *t) {
    size_t total = atomic_load(&t->progress->total), done = atomic_load(&t->progress->done);
    const char *what = atomic_load(&t->progress->what);
    char line[96];
    if (what == NULL)
        return;
    /* Short enough for any terminal: a line that wraps could not be wiped. */
    int n = snprintf(line, sizeof line, "\r\033[K%zu of %zu %s", done < total ? done : total, total,
                     what);
    if (n > 0 && (size_t)n < sizeof line)
        t->shown |= write(STDERR_FILENO, line, (size_t)n) > 0;
}

static void *watch(void *cx) {
    struct mrl_progress_thread *t = cx;
    struct timespec next;
    clock_gettime(CLOCK_MONOTONIC, &next);
    pthread_mutex_lock(&t->lock);
    while (!t->stopping) {
        next.tv_nsec += TICK_NS;
        next.tv_sec += next.tv_nsec / 1000000000;
        next.tv_nsec %= 1000000000;
        while (!t->stopping && pthread_cond_timedwait(&t->stop, &t->lock, &next) != ETIMEDOUT)
            ;
        if (!t->stopping)
            show(t);
    }
    pthread_mutex_unlock(&t->lock);
    return NULL;
}

void mrl_progress_start(struct mrl_progress *p, const struct mrl_cli *cli) {
    static struct mrl_progress_thread only; /* one command, one line on one terminal */
    pthread_condattr_t attr;
    if (cli->quiet || !isatty(STDERR_FILENO))
        return;
    only = (struct mrl_progress_thread){.progress = p};
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_mutex_init(&only.lock, NULL);
    pthread_cond_init(&only.stop, &attr);
    pthread_condattr_destroy(&attr);
    if (pthread_create(&only.thread, NULL, watch, &only) == 0)
        p->thread = &only;
}

void mrl_progress_next(struct mrl_progress *p, const char *what, size_t total) {
    atomic_store(&p->done, 0);
    atomic_store(&p->total, total);
    atomic_store(&p->what, what);
}

void mrl_progress_stop(struct mrl_progress *p) {
    struct mrl_progress_thread *t = p->thread;
    if (t == NULL)
        return;
    pthread_mutex_lock(&t->lock);
    t->stopping = true;
    pthread_cond_signal(&t->stop);
    pthread_mutex_unlock(&t->lock);
    pthread_join(t->thread, NULL);
    if (t->shown && write(STDERR_FILENO, "\r\033[K", 4) < 0)
        t->shown = false; /* nothing can be done about a terminal that is gone */
    p->thread = NULL;
}
