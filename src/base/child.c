/* child.c - see child.h. */
#include "base/child.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/sys.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define ID "child"
#define PIECE 65536

/* Our ends: what goes in (a socket, so that writing to a dead child is an error and not a signal),
 * what comes out, and what is said on standard error. -1: closed. */
struct pipes {
    int in, out, err;
    int theirs[3];
    int extra;
};

static void shut(int *fd) {
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static void shut_theirs(struct pipes *p) {
    for (int i = 0; i < 3; i++)
        shut(&p->theirs[i]);
    shut(&p->extra);
}

static void shut_all(struct pipes *p) {
    shut_theirs(p);
    shut(&p->in);
    shut(&p->out);
    shut(&p->err);
}

/* The bytes as a file in memory whose offset is at its start. */
static mrl_status extra_file(mrl_str bytes, struct mrl_err *err, int *ret) {
    int fd = MRL_SYS(memfd_create("merlon", MFD_CLOEXEC));
    if (fd < 0)
        return mrl_err_sys(err, errno, ID, "cannot make a file in memory");
    *ret = fd;
    MRL_TRY(mrl_fd_write(fd, bytes, err));
    return lseek(fd, 0, SEEK_SET) == 0 ? MRL_OK
                                       : mrl_err_sys(err, errno, ID, "cannot rewind a file");
}

static mrl_status open_pipes(const struct mrl_child *c, struct mrl_err *err, struct pipes *p) {
    int pair[3][2];
    *p = (struct pipes){-1, -1, -1, {-1, -1, -1}, -1};
    for (int i = 0; i < 3; i++) {
        int rc = i == 0 ? MRL_SYS(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair[i]))
                        : MRL_SYS(pipe2(pair[i], O_CLOEXEC));
        if (rc != 0)
            return mrl_err_sys(err, errno, ID, "cannot make a pipe to %s", c->argv[0]);
        p->theirs[i] = pair[i][i != 0];
        *(i == 0 ? &p->in : i == 1 ? &p->out : &p->err) = pair[i][i == 0];
    }
    if (c->extra.len > 0)
        MRL_TRY(extra_file(c->extra, err, &p->extra));
    return MRL_OK;
}

