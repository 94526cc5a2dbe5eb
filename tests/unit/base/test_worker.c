/* test_worker.c - the sandboxed worker: what it answers, how it dies, what it may not do. */
#include "worker_jobs.h"

#include "base/clock.h"
#include "test.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__) || defined(MRL_ASAN) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#else
#define SANITIZED 0
#endif

struct call { /* one call and all that it gave */
    struct mrl_worker w;
    mrl_arena a;
    struct mrl_err err;
    mrl_str result;
};

static void open_call(struct call *c, const struct mrl_worker_opts *opts) {
    mrl_worker_init(&c->w, opts);
    mrl_arena_init(&c->a, MRL_ARENA_UNLIMITED);
    mrl_err_init(&c->err);
    c->result = (mrl_str){NULL, 0};
}

static void close_call(struct call *c) {
    mrl_worker_stop(&c->w);
    mrl_arena_release(&c->a);
}

static mrl_status call(struct call *c, const char *job, mrl_str input) {
    struct mrl_worker_request req = {.input = input};
    return mrl_worker_call(&c->w, &c->a, mrl_str_z(job), &req, &c->err, &c->result);
}

/* Status and text of one call to a fresh worker. */
static mrl_status once(const char *job, const struct mrl_worker_opts *opts, struct mrl_err *ret) {
    struct call c;
    open_call(&c, opts);
    mrl_status status = call(&c, job, MRL_S(""));
    CHECK(status == MRL_OK || c.w.pid > 0 || c.w.fd == -1); /* dead workers leave nothing open */
    *ret = c.err;
    close_call(&c);
    return status;
}

TEST(worker_answers_many_calls_of_one_process) {
    struct call c;
    open_call(&c, NULL);
    for (int i = 0; i < 50; i++) {
        REQUIRE(call(&c, "echo", MRL_S("hello")) == MRL_OK);
        CHECK_STR(c.result, MRL_S("hello"));
    }
    CHECK_INT(c.w.started, 1);
    REQUIRE(call(&c, "echo", MRL_S("")) == MRL_OK);
    CHECK_INT(c.result.len, 0);
    mrl_worker_stop(&c.w);
    mrl_worker_stop(&c.w); /* twice is fine */
    REQUIRE(call(&c, "echo", MRL_S("again")) == MRL_OK);
    CHECK_INT(c.w.started, 2);
    close_call(&c);
}

TEST(worker_carries_large_messages) {
    struct call c;
    size_t n = 20 << 20;
    open_call(&c, NULL);
    char *big = mrl_arena_alloc(&c.a, n, 1);
    REQUIRE(big != NULL);
    for (size_t i = 0; i < n; i++)
        big[i] = (char)(i * 7 + i / 4096);
    REQUIRE(call(&c, "echo", (mrl_str){big, n}) == MRL_OK);
    CHECK_STR(mrl_str_sub(c.result, 0, 10), ((mrl_str){big, 10}));
    CHECK(mrl_str_eq(c.result, (mrl_str){big, n}));
    close_call(&c);
}

TEST(worker_is_in_every_layer_that_there_is) {
    struct mrl_worker w;
    char names[64];
    mrl_worker_init(&w, NULL);
    REQUIRE(mrl_worker_start(&w, NULL) == MRL_OK);
    CHECK_INT(w.layers, mrl_sandbox_available());
    mrl_worker_stop(&w);
    mrl_sandbox_names(MRL_SANDBOX_ALL, names, sizeof names);
    CHECK_STR(mrl_str_z(names), MRL_S("no-new-privs, rlimits, landlock, seccomp"));
    mrl_sandbox_names(0, names, sizeof names);
    CHECK_STR(mrl_str_z(names), MRL_S("none"));
}

TEST(worker_refuses_when_a_required_layer_is_missing) {
    struct mrl_err err;
    CHECK_INT(once("echo", &(struct mrl_worker_opts){.layers_required = 1u << 20}, &err),
              MRL_E_UNSUPPORTED);
}

