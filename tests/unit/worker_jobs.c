/* worker_jobs.c - see worker_jobs.h. They run inside a real sandboxed worker: the test runner
 * starts itself again, as merlon does. A job that tries something forbidden answers "refused" when
 * the call came back with an error (sanitizer builds, or a kernel without seccomp); with seccomp it
 * never answers. "allowed" is the failure that the tests look for. */
#include "worker_jobs.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHANNEL 3

#define JOB(id)                                                                                    \
    static mrl_status job_##id(MRL_UNUSED mrl_arena *a,                                            \
                               MRL_UNUSED const struct mrl_worker_request *req,                    \
                               MRL_UNUSED struct mrl_err *err, MRL_UNUSED struct mrl_buf *out)

/* --- well-behaved -------------------------------------------------------------------------- */

JOB(echo) {
    mrl_buf_add(out, req->input);
    return MRL_OK;
}

JOB(read) { /* the length and the bytes of each descriptor */
    for (unsigned i = 0; i < req->n_fds; i++) {
        mrl_str text;
        MRL_TRY(mrl_fd_read(a, req->fds[i], 1 << 20, MRL_S("descriptor"), err, &text));
        mrl_buf_printf(out, "%zu:", text.len);
        mrl_buf_add(out, text);
    }
    return MRL_OK;
}

JOB(complain) {
    struct mrl_pos pos = {.line = 3, .col = 7, .offset = 42};
    return mrl_err_at(err, MRL_E_SYNTAX, "test.complain", pos, "bad \x1b[31m%.*s",
                      MRL_F(req->input));
}

JOB(environment) { /* everything that it inherited: nothing */
    extern char **environ;
    for (char **e = environ; e != NULL && *e != NULL; e++)
        mrl_buf_printf(out, "%s\n", *e);
    return MRL_OK;
}

/* --- broken -------------------------------------------------------------------------------- */

JOB(crash) {
    raise(SIGSEGV);
    return MRL_OK;
}

JOB(abort) {
    abort();
}

JOB(exit) {
    _exit(7);
}

JOB(loop) {
    for (volatile int forever = 1; forever;)
        ;
    return MRL_OK;
}

static int down(int n) {
    volatile char frame[4096];
    frame[0] = (char)n;
    return n < 0 ? 0 : down(n + (frame[0] != 0 || n >= 0)) + frame[0]; /* no tail call */
}

JOB(deep) { /* runs out of stack */
    mrl_buf_printf(out, "%d", down(1));
    return MRL_OK;
}

JOB(memory) { /* takes memory until there is none: a clean status, no crash */
    for (size_t i = 0; i < 1 << 12; i++) {
        char *p = mrl_arena_alloc(a, 1 << 20, 16);
        MRL_CHECK(p != NULL, MRL_E_NOMEM);
        p[0] = 1;
    }
    mrl_buf_add(out, MRL_S("allowed"));
    return MRL_OK;
}

/* --- hostile to the parent ----------------------------------------------------------------- */

static void raw(const void *bytes, size_t n) {
    while (n > 0) {
        ssize_t got = write(CHANNEL, bytes, n);
        if (got < 0 && errno != EINTR)
            _exit(0);
        bytes = (const char *)bytes + (got > 0 ? got : 0);
        n -= got > 0 ? (size_t)got : 0;
    }
}

JOB(flood) {
    static char junk[65536];
    memset(junk, 'x', sizeof junk);
    while (true)
        raw(junk, sizeof junk);
    return MRL_OK;
}

/* A header of the test's own; input: type, length and call offset as decimal digits. */
static void raw_header(enum mrl_wire_type type, uint32_t call, size_t length) {
    unsigned char bytes[MRL_WIRE_HEADER];
    struct mrl_wire_msg msg = {.type = type, .call = call, .body = {NULL, length}};
    mrl_wire_put_header(&msg, bytes);
    raw(bytes, sizeof bytes);
}

