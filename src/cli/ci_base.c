/* ci_base.c - the tree at the base: which files it has, what they hold, how they stand.
 *
 * The files are those that a walk of the folder would have visited at that revision: the same names
 * are left out, the .gitignore files of that revision are obeyed, links to files are followed.
 * Names and texts come from git; nothing is written to the disk.
 */
#include "cli/ci.h"

#include "base/file.h"
#include "base/map.h"
#include "base/sys.h"
#include "base/walk.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>

#define LINKS_MAX 8 /* links from one to the next */

struct place {    /* a path of the command line */
    mrl_str arg;  /* as the user named it */
    mrl_str path; /* below the root of the repository; empty: the root */
    bool is_folder;
};

struct listing { /* the files of a folder, below it */
    mrl_arena *a;
    struct mrl_ci_repo *repo;
    struct mrl_err *err;
    struct mrl_git_entry *items; /* paths relative to the folder, in the order of a walk */
    uint32_t n;
    mrl_str *paths;
    mrl_str *texts; /* of links and .gitignore files; else ptr NULL */
};

/* --- places -------------------------------------------------------------------------------- */

/* `path` relative to `folder`; false when it lies elsewhere. Both have no '/' at the end. */
static bool below(mrl_str path, mrl_str folder, mrl_str *ret) {
    if (mrl_str_eq(path, folder) || folder.len == 0 || mrl_str_eq(folder, MRL_S("/"))) {
        size_t from = folder.len > 0 && path.len > folder.len ? 1 : folder.len;
        *ret = mrl_str_sub(path, from, path.len);
        return true;
    }
    if (!mrl_str_starts(path, folder) || path.ptr[folder.len] != '/')
        return false;
    *ret = mrl_str_sub(path, folder.len + 1, path.len);
    return true;
}

static mrl_status place_of(struct mrl_check *c, struct mrl_ci_repo *repo, mrl_str arg,
                           struct place *ret) {
    char real[PATH_MAX];
    mrl_arena *a = c->cli->arena;
    mrl_str z = mrl_arena_str(a, arg);
    MRL_CHECK(z.ptr != NULL, MRL_E_NOMEM);
    if (MRL_SYS_PTR(realpath(z.ptr, real)) == NULL)
        return mrl_err_sys(&c->files.err, errno, "ci.path", "cannot read %.*s", MRL_F(arg));
    mrl_str path = mrl_arena_str(a, mrl_str_z(real));
    MRL_CHECK(path.ptr != NULL, MRL_E_NOMEM);
    *ret = (struct place){.arg = arg, .is_folder = mrl_file_kind_of(arg) == MRL_FILE_FOLDER};
    if (!below(path, repo->top, &ret->path))
        return mrl_err_set(&c->files.err, MRL_E_INVALID, "ci.path",
                           "%.*s lies outside of the repository %.*s", MRL_F(arg),
                           MRL_F(repo->top));
    return MRL_OK;
}

static size_t n_places(const struct mrl_check *c) {
    return c->cli->n_args > 0 ? c->cli->n_args : 1;
}

static mrl_status nth_place(struct mrl_check *c, struct mrl_ci_repo *repo, size_t i,
                            struct place *ret) {
    return place_of(c, repo, c->cli->n_args > 0 ? c->cli->args[i] : MRL_S("."), ret);
}

/* A path below a place as a walk of the place would name it. */
static mrl_str shown(mrl_arena *a, const struct place *p, mrl_str path) {
    return mrl_arena_printf(a, "%.*s%s%.*s", MRL_F(p->arg),
                            mrl_str_ends(p->arg, MRL_S("/")) ? "" : "/", MRL_F(path));
}

/* --- submodules ---------------------------------------------------------------------------- */

static void drop_below(struct mrl_check *c, mrl_str folder) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < c->inputs.n; i++)
        if (!mrl_str_starts(c->inputs.items[i].source.path, folder))
            c->inputs.items[n++] = c->inputs.items[i];
    c->inputs.n = n;
}

