/* worker.c - the parent's side: starts workers, calls them, buries them. See worker.h. */
#include "base/worker.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ID "worker"
#define MEMORY_DEFAULT ((uint64_t)1 << 30)
#define RESULT_DEFAULT ((size_t)64 << 20)
#define TIMEOUT_DEFAULT_MS 30000
#define CPU_MAX_S 600 /* ends a worker whose parent died while it looped */
#define CHANNEL 3
#define LAST_WORDS_MS 100
#define PATH_BYTES_MAX 4096

mrl_status mrl_worker_beside(const char *name, struct mrl_err *err, char **ret) {
    char path[PATH_BYTES_MAX];
    size_t n_name = strlen(name) + 1;
    MRL_ASSERT(n_name < sizeof path / 2);
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - n_name);
    if (n <= 0)
        return mrl_err_sys(err, errno, ID, "cannot find where this program stands");
    while (n > 0 && path[n - 1] != '/')
        n--;
    memcpy(path + n, name, n_name);
    if (access(path, X_OK) != 0)
        return mrl_err_sys(err, errno, ID, "%s is not beside merlon", path);
    char *copy = mrl_mem_alloc((size_t)n + n_name);
    MRL_CHECK(copy != NULL, MRL_E_NOMEM);
    memcpy(copy, path, (size_t)n + n_name);
    *ret = copy;
    return MRL_OK;
}

void mrl_worker_init(struct mrl_worker *w, const struct mrl_worker_opts *opts) {
    *w = (struct mrl_worker){.fd = -1};
    if (opts != NULL)
        w->opts = *opts;
    if (w->opts.memory_max == 0)
        w->opts.memory_max = MEMORY_DEFAULT;
    if (w->opts.timeout_ms == 0)
        w->opts.timeout_ms = TIMEOUT_DEFAULT_MS;
    if (w->opts.result_max == 0)
        w->opts.result_max = RESULT_DEFAULT;
    MRL_ASSERT(w->opts.result_max <= MRL_WIRE_BODY_MAX);
}

/* --- ends ---------------------------------------------------------------------------------- */

/* Waits up to LAST_WORDS_MS for the process's end. A worker whose channel closed is about to end;
 * one that closed it and goes on is lying. */
static bool ended(pid_t pid, int *ret_how) {
    MRL_ASSERT(pid > 0);
    for (int ms = 0; ms < LAST_WORDS_MS; ms++) {
        if (waitpid(pid, ret_how, WNOHANG) == pid)
            return true;
        nanosleep(&(struct timespec){0, 1000000}, NULL);
    }
    return false;
}

/* Closes the channel and takes the process out of the system: at once, or with time to end by
 * itself. Returns what waitpid said. */
static int bury(struct mrl_worker *w, bool at_once) {
    MRL_ASSERT(w->pid >= 0);
    int how = 0;
    if (w->fd >= 0)
        close(w->fd);
    if (w->pid > 0 && (at_once || !ended(w->pid, &how))) {
        kill(w->pid, SIGKILL); /* not reaped yet, so the number is still its own */
        while (waitpid(w->pid, &how, 0) < 0 && errno == EINTR)
            ;
    }
    w->pid = 0;
    w->fd = -1;
    w->layers = 0;
    w->ready = false;
    return how;
}

void mrl_worker_stop(struct mrl_worker *w) {
    (void)bury(w, true);
}

/* What a dead worker's exit says, in words for people. */
static mrl_status obituary(int how, struct mrl_err *err) {
    int sig = WIFSIGNALED(how) ? WTERMSIG(how) : 0;
    if (sig == SIGSYS)
        return mrl_err_set(
            err, MRL_E_WORKER, ID,
            "the worker asked for a system call that it may not make, and was ended");
    if (sig == SIGXCPU)
        return mrl_err_set(err, MRL_E_WORKER, ID, "the worker used up its processor time");
    if (sig != 0)
        return mrl_err_set(err, MRL_E_WORKER, ID, "the worker died (signal %d, %s)", sig,
                           sigabbrev_np(sig) != NULL ? sigabbrev_np(sig) : "?");
    return mrl_err_set(err, MRL_E_WORKER, ID, "the worker ended early (exit code %d)",
                       WIFEXITED(how) ? WEXITSTATUS(how) : -1);
}

/* Ends the worker after a failure of the channel. A worker that closed it is asked how it died;
 * the others are killed for what they did. */
