/* repo.c - see repo.h. */
#include "services/git/repo.h"

#include "base/buf.h"
#include "base/child.h"
#include "base/digest.h"
#include "base/vec.h"

#include <stdlib.h>

#define ID "git"
#define OUTPUT_MAX ((size_t)512 << 20)
#define TIMEOUT_MS 120000
#define ARGS_MAX 48

/* --- running git ----------------------------------------------------------------------------- */

static mrl_status inherit(struct mrl_git *g, const char *name) {
    const char *value = getenv(name);
    if (value == NULL)
        return MRL_OK;
    mrl_str pair = mrl_arena_printf(g->arena, "%s=%s", name, value);
    MRL_CHECK(pair.ptr != NULL, MRL_E_NOMEM);
    g->env[g->n_env++] = pair.ptr;
    return MRL_OK;
}

/* Git finds itself by PATH and the user's settings by HOME; nothing else of the environment counts.
 */
mrl_status mrl_git_open(mrl_arena *a, mrl_str path, struct mrl_git *ret) {
    static const char *const ours[] = {
        "LC_ALL=C",
        "GIT_NO_REPLACE_OBJECTS=1", /* an object is what its name says */
        "GIT_GRAFT_FILE=/dev/null", /* and its parents are those that it names */
        "GIT_NO_LAZY_FETCH=1",      /* what is not here is missing */
        "GIT_ALLOW_PROTOCOL=",      /* and no way to fetch it, whatever protocol.*.allow says */
        "GIT_TERMINAL_PROMPT=0",    /* nobody is there to answer */
        "GIT_OPTIONAL_LOCKS=0",     /* the repository is only read */
        "GIT_LITERAL_PATHSPECS=1",  /* paths are names and no patterns */
        "GIT_CONFIG_NOSYSTEM=1",    /* settings of the machine are not the user's */
    };
    *ret = (struct mrl_git){.arena = a, .path = mrl_arena_str(a, path)};
    MRL_CHECK(ret->path.ptr != NULL, MRL_E_NOMEM);
    for (size_t i = 0; i < MRL_COUNTOF(ours); i++)
        ret->env[ret->n_env++] = ours[i];
    MRL_TRY(inherit(ret, "PATH"));
    MRL_TRY(inherit(ret, "HOME"));
    MRL_TRY(inherit(ret, "XDG_CONFIG_HOME"));
    MRL_ASSERT(ret->n_env < MRL_COUNTOF(ret->env));
    return MRL_OK;
}

/* Whatever the repository's own settings say, these win: each could start a program. */
static const char *const head[] = {
    "git", "--no-pager",
    "-c",  "core.hooksPath=/dev/null",
    "-c",  "core.fsmonitor=false",
    "-c",  "core.sshCommand=false",
    "-c",  "core.gitProxy=",
    "-c",  "core.askPass=false",
    "-c",  "core.commitGraph=false", /* a second copy of the history that need not be true */
    "-c",  "credential.helper=",
    "-c",  "gpg.program=false",
    "-c",  "protocol.allow=never",
    "-c",  "log.showSignature=false",
};

static mrl_status run(struct mrl_git *g, const char *const *args, mrl_str input,
                      struct mrl_err *err, struct mrl_child_end *ret) {
    const char *argv[ARGS_MAX] = {0};
    size_t n = 0;
    for (size_t i = 0; i < MRL_COUNTOF(head); i++)
        argv[n++] = head[i];
    argv[n++] = "-C";
    argv[n++] = g->path.ptr;
    for (size_t i = 0; args[i] != NULL; i++)
        argv[n++] = args[i];
    MRL_ASSERT(n < ARGS_MAX);
    struct mrl_child c = {.argv = argv,
                          .env = g->env,
                          .input = input,
                          .output_max = OUTPUT_MAX,
                          .timeout_ms = TIMEOUT_MS};
    return mrl_child_run(g->arena, &c, err, ret);
}

static mrl_status run_well(struct mrl_git *g, const char *const *args, mrl_str input,
                           struct mrl_err *err, mrl_str *ret) {
    struct mrl_child_end end;
    MRL_TRY(run(g, args, input, err, &end));
    if (end.code != 0)
        return mrl_err_set(err, MRL_E_IO, ID, "%.*s: git says: %s", MRL_F(g->path), end.words);
    *ret = end.output;
    return MRL_OK;
}

/* --- objects --------------------------------------------------------------------------------- */

