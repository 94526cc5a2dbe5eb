/* walk.c - see walk.h. */
#include "base/walk.h"

#include "base/file.h"
#include "base/ignore.h"
#include "base/sys.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define IGNORE_BYTES_MAX ((size_t)1 << 20) /* of one .gitignore */

struct walk {
    mrl_arena *arena;
    const struct mrl_walk_opts *opts;
    mrl_walk_file file;
    mrl_walk_problem problem;
    void *cx;
    struct mrl_err *err;
    struct mrl_ignore ignore;
    char real_root[PATH_MAX];
    mrl_str root; /* with '/' at its end */
    size_t files;
};

static mrl_status tell(struct walk *w, mrl_str path, int errnum) {
    struct mrl_err e;
    mrl_err_init(&e);
    (void)mrl_err_sys(&e, errnum, "walk.read", "cannot read %.*s", MRL_F(path));
    e.pos.file = path;
    return w->problem(w->cx, &e);
}

static mrl_str below_root(const struct walk *w, mrl_str path) {
    MRL_ASSERT(mrl_str_starts(path, w->root));
    return mrl_str_sub(path, w->root.len, path.len);
}

/* Whether a symbolic link leads to a regular file below the root. A link to nowhere or in a circle
 * is no file; one that cannot be followed for another reason is told. */
static mrl_status follow_link(struct walk *w, mrl_str path, bool *ret_good) {
    char real[PATH_MAX];
    struct stat st;
    size_t n = strlen(w->real_root);
    *ret_good = false;
    if (MRL_SYS(stat(path.ptr, &st)) != 0 || MRL_SYS_PTR(realpath(path.ptr, real)) == NULL)
        return errno == ENOENT || errno == ELOOP || errno == ENOTDIR ? MRL_OK
                                                                     : tell(w, path, errno);
    *ret_good =
        S_ISREG(st.st_mode) && strncmp(real, w->real_root, n) == 0 && (real[n] == '/' || n == 1);
    return MRL_OK;
}

static mrl_status folder(struct walk *w, mrl_str path, unsigned depth);

static mrl_status entry(struct walk *w, mrl_str parent, const struct dirent *d, unsigned depth) {
    struct stat st;
    mrl_str path = mrl_arena_printf(w->arena, "%.*s%s", MRL_F(parent), d->d_name);
    MRL_CHECK(path.ptr != NULL, MRL_E_NOMEM);
    if (MRL_SYS(lstat(path.ptr, &st)) != 0)
        return tell(w, path, errno);
    bool is_folder = S_ISDIR(st.st_mode);
    if (mrl_ignored(&w->ignore, below_root(w, path), is_folder))
        return MRL_OK;
    if (is_folder) {
        path = mrl_arena_printf(w->arena, "%.*s/", MRL_F(path));
        MRL_CHECK(path.ptr != NULL, MRL_E_NOMEM);
        return folder(w, path, depth + 1);
    }
    bool is_file = S_ISREG(st.st_mode);
    if (S_ISLNK(st.st_mode))
        MRL_TRY(follow_link(w, path, &is_file));
    if (!is_file)
        return MRL_OK;
    if (++w->files > MRL_WALK_FILES_MAX)
        return mrl_err_set(w->err, MRL_E_LIMIT, "walk.limit", "more than %d files below %.*s",
                           MRL_WALK_FILES_MAX, MRL_F(w->root));
    return w->file(w->cx, path);
}

/* Reads the folder's .gitignore, if it has one. One that cannot be read is told: the walk then
 * visits more than it should, never less. */
static mrl_status read_ignore(struct walk *w, mrl_str path) {
    mrl_str text, name = mrl_arena_printf(w->arena, "%.*s.gitignore", MRL_F(path));
    struct mrl_err err;
    MRL_CHECK(name.ptr != NULL, MRL_E_NOMEM);
    if (w->opts->no_ignore)
        return MRL_OK;
    mrl_err_init(&err);
    mrl_status status = mrl_file_read(w->arena, name, IGNORE_BYTES_MAX, &err, &text);
    if (status == MRL_OK)
        return mrl_ignore_add(&w->ignore, w->arena, below_root(w, path), text);
    if (status == MRL_E_NOT_FOUND || status == MRL_E_INVALID) /* none, or a folder of that name */
        return MRL_OK;
    err.pos.file = name;
    return status == MRL_E_NOMEM ? status : w->problem(w->cx, &err);
}

/* Names by bytes, whatever the locale. */
static int by_name(const void *pa, const void *pb) {
    const struct dirent *const *a = pa, *const *b = pb;
    return strcmp((*a)->d_name, (*b)->d_name);
}

