/* pool.c - see pool.h.
 *
 * One mutex guards everything that changes; two conditions say "there is work" and "all parts are
 * done". A counter under the lock gives out the parts. An atomic counter would save a lock, but a
 * part takes far longer than a lock, and under the lock "which part failed first" is plain code.
 */
#include "base/pool.h"

#include "base/log.h"
#include "base/mem.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>

#define DEFAULT_JOBS_MAX 8 /* more threads than that wait for memory, not for each other */
#define STACK_BYTES                                                                                \
    ((size_t)8 << 20) /* as the main thread has: parsers recurse to their ceilings */
#define NO_PART ((size_t)-1)

struct worker {
    struct mrl_pool *pool;
    pthread_t thread;
    unsigned number;
    struct mrl_err err; /* of the part that it is at; owned by the worker */
};

struct mrl_pool {
    pthread_mutex_t lock; /* guards all fields below it up to `jobs` */
    pthread_cond_t work;  /* a job began, or the pool ends */
    pthread_cond_t idle;  /* the last running part of a job ended */
    const struct mrl_pool_job *job;
    size_t parts, next; /* parts of the job; the next one to give out */
    size_t running;     /* parts given out and not ended */
    size_t failed;      /* lowest part that failed, or NO_PART */
    mrl_status status;  /* its status */
    struct mrl_err err; /* its error */
    bool cancelled, ending;
    unsigned jobs; /* workers; constant once mrl_pool_new returned */
    struct worker workers[MRL_POOL_JOBS_MAX];
};

unsigned mrl_pool_default_jobs(void) {
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) != 0)
        return 1;
    int cores = CPU_COUNT(&set);
    return cores < 1 ? 1 : cores > DEFAULT_JOBS_MAX ? DEFAULT_JOBS_MAX : (unsigned)cores;
}

size_t mrl_pool_parts(size_t n, size_t grain) {
    MRL_ASSERT(grain > 0);
    return n / grain + (n % grain != 0);
}

/* --- parts: called with the lock held ------------------------------------------------------ */

/* The next part to do, or NO_PART when none is left or a failure or the caller ended the job. */
static size_t take(struct mrl_pool *p) {
    MRL_DASSERT(p->next <= p->parts);
    if (p->job == NULL || p->next >= p->parts || p->failed != NO_PART)
        return NO_PART;
    const atomic_int *cancel = p->job->cancel;
    p->cancelled |= cancel != NULL && atomic_load_explicit(cancel, memory_order_relaxed) != 0;
    if (p->cancelled)
        return NO_PART;
    p->running++;
    return p->next++;
}

static void note_end(struct mrl_pool *p, size_t part, mrl_status status,
                     const struct mrl_err *err) {
    MRL_ASSERT(p->running > 0);
    p->running--;
    if (status == MRL_OK || part > p->failed)
        return;
    p->failed = part;
    p->status = status;
    p->err = *err;
}

/* Does parts until none is left. The lock is held at entry and at exit, not during a part. */
static void work(struct mrl_pool *p, struct worker *w) {
    size_t at;
    while ((at = take(p)) != NO_PART) {
        const struct mrl_pool_job *job = p->job;
        size_t from = at * job->grain; /* at < parts: no overflow */
        size_t to = job->n - from > job->grain ? from + job->grain : job->n;
        struct mrl_pool_part part = {at, from, to, w->number, &w->err};
        pthread_mutex_unlock(&p->lock);
        mrl_err_init(&w->err);
        mrl_status status = job->run(job->cx, &part);
        pthread_mutex_lock(&p->lock);
        note_end(p, at, status, &w->err);
    }
    if (p->running == 0)
        pthread_cond_signal(&p->idle);
}

/* --- threads ------------------------------------------------------------------------------- */

static void *thread_main(void *arg) {
    struct worker *w = arg;
    struct mrl_pool *p = w->pool;
    pthread_mutex_lock(&p->lock);
    while (!p->ending) {
        work(p, w);
        if (!p->ending)
            pthread_cond_wait(&p->work, &p->lock);
    }
    pthread_mutex_unlock(&p->lock);
    return NULL;
}

