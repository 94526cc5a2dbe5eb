/* worker.h - a process of our own that opens hostile bytes for us.
 *
 * Idea: the parent never parses what it does not trust. It starts itself again (/proc/self/exe with
 * the hidden subcommand "worker"), which gives up everything (sandbox.h) and then answers calls: a
 * job's name, its input and open descriptors go in, a typed and length-checked message (wire.h)
 * comes out. A worker that crashes, hangs, floods or lies costs one call: the parent says what
 * happened (MRL_E_WORKER, MRL_E_BUDGET for the deadline), kills it, and starts a new one when asked
 * again. What a caller does with such a status is to report `unknown`; never to pass.
 *
 * Life of a worker, each step under the call's deadline:
 *   parent                              worker
 *   posix_spawn, channel on fd 3
 *   START memory, CPU seconds      -->
 *                                       limits, no_new_privs, Landlock, seccomp
 *                                  <--  READY layers            (or FAILED, and it ends)
 *   CALL job, input, descriptors   -->
 *                                       runs the job with an arena of its own
 *                                  <--  RESULT bytes            (or FAILED status, position, text)
 *   ... more calls; close: the worker reads the end and exits.
 *
 * Trust: the bytes of RESULT are hostile. Whoever decodes them uses a bounded cursor and checks
 * everything. A worker that was taken over by one input can lie about the next one: callers that
 * mix inputs of different owners use a worker for each (mrl_worker_stop between calls).
 *
 * Two profiles: "worker" of this program parses and has no network; merlon-net, a program of its
 * own beside this one, has the network and parses nothing (services/registry). Both speak the same
 * protocol, and each chooses its own profile: the parent cannot be talked into a wider one. A
 * third, merlon-p11, runs code of others (services/token).
 *
 * Environment and descriptors: the worker starts with an empty environment, or the one that the
 * caller made for it, /dev/null as stdin, stdout and stderr, the channel, and nothing else.
 * Threads: a struct mrl_worker belongs to one thread. Cost: about 1.5 ms to start, 30 us a call.
 */
#ifndef MRL_BASE_WORKER_H
#define MRL_BASE_WORKER_H

#include "base/sandbox.h"
#include "base/wire.h"

#include <sys/types.h>

#define MRL_WORKER_WORD "worker" /* argv[1] of a worker */
#define MRL_WORKER_JOB_MAX 64    /* bytes of a job's name */

/* --- in the worker ------------------------------------------------------------------------- */

struct mrl_worker_request {
    mrl_str input; /* from the parent: trusted as to its length only */
    const int *fds;
    unsigned n_fds; /* closed after the job */
};

struct mrl_worker_job {
    const char *name;
    /* Does the work; the arena dies after the call. Writes the result to `out`, or fails. */
    mrl_status (*run)(mrl_arena *a, const struct mrl_worker_request *req, struct mrl_err *err,
                      struct mrl_buf *out);
};

/* True when this process was started as a worker: the word is there and the channel, too, so that a
 * user's file or folder of that name is not taken for it. Asked by main() before anything else. */
bool mrl_worker_wanted(int argc, char **argv);
/* The life of a worker: sandbox, then calls until the parent closes the channel; then the process
 * ends. For a process with one thread. */
MRL_NORETURN void mrl_worker_main(const struct mrl_worker_job *jobs, size_t n_jobs);
/* The same for a worker that reaches the network instead of opening files (sandbox.h). */
MRL_NORETURN void mrl_worker_main_network(const struct mrl_worker_job *jobs, size_t n_jobs);
/* The same for a worker that runs a module of somebody else (sandbox.h). */
MRL_NORETURN void mrl_worker_main_module(const struct mrl_worker_job *jobs, size_t n_jobs,
                                         const struct mrl_sandbox_module *module);

/* --- in the parent ------------------------------------------------------------------------- */

struct mrl_worker_opts {
    uint64_t memory_max;      /* bytes of address space; 0 = 1 GiB */
    int64_t timeout_ms;       /* of one call, starting included; 0 = 30 s */
    size_t result_max;        /* bytes of a RESULT; 0 = 64 MiB */
    uint32_t layers_required; /* MRL_SANDBOX_* that must hold, else MRL_E_UNSUPPORTED */
    const char *program;      /* path of the worker's program, borrowed; NULL = this program */
    const char *const *env;   /* "NAME=value"s up to a NULL, borrowed; NULL = empty */
};

struct mrl_worker {
    struct mrl_worker_opts opts;
    pid_t pid;        /* 0: none is running */
    int fd;           /* the channel; -1: none */
    uint32_t call;    /* number of the last call */
    uint32_t layers;  /* of the sandbox that the running one is in */
    uint32_t started; /* how many were started so far */
    bool ready;       /* the running one is in its sandbox */
};

/* The path of the program `name` in the folder where this program stands, wherever that was put;
 * the caller frees it with mrl_mem_free. MRL_E_NOT_FOUND, MRL_E_DENIED, MRL_E_IO, MRL_E_NOMEM. */
mrl_status mrl_worker_beside(const char *name, struct mrl_err *err, char **ret) MRL_NODISCARD;

/* Prepares a worker; starts nothing. NULL opts = defaults. */
void mrl_worker_init(struct mrl_worker *w, const struct mrl_worker_opts *opts);
/* Ends the process, if one runs. The worker may be called again. */
void mrl_worker_stop(struct mrl_worker *w);

/* Starts a process unless one runs, and does not wait: what it needs to begin passes while the
 * caller does something else. A failure to close its sandbox shows at the first call. */
mrl_status mrl_worker_begin(struct mrl_worker *w, struct mrl_err *err) MRL_NODISCARD;
/* Starts a process unless one runs, and waits until its sandbox is closed. A call does this by
 * itself; alone it serves to see w->layers. */
mrl_status mrl_worker_start(struct mrl_worker *w, struct mrl_err *err) MRL_NODISCARD;

/* Runs a job in the worker. The result's bytes live in `a`. A failure of the job itself comes back
 * as its own status and error, and the worker goes on; any other failure ends the worker:
 * MRL_E_WORKER (it died or broke the protocol, the text says how), MRL_E_BUDGET (the deadline),
 * MRL_E_UNSUPPORTED (a required layer is missing), MRL_E_IO, MRL_E_NOMEM. */
mrl_status mrl_worker_call(struct mrl_worker *w, mrl_arena *a, mrl_str job,
                           const struct mrl_worker_request *req, struct mrl_err *err,
                           mrl_str *ret) MRL_NODISCARD;

#endif