mrl_status mrl_ci_leave_submodules(struct mrl_check *c, struct mrl_ci_repo *repo) {
    struct mrl_git_entries modules;
    mrl_arena *a = c->cli->arena;
    MRL_TRY(mrl_git_staged_links(&repo->git, &c->files.err, &modules));
    for (size_t i = 0; i < n_places(c) && modules.n > 0; i++) {
        struct place p;
        MRL_TRY(nth_place(c, repo, i, &p));
        for (uint32_t k = 0; k < modules.n; k++) {
            mrl_str path;
            if (!p.is_folder || !below(modules.items[k].path, p.path, &path) || path.len == 0)
                continue;
            mrl_str folder = mrl_arena_printf(a, "%.*s/", MRL_F(shown(a, &p, path)));
            MRL_CHECK(folder.ptr != NULL, MRL_E_NOMEM);
            drop_below(c, folder);
            c->skipped[MRL_SKIP_SUBMODULE]++;
        }
    }
    return MRL_OK;
}

/* --- the files of a folder ----------------------------------------------------------------- */

/* Names of each folder by bytes, as the walk sorts them: '/' ends a name, so it comes first. */
static int in_order(const void *pa, const void *pb) {
    const struct mrl_git_entry *a = pa, *b = pb;
    size_t i = 0, n = a->path.len < b->path.len ? a->path.len : b->path.len;
    while (i < n && a->path.ptr[i] == b->path.ptr[i])
        i++;
    if (i == n)
        return (a->path.len > b->path.len) - (a->path.len < b->path.len);
    int x = a->path.ptr[i] == '/' ? 0 : (unsigned char)a->path.ptr[i];
    int y = b->path.ptr[i] == '/' ? 0 : (unsigned char)b->path.ptr[i];
    return x - y;
}

static bool is_ignore_file(const struct mrl_git_entry *e) {
    return e->kind == MRL_GIT_FILE && (mrl_str_eq(e->path, MRL_S(".gitignore")) ||
                                       mrl_str_ends(e->path, MRL_S("/.gitignore")));
}

/* The bytes of objects, all of which must be here: a partial clone has not all of them. */
static mrl_status read_objects(struct mrl_git *g, mrl_arena *a, const mrl_str *ids, uint32_t n,
                               struct mrl_err *err, mrl_str *ret) {
    struct mrl_git_object *o = MRL_ARENA_ARRAY(a, struct mrl_git_object, n + 1);
    MRL_CHECK(o != NULL, MRL_E_NOMEM);
    if (n > MRL_GIT_COMMITS_MAX)
        return mrl_err_set(err, MRL_E_LIMIT, "ci.objects", "more than %d files to compare",
                           MRL_GIT_COMMITS_MAX);
    if (n > 0)
        MRL_TRY(mrl_git_read(g, ids, n, true, err, o));
    for (uint32_t i = 0; i < n; i++) {
        if (!mrl_str_eq(o[i].id, ids[i]))
            return mrl_err_set(err, MRL_E_NOT_FOUND, "ci.objects",
                               "the object %.*s is not in this repository", MRL_F(ids[i]));
        ret[i] = o[i].bytes;
    }
    return MRL_OK;
}

/* Reads the .gitignore files and where the links lead, in one question. */
static mrl_status read_special(struct listing *l) {
    uint32_t n = 0;
    mrl_str *oids = MRL_ARENA_ARRAY(l->a, mrl_str, l->n + 1);
    mrl_str *texts = MRL_ARENA_ARRAY(l->a, mrl_str, l->n + 1);
    l->texts = MRL_ARENA_ARRAY(l->a, mrl_str, l->n + 1);
    MRL_CHECK(oids != NULL && texts != NULL && l->texts != NULL, MRL_E_NOMEM);
    for (uint32_t i = 0; i < l->n; i++)
        if (l->items[i].kind == MRL_GIT_SYMLINK || is_ignore_file(&l->items[i]))
            oids[n++] = l->items[i].id;
    MRL_TRY(read_objects(&l->repo->git, l->a, oids, n, l->err, texts));
    for (uint32_t i = 0, k = 0; i < l->n; i++)
        if (l->items[i].kind == MRL_GIT_SYMLINK || is_ignore_file(&l->items[i]))
            l->texts[i] = texts[k++];
    return MRL_OK;
}