bool mrl_git_is_id(mrl_str s) {
    for (size_t i = 0; i < s.len; i++)
        if (!((s.ptr[i] >= '0' && s.ptr[i] <= '9') || (s.ptr[i] >= 'a' && s.ptr[i] <= 'f')))
            return false;
    return s.len == 40 || s.len == MRL_GIT_ID_MAX;
}

static bool read_size(mrl_str s, size_t *ret) {
    size_t v = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] < '0' || s.ptr[i] > '9' || v > OUTPUT_MAX)
            return false;
        v = v * 10 + (size_t)(s.ptr[i] - '0');
    }
    *ret = v;
    return s.len > 0 && v <= OUTPUT_MAX;
}

/* An object's name is the hash of its type, size and bytes. Git looks at it in few places only. */
static mrl_status check_id(const struct mrl_git_object *o, struct mrl_err *err) {
    char text[64], hex[2 * MRL_DIGEST_MAX + 1];
    unsigned char hash[MRL_DIGEST_MAX];
    size_t n;
    int len = snprintf(text, sizeof text, "%.*s %zu", MRL_F(o->type), o->bytes.len);
    mrl_str parts[] = {{text, (size_t)len + 1}, o->bytes}; /* with its NUL */
    MRL_TRY(mrl_digest_parts(o->id.len == 40 ? MRL_SHA1 : MRL_SHA256, parts, 2, hash, &n));
    for (size_t i = 0; i < n; i++)
        snprintf(hex + 2 * i, 3, "%02x", hash[i]);
    if (mrl_str_eq(o->id, (mrl_str){hex, 2 * n}))
        return MRL_OK;
    return mrl_err_set(err, MRL_E_INVALID, ID, "the object %.*s is not what its name says",
                       MRL_F(o->id));
}

static mrl_status lied(struct mrl_err *err) {
    return mrl_err_set(err, MRL_E_SYNTAX, ID, "git's answer is not of the form that it should be");
}

/* One answer of cat-file: "id type size", or "name missing". */
static mrl_status read_answer(mrl_str *rest, bool bytes, struct mrl_err *err,
                              struct mrl_git_object *ret) {
    mrl_str line = mrl_str_cut(*rest, '\n', rest), tail;
    *ret = (struct mrl_git_object){.id = {NULL, 0}};
    if (mrl_str_ends(line, MRL_S(" missing")) || mrl_str_ends(line, MRL_S(" ambiguous")))
        return MRL_OK;
    size_t size;
    ret->id = mrl_str_cut(line, ' ', &tail);
    ret->type = mrl_str_cut(tail, ' ', &tail);
    if (!mrl_git_is_id(ret->id) || ret->type.len == 0 || ret->type.len > 16 ||
        !read_size(tail, &size))
        return lied(err);
    if (!bytes)
        return MRL_OK;
    if (rest->len < size + 1 || rest->ptr[size] != '\n')
        return lied(err);
    ret->bytes = mrl_str_sub(*rest, 0, size);
    *rest = mrl_str_sub(*rest, size + 1, rest->len);
    return check_id(ret, err);
}

mrl_status mrl_git_read(struct mrl_git *g, const mrl_str *names, uint32_t n, bool bytes,
                        struct mrl_err *err, struct mrl_git_object *ret) {
    const char *const args[] = {"cat-file", bytes ? "--batch" : "--batch-check", NULL};
    struct mrl_buf b;
    mrl_str out = {NULL, 0};
    MRL_ASSERT(n <= MRL_GIT_COMMITS_MAX);
    mrl_buf_init(&b, (size_t)64 << 20);
    for (uint32_t i = 0; i < n; i++) {
        if (names[i].len == 0 || mrl_str_find(names[i], MRL_S("\n"), 0) != MRL_STR_NPOS) {
            mrl_buf_release(&b);
            return mrl_err_set(err, MRL_E_INVALID, ID, "a name that is empty or has a line end");
        }
        mrl_buf_add(&b, names[i]);
        mrl_buf_byte(&b, '\n');
    }
    mrl_status status = b.status;
    if (status == MRL_OK)
        status = run_well(g, args, mrl_buf_str(&b), err, &out);
    mrl_buf_release(&b);
    MRL_TRY(status);
    for (uint32_t i = 0; i < n; i++)
        MRL_TRY(read_answer(&out, bytes, err, &ret[i]));
    return out.len == 0 ? MRL_OK : lied(err);
}

/* --- history --------------------------------------------------------------------------------- */