static mrl_status fail(struct mrl_worker *w, mrl_status status, struct mrl_err *err) {
    mrl_log(MRL_LOG_INFO, "worker.failed", "the worker %d is given up: %s", (int)w->pid,
            mrl_status_name(status));
    if (status == MRL_E_WORKER)
        return obituary(bury(w, false), err);
    (void)bury(w, true);
    if (status == MRL_E_BUDGET)
        return mrl_err_set(err, status, ID, "the worker gave no answer within %lld ms",
                           (long long)w->opts.timeout_ms);
    if (status == MRL_E_SYNTAX)
        return mrl_err_set(err, MRL_E_WORKER, ID, "the worker broke the protocol");
    if (status == MRL_E_LIMIT)
        return mrl_err_set(err, MRL_E_WORKER, ID,
                           "the worker's answer is longer than the %zu bytes that are read",
                           w->opts.result_max);
    return status;
}

/* --- starts -------------------------------------------------------------------------------- */

/* What the child's descriptors and signals shall be: /dev/null three times, the channel, nothing
 * else; no signal blocked (the threads of a pool block all) or ignored. */
static int plan(posix_spawn_file_actions_t *files, posix_spawnattr_t *attr, int channel) {
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    int rc = posix_spawn_file_actions_adddup2(files, channel, CHANNEL);
    for (int fd = 0; fd < CHANNEL && rc == 0; fd++) {
#if defined(__SANITIZE_ADDRESS__) || defined(MRL_ASAN)
        if (fd == STDERR_FILENO) /* where the sanitizers report */
            continue;
#endif
        rc = posix_spawn_file_actions_addopen(files, fd, "/dev/null", O_RDWR, 0);
    }
    if (rc == 0)
        rc = posix_spawn_file_actions_addclosefrom_np(files, CHANNEL + 1);
    if (rc == 0)
        rc = posix_spawnattr_setsigmask(attr, &none);
    if (rc == 0)
        rc = posix_spawnattr_setsigdefault(attr, &all);
    if (rc == 0)
        rc = posix_spawnattr_setflags(attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    return rc;
}

static int spawn(const struct mrl_worker_opts *opts, int channel, pid_t *ret) {
    MRL_ASSERT(channel >= 0);
    static char name[] = "merlon", word[] = MRL_WORKER_WORD;
    char *argv[] = {name, word, NULL}, *none[] = {NULL};
    const char *program = opts->program != NULL ? opts->program : "/proc/self/exe";
    char **env = opts->env != NULL ? (char **)(uintptr_t)opts->env : none; /* it reads only */
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attr;
    int rc = posix_spawn_file_actions_init(&files);
    if (rc != 0)
        return rc;
    rc = posix_spawnattr_init(&attr);
    if (rc == 0) {
        rc = plan(&files, &attr, channel);
        if (rc == 0)
            rc = posix_spawn(ret, program, &files, &attr, argv, env);
        posix_spawnattr_destroy(&attr);
    }
    posix_spawn_file_actions_destroy(&files);
    return rc;
}

static mrl_status send_start(struct mrl_worker *w, int64_t deadline_ns, struct mrl_err *err) {
    MRL_ASSERT(w->pid > 0 && w->fd >= 0);
    struct mrl_buf b;
    mrl_buf_init(&b, 16);
    mrl_wire_u64(&b, w->opts.memory_max);
    mrl_wire_u32(&b, CPU_MAX_S);
    struct mrl_wire_msg start = {
        .type = MRL_WIRE_START, .call = ++w->call, .body = mrl_buf_str(&b)};
    mrl_status status = b.status;
    if (status == MRL_OK)
        status = mrl_wire_send(w->fd, &start, deadline_ns, err);
    mrl_buf_release(&b);
    return status;
}

/* Waits for READY. */
static mrl_status greet(struct mrl_worker *w, mrl_arena *a, int64_t deadline_ns,
                        struct mrl_err *err) {
    struct mrl_wire_msg msg;
    MRL_TRY(mrl_wire_recv(w->fd, a, 4096, false, deadline_ns, err, &msg));
    struct mrl_rd r = mrl_rd_of(msg.body);
    w->layers = mrl_rd_le32(&r);
    MRL_CHECK(msg.call == w->call, MRL_E_SYNTAX);
    if (msg.type == MRL_WIRE_FAILED) { /* its sandbox did not close: it is of no use */
        struct mrl_err why;
        MRL_TRY(mrl_wire_get_err(a, msg.body, err != NULL ? err : &why));
        return mrl_err_wrap(err, MRL_E_UNSUPPORTED, ID, "the sandbox does not close");
    }
    MRL_CHECK(msg.type == MRL_WIRE_READY && !r.failed && mrl_rd_done(&r), MRL_E_SYNTAX);
    uint32_t missing = w->opts.layers_required & ~w->layers;
    if (missing != 0) {
        char names[64];
        mrl_sandbox_names(missing, names, sizeof names);
        return mrl_err_set(err, MRL_E_UNSUPPORTED, ID, "this kernel gives a worker no %s", names);
    }
    w->ready = true;
    return MRL_OK;
}

/* Starts the process and sends START; does not wait. */
static mrl_status begin(struct mrl_worker *w, int64_t deadline_ns, struct mrl_err *err) {
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
        return mrl_err_sys(err, errno, ID, "cannot make a channel to a worker");
    int rc = spawn(&w->opts, pair[1], &w->pid);
    close(pair[1]);
    if (rc != 0) {
        close(pair[0]);
        w->pid = 0;
        return mrl_err_sys(err, rc, ID, "cannot start %s",
                           w->opts.program != NULL ? w->opts.program : "a worker");
    }
    w->fd = pair[0];
    w->started++;
    mrl_status status = send_start(w, deadline_ns, err);
    return status == MRL_OK ? MRL_OK : fail(w, status, err);
}

static mrl_status start(struct mrl_worker *w, int64_t deadline_ns, struct mrl_err *err) {
    mrl_arena a;
    if (w->pid <= 0)
        MRL_TRY(begin(w, deadline_ns, err));
    if (w->ready)
        return MRL_OK;
    mrl_arena_init(&a, 1 << 16);
    mrl_status status = greet(w, &a, deadline_ns, err);
    mrl_arena_release(&a);
    if (status == MRL_OK)
        mrl_log(MRL_LOG_DEBUG, "worker.started", "worker %d is in its sandbox (layers 0x%x)",
                (int)w->pid, w->layers);
    return status == MRL_OK ? MRL_OK : fail(w, status, err);
}

mrl_status mrl_worker_begin(struct mrl_worker *w, struct mrl_err *err) {
    return w->pid > 0 ? MRL_OK : begin(w, mrl_deadline_after_ms(w->opts.timeout_ms), err);
}

mrl_status mrl_worker_start(struct mrl_worker *w, struct mrl_err *err) {
    return start(w, mrl_deadline_after_ms(w->opts.timeout_ms), err);
}

/* --- calls --------------------------------------------------------------------------------- */

static mrl_status send_call(struct mrl_worker *w, mrl_str job, const struct mrl_worker_request *req,
                            int64_t deadline_ns, struct mrl_err *err) {
    MRL_ASSERT(w->pid > 0 && w->fd >= 0);
    struct mrl_buf b;
    MRL_ASSERT(job.len <= MRL_WORKER_JOB_MAX && req->n_fds <= MRL_WIRE_FDS_MAX);
    mrl_buf_init(&b, MRL_WIRE_BODY_MAX);
    mrl_wire_str(&b, job);
    mrl_buf_add(&b, req->input);
    struct mrl_wire_msg msg = {
        .type = MRL_WIRE_CALL, .call = ++w->call, .body = mrl_buf_str(&b), .n_fds = req->n_fds};
    if (req->n_fds > 0)
        memcpy(msg.fds, req->fds, req->n_fds * sizeof msg.fds[0]);
    mrl_status status =
        b.status != MRL_OK ? b.status : mrl_wire_send(w->fd, &msg, deadline_ns, err);
    if (w->opts.program != NULL && b.ptr != NULL) /* other programs' calls carry passwords, PINs */
        explicit_bzero(b.ptr, b.len);
    mrl_buf_release(&b);
    return status;
}

mrl_status mrl_worker_call(struct mrl_worker *w, mrl_arena *a, mrl_str job,
                           const struct mrl_worker_request *req, struct mrl_err *err,
                           mrl_str *ret) {
    struct mrl_wire_msg msg;
    struct mrl_err why;
    int64_t deadline_ns = mrl_deadline_after_ms(w->opts.timeout_ms);
    MRL_TRY(start(w, deadline_ns, err));
    mrl_status status = send_call(w, job, req, deadline_ns, err);
    if (status == MRL_OK)
        status = mrl_wire_recv(w->fd, a, w->opts.result_max, false, deadline_ns, err, &msg);
    if (status == MRL_OK && msg.call != w->call)
        status = MRL_E_SYNTAX;
    if (status == MRL_OK && msg.type == MRL_WIRE_FAILED)
        status = mrl_wire_get_err(a, msg.body, &why);
    else if (status == MRL_OK && msg.type != MRL_WIRE_RESULT)
        status = MRL_E_SYNTAX;
    if (status != MRL_OK)
        return fail(w, status, err);
    if (msg.type == MRL_WIRE_FAILED) {
        if (err != NULL)
            *err = why;
        return why.code;
    }
    *ret = msg.body;
    return MRL_OK;
}
