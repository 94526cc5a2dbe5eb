/* repo.h - a git repository, read through `git cat-file` and two or three commands like it.
 *
 * Idea: git's store is a moving target of packs, alternates and promises, so git itself reads it: a
 * child with fixed arguments. What the repository's owner could have arranged is switched off:
 * GIT_* variables are not inherited, replaced and grafted objects do not count, hooks, filters,
 * monitors and transports are overridden, nothing is fetched. What comes back is hostile bytes
 * under a ceiling, and the name of each object is computed again from its bytes.
 *
 * Git refuses repositories of other users by itself (safe.directory of the user's own settings).
 * Threads: none shared. Cost: 2 ms a command; some 150 MB/s of objects.
 */
#ifndef MRL_SERVICES_GIT_REPO_H
#define MRL_SERVICES_GIT_REPO_H

#include "base/arena.h"
#include "base/status.h"

#define MRL_GIT_COMMITS_MAX 100000
#define MRL_GIT_ID_MAX 64 /* digits of a SHA-256 name */

struct mrl_git {
    mrl_arena *arena;
    mrl_str path;
    const char *env[16];
    uint32_t n_env;
};

struct mrl_git_object {
    mrl_str id; /* hexadecimal; empty: there is none of the name asked for */
    mrl_str type;
    mrl_str bytes; /* of mrl_git_read */
};

struct mrl_git_link { /* a submodule in a tree */
    mrl_str path, id;
};

/* Prepares reading `path`; runs nothing yet. */
mrl_status mrl_git_open(mrl_arena *a, mrl_str path, struct mrl_git *ret) MRL_NODISCARD;

/* Objects by names as git understands them ("v1", "HEAD^{commit}"), at most MRL_GIT_COMMITS_MAX. A
 * name of which there is no object gives an empty id. `bytes`: reads them, too, and checks that
 * they are those of the name: MRL_E_INVALID when not. */
mrl_status mrl_git_read(struct mrl_git *g, const mrl_str *names, uint32_t n, bool bytes,
                        struct mrl_err *err, struct mrl_git_object *ret) MRL_NODISCARD;

/* Commits that `to` has and `from` (may be empty) has not, newest first. MRL_E_LIMIT. */
mrl_status mrl_git_commits(struct mrl_git *g, mrl_str from, mrl_str to, struct mrl_err *err,
                           mrl_str **ret, uint32_t *ret_n) MRL_NODISCARD;

/* True when `old` is `id` or lies in its history. Both are names of commits that exist. */
mrl_status mrl_git_is_ancestor(struct mrl_git *g, mrl_str old, mrl_str id, struct mrl_err *err,
                               bool *ret) MRL_NODISCARD;

/* True when the clone was cut off somewhere: then git shows the cut as the beginning of history. */
mrl_status mrl_git_is_shallow(struct mrl_git *g, struct mrl_err *err, bool *ret) MRL_NODISCARD;

/* The submodules in a commit's tree. */
mrl_status mrl_git_links(struct mrl_git *g, mrl_str commit, struct mrl_err *err,
                         struct mrl_git_link **ret, uint32_t *ret_n) MRL_NODISCARD;

#endif
