/* worker_child.c - the worker's side: closes itself in, then answers calls. See worker.h. */
#include "base/worker.h"

#include "base/clock.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHANNEL 3 /* the descriptor that the parent gives */

/* Sends the answer to a call. The parent may be gone: then there is nobody to tell. */
static bool answer(enum mrl_wire_type type, uint32_t call, struct mrl_buf *body) {
    MRL_ASSERT(type == MRL_WIRE_READY || type == MRL_WIRE_RESULT || type == MRL_WIRE_FAILED);
    struct mrl_wire_msg msg = {.type = type, .call = call, .body = mrl_buf_str(body)};
    return mrl_wire_send(CHANNEL, &msg, MRL_NO_DEADLINE, NULL) == MRL_OK;
}

static bool answer_failure(uint32_t call, mrl_status status, const struct mrl_err *err) {
    MRL_ASSERT(status != MRL_OK);
    struct mrl_buf b;
    mrl_buf_init(&b, 4096);
    mrl_wire_put_err(&b, status, err);
    bool sent = b.status == MRL_OK && answer(MRL_WIRE_FAILED, call, &b);
    mrl_buf_release(&b);
    return sent;
}

/* Waits for START, enters the sandbox with its limits, says READY. */
static bool begin(mrl_arena *a, struct mrl_sandbox_limits limits) {
    struct mrl_wire_msg msg;
    struct mrl_err err;
    struct mrl_buf b;
    uint32_t layers = 0;
    mrl_err_init(&err);
    if (mrl_wire_recv(CHANNEL, a, 16, false, MRL_NO_DEADLINE, &err, &msg) != MRL_OK ||
        msg.type != MRL_WIRE_START)
        return false;
    struct mrl_rd r = mrl_rd_of(msg.body);
    limits.memory_max = mrl_rd_le64(&r);
    limits.cpu_max_s = mrl_rd_le32(&r);
    if (r.failed || !mrl_rd_done(&r))
        return false;
    mrl_status status = mrl_sandbox_enter(&limits, &err, &layers);
    if (status != MRL_OK) {
        (void)answer_failure(msg.call, status, &err);
        return false;
    }
    mrl_buf_init(&b, 16);
    mrl_wire_u32(&b, layers);
    bool sent = b.status == MRL_OK && answer(MRL_WIRE_READY, msg.call, &b);
    mrl_buf_release(&b);
    return sent;
}

static const struct mrl_worker_job *find_job(const struct mrl_worker_job *jobs, size_t n,
                                             mrl_str name) {
    for (size_t i = 0; i < n; i++)
        if (mrl_str_eq(name, mrl_str_z(jobs[i].name)))
            return &jobs[i];
    return NULL;
}

/* Runs the job that a CALL names and sends its answer. False: the worker ends. */
static bool serve(mrl_arena *a, const struct mrl_wire_msg *msg, const struct mrl_worker_job *jobs,
                  size_t n_jobs) {
    MRL_ASSERT(msg->type == MRL_WIRE_CALL);
    struct mrl_rd r = mrl_rd_of(msg->body);
    struct mrl_err err;
    struct mrl_buf out;
    mrl_str name = mrl_wire_get_str(&r, MRL_WORKER_JOB_MAX);
    struct mrl_worker_request req = {.fds = msg->fds, .n_fds = msg->n_fds};
    req.input = mrl_rd_take(&r, mrl_rd_left(&r));
    const struct mrl_worker_job *job = find_job(jobs, n_jobs, name);
    mrl_err_init(&err);
    mrl_buf_init(&out, MRL_WIRE_BODY_MAX);
    mrl_status status = job != NULL ? job->run(a, &req, &err, &out)
                                    : mrl_err_set(&err, MRL_E_NOT_FOUND, "worker.job",
                                                  "no job '%.*s'", MRL_F(name));
    if (status == MRL_OK)
        status = out.status;
    bool sent = status == MRL_OK ? answer(MRL_WIRE_RESULT, msg->call, &out)
                                 : answer_failure(msg->call, status, &err);
    mrl_buf_release(&out);
    for (unsigned i = 0; i < msg->n_fds; i++)
        close(msg->fds[i]);
    return sent;
}

bool mrl_worker_wanted(int argc, char **argv) {
    struct stat st;
    return argc == 2 && strcmp(argv[1], MRL_WORKER_WORD) == 0 && fstat(CHANNEL, &st) == 0 &&
           S_ISSOCK(st.st_mode);
}

MRL_NORETURN static void live(const struct mrl_worker_job *jobs, size_t n_jobs,
                              struct mrl_sandbox_limits profile) {
    mrl_arena a;
    struct mrl_wire_msg msg;
    mrl_hash_seed();                         /* draws it while everything is still allowed */
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED); /* RLIMIT_AS is the ceiling */
    bool going = begin(&a, profile);
    while (going) {
        mrl_arena_reset(&a);
        going = mrl_wire_recv(CHANNEL, &a, MRL_WIRE_BODY_MAX, true, MRL_NO_DEADLINE, NULL, &msg) ==
                    MRL_OK &&
                msg.type == MRL_WIRE_CALL && serve(&a, &msg, jobs, n_jobs);
    }
    mrl_arena_release(&a);
    _exit(0); /* at exit the sanitizers would look for leaks with calls that are forbidden now */
}

void mrl_worker_main(const struct mrl_worker_job *jobs, size_t n_jobs) {
    live(jobs, n_jobs, (struct mrl_sandbox_limits){0});
}

void mrl_worker_main_network(const struct mrl_worker_job *jobs, size_t n_jobs) {
    live(jobs, n_jobs, (struct mrl_sandbox_limits){.network = true});
}

void mrl_worker_main_module(const struct mrl_worker_job *jobs, size_t n_jobs,
                            const struct mrl_sandbox_module *module) {
    live(jobs, n_jobs, (struct mrl_sandbox_limits){.module = module});
}