TEST(worker_reads_descriptors) {
    struct call c;
    int fds[MRL_WIRE_FDS_MAX];
    open_call(&c, NULL);
    for (int i = 0; i < MRL_WIRE_FDS_MAX; i++) {
        fds[i] = memfd_create("test", MFD_CLOEXEC);
        REQUIRE(fds[i] >= 0);
        CHECK(dprintf(fds[i], "file %d", i) == 6 && lseek(fds[i], 0, SEEK_SET) == 0);
    }
    struct mrl_worker_request req = {.fds = fds, .n_fds = MRL_WIRE_FDS_MAX};
    for (int round = 0; round < 8; round++) { /* descriptors do not pile up in the worker */
        for (int i = 0; i < MRL_WIRE_FDS_MAX; i++)
            lseek(fds[i], 0, SEEK_SET);
        mrl_status status = mrl_worker_call(&c.w, &c.a, MRL_S("read"), &req, &c.err, &c.result);
        CHECK_INT(status, MRL_OK);
        CHECK_STR(c.result, MRL_S("6:file 06:file 16:file 26:file 3"));
    }
    for (int i = 0; i < MRL_WIRE_FDS_MAX; i++)
        CHECK(fcntl(fds[i], F_GETFD) >= 0 && close(fds[i]) == 0); /* they stay the caller's */
    CHECK_INT(c.w.started, 1);
    close_call(&c);
}

TEST(worker_inherits_no_environment) {
    struct call c;
    open_call(&c, NULL);
    REQUIRE(call(&c, "environment", MRL_S("")) == MRL_OK);
    CHECK_STR(c.result, MRL_S(""));
    close_call(&c);
}

TEST(worker_reports_a_jobs_own_failure_and_goes_on) {
    struct call c;
    open_call(&c, NULL);
    REQUIRE(call(&c, "complain", MRL_S("text\nand\a")) == MRL_E_SYNTAX);
    CHECK_STR(mrl_str_z(c.err.text), MRL_S("bad ?[31mtext?and?")); /* no control characters */
    CHECK_STR(mrl_str_z(c.err.id), MRL_S("test.complain"));
    CHECK(c.err.pos.line == 3 && c.err.pos.col == 7 && c.err.pos.offset == 42);
    CHECK_INT(call(&c, "no such job", MRL_S("")), MRL_E_NOT_FOUND);
    CHECK_INT(call(&c, "echo", MRL_S("x")), MRL_OK);
    CHECK_INT(c.w.started, 1);
    close_call(&c);
}

TEST(worker_death_is_a_status) {
    static const struct {
        const char *job, *text;
    } cases[] = {
        {"crash", SANITIZED ? "the worker " : "the worker died (signal 11, SEGV)"},
        {"abort", SANITIZED ? "the worker " : "the worker died (signal 6, ABRT)"},
        {"exit", "the worker ended early (exit code 7)"},
        {"deep", SANITIZED ? "the worker " : "the worker died (signal 11, SEGV)"},
        {"half_header", "the worker ended early (exit code 0)"},
        {"half_body", "the worker ended early (exit code 0)"},
        {"flood", "the worker broke the protocol"},
        {"wrong_call", "the worker broke the protocol"},
        {"wrong_type", "the worker broke the protocol"},
        {"bad_failure", "the worker broke the protocol"},
        {"good_status", "the worker broke the protocol"},
        {"oversize", "the worker's answer is longer than the 67108864 bytes that are read"},
        {"endless", "the worker's answer is longer than the 67108864 bytes that are read"},
        {"hang_up", "the worker died (signal 9, KILL)"},
    };
    struct mrl_err err;
    for (size_t i = 0; i < MRL_COUNTOF(cases); i++) {
        CHECK_INT(once(cases[i].job, NULL, &err), MRL_E_WORKER);
        CHECK_STR(mrl_str_sub(mrl_str_z(err.text), 0, strlen(cases[i].text)),
                  mrl_str_z(cases[i].text));
        CHECK(err.code == MRL_E_WORKER);
    }
}