mrl_status mrl_git_commits(struct mrl_git *g, mrl_str from, mrl_str to, struct mrl_err *err,
                           mrl_str **ret, uint32_t *ret_n) {
    MRL_ASSERT(mrl_git_is_id(to) && (from.len == 0 || mrl_git_is_id(from)));
    mrl_str ids = mrl_arena_printf(g->arena, "%.*s%s%.*s\n", MRL_F(to), from.len > 0 ? "\n^" : "",
                                   MRL_F(from));
    const char *const args[] = {"rev-list", "--topo-order", "--stdin", NULL};
    MRL_VEC(mrl_str) found = {NULL, 0, 0};
    mrl_str out;
    MRL_CHECK(ids.ptr != NULL, MRL_E_NOMEM);
    MRL_TRY(run_well(g, args, ids, err, &out));
    while (out.len > 0) {
        mrl_str id = mrl_str_cut(out, '\n', &out);
        if (!mrl_git_is_id(id))
            return lied(err);
        if (found.n == MRL_GIT_COMMITS_MAX)
            return mrl_err_set(err, MRL_E_LIMIT, ID,
                               "more than %d commits: name a range, or a checkpoint",
                               MRL_GIT_COMMITS_MAX);
        MRL_TRY(MRL_VEC_PUSH(g->arena, &found, id));
    }
    *ret = found.items;
    *ret_n = found.n;
    return MRL_OK;
}

mrl_status mrl_git_is_ancestor(struct mrl_git *g, mrl_str old, mrl_str id, struct mrl_err *err,
                               bool *ret) {
    MRL_ASSERT(mrl_git_is_id(old) && mrl_git_is_id(id));
    mrl_str a = mrl_arena_printf(g->arena, "%.*s", MRL_F(old));
    mrl_str b = mrl_arena_printf(g->arena, "%.*s", MRL_F(id));
    MRL_CHECK(a.ptr != NULL && b.ptr != NULL, MRL_E_NOMEM);
    const char *const args[] = {"merge-base", "--is-ancestor", a.ptr, b.ptr, NULL};
    struct mrl_child_end end;
    MRL_TRY(run(g, args, MRL_S(""), err, &end));
    if (end.code > 1)
        return mrl_err_set(err, MRL_E_IO, ID, "%.*s: git says: %s", MRL_F(g->path), end.words);
    *ret = end.code == 0;
    return MRL_OK;
}

mrl_status mrl_git_is_shallow(struct mrl_git *g, struct mrl_err *err, bool *ret) {
    static const char *const args[] = {"rev-parse", "--is-shallow-repository", NULL};
    mrl_str out;
    MRL_TRY(run_well(g, args, MRL_S(""), err, &out));
    *ret = !mrl_str_eq(mrl_str_trim(out), MRL_S("false"));
    return MRL_OK;
}

mrl_status mrl_git_resolve(struct mrl_git *g, mrl_str rev, struct mrl_err *err, mrl_str *ret) {
    struct mrl_git_object o;
    bool shallow = false;
    mrl_str name = mrl_arena_printf(g->arena, "%.*s^{commit}", MRL_F(rev));
    MRL_CHECK(name.ptr != NULL, MRL_E_NOMEM);
    MRL_TRY(mrl_git_read(g, &name, 1, false, err, &o));
    if (o.id.len > 0 && mrl_str_eq(o.type, MRL_S("commit"))) {
        *ret = o.id;
        return MRL_OK;
    }
    MRL_TRY(mrl_git_is_shallow(g, err, &shallow));
    return mrl_err_set(err, MRL_E_NOT_FOUND, ID, "there is no revision %.*s here%s", MRL_F(rev),
                       shallow ? ": the clone is shallow, fetch more of its history" : "");
}

/* The one id of an answer; the program says with its exit code that there is none. */
static mrl_status one_id(const struct mrl_child_end *end, struct mrl_err *err, mrl_str *ret) {
    mrl_str rest, id = mrl_str_cut(end->output, '\n', &rest);
    if (!mrl_git_is_id(id))
        return lied(err);
    *ret = id;
    return MRL_OK;
}

mrl_status mrl_git_merge_base(struct mrl_git *g, mrl_str x, mrl_str y, struct mrl_err *err,
                              mrl_str *ret) {
    MRL_ASSERT(mrl_git_is_id(x) && mrl_git_is_id(y));
    mrl_str a = mrl_arena_str(g->arena, x), b = mrl_arena_str(g->arena, y);
    MRL_CHECK(a.ptr != NULL && b.ptr != NULL, MRL_E_NOMEM);
    const char *const args[] = {"merge-base", a.ptr, b.ptr, NULL};
    struct mrl_child_end end;
    bool shallow = false;
    MRL_TRY(run(g, args, MRL_S(""), err, &end));
    if (end.code == 0)
        return one_id(&end, err, ret);
    MRL_TRY(mrl_git_is_shallow(g, err, &shallow));
    return mrl_err_set(err, MRL_E_NOT_FOUND, ID, "%.12s and %.12s have no common ancestor here%s",
                       a.ptr, b.ptr,
                       shallow ? ": the clone is shallow, fetch more of its history" : "");
}

