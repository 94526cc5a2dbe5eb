/* pool.h - a few threads that share out ranges of one job.
 *
 * Idea: a job is "do this for 0..n-1". The pool cuts it into parts of `grain` items and hands them
 * out in rising order; the caller works, too. Each part has an index, so that a caller that keeps
 * its results by part and joins them by index gets the same bytes from any number of threads. No
 * queues, no stealing, no futures: merlon has many equal items, and they end within one part of
 * each other.
 *
 * Errors: the failure reported is that of the lowest part that failed, which is the one a single
 * thread would have met first. Parts are taken in rising order, so each part before a failed one
 * has been started already and is let finish; no part after it is started any more.
 *
 * Threads: the caller's data is read by all parts and must be frozen; what a part writes belongs to
 * it or to its worker. mrl_pool_run is a barrier: what the parts wrote may be read after it.
 * Owner: the thread that made the pool; one job at a time. A job may not run a job of its pool.
 * Cost: a thread stays for the life of the pool and sleeps between jobs; two lock round trips a
 * part, so a part should take 50 us or more.
 */
#ifndef MRL_BASE_POOL_H
#define MRL_BASE_POOL_H

#include "base/status.h"

#include <stdatomic.h>

#define MRL_POOL_JOBS_MAX 64 /* threads of one pool: bounds stacks and per-worker arenas */

struct mrl_pool;

struct mrl_pool_part {
    size_t index;        /* 0.. in the order of the items */
    size_t from, to;     /* items [from, to), never empty */
    unsigned worker;     /* 0..mrl_pool_jobs()-1: picks what the caller keeps for each thread */
    struct mrl_err *err; /* cleared; the detail of a failure goes here */
};

/* Does one part. A failure ends the job. */
typedef mrl_status (*mrl_pool_fn)(void *cx, const struct mrl_pool_part *part);

struct mrl_pool_job {
    mrl_pool_fn run;
    void *cx;
    size_t n;                 /* items */
    size_t grain;             /* items a part, at least 1; the last part may be smaller */
    const atomic_int *cancel; /* not 0: no new part is started, MRL_E_CANCELLED; NULL: never */
};

/* Cores that this process may run on (its affinity mask), at least 1, at most 8: what a command
 * uses when the user says nothing. */
unsigned mrl_pool_default_jobs(void);

/* A pool of `jobs` workers (1..MRL_POOL_JOBS_MAX, clamped), the caller among them: one worker
 * starts no thread. Where the system gives fewer threads the pool has fewer workers, which is no
 * failure. MRL_E_NOMEM; free with mrl_pool_free. */
mrl_status mrl_pool_new(unsigned jobs, struct mrl_pool **ret) MRL_NODISCARD;
/* Joins the threads. NULL is allowed. */
void mrl_pool_free(struct mrl_pool *pool);
/* The number of workers that the pool really has. */
unsigned mrl_pool_jobs(const struct mrl_pool *pool);

/* The number of parts that mrl_pool_run will make of n items. */
size_t mrl_pool_parts(size_t n, size_t grain);

/* Runs a job to its end. Returns MRL_OK, or the status of the lowest failed part with its error in
 * `err` (NULL allowed), or MRL_E_CANCELLED. */
mrl_status mrl_pool_run(struct mrl_pool *pool, const struct mrl_pool_job *job,
                        struct mrl_err *err) MRL_NODISCARD;

#endif
