/* worker_jobs.h - the jobs, most of them ill-behaved, of the workers that tests start. */
#ifndef MRL_TESTS_WORKER_JOBS_H
#define MRL_TESTS_WORKER_JOBS_H

#include "base/worker.h"

extern const struct mrl_worker_job mrl_test_jobs[];
extern const size_t mrl_test_n_jobs;

#endif