/* Where a link in `path`'s folder leads, without "." and ".."; ptr NULL outside of the listing. */
static mrl_str led_to(mrl_arena *a, mrl_str path, mrl_str target) {
    size_t slash = mrl_str_rfind(path, MRL_S("/")), n = slash == MRL_STR_NPOS ? 0 : slash;
    char *to = mrl_arena_alloc(a, path.len + target.len + 2, 1);
    if (to == NULL || mrl_str_starts(target, MRL_S("/")))
        return (mrl_str){NULL, 0};
    memcpy(to, path.ptr, n);
    while (target.len > 0) {
        mrl_str name = mrl_str_cut(target, '/', &target);
        if (name.len == 0 || mrl_str_eq(name, MRL_S(".")))
            continue;
        if (mrl_str_eq(name, MRL_S(".."))) {
            if (n == 0)
                return (mrl_str){NULL, 0};
            while (n > 0 && to[--n] != '/')
                continue;
            continue;
        }
        if (n > 0)
            to[n++] = '/';
        memcpy(to + n, name.ptr, name.len);
        n += name.len;
    }
    return (mrl_str){to, n};
}

/* Gives links to files of the listing the object that they lead to. The others stay links. */
static mrl_status follow_links(struct listing *l) {
    struct mrl_map by_path = {0};
    uint32_t id;
    for (uint32_t i = 0; i < l->n; i++)
        MRL_TRY(mrl_map_add(&by_path, l->a, l->items[i].path, &id));
    MRL_ASSERT(by_path.n == l->n); /* a tree has no name twice */
    for (uint32_t i = 0; i < l->n; i++) {
        int64_t at = i;
        for (int hops = 0; hops < LINKS_MAX && at >= 0 && l->items[at].kind == MRL_GIT_SYMLINK;
             hops++)
            at = mrl_map_find(&by_path, led_to(l->a, l->items[at].path, l->texts[at]));
        if (l->items[i].kind != MRL_GIT_SYMLINK || at < 0 || l->items[at].kind != MRL_GIT_FILE)
            continue;
        l->items[i].id = l->items[at].id;
        l->items[i].kind = MRL_GIT_FILE;
    }
    return MRL_OK;
}

/* The rules of all .gitignore files, outer ones first, as the order of the walk has them. */
static mrl_status visited(struct listing *l, bool **ret) {
    struct mrl_walk_ignore *rules = MRL_ARENA_ARRAY(l->a, struct mrl_walk_ignore, l->n + 1);
    bool *in = MRL_ARENA_ARRAY(l->a, bool, l->n + 1);
    uint32_t n = 0;
    MRL_CHECK(rules != NULL && in != NULL, MRL_E_NOMEM);
    for (uint32_t i = 0; i < l->n; i++) {
        mrl_str path = l->items[i].path;
        if (l->texts[i].ptr != NULL && is_ignore_file(&l->items[i]))
            rules[n++] = (struct mrl_walk_ignore){
                mrl_str_sub(path, 0, path.len - MRL_S(".gitignore").len), l->texts[i]};
    }
    MRL_TRY(mrl_walk_listed(l->a, &mrl_check_walk, rules, n, l->paths, l->n, in));
    *ret = in;
    return MRL_OK;
}

static mrl_status list_folder(struct listing *l, mrl_str folder, struct mrl_git_entries all) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < all.n; i++) {
        mrl_str path;
        if (below(all.items[i].path, folder, &path) && path.len > 0 &&
            all.items[i].kind != MRL_GIT_SUBMODULE) {
            all.items[n] = all.items[i];
            all.items[n++].path = path;
        }
    }
    l->items = all.items;
    l->n = n;
    if (n > 1)
        qsort(l->items, n, sizeof *l->items, in_order);
    l->paths = MRL_ARENA_ARRAY(l->a, mrl_str, n + 1);
    MRL_CHECK(l->paths != NULL, MRL_E_NOMEM);
    for (uint32_t i = 0; i < n; i++)
        l->paths[i] = l->items[i].path;
    MRL_TRY(read_special(l));
    return follow_links(l);
}

