/* file.c - see file.h. */
#include "base/file.h"

#include "base/log.h"
#include "base/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define ID_READ "file.read"
#define ID_WRITE "file.write"
#define CHUNK 65536
#define NAME_TRIES 16 /* random names that are taken */

/* The path with a NUL behind it; fails for one that no system call could take. */
static mrl_status to_z(mrl_str path, char *z, size_t size, struct mrl_err *err) {
    MRL_ASSERT(size > 0);
    if (path.len == 0 || path.len >= size || memchr(path.ptr, '\0', path.len) != NULL)
        return mrl_err_set(err, MRL_E_INVALID, ID_READ, "the path is empty or too long");
    memcpy(z, path.ptr, path.len);
    z[path.len] = '\0';
    return MRL_OK;
}

enum mrl_file_kind mrl_file_kind_of(mrl_str path) {
    char z[PATH_MAX];
    struct stat st;
    if (to_z(path, z, sizeof z, NULL) != MRL_OK || MRL_SYS(stat(z, &st)) != 0)
        return MRL_FILE_NONE;
    return S_ISREG(st.st_mode)   ? MRL_FILE_REGULAR
           : S_ISDIR(st.st_mode) ? MRL_FILE_FOLDER
                                 : MRL_FILE_OTHER;
}

/* Reads what is left of fd; `hint` is the size it probably has. */
static mrl_status read_all(mrl_arena *a, int fd, size_t hint, size_t max, mrl_str path,
                           struct mrl_err *err, mrl_str *ret) {
    MRL_ASSERT(fd >= 0 && max > 0);
    size_t cap = hint + 1 < CHUNK && hint > 0 ? hint + 1 : hint > 0 ? hint + 1 : CHUNK, n = 0;
    char *p = mrl_arena_alloc(a, cap, 1);
    while (p != NULL) {
        if (n + 1 >= cap) {
            char *more = mrl_arena_regrow(a, p, cap, cap * 2, 1);
            if (more == NULL)
                break;
            p = more;
            cap *= 2;
        }
        ssize_t got = MRL_SYS(read(fd, p + n, cap - n - 1));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return mrl_err_sys(err, errno, ID_READ, "cannot read %.*s", MRL_F(path));
        if (got == 0) {
            p[n] = '\0';
            *ret = (mrl_str){p, n};
            return MRL_OK;
        }
        n += (size_t)got;
        if (n > max)
            return mrl_err_set(err, MRL_E_LIMIT, ID_READ,
                               "%.*s is larger than %zu bytes, the most that is read", MRL_F(path),
                               max);
    }
    return mrl_err_set(err, MRL_E_NOMEM, ID_READ, "no memory for %.*s", MRL_F(path));
}

static mrl_status read_fd(mrl_arena *a, int fd, size_t max, mrl_str path, struct mrl_err *err,
                          mrl_str *ret) {
    MRL_ASSERT(fd >= 0);
    struct stat st;
    max = max > 0 ? max : MRL_FILE_BYTES_MAX;
    if (MRL_SYS(fstat(fd, &st)) != 0)
        return mrl_err_sys(err, errno, ID_READ, "cannot read %.*s", MRL_F(path));
    if (S_ISDIR(st.st_mode))
        return mrl_err_set(err, MRL_E_INVALID, ID_READ, "%.*s is a folder", MRL_F(path));
    if (S_ISBLK(st.st_mode) || (S_ISCHR(st.st_mode) && !isatty(fd) && fd != STDIN_FILENO))
        return mrl_err_set(err, MRL_E_INVALID, ID_READ, "%.*s is a device", MRL_F(path));
    if (S_ISREG(st.st_mode) && (uint64_t)st.st_size > max)
        return mrl_err_set(err, MRL_E_LIMIT, ID_READ,
                           "%.*s is larger than %zu bytes, the most that is read", MRL_F(path),
                           max);
    return read_all(a, fd, S_ISREG(st.st_mode) ? (size_t)st.st_size + 1 : 0, max, path, err, ret);
}

mrl_status mrl_fd_read(mrl_arena *a, int fd, size_t max, mrl_str name, struct mrl_err *err,
                       mrl_str *ret) {
    return read_all(a, fd, 0, max > 0 ? max : MRL_FILE_BYTES_MAX, name, err, ret);
}