mrl_status mrl_git_parents(struct mrl_git *g, mrl_str commit, struct mrl_err *err,
                           mrl_str *ret_first, uint32_t *ret_n) {
    struct mrl_git_object o;
    mrl_str line, first = {NULL, 0};
    uint32_t n = 0;
    /* The object itself, not git's view of history: a shallow clone hides the parents that it
     * lacks, and a commit would seem to be the first. */
    MRL_TRY(mrl_git_read(g, &commit, 1, true, err, &o));
    while ((line = mrl_str_cut(o.bytes, '\n', &o.bytes)).len > 0) {
        if (!mrl_str_starts(line, MRL_S("parent ")))
            continue;
        line = mrl_str_sub(line, 7, line.len);
        if (!mrl_git_is_id(line))
            return lied(err);
        if (n++ == 0)
            first = line;
    }
    *ret_first = first;
    *ret_n = n;
    return MRL_OK;
}

mrl_status mrl_git_top(struct mrl_git *g, struct mrl_err *err, mrl_str *ret) {
    static const char *const args[] = {"rev-parse", "--show-toplevel", NULL};
    struct mrl_child_end end;
    MRL_TRY(run(g, args, MRL_S(""), err, &end));
    if (end.code != 0)
        return mrl_err_set(err, MRL_E_NOT_FOUND, ID, "git says: %s", end.words);
    if (!mrl_str_starts(end.output, MRL_S("/")) || !mrl_str_ends(end.output, MRL_S("\n")))
        return lied(err);
    *ret = mrl_str_sub(end.output, 0, end.output.len - 1); /* its name may hold line ends */
    return MRL_OK;
}

/* --- trees ----------------------------------------------------------------------------------- */

static mrl_status list(struct mrl_git *g, const char *const *args, bool index, struct mrl_err *err,
                       struct mrl_git_entries *ret) {
    mrl_str out;
    MRL_TRY(run_well(g, args, MRL_S(""), err, &out));
    mrl_status status = mrl_git_read_entries(g->arena, out, index, ret);
    return status == MRL_E_SYNTAX ? lied(err) : status;
}

mrl_status mrl_git_tree(struct mrl_git *g, mrl_str commit, mrl_str path, struct mrl_err *err,
                        struct mrl_git_entries *ret) {
    MRL_ASSERT(mrl_git_is_id(commit));
    mrl_str id = mrl_arena_str(g->arena, commit), below = mrl_arena_str(g->arena, path);
    MRL_CHECK(id.ptr != NULL && below.ptr != NULL, MRL_E_NOMEM);
    const char *const args[] = {
        "ls-tree", "-r", "-z", "--full-tree", id.ptr, "--", path.len > 0 ? below.ptr : NULL, NULL};
    return list(g, args, false, err, ret);
}

mrl_status mrl_git_staged_links(struct mrl_git *g, struct mrl_err *err,
                                struct mrl_git_entries *ret) {
    static const char *const args[] = {"ls-files", "--stage", "-z", NULL};
    struct mrl_git_entries all;
    uint32_t n = 0;
    MRL_TRY(list(g, args, true, err, &all));
    for (uint32_t i = 0; i < all.n; i++)
        if (all.items[i].kind == MRL_GIT_SUBMODULE)
            all.items[n++] = all.items[i];
    all.n = n;
    *ret = all;
    return MRL_OK;
}

mrl_status mrl_git_links(struct mrl_git *g, mrl_str commit, struct mrl_err *err,
                         struct mrl_git_link **ret, uint32_t *ret_n) {
    struct mrl_git_entries all;
    MRL_VEC(struct mrl_git_link) found = {NULL, 0, 0};
    MRL_TRY(mrl_git_tree(g, commit, MRL_S(""), err, &all));
    for (uint32_t i = 0; i < all.n; i++)
        if (all.items[i].kind == MRL_GIT_SUBMODULE)
            MRL_TRY(MRL_VEC_PUSH(g->arena, &found,
                                 (struct mrl_git_link){all.items[i].path, all.items[i].id}));
    *ret = found.items;
    *ret_n = found.n;
    return MRL_OK;
}
