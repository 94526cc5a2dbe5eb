/* credential_helper.c - asks a credential helper. See credentials.h.
 *
 * The helper is the user's own program, found by his PATH and with his environment, which it needs
 * to reach his key ring. Its name comes from a file and becomes a program's name: letters, digits,
 * '-', '_' and '.' only, so that it cannot be a path.
 */
#include "services/registry/credentials.h"

#include "base/clock.h"
#include "formats/json/json.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#define ID "registry.helper"
#define NAME_MAX_BYTES 64

struct helper {
    const char *program;
    pid_t pid;
    int in, out; /* our ends */
    int64_t deadline_ns;
};

static bool good_name(mrl_str name) {
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
              c == '-' || c == '_' || c == '.'))
            return false;
    }
    return name.len > 0 && name.len <= NAME_MAX_BYTES;
}

static int spawn_between(struct helper *h, int child_in, int child_out) {
    static char get[] = "get";
    char *argv[] = {(char *)(uintptr_t)h->program, get, NULL};
    posix_spawn_file_actions_t files;
    int rc = posix_spawn_file_actions_init(&files);
    if (rc != 0)
        return rc;
    rc = posix_spawn_file_actions_adddup2(&files, child_in, STDIN_FILENO);
    if (rc == 0)
        rc = posix_spawn_file_actions_adddup2(&files, child_out, STDOUT_FILENO);
    if (rc == 0)
        rc = posix_spawnp(&h->pid, h->program, &files, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&files);
    return rc;
}

static mrl_status start(struct helper *h, struct mrl_err *err) {
    int in[2], out[2];
    if (pipe2(in, O_CLOEXEC) != 0)
        return mrl_err_sys(err, errno, ID, "cannot make a pipe");
    if (pipe2(out, O_CLOEXEC) != 0) {
        int failed = errno;
        close(in[0]);
        close(in[1]);
        return mrl_err_sys(err, failed, ID, "cannot make a pipe");
    }
    int rc = spawn_between(h, in[0], out[1]);
    close(in[0]);
    close(out[1]);
    h->in = in[1];
    h->out = out[0];
    return rc == 0 ? MRL_OK : mrl_err_sys(err, rc, ID, "cannot start %s", h->program);
}

/* All that the helper says, until it closes its side. */
static mrl_status listen_to(struct helper *h, struct mrl_buf *said, struct mrl_err *err) {
    for (;;) {
        char bytes[4096];
        struct pollfd p = {.fd = h->out, .events = POLLIN};
        int left = mrl_deadline_left_ms(h->deadline_ns);
        int n = left == 0 ? 0 : poll(&p, 1, left);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return mrl_err_set(err, MRL_E_BUDGET, ID, "%s gave no answer in time", h->program);
        ssize_t got = read(h->out, bytes, sizeof bytes);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return MRL_OK;
        mrl_buf_add(said, (mrl_str){bytes, (size_t)got});
        explicit_bzero(bytes, sizeof bytes);
        if (said->status != MRL_OK)
            return mrl_err_set(err, said->status, ID, "%s says over %u bytes", h->program,
                               MRL_CREDENTIAL_BYTES_MAX);
    }
}

/* Closes both ends and waits; one that goes on beyond the deadline is killed. */
static int finish(struct helper *h, bool at_once) {
    int how = 0;
    if (h->in >= 0)
        close(h->in);
    if (h->out >= 0)
        close(h->out);
    if (h->pid <= 0)
        return -1;
    while (!at_once && waitpid(h->pid, &how, WNOHANG) == 0) {
        at_once = mrl_deadline_left_ms(h->deadline_ns) == 0;
        (void)poll(NULL, 0, 1);
    }
    if (at_once) {
        kill(h->pid, SIGKILL);
        while (waitpid(h->pid, &how, 0) < 0 && errno == EINTR)
            ;
    }
    return how;
}

static mrl_status ask(struct helper *h, mrl_str server, struct mrl_buf *said, struct mrl_err *err) {
    MRL_TRY(start(h, err));
    ssize_t n = write(h->in, server.ptr, server.len); /* a host's name fits into a pipe */
    if (n < 0 && errno != EPIPE) /* one that does not listen may have said all it has to say */
        return mrl_err_sys(err, errno, ID, "cannot ask %s", h->program);
    close(h->in);
    h->in = -1;
    return listen_to(h, said, err);
}

static mrl_status read_answer(mrl_arena *a, const struct helper *h, mrl_str said,
                              struct mrl_err *err, struct mrl_credentials *ret) {
    struct mrl_json_opts opts = {.copy_strings = true};
    mrl_val v;
    struct mrl_credentials c = {0};
    mrl_status status = mrl_json_parse(a, said, &opts, err, &v);
    mrl_val user = mrl_undefined(), secret = mrl_undefined();
    if (status == MRL_OK) {
        user = MRL_GET(v, "Username");
        secret = MRL_GET(v, "Secret");
    }
    if (status == MRL_E_NOMEM)
        return status;
    if (!mrl_is_str(user) || !mrl_is_str(secret))
        return mrl_err_set(err, MRL_E_SYNTAX, ID, "%s gives no Username and Secret", h->program);
    if (mrl_str_eq(mrl_val_str(user), MRL_S("<token>"))) {
        c.identity_token = mrl_val_str(secret);
    } else {
        c.username = mrl_val_str(user);
        c.password = mrl_val_str(secret);
    }
    *ret = c;
    return MRL_OK;
}

mrl_status mrl_credential_helper_ask(mrl_arena *a, mrl_str name, mrl_str server,
                                     int64_t deadline_ns, struct mrl_err *err,
                                     struct mrl_credentials *ret) {
    struct helper h = {.in = -1, .out = -1, .deadline_ns = deadline_ns};
    struct mrl_buf said;
    if (!good_name(name))
        return mrl_err_set(err, MRL_E_SYNTAX, ID, "'%.*s' is no name of a credential helper",
                           MRL_F(name));
    mrl_str program = mrl_arena_printf(a, "docker-credential-%.*s", MRL_F(name));
    MRL_CHECK(program.ptr != NULL, MRL_E_NOMEM);
    h.program = program.ptr;
    mrl_buf_init(&said, MRL_CREDENTIAL_BYTES_MAX);
    mrl_status status = ask(&h, server, &said, err);
    int how = finish(&h, status != MRL_OK);
    mrl_str text = mrl_str_trim(mrl_buf_str(&said));
    if (status == MRL_OK && WIFEXITED(how) && WEXITSTATUS(how) == 0)
        status = read_answer(a, &h, text, err, ret);
    else if (status == MRL_OK && mrl_str_find(text, MRL_S("not found"), 0) != MRL_STR_NPOS)
        *ret = (struct mrl_credentials){0}; /* "credentials not found in native keychain" */
    else if (status == MRL_OK)
        status = mrl_err_set(err, MRL_E_IO, ID, "%s failed: %.*s", h.program, MRL_F(text));
    if (said.ptr != NULL)
        explicit_bzero(said.ptr, said.len);
    mrl_buf_release(&said);
    return status;
}