mrl_status mrl_file_read(mrl_arena *a, mrl_str path, size_t max, struct mrl_err *err,
                         mrl_str *ret) {
    char z[PATH_MAX];
    if (mrl_str_eq(path, MRL_S("-")))
        return read_fd(a, STDIN_FILENO, max, MRL_S("stdin"), err, ret);
    MRL_TRY(to_z(path, z, sizeof z, err));
    int fd = MRL_SYS(open(z, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
    if (fd < 0)
        return mrl_err_sys(err, errno, ID_READ, "cannot open %.*s", MRL_F(path));
    mrl_status status = read_fd(a, fd, max, path, err, ret);
    close(fd);
    return status;
}

mrl_status mrl_file_read_beneath(mrl_arena *a, int dir_fd, mrl_str name, size_t max,
                                 struct mrl_err *err, mrl_str *ret) {
    char z[PATH_MAX];
    struct open_how how = {.flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK,
                           .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS};
    MRL_TRY(to_z(name, z, sizeof z, err));
    int fd = (int)MRL_SYS(syscall(SYS_openat2, dir_fd, z, &how, sizeof how));
    if (fd < 0 && errno == ENOSYS)
        return mrl_err_set(err, MRL_E_UNSUPPORTED, ID_READ, "this kernel has no openat2");
    if (fd < 0)
        return mrl_err_sys(err, errno, ID_READ, "cannot open %.*s", MRL_F(name));
    mrl_status status = read_fd(a, fd, max, name, err, ret);
    close(fd);
    return status;
}

/* --- writing
 * ---------------------------------------------------------------------------------------- */

mrl_status mrl_fd_write(int fd, mrl_str text, struct mrl_err *err) {
    MRL_ASSERT(fd >= 0 && (text.ptr != NULL || text.len == 0));
    while (text.len > 0) {
        ssize_t n = MRL_SYS(write(fd, text.ptr, text.len));
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return mrl_err_sys(err, errno, ID_WRITE, "cannot write");
        text = mrl_str_sub(text, (size_t)n, text.len);
    }
    return MRL_OK;
}

/* The signals by which people and service managers end a program wait until the new file has its
 * name or is gone: otherwise an interrupt would leave a stray file beside the old one. They are
 * delivered as soon as the mask is back. Threads of the pool never take signals, so the mask of the
 * main thread is the one that counts. */
static void hold_signals(sigset_t *ret_before) {
    static const int ending[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
    sigset_t held;
    sigemptyset(&held);
    for (size_t i = 0; i < MRL_COUNTOF(ending); i++)
        sigaddset(&held, ending[i]);
    pthread_sigmask(SIG_BLOCK, &held, ret_before); /* cannot fail: SIG_BLOCK is a valid way */
}

/* Makes the new name last beyond a crash of the machine. It is done when the file has been replaced
 * already, so a failure is told in the log and fails nothing: after a crash the old text, whole,
 * may be back. */
static void sync_folder_of(int dir, const char *target) {
    char folder[PATH_MAX];
    const char *slash = strrchr(target, '/');
    size_t n = slash == NULL ? 0 : slash == target ? 1 : (size_t)(slash - target);
    MRL_ASSERT(n < sizeof folder);
    memcpy(folder, n > 0 ? target : ".", n > 0 ? n : 1);
    folder[n > 0 ? n : 1] = '\0';
    int fd = MRL_SYS(openat(dir, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (fd < 0 || MRL_SYS_AFTER(fsync(fd)) != 0)
        mrl_log(MRL_LOG_DEBUG, "file.sync", "cannot sync the folder %s: %s", folder,
                strerrordesc_np(errno));
    if (fd >= 0)
        close(fd);
}

/* A file that is being written, under a name of its own beside `target`, which both are below `dir`
 * (AT_FDCWD: paths as they are). */
struct writing {
    int dir;
    const char *target;
    bool fresh;  /* the target must not exist */
    mode_t mode; /* with has_mode: exactly this mode, else what the umask leaves of 0644 */
    bool has_mode;
    char tmp[PATH_MAX + 24];
};

/* Opens a new file of a name that nobody has. The kernel applies the umask. */
static int open_beside(struct writing *w) {
    mode_t mode = w->fresh && w->has_mode ? w->mode : 0644;
    for (int tries = 0; tries < NAME_TRIES; tries++) {
        uint64_t random = 0;
        if (getrandom(&random, sizeof random, 0) != (ssize_t)sizeof random)
            return -1;
        int n =
            snprintf(w->tmp, sizeof w->tmp, "%s.%016llx", w->target, (unsigned long long)random);
        MRL_ASSERT(n > 0 && (size_t)n < sizeof w->tmp);
        int fd = MRL_SYS(
            openat(w->dir, w->tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode));
        if (fd >= 0 || errno != EEXIST)
            return fd;
    }
    return -1;
}

/* Gives the written file its name. File systems that cannot rename without replacing can link. */
static int move(const struct writing *w) {
    if (!w->fresh)
        return MRL_SYS(renameat(w->dir, w->tmp, w->dir, w->target));
    if (MRL_SYS(renameat2(w->dir, w->tmp, w->dir, w->target, RENAME_NOREPLACE)) == 0)
        return 0;
    if (errno != EINVAL && errno != ENOSYS)
        return -1;
    if (MRL_SYS(linkat(w->dir, w->tmp, w->dir, w->target, 0)) != 0)
        return -1;
    unlinkat(w->dir, w->tmp, 0);
    return 0;
}

/* Fills and syncs the new file, then moves it over the old one. Whatever fails, the new file is
 * gone and the old one as it was. */
static mrl_status fill_and_move(int fd, const struct writing *w, mrl_str text,
                                struct mrl_err *err) {
    mrl_status status = mrl_fd_write(fd, text, err);
    if (status != MRL_OK)
        status = mrl_err_wrap(err, status, ID_WRITE, "cannot write %s", w->target);
    if (status == MRL_OK && w->has_mode && MRL_SYS(fchmod(fd, w->mode)) != 0)
        status = mrl_err_sys(err, errno, ID_WRITE, "cannot set the mode of %s", w->target);
    if (status == MRL_OK && MRL_SYS_AFTER(fsync(fd)) != 0)
        status = mrl_err_sys(err, errno, ID_WRITE, "cannot finish %s", w->tmp);
    if (MRL_SYS_AFTER(close(fd)) != 0 && status == MRL_OK)
        status = mrl_err_sys(err, errno, ID_WRITE, "cannot finish %s", w->tmp);
    if (status == MRL_OK && move(w) != 0)
        status = errno == EEXIST
                     ? mrl_err_set(err, MRL_E_CONFLICT, ID_WRITE,
                                   "%s exists already and is not overwritten", w->target)
                     : mrl_err_sys(err, errno, ID_WRITE, "cannot replace %s", w->target);
    if (status != MRL_OK)
        unlinkat(w->dir, w->tmp, 0);
    else
        sync_folder_of(w->dir, w->target);
    return status;
}

static mrl_status write_whole(struct writing *w, mrl_str text, struct mrl_err *err) {
    sigset_t before;
    hold_signals(&before);
    int fd = open_beside(w);
    mrl_status status = fd < 0
                            ? mrl_err_sys(err, errno, ID_WRITE, "cannot write beside %s", w->target)
                            : fill_and_move(fd, w, text, err);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return status;
}

/* Writes to what `path` names as it stands; `flags` for open, beside those that always hold. */
static mrl_status write_open(const char *path, int flags, mrl_str text, struct mrl_err *err) {
    int out = MRL_SYS(open(path, flags | O_WRONLY | O_CLOEXEC | O_NOCTTY, 0644));
    if (out < 0)
        return mrl_err_sys(err, errno, ID_WRITE, "cannot write %s", path);
    mrl_status status = mrl_fd_write(out, text, err);
    if (status != MRL_OK)
        status = mrl_err_wrap(err, status, ID_WRITE, "cannot write %s", path);
    if (MRL_SYS_AFTER(close(out)) != 0 && status == MRL_OK)
        status = mrl_err_sys(err, errno, ID_WRITE, "cannot finish %s", path);
    return status;
}

mrl_status mrl_file_replace(mrl_str path, mrl_str text, struct mrl_err *err) {
    char z[PATH_MAX], target[PATH_MAX];
    struct stat old;
    if (mrl_str_eq(path, MRL_S("-")))
        return mrl_fd_write(STDOUT_FILENO, text, err);
    MRL_TRY(to_z(path, z, sizeof z, err));
    /* Only "it is not there" may be passed over: another failure could hide a link or a device. */
    if (MRL_SYS_PTR(realpath(z, target)) == NULL) {
        if (errno != ENOENT)
            return mrl_err_sys(err, errno, ID_WRITE, "cannot write %s", z);
        memcpy(target, z, path.len + 1);
    }
    bool there = MRL_SYS(stat(target, &old)) == 0;
    if (!there && errno != ENOENT)
        return mrl_err_sys(err, errno, ID_WRITE, "cannot write %s", target);
    if (there && !S_ISREG(old.st_mode))
        return write_open(target, 0, text, err); /* a pipe or device cannot be replaced */
    struct writing w = {.dir = AT_FDCWD,
                        .target = target,
                        .has_mode = there,
                        .mode = there ? old.st_mode & 07777 : 0};
    return write_whole(&w, text, err);
}

mrl_status mrl_file_replace_at(int dir_fd, mrl_str name, mrl_str text, struct mrl_err *err) {
    char z[PATH_MAX];
    MRL_TRY(to_z(name, z, sizeof z, err));
    MRL_CHECK(memchr(z, '/', name.len) == NULL, MRL_E_INVALID);
    struct writing w = {.dir = dir_fd, .target = z};
    return write_whole(&w, text, err);
}

mrl_status mrl_file_create(mrl_str path, mrl_str text, unsigned mode, struct mrl_err *err) {
    char z[PATH_MAX];
    MRL_TRY(to_z(path, z, sizeof z, err));
    struct writing w = {
        .dir = AT_FDCWD, .target = z, .fresh = true, .has_mode = true, .mode = mode};
    return write_whole(&w, text, err);
}

mrl_status mrl_file_append(mrl_str path, mrl_str text, struct mrl_err *err) {
    char z[PATH_MAX];
    MRL_TRY(to_z(path, z, sizeof z, err));
    return write_open(z, O_APPEND | O_CREAT, text, err);
}