TEST(worker_comes_back_after_a_death) {
    struct call c;
    open_call(&c, NULL);
    for (uint32_t i = 1; i <= 5; i++) {
        CHECK_INT(call(&c, "exit", MRL_S("")), MRL_E_WORKER);
        CHECK_INT(call(&c, "echo", MRL_S("here")), MRL_OK);
        CHECK_STR(c.result, MRL_S("here"));
        CHECK_INT(c.w.started, i + 1);
    }
    close_call(&c);
}

TEST(worker_is_ended_at_the_deadline) {
    static const char *const jobs[] = {"loop", "stall"};
    for (size_t i = 0; i < MRL_COUNTOF(jobs); i++) {
        struct mrl_err err;
        int64_t before = mrl_clock_ns();
        CHECK_INT(once(jobs[i], &(struct mrl_worker_opts){.timeout_ms = 120}, &err), MRL_E_BUDGET);
        CHECK_STR(mrl_str_z(err.text), MRL_S("the worker gave no answer within 120 ms"));
        int64_t ms = (mrl_clock_ns() - before) / 1000000;
        CHECK(ms >= 100 && ms < 5000);
    }
}

TEST(worker_memory_is_bounded) {
    struct mrl_err err;
    if (SANITIZED)
        SKIP("sanitizers need more address space than the limit gives");
    CHECK_INT(once("memory", &(struct mrl_worker_opts){.memory_max = 256 << 20}, &err),
              MRL_E_NOMEM);
}

TEST(worker_may_not_reach_out) {
    static const char *const jobs[] = {"open", "create",      "socket", "fork",
                                       "exec", "kill_parent", "code",   "chmod"};
    if ((mrl_sandbox_available() & MRL_SANDBOX_SECCOMP) == 0)
        SKIP("this kernel has no seccomp filters");
    for (size_t i = 0; i < MRL_COUNTOF(jobs); i++) {
        struct call c;
        open_call(&c, NULL);
        mrl_status status = call(&c, jobs[i], MRL_S(""));
        if (SANITIZED) {
            CHECK_INT(status, MRL_OK);
            CHECK_STR(c.result, MRL_S("refused"));
        } else {
            CHECK_INT(status, MRL_E_WORKER);
            CHECK_STR(mrl_str_z(c.err.text), MRL_S("the worker asked for a system call that it may "
                                                   "not make, and was ended"));
        }
        close_call(&c);
    }
    CHECK(access("/tmp/merlon-worker-test", F_OK) != 0);
}

/* --- the wire alone ------------------------------------------------------------------------ */

TEST(wire_header_goes_there_and_back) {
    unsigned char bytes[MRL_WIRE_HEADER];
    struct mrl_wire_msg out = {.type = MRL_WIRE_CALL, .call = 0x01020304, .n_fds = 2}, in;
    size_t length = 0;
    out.body.len = 0x0A0B0C;
    mrl_wire_put_header(&out, bytes);
    CHECK_STR(((mrl_str){(char *)bytes, MRL_WIRE_HEADER}),
              MRL_S("MRLW\x03\x00\x02\x00\x04\x03\x02\x01\x0C\x0B\x0A\x00"));
    mrl_str text = {(char *)bytes, MRL_WIRE_HEADER};
    REQUIRE(mrl_wire_get_header(text, MRL_WIRE_BODY_MAX, NULL, &in, &length) == MRL_OK);
    CHECK(in.type == out.type && in.call == out.call && in.n_fds == 2 && length == 0x0A0B0C);
    CHECK_INT(mrl_wire_get_header(text, 100, NULL, &in, &length), MRL_E_LIMIT);
    for (size_t i = 0; i < 8; i++) { /* magic, type and count of descriptors are checked */
        unsigned char old = bytes[i];
        bytes[i] = 0xFF;
        CHECK_INT(mrl_wire_get_header(text, MRL_WIRE_BODY_MAX, NULL, &in, &length), MRL_E_SYNTAX);
        bytes[i] = old;
    }
    for (size_t n = 0; n < MRL_WIRE_HEADER; n++)
        CHECK_INT(mrl_wire_get_header(mrl_str_sub(text, 0, n), 100, NULL, &in, &length),
                  MRL_E_SYNTAX);
}

