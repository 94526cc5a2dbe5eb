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

#define MRL_GIT_ENTRIES_MAX 1000000 /* files of a tree */

enum mrl_git_kind { MRL_GIT_FILE, MRL_GIT_SYMLINK, MRL_GIT_SUBMODULE };

struct mrl_git_entry {
    enum mrl_git_kind kind;
    mrl_str id, path; /* the path may hold anything but a NUL */
};

struct mrl_git_entries {
    struct mrl_git_entry *items;
    uint32_t n, cap;
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

/* The root of the working tree that the folder stands in, absolute. MRL_E_NOT_FOUND without one. */
mrl_status mrl_git_top(struct mrl_git *g, struct mrl_err *err, mrl_str *ret) MRL_NODISCARD;
/* The id of the commit that a revision names. MRL_E_NOT_FOUND when there is none here. */
mrl_status mrl_git_resolve(struct mrl_git *g, mrl_str rev, struct mrl_err *err,
                           mrl_str *ret) MRL_NODISCARD;
/* The best common ancestor of two commits. MRL_E_NOT_FOUND when none is known here. */
mrl_status mrl_git_merge_base(struct mrl_git *g, mrl_str x, mrl_str y, struct mrl_err *err,
                              mrl_str *ret) MRL_NODISCARD;
/* The first parent of a commit and their number, as the commit names them: they need not be here.
 */
mrl_status mrl_git_parents(struct mrl_git *g, mrl_str commit, struct mrl_err *err,
                           mrl_str *ret_first, uint32_t *ret_n) MRL_NODISCARD;
/* All entries of a commit's tree at or below `path` (empty: all), folders entered, in git's order;
 * paths from the root of the repository. */
mrl_status mrl_git_tree(struct mrl_git *g, mrl_str commit, mrl_str path, struct mrl_err *err,
                        struct mrl_git_entries *ret) MRL_NODISCARD;
/* The submodules of the index; `g` is at the root, or those below its folder. */
mrl_status mrl_git_staged_links(struct mrl_git *g, struct mrl_err *err,
                                struct mrl_git_entries *ret) MRL_NODISCARD;

/* `ls-tree -r -z` ("mode type id TAB path NUL"), or, with `index`, `ls-files --stage -z` ("mode id
 * stage TAB path NUL"). Slices of `text`. Believes nothing: MRL_E_SYNTAX, MRL_E_LIMIT. */
mrl_status mrl_git_read_entries(mrl_arena *a, mrl_str text, bool index,
                                struct mrl_git_entries *ret) MRL_NODISCARD;
/* An id: 40 or 64 hexadecimal digits in lower case. */
bool mrl_git_is_id(mrl_str s);

#endif