JOB(oversize) { /* says that gigabytes follow */
    raw_header(MRL_WIRE_RESULT, 2, UINT32_MAX);
    pause();
    return MRL_OK;
}

JOB(endless) { /* results without end */
    static char junk[65536];
    raw_header(MRL_WIRE_RESULT, 2, (size_t)200 << 20);
    while (true)
        raw(junk, sizeof junk);
    return MRL_OK;
}

JOB(half_header) {
    raw("MRLW", 4);
    _exit(0);
}

JOB(half_body) {
    raw_header(MRL_WIRE_RESULT, 2, 1000);
    raw("short", 5);
    _exit(0);
}

JOB(stall) { /* half a body, then silence */
    raw_header(MRL_WIRE_RESULT, 2, 1000);
    raw("short", 5);
    for (volatile int forever = 1; forever;)
        ;
    return MRL_OK;
}

JOB(wrong_call) {
    raw_header(MRL_WIRE_RESULT, 77, 0);
    return MRL_OK;
}

JOB(wrong_type) {
    raw_header(MRL_WIRE_CALL, 2, 0);
    return MRL_OK;
}

JOB(bad_failure) { /* a FAILED whose body is no error */
    raw_header(MRL_WIRE_FAILED, 2, 3);
    raw("???", 3);
    return MRL_OK;
}

JOB(good_status) { /* a FAILED that says "ok" */
    struct mrl_buf b;
    mrl_buf_init(&b, 4096);
    mrl_wire_put_err(&b, MRL_OK, &(struct mrl_err){.id = "x"});
    raw_header(MRL_WIRE_FAILED, 2, b.len);
    raw(b.ptr, b.len);
    return MRL_OK;
}

JOB(hang_up) { /* closes the channel and lives on */
    close(CHANNEL);
    for (volatile int forever = 1; forever;)
        ;
    return MRL_OK;
}

/* --- forbidden ----------------------------------------------------------------------------- */

static mrl_status tell(struct mrl_buf *out, bool refused) {
    mrl_buf_add(out, refused ? MRL_S("refused") : MRL_S("allowed"));
    return MRL_OK;
}

JOB(open) {
    return tell(out, open("/etc/passwd", O_RDONLY | O_CLOEXEC) < 0);
}

JOB(create) {
    return tell(out, open("/tmp/merlon-worker-test", O_WRONLY | O_CREAT | O_CLOEXEC, 0600) < 0);
}

JOB(socket) {
    return tell(out, socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0) < 0);
}

JOB(fork) {
    pid_t pid = fork();
    if (pid == 0)
        _exit(0);
    return tell(out, pid < 0);
}

JOB(exec) {
    char name[] = "true", *argv[] = {name, NULL};
    execv("/bin/true", argv);
    return tell(out, true); /* exec does not come back when it is allowed */
}

JOB(kill_parent) { /* signal 0 would only ask: that is forbidden, too */
    return tell(out, kill(getppid(), 0) < 0);
}

JOB(code) { /* memory that can be written and run */
    void *p =
        mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return tell(out, p == MAP_FAILED);
}

JOB(chmod) {
    return tell(out, chmod("/tmp", 01777) < 0);
}

#define ROW(id) {#id, job_##id}
const struct mrl_worker_job mrl_test_jobs[] = {
    ROW(echo),    ROW(read),        ROW(complain),   ROW(environment), ROW(crash),
    ROW(abort),   ROW(exit),        ROW(loop),       ROW(deep),        ROW(memory),
    ROW(flood),   ROW(oversize),    ROW(endless),    ROW(half_header), ROW(half_body),
    ROW(stall),   ROW(wrong_call),  ROW(wrong_type), ROW(bad_failure), ROW(good_status),
    ROW(hang_up), ROW(open),        ROW(create),     ROW(socket),      ROW(fork),
    ROW(exec),    ROW(kill_parent), ROW(code),       ROW(chmod),
};
const size_t mrl_test_n_jobs = MRL_COUNTOF(mrl_test_jobs);
