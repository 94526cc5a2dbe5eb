/* test_pool.c - the thread pool: every item once, results by part, the lowest failure, cancelling.
 *
 * The plain (not atomic) writes by part and by worker are on purpose: the same tests run under
 * ThreadSanitizer, which proves that parts and workers are never shared.
 */
#include "base/pool.h"
#include "test.h"

#include <time.h>

#define ITEMS_MAX 1000

struct job {
    unsigned char seen[ITEMS_MAX];
    size_t by_worker[MRL_POOL_JOBS_MAX];
    uint64_t sums[ITEMS_MAX]; /* by part */
    size_t fail_first, fail_second;
    size_t cancel_at;
    atomic_int cancel;
    atomic_size_t started;
    unsigned jobs;
};

static void pause_us(long us) {
    nanosleep(&(struct timespec){0, us * 1000}, NULL);
}

static mrl_status do_part(void *cx, const struct mrl_pool_part *part) {
    struct job *j = cx;
    atomic_fetch_add(&j->started, 1);
    j->by_worker[part->worker] += part->to - part->from;
    for (size_t i = part->from; i < part->to; i++) {
        j->seen[i]++;
        j->sums[part->index] += i * i;
    }
    if (part->index == j->cancel_at)
        atomic_store(&j->cancel, 1);
    if (part->index == j->fail_first) { /* late, so that the later failure is known before */
        pause_us(2000);
        return mrl_err_set(part->err, MRL_E_SYNTAX, "test.first", "part %zu", part->index);
    }
    if (part->index == j->fail_second)
        return mrl_err_set(part->err, MRL_E_LIMIT, "test.second", "part %zu", part->index);
    return MRL_OK;
}

static struct job new_job(void) {
    return (struct job){.fail_first = SIZE_MAX, .fail_second = SIZE_MAX, .cancel_at = SIZE_MAX};
}

static mrl_status run(unsigned jobs, size_t n, size_t grain, struct job *j, struct mrl_err *err) {
    struct mrl_pool *pool = NULL;
    mrl_status status = mrl_pool_new(jobs, &pool);
    if (status != MRL_OK)
        return status;
    j->jobs = mrl_pool_jobs(pool);
    status =
        mrl_pool_run(pool,
                     &(struct mrl_pool_job){
                         .run = do_part, .cx = j, .n = n, .grain = grain, .cancel = &j->cancel},
                     err);
    mrl_pool_free(pool);
    return status;
}

TEST(pool_does_every_item_once) {
    static const struct {
        unsigned jobs;
        size_t n, grain;
    } cases[] = {{1, 0, 1},      {1, 1, 1},  {1, 1000, 7},  {2, 1000, 1},
                 {2, 1000, 999}, {3, 10, 3}, {8, 1000, 10}, {64, 64, 1},
                 {4, 3, 100},    {2, 0, 5},  {0, 17, 4},    {8, 1000, 1000}};
    for (size_t c = 0; c < MRL_COUNTOF(cases); c++) {
        struct job j = new_job();
        size_t done = 0;
        CHECK_INT(run(cases[c].jobs, cases[c].n, cases[c].grain, &j, NULL), MRL_OK);
        for (size_t i = 0; i < ITEMS_MAX; i++)
            CHECK_INT(j.seen[i], i < cases[c].n);
        for (unsigned w = 0; w < MRL_POOL_JOBS_MAX; w++) {
            done += j.by_worker[w];
            CHECK(w < j.jobs || j.by_worker[w] == 0);
        }
        CHECK_INT(done, cases[c].n);
        CHECK_INT(j.started, mrl_pool_parts(cases[c].n, cases[c].grain));
    }
}

TEST(pool_results_by_part_do_not_depend_on_threads) {
    struct job one = new_job(), many = new_job();
    CHECK_INT(run(1, 1000, 13, &one, NULL), MRL_OK);
    CHECK_INT(run(7, 1000, 13, &many, NULL), MRL_OK);
    CHECK(memcmp(one.sums, many.sums, sizeof one.sums) == 0);
}

TEST(pool_reports_the_lowest_failure) {
    for (unsigned jobs = 1; jobs <= 8; jobs *= 2) {
        struct job j = new_job();
        struct mrl_err err;
        mrl_err_init(&err);
        j.fail_first = 5;
        j.fail_second = 6;
        CHECK_INT(run(jobs, 1000, 1, &j, &err), MRL_E_SYNTAX);
        CHECK_STR(mrl_str_z(err.text), MRL_S("part 5"));
        CHECK_STR(mrl_str_z(err.id), MRL_S("test.first"));
        for (size_t i = 0; i <= 5; i++)
            CHECK_INT(j.seen[i], 1);
        /* Parts that were given out before the failure was known have run, too: with one thread
         * none, with several as many as the others did while part 5 was waiting for a core. */
        CHECK(jobs > 1 || j.started == 6);
    }
}

TEST(pool_failure_without_an_error_struct) {
    struct job j = new_job();
    j.fail_second = 0;
    CHECK_INT(run(2, 10, 1, &j, NULL), MRL_E_LIMIT);
}

TEST(pool_stops_when_cancelled) {
    for (unsigned jobs = 1; jobs <= 4; jobs++) {
        struct job j = new_job();
        struct mrl_err err;
        mrl_err_init(&err);
        j.cancel_at = 3;
        CHECK_INT(run(jobs, 1000, 1, &j, &err), MRL_E_CANCELLED);
        CHECK_STR(mrl_str_z(err.id), MRL_S("pool.cancelled"));
        CHECK(j.started >= 4 && j.started <= 4 + jobs);
    }
}

TEST(pool_is_used_again_and_again) {
    struct mrl_pool *pool = NULL;
    mrl_status status = mrl_pool_new(4, &pool);
    if (status != MRL_OK)
        return;
    struct job j = new_job();
    for (int round = 0; round < 300; round++) {
        j.fail_second = round % 3 == 0 ? 2 : SIZE_MAX; /* a failed job leaves the pool usable */
        status = mrl_pool_run(
            pool, &(struct mrl_pool_job){.run = do_part, .cx = &j, .n = 10, .grain = 2}, NULL);
        CHECK_INT(status, round % 3 == 0 ? MRL_E_LIMIT : MRL_OK);
    }
    CHECK_INT(j.seen[0], 300 % 256);
    mrl_pool_free(pool);
    mrl_pool_free(NULL);
}

TEST(pool_counts_parts_and_cores) {
    CHECK_INT(mrl_pool_parts(0, 1), 0);
    CHECK_INT(mrl_pool_parts(10, 3), 4);
    CHECK_INT(mrl_pool_parts(9, 3), 3);
    CHECK_INT(mrl_pool_parts(SIZE_MAX, 1), SIZE_MAX);
    CHECK(mrl_pool_default_jobs() >= 1 && mrl_pool_default_jobs() <= 8);
}