/* Descriptors 0 to 2 and perhaps 3, no others; no signal blocked or ignored. */
static int plan(posix_spawn_file_actions_t *files, posix_spawnattr_t *attr, const struct pipes *p) {
    sigset_t none, all;
    int rc = 0;
    sigemptyset(&none);
    sigfillset(&all);
    for (int fd = 0; fd < 3 && rc == 0; fd++)
        rc = posix_spawn_file_actions_adddup2(files, p->theirs[fd], fd);
    if (rc == 0 && p->extra >= 0)
        rc = posix_spawn_file_actions_adddup2(files, p->extra, 3);
    if (rc == 0)
        rc = posix_spawn_file_actions_addclosefrom_np(files, p->extra >= 0 ? 4 : 3);
    if (rc == 0)
        rc = posix_spawnattr_setsigmask(attr, &none);
    if (rc == 0)
        rc = posix_spawnattr_setsigdefault(attr, &all);
    if (rc == 0)
        rc = posix_spawnattr_setflags(attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    return rc;
}

static int spawn(const struct mrl_child *c, const struct pipes *p, pid_t *ret) {
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attr;
    int rc = posix_spawn_file_actions_init(&files);
    if (rc != 0)
        return rc;
    rc = posix_spawnattr_init(&attr);
    if (rc == 0) {
        rc = plan(&files, &attr, p);
        /* posix_spawnp does not write to either list: its types are older than const. */
        if (rc == 0)
            rc = posix_spawnp(ret, c->argv[0], &files, &attr, (char *const *)(uintptr_t)c->argv,
                              (char *const *)(uintptr_t)c->env);
        posix_spawnattr_destroy(&attr);
    }
    posix_spawn_file_actions_destroy(&files);
    return rc;
}

/* Writes what the socket takes now. A child that reads no more is no error: its exit code says. */
static void feed(struct pipes *p, mrl_str *input) {
    ssize_t n = send(p->in, input->ptr, input->len < PIECE ? input->len : PIECE,
                     MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n >= 0)
        *input = mrl_str_sub(*input, (size_t)n, input->len);
    else if (errno != EINTR && errno != EAGAIN)
        input->len = 0;
    if (input->len == 0)
        shut(&p->in);
}

static void drain(int *fd, struct mrl_buf *b, bool keep) {
    char piece[PIECE];
    ssize_t n = read(*fd, piece, sizeof piece);
    if (n > 0 && keep)
        mrl_buf_add(b, (mrl_str){piece, (size_t)n});
    else if (n == 0 || (n < 0 && errno != EINTR))
        shut(fd);
}

static mrl_status talk(const struct mrl_child *c, struct pipes *p, struct mrl_buf *out,
                       struct mrl_buf *words) {
    int64_t deadline = mrl_deadline_after_ms(c->timeout_ms);
    mrl_str input = c->input;
    if (input.len == 0)
        shut(&p->in);
    while (p->out >= 0 || p->err >= 0) {
        struct pollfd fds[3] = {{p->in, POLLOUT, 0}, {p->out, POLLIN, 0}, {p->err, POLLIN, 0}};
        int n = poll(fds, 3, mrl_deadline_left_ms(deadline));
        if (n == 0)
            return MRL_E_BUDGET;
        if (n < 0 && errno != EINTR)
            return MRL_E_IO;
        if (n < 0)
            continue;
        if (fds[0].revents != 0)
            feed(p, &input);
        if (fds[1].revents != 0)
            drain(&p->out, out, true);
        if (fds[2].revents != 0)
            drain(&p->err, words, words->len < MRL_CHILD_WORDS_MAX);
        if (out->status != MRL_OK)
            return out->status;
    }
    return MRL_OK;
}

static void first_line(const struct mrl_buf *b, char ret[MRL_CHILD_WORDS_MAX]) {
    size_t n = 0;
    for (; n < b->len && n + 1 < MRL_CHILD_WORDS_MAX && b->ptr[n] != '\n'; n++)
        ret[n] = b->ptr[n] >= ' ' && b->ptr[n] <= '~' ? b->ptr[n] : '?';
    ret[n] = '\0';
}

/* Waits for the end, after killing it where it did not come to one by itself. */
static int bury(pid_t pid, bool kill_first) {
    int how = 0;
    if (kill_first)
        kill(pid, SIGKILL); /* not reaped yet, so the number is still its own */
    while (waitpid(pid, &how, 0) < 0 && errno == EINTR)
        ;
    return WIFEXITED(how) ? WEXITSTATUS(how) : 128 + WTERMSIG(how);
}

static mrl_status explain(const struct mrl_child *c, mrl_status status, struct mrl_err *err) {
    if (status == MRL_E_BUDGET)
        return mrl_err_set(err, status, ID, "%s takes longer than %lld ms", c->argv[0],
                           (long long)c->timeout_ms);
    if (status == MRL_E_LIMIT)
        return mrl_err_set(err, status, ID, "%s writes more than %zu bytes", c->argv[0],
                           c->output_max);
    return status;
}

mrl_status mrl_child_run(mrl_arena *a, const struct mrl_child *child, struct mrl_err *err,
                         struct mrl_child_end *ret) {
    MRL_ASSERT(child->argv[0] != NULL && child->env != NULL && child->timeout_ms > 0);
    struct pipes p;
    struct mrl_buf out, words;
    struct mrl_child_end end;
    pid_t pid = 0;
    mrl_status status = open_pipes(child, err, &p);
    int rc = status == MRL_OK ? spawn(child, &p, &pid) : 0;
    if (rc == ENOENT)
        status = mrl_err_set(err, MRL_E_NOT_FOUND, ID, "there is no program %s", child->argv[0]);
    else if (rc != 0)
        status = mrl_err_sys(err, rc, ID, "cannot start %s", child->argv[0]);
    if (status != MRL_OK) {
        shut_all(&p);
        return status;
    }
    shut_theirs(&p);
    mrl_buf_init(&out, child->output_max);
    mrl_buf_init(&words, PIECE + MRL_CHILD_WORDS_MAX);
    status = talk(child, &p, &out, &words);
    shut_all(&p);
    end.code = bury(pid, status != MRL_OK);
    first_line(&words, end.words);
    end.output = status == MRL_OK ? mrl_arena_str(a, mrl_buf_str(&out)) : (mrl_str){NULL, 0};
    if (status == MRL_OK && end.output.ptr == NULL && out.len > 0)
        status = MRL_E_NOMEM;
    mrl_buf_release(&out);
    mrl_buf_release(&words);
    if (status == MRL_OK)
        *ret = end;
    return explain(child, status, err);
}
