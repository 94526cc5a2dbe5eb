/* ci.h - the parts of `merlon ci`: which base, the tree at the base, what is new, and the lock.
 *
 * Idea: the tree at the base is judged by the same policies, settings and exceptions as the working
 * tree, so that the two differ by the manifests alone. A finding is known again by its fingerprint
 * (control, object, place in the object), not by file or line. What stands at the base is old debt:
 * accepted like that of a baseline file, so that every form and the gate leave it out by the one
 * rule that they have already.
 */
#ifndef MRL_CLI_CI_H
#define MRL_CLI_CI_H

#include "cli/check.h"
#include "services/git/repo.h"

struct mrl_ci_repo {
    struct mrl_git git; /* at the root of the working tree */
    mrl_str top;        /* that root; empty: there is no repository */
};

/* Opens the repository and chooses the base: --base, else `locked` (of a lock file; may be empty),
 * else what CI systems say, else the merge base with origin/HEAD, else the first parent. Fills
 * since->name, how, commit and head; since->problem when the base that was chosen is not to be had.
 * Fails only for memory. */
mrl_status mrl_ci_choose(struct mrl_cli *cli, mrl_str locked, struct mrl_ci_repo *ret_repo,
                         struct mrl_since *since) MRL_NODISCARD;
/* Notes that the base cannot be read: that is one unknown verdict, and not a clean tree. */
mrl_status mrl_ci_problem(mrl_arena *a, const struct mrl_err *err,
                          struct mrl_since *since) MRL_NODISCARD;

/* Takes what lies in submodules out of c->inputs: their repositories have revisions of their own.
 * `c` is prepared, and not yet read. */
mrl_status mrl_ci_leave_submodules(struct mrl_check *c, struct mrl_ci_repo *repo) MRL_NODISCARD;
/* Reads and judges the paths of the command line as they were at since->commit, into since->base.
 * c->files.err says what went wrong. */
mrl_status mrl_ci_read_base(struct mrl_check *c, struct mrl_ci_repo *repo,
                            struct mrl_since *since) MRL_NODISCARD;

/* Marks what c has in common with since->base as old, accepts old failures, and fills the counts
 * and since->gone. Both are judged. Cost: linear in the findings. */
mrl_status mrl_ci_compare(struct mrl_check *c, struct mrl_since *since) MRL_NODISCARD;

/* Everything that the answer depends on, and what it was: the value of a lock file, schema
 * "merlon.lock/1". To be taken before --severity leaves findings out. */
mrl_status mrl_ci_evidence(const struct mrl_check *c, const struct mrl_gate *g,
                           mrl_val *ret) MRL_NODISCARD;
/* Reads and validates a lock file; err names it. */
mrl_status mrl_ci_lock_read(mrl_arena *a, mrl_str file, struct mrl_err *err,
                            mrl_val *ret) MRL_NODISCARD;
/* The commit of a lock's base; empty when it has none. */
mrl_str mrl_ci_lock_base(mrl_val lock);
/* Replaces a lock file as a whole. */
mrl_status mrl_ci_lock_write(mrl_arena *a, mrl_str file, mrl_val evidence,
                             struct mrl_err *err) MRL_NODISCARD;
/* Appends a line for each member in which the run differs from the lock; returns their number. The
 * day and the commit checked out are noted in a lock and may differ. */
uint32_t mrl_ci_lock_differences(mrl_arena *a, mrl_val lock, mrl_val now, struct mrl_buf *b);

#endif
