/* ci_choose.c - which revision a tree is compared with.
 *
 * The order: what the user says, then what the CI system knows, then what history tells. A base
 * that was named and is not there is never replaced by another: a run that compared with the wrong
 * revision would call risks old that are new.
 */
#include "cli/ci.h"

#include <stdlib.h>

struct choosing {
    struct mrl_git *g;
    mrl_arena *a;
    struct mrl_since *since;
    struct mrl_err err;
};

static mrl_str variable(const char *name) {
    return mrl_str_z(getenv(name));
}

mrl_status mrl_ci_problem(mrl_arena *a, const struct mrl_err *err, struct mrl_since *since) {
    struct mrl_err *e = MRL_ARENA_NEW(a, struct mrl_err);
    MRL_CHECK(e != NULL, MRL_E_NOMEM);
    *e = *err;
    (void)mrl_err_set(e, err->code, "ci.base", "the base cannot be read: %s", err->text);
    e->pos = (struct mrl_pos){.file = since->name.len > 0 ? since->name : MRL_S("git")};
    since->problem = e;
    since->commit = MRL_S("");
    return MRL_OK;
}

/* The revision itself. */
static mrl_status exactly(struct choosing *c, mrl_str rev, mrl_str how) {
    c->since->name = rev;
    c->since->how = how;
    return mrl_git_resolve(c->g, rev, &c->err, &c->since->commit);
}

/* The first parent, which need not be here. */
static mrl_status parent(struct choosing *c, mrl_str id, mrl_str how) {
    mrl_status status = exactly(c, id, how);
    c->since->name = MRL_S("HEAD^");
    return status;
}

/* Where our line of commits left that of `rev`: what was done there since is not ours. */
static mrl_status merge_base(struct choosing *c, mrl_str rev, mrl_str how) {
    mrl_str tip;
    c->since->name = rev;
    c->since->how = how;
    MRL_TRY(mrl_git_resolve(c->g, rev, &c->err, &tip));
    return mrl_git_merge_base(c->g, tip, c->since->head, &c->err, &c->since->commit);
}

/* GitHub checks out a merge of the target branch and ours, often without a branch beside it: then
 * its first parent is the target branch. */
static mrl_status for_github(struct choosing *c, mrl_str ref) {
    mrl_str tip, first, branch = mrl_arena_printf(c->a, "origin/%.*s", MRL_F(ref));
    uint32_t n = 0;
    MRL_CHECK(branch.ptr != NULL, MRL_E_NOMEM);
    if (mrl_git_resolve(c->g, branch, NULL, &tip) != MRL_OK) {
        MRL_TRY(mrl_git_parents(c->g, c->since->head, &c->err, &first, &n));
        if (n == 2)
            return parent(c, first, MRL_S("GITHUB_BASE_REF: first parent of the merge"));
    }
    return merge_base(c, branch, MRL_S("GITHUB_BASE_REF: merge base"));
}

static mrl_status from_history(struct choosing *c) {
    mrl_str tip, first;
    uint32_t n = 0;
    if (mrl_git_resolve(c->g, MRL_S("origin/HEAD"), NULL, &tip) == MRL_OK &&
        !mrl_str_eq(tip, c->since->head)) {
        MRL_TRY(merge_base(c, MRL_S("origin/HEAD"), MRL_S("merge base")));
        if (!mrl_str_eq(c->since->commit, c->since->head))
            return MRL_OK;
        c->since->commit = MRL_S(""); /* we are part of it: our last commit is what is new */
    }
    MRL_TRY(mrl_git_parents(c->g, c->since->head, &c->err, &first, &n));
    if (n > 0)
        return parent(c, first, MRL_S("first parent"));
    c->since->name = MRL_S("");
    c->since->how = MRL_S("this is the first commit");
    return MRL_OK;
}

static mrl_status choose(struct choosing *c, mrl_str asked, mrl_str locked) {
    mrl_str github = variable("GITHUB_BASE_REF");
    mrl_str gitlab = variable("CI_MERGE_REQUEST_DIFF_BASE_SHA");
    if (asked.ptr != NULL)
        return exactly(c, asked, MRL_S("--base"));
    if (locked.len > 0)
        return exactly(c, locked, MRL_S("the lock file"));
    if (c->since->head.len == 0) {
        c->since->how = MRL_S("there is no commit yet");
        return MRL_OK;
    }
    if (github.len > 0)
        return for_github(c, github);
    if (gitlab.len > 0)
        return exactly(c, gitlab, MRL_S("CI_MERGE_REQUEST_DIFF_BASE_SHA"));
    return from_history(c);
}

/* At the root, so that paths of answers are those of trees. */
static mrl_status open_repo(mrl_arena *a, struct mrl_err *err, struct mrl_ci_repo *ret) {
    struct mrl_git here;
    MRL_TRY(mrl_git_open(a, MRL_S("."), &here));
    MRL_TRY(mrl_git_top(&here, err, &ret->top));
    return mrl_git_open(a, ret->top, &ret->git);
}

mrl_status mrl_ci_choose(struct mrl_cli *cli, mrl_str locked, struct mrl_ci_repo *ret_repo,
                         struct mrl_since *since) {
    struct choosing c = {.g = &ret_repo->git, .a = cli->arena, .since = since};
    mrl_err_init(&c.err);
    *since = (struct mrl_since){.name = MRL_S("")};
    mrl_status status = open_repo(cli->arena, &c.err, ret_repo);
    if (status == MRL_OK) {
        if (mrl_git_resolve(c.g, MRL_S("HEAD"), NULL, &since->head) != MRL_OK)
            since->head = MRL_S("");
        status = choose(&c, mrl_opt_str(cli, "base", (mrl_str){NULL, 0}), locked);
    }
    if (status == MRL_OK || status == MRL_E_NOMEM)
        return status;
    return mrl_ci_problem(cli->arena, &c.err, since);
}