/* Names that the walk neither enters nor visits. */
static bool is_left_out(const struct mrl_walk_opts *opts, mrl_str name) {
    if (mrl_str_eq(name, MRL_S(".")) || mrl_str_eq(name, MRL_S("..")) ||
        mrl_str_eq(name, MRL_S(".git")))
        return true;
    for (size_t i = 0; opts->shown != NULL && opts->shown[i] != NULL; i++)
        if (mrl_str_eq(name, mrl_str_z(opts->shown[i])))
            return false;
    return mrl_str_starts(name, MRL_S(".")) && !opts->hidden;
}

static mrl_status folder(struct walk *w, mrl_str path, unsigned depth) {
    MRL_ASSERT(mrl_str_ends(path, MRL_S("/")));
    struct dirent **entries = NULL;
    if (depth > MRL_WALK_DEPTH_MAX)
        return tell(w, path, ELOOP);
    int n = MRL_SYS(scandir(path.ptr, &entries, NULL, NULL));
    if (n < 0)
        return tell(w, path, errno);
    qsort(entries, (size_t)n, sizeof(void *), by_name);
    uint32_t kept = w->ignore.n;
    mrl_status status = read_ignore(w, path);
    for (int i = 0; i < n; i++) {
        if (status == MRL_OK && !is_left_out(w->opts, mrl_str_z(entries[i]->d_name)))
            status = entry(w, path, entries[i], depth);
        free(entries[i]);
    }
    free(entries);
    w->ignore.n = kept;
    return status;
}

static const struct mrl_walk_opts defaults = {.no_ignore = false};

/* Whether the walk would get to a path: each folder on the way decides for itself. */
static bool reaches(const struct mrl_walk_opts *opts, const struct mrl_ignore *ignore,
                    mrl_str path) {
    unsigned depth = 0;
    for (size_t from = 0, to; from <= path.len; from = to + 1) {
        to = mrl_str_find(path, MRL_S("/"), from);
        bool is_folder = to != MRL_STR_NPOS;
        to = is_folder ? to : path.len;
        if (is_left_out(opts, mrl_str_sub(path, from, to)) ||
            mrl_ignored(ignore, mrl_str_sub(path, 0, to), is_folder) ||
            depth++ > MRL_WALK_DEPTH_MAX)
            return false;
    }
    return true;
}

mrl_status mrl_walk_listed(mrl_arena *a, const struct mrl_walk_opts *opts,
                           const struct mrl_walk_ignore *ignores, uint32_t n_ignores,
                           const mrl_str *paths, uint32_t n, bool *ret_in) {
    struct mrl_ignore ignore = {NULL, 0, 0};
    opts = opts != NULL ? opts : &defaults;
    for (uint32_t i = 0; i < n_ignores && !opts->no_ignore; i++)
        MRL_TRY(mrl_ignore_add(&ignore, a, ignores[i].folder, ignores[i].text));
    for (uint32_t i = 0; i < n; i++)
        ret_in[i] = reaches(opts, &ignore, paths[i]);
    return MRL_OK;
}

mrl_status mrl_walk(mrl_arena *a, mrl_str root, const struct mrl_walk_opts *opts,
                    mrl_walk_file file, mrl_walk_problem problem, void *cx, struct mrl_err *err) {
    struct walk w = {.arena = a,
                     .opts = opts != NULL ? opts : &defaults,
                     .file = file,
                     .problem = problem,
                     .cx = cx,
                     .err = err};
    mrl_str z = mrl_arena_str(a, root);
    struct stat st;
    MRL_CHECK(z.ptr != NULL, MRL_E_NOMEM);
    if (MRL_SYS(stat(z.ptr, &st)) != 0)
        return errno == ENOENT
                   ? mrl_err_set(err, MRL_E_NOT_FOUND, "walk.missing", "%.*s does not exist",
                                 MRL_F(root))
                   : mrl_err_sys(err, errno, "walk.read", "cannot read %.*s", MRL_F(root));
    if (!S_ISDIR(st.st_mode))
        return file(cx, root);
    w.root = mrl_arena_printf(a, "%.*s%s", MRL_F(root), mrl_str_ends(root, MRL_S("/")) ? "" : "/");
    MRL_CHECK(w.root.ptr != NULL, MRL_E_NOMEM);
    if (MRL_SYS_PTR(realpath(w.root.ptr, w.real_root)) == NULL)
        return mrl_err_sys(err, errno, "walk.read", "cannot read %.*s", MRL_F(root));
    return folder(&w, w.root, 0);
}
