/* p11_module.h - the jobs of merlon-p11: the only place that calls a PKCS#11 module.
 *
 * Idea: one module, one session, in the state of the process, which lives as long as one command of
 * merlon. What comes back is copied under ceilings; a module that writes where it may not destroys
 * this process and nothing else.
 */
#ifndef MRL_SERVICES_TOKEN_P11_MODULE_H
#define MRL_SERVICES_TOKEN_P11_MODULE_H

#include "base/worker.h"

#define MRL_P11_JOBS 4
extern const struct mrl_worker_job mrl_p11_jobs[MRL_P11_JOBS];

#endif
