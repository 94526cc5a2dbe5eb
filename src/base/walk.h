/* walk.h - all files below a folder, in a fixed order.
 *
 * Idea: folders are read one by one, names sorted by bytes, so that every run sees the same order.
 * .git is skipped and .gitignore files are obeyed. Symbolic links to files are followed when they
 * stay below the root; links to folders never are, so there are no loops. What cannot be read is
 * told to the visitor, and the walk goes on.
 */
#ifndef MRL_BASE_WALK_H
#define MRL_BASE_WALK_H

#include "base/arena.h"
#include "base/status.h"

#define MRL_WALK_FILES_MAX 1000000
#define MRL_WALK_DEPTH_MAX 100

struct mrl_walk_opts {
    bool no_ignore;           /* do not read .gitignore */
    bool hidden;              /* enter names that begin with '.', too */
    const char *const *shown; /* names that are entered although they begin with '.'; ends with
                                 NULL; NULL: none */
};

/* Called for each regular file: its path (root joined), valid as long as the walk's arena. A
 * failure ends the walk. */
typedef mrl_status (*mrl_walk_file)(void *cx, mrl_str path);
/* Called for what could not be read. */
typedef mrl_status (*mrl_walk_problem)(void *cx, const struct mrl_err *problem);

/* Walks `root`: a folder, or a file, which is then the only visit. NULL opts = defaults. */
mrl_status mrl_walk(mrl_arena *a, mrl_str root, const struct mrl_walk_opts *opts,
                    mrl_walk_file file, mrl_walk_problem problem, void *cx,
                    struct mrl_err *err) MRL_NODISCARD;

/* The same over a list of files that are on no disk, as of a revision: so that both sides of a
 * comparison leave out the same. `paths` are relative to the root; `ignores` are the texts of its
 * .gitignore files, each with the path of its folder ("" or ending in '/'), outer ones first.
 * Fills ret_in with what the walk would visit. Cost: paths * patterns * depth. */
struct mrl_walk_ignore {
    mrl_str folder, text;
};
mrl_status mrl_walk_listed(mrl_arena *a, const struct mrl_walk_opts *opts,
                           const struct mrl_walk_ignore *ignores, uint32_t n_ignores,
                           const mrl_str *paths, uint32_t n, bool *ret_in) MRL_NODISCARD;

#endif