TEST(wire_error_goes_there_and_back) {
    mrl_arena a;
    struct mrl_buf b;
    struct mrl_err e, back;
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    mrl_buf_init(&b, 4096);
    mrl_err_init(&e);
    (void)mrl_err_at(&e, MRL_E_LIMIT, "test.limit", (struct mrl_pos){.line = 9, .col = 8},
                     "too deep");
    mrl_wire_put_err(&b, MRL_E_LIMIT, &e);
    REQUIRE(b.status == MRL_OK && mrl_wire_get_err(&a, mrl_buf_str(&b), &back) == MRL_OK);
    CHECK(back.code == MRL_E_LIMIT && back.pos.line == 9 && back.pos.col == 8);
    CHECK_STR(mrl_str_z(back.text), MRL_S("too deep"));
    for (size_t n = 0; n < b.len; n++) /* cut anywhere, it is no error */
        CHECK_INT(mrl_wire_get_err(&a, (mrl_str){b.ptr, n}, &back), MRL_E_SYNTAX);
    mrl_buf_byte(&b, 'x');
    CHECK_INT(mrl_wire_get_err(&a, mrl_buf_str(&b), &back), MRL_E_SYNTAX);
    mrl_buf_release(&b);
    mrl_arena_release(&a);
}

TEST(wire_ends_at_the_deadline_in_both_directions) {
    int pair[2];
    mrl_arena a;
    struct mrl_wire_msg msg = {.type = MRL_WIRE_CALL};
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
    msg.body.len = 8 << 20; /* more than a socket buffers */
    msg.body.ptr = mrl_arena_calloc(&a, 1, msg.body.len);
    if (msg.body.ptr != NULL) {
        CHECK_INT(mrl_wire_send(pair[0], &msg, mrl_deadline_after_ms(50), NULL), MRL_E_BUDGET);
        CHECK_INT(mrl_wire_recv(pair[0], &a, 10, false, mrl_deadline_after_ms(50), NULL, &msg),
                  MRL_E_BUDGET);
    }
    close(pair[1]);
    CHECK_INT(mrl_wire_recv(pair[0], &a, 10, true, MRL_NO_DEADLINE, NULL, &msg), MRL_E_WORKER);
    CHECK_INT(mrl_wire_send(pair[0], &(struct mrl_wire_msg){.type = MRL_WIRE_CALL}, 0, NULL),
              MRL_E_WORKER);
    close(pair[0]);
    mrl_arena_release(&a);
}

TEST(clock_deadlines) {
    CHECK_INT(mrl_deadline_after_ms(-1), MRL_NO_DEADLINE);
    CHECK_INT(mrl_deadline_after_ms(INT64_MAX), MRL_NO_DEADLINE);
    CHECK_INT(mrl_deadline_left_ms(MRL_NO_DEADLINE), -1);
    CHECK_INT(mrl_deadline_left_ms(mrl_clock_ns() - 1), 0);
    CHECK_INT(mrl_deadline_left_ms(INT64_MIN), 0);
    int left = mrl_deadline_left_ms(mrl_deadline_after_ms(60000));
    CHECK(left > 50000 && left <= 60000);
    CHECK(mrl_deadline_left_ms(mrl_clock_ns() + 100000) >= 0);
}