/* Starts the worker's thread with all signals blocked: handlers run in the main thread only. */
static bool start(struct worker *w) {
    pthread_attr_t attr;
    sigset_t all, old;
    if (pthread_attr_init(&attr) != 0)
        return false;
    sigfillset(&all);
    bool ok = pthread_attr_setstacksize(&attr, STACK_BYTES) == 0 &&
              pthread_sigmask(SIG_SETMASK, &all, &old) == 0;
    if (ok) {
        ok = pthread_create(&w->thread, &attr, thread_main, w) == 0;
        pthread_sigmask(SIG_SETMASK, &old, NULL);
    }
    pthread_attr_destroy(&attr);
    return ok;
}

mrl_status mrl_pool_new(unsigned jobs, struct mrl_pool **ret) {
    struct mrl_pool *p = mrl_mem_alloc(sizeof *p);
    MRL_CHECK(p != NULL, MRL_E_NOMEM);
    memset(p, 0, sizeof *p);
    pthread_mutex_init(&p->lock, NULL); /* these three cannot fail with default attributes */
    pthread_cond_init(&p->work, NULL);
    pthread_cond_init(&p->idle, NULL);
    jobs = jobs < 1 ? 1 : jobs > MRL_POOL_JOBS_MAX ? MRL_POOL_JOBS_MAX : jobs;
    p->failed = NO_PART;
    for (p->jobs = 0; p->jobs < jobs; p->jobs++) {
        struct worker *w = &p->workers[p->jobs];
        w->pool = p;
        w->number = p->jobs;
        if (p->jobs > 0 && !start(w)) /* worker 0 is the caller's own thread */
            break;
    }
    if (p->jobs < jobs)
        mrl_log(MRL_LOG_WARN, "pool.threads", "only %u of %u threads start", p->jobs, jobs);
    *ret = p;
    return MRL_OK;
}

void mrl_pool_free(struct mrl_pool *p) {
    if (p == NULL)
        return;
    pthread_mutex_lock(&p->lock);
    MRL_ASSERT(p->job == NULL);
    p->ending = true;
    pthread_cond_broadcast(&p->work);
    pthread_mutex_unlock(&p->lock);
    for (unsigned i = 1; i < p->jobs; i++)
        pthread_join(p->workers[i].thread, NULL);
    pthread_cond_destroy(&p->idle);
    pthread_cond_destroy(&p->work);
    pthread_mutex_destroy(&p->lock);
    mrl_mem_free(p);
}

unsigned mrl_pool_jobs(const struct mrl_pool *p) {
    return p->jobs;
}

mrl_status mrl_pool_run(struct mrl_pool *p, const struct mrl_pool_job *job, struct mrl_err *err) {
    pthread_mutex_lock(&p->lock);
    MRL_ASSERT(p->job == NULL && p->running == 0 && job->grain > 0);
    p->job = job;
    p->parts = mrl_pool_parts(job->n, job->grain);
    p->next = 0;
    p->failed = NO_PART;
    p->status = MRL_OK;
    p->cancelled = false;
    if (p->parts > 1) /* one part is the caller's: nobody needs to wake */
        pthread_cond_broadcast(&p->work);
    work(p, &p->workers[0]);
    while (p->running > 0)
        pthread_cond_wait(&p->idle, &p->lock);
    p->job = NULL;
    mrl_status status = p->status != MRL_OK ? p->status : p->cancelled ? MRL_E_CANCELLED : MRL_OK;
    if (p->status != MRL_OK && err != NULL)
        *err = p->err;
    pthread_mutex_unlock(&p->lock);
    if (p->status == MRL_OK && status == MRL_E_CANCELLED)
        return mrl_err_set(err, status, "pool.cancelled", "stopped before the end");
    return status;
}