/* --- the base as a check ------------------------------------------------------------------- */

typedef MRL_VEC(mrl_str) oid_list; /* by input */

static mrl_status collect_folder(struct mrl_check *base, struct listing *l, const struct place *p,
                                 oid_list *oids) {
    bool *in = NULL;
    base->root = p->arg;
    MRL_TRY(visited(l, &in));
    for (uint32_t i = 0; i < l->n; i++) {
        if (!in[i] || l->items[i].kind != MRL_GIT_FILE)
            continue;
        mrl_str path = shown(l->a, p, l->items[i].path);
        MRL_CHECK(path.ptr != NULL, MRL_E_NOMEM);
        MRL_TRY(mrl_check_add_found(base, path));
        if (base->inputs.n > oids->n)
            MRL_TRY(MRL_VEC_PUSH(l->a, oids, l->items[i].id));
    }
    return MRL_OK;
}

static mrl_status collect(struct mrl_check *base, struct mrl_ci_repo *repo, mrl_str commit,
                          const struct place *p, oid_list *oids) {
    struct listing l = {.a = base->cli->arena, .repo = repo, .err = &base->files.err};
    struct mrl_git_entries all;
    MRL_TRY(mrl_git_tree(&repo->git, commit, p->path, l.err, &all));
    if (p->is_folder) {
        MRL_TRY(list_folder(&l, p->path, all));
        return collect_folder(base, &l, p, oids);
    }
    for (uint32_t i = 0; i < all.n; i++) {
        if (!mrl_str_eq(all.items[i].path, p->path) || all.items[i].kind != MRL_GIT_FILE)
            continue;
        MRL_TRY(mrl_check_add_input(base, p->arg, NULL));
        MRL_TRY(MRL_VEC_PUSH(l.a, oids, all.items[i].id));
    }
    return MRL_OK;
}

static mrl_status read_texts(struct mrl_check *base, struct mrl_ci_repo *repo,
                             const oid_list *oids) {
    MRL_ASSERT(oids->n == base->inputs.n);
    mrl_str *texts = MRL_ARENA_ARRAY(base->cli->arena, mrl_str, oids->n + 1);
    MRL_CHECK(texts != NULL, MRL_E_NOMEM);
    MRL_TRY(
        read_objects(&repo->git, base->cli->arena, oids->items, oids->n, &base->files.err, texts));
    for (uint32_t i = 0; i < oids->n; i++) {
        MRL_ASSERT(texts[i].ptr != NULL); /* or the working tree's file would be read */
        base->inputs.items[i].source.text = texts[i];
    }
    return MRL_OK;
}

static mrl_status judge_base(struct mrl_check *base, struct mrl_ci_repo *repo, mrl_str commit) {
    oid_list oids = {NULL, 0, 0};
    for (size_t i = 0; i < n_places(base); i++) {
        struct place p;
        MRL_TRY(nth_place(base, repo, i, &p));
        MRL_TRY(collect(base, repo, commit, &p, &oids));
    }
    MRL_TRY(read_texts(base, repo, &oids));
    MRL_TRY(mrl_check_read_all(base));
    return mrl_check_judge(base);
}

mrl_status mrl_ci_read_base(struct mrl_check *c, struct mrl_ci_repo *repo,
                            struct mrl_since *since) {
    struct mrl_check *base = MRL_ARENA_NEW(c->cli->arena, struct mrl_check);
    MRL_ASSERT(mrl_git_is_id(since->commit));
    MRL_CHECK(base != NULL, MRL_E_NOMEM);
    MRL_TRY(mrl_check_twin(c, base));
    /* What is proved of an image today says nothing of the day of the base: a tag that was moved
     * since would else be old debt. */
    base->images = NULL;
    mrl_status status = judge_base(base, repo, since->commit);
    if (status != MRL_OK)
        c->files.err = base->files.err;
    else
        since->base = base;
    return status;
}
