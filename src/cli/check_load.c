/* check_load.c - files to objects: YAML and JSON, several documents, lists.
 *
 * First the paths are walked, then all files are read and parsed by several threads, then one
 * thread takes the objects in the order of the walk: so the order of everything that follows does
 * not depend on the threads.
 */
#include "cli/check.h"
#include "cli/controls_text.h"

#include "base/file.h"
#include "base/walk.h"
#include "engines/posture/document.h"
#include "formats/lockfile/lockfile.h"

#define FILE_BYTES_MAX ((size_t)256 << 20)
#define FILES_A_PART 4 /* about 0.3 ms of ordinary manifests */

const char *mrl_skip_name(enum mrl_skip s) {
    static const char *const names[] = {"files that are neither YAML nor JSON", "empty documents",
                                        "documents that are no Kubernetes objects", "submodules"};
    return s < MRL_SKIP_N ? names[s] : "";
}

mrl_status mrl_check_own_controls(struct mrl_check *c) {
    for (size_t i = 0; i < mrl_control_texts_n; i++)
        MRL_TRY(mrl_policy_add_module(c->files.builder, mrl_control_texts[i].file,
                                      mrl_control_texts[i].text, MRL_REGO_V1, &c->files.diags));
    return MRL_OK;
}

/* --- what there is to read -----------------------------------------------------------------
 */

static bool is_manifest(mrl_str path) {
    return mrl_str_ends(path, MRL_S(".yaml")) || mrl_str_ends(path, MRL_S(".yml")) ||
           mrl_str_ends(path, MRL_S(".json"));
}

static mrl_str base_name(mrl_str path) {
    size_t slash = mrl_str_rfind(path, MRL_S("/"));
    return slash == MRL_STR_NPOS ? path : mrl_str_sub(path, slash + 1, path.len);
}

mrl_status mrl_check_add_input(struct mrl_check *c, mrl_str path, const struct mrl_err *problem) {
    struct mrl_input input = {.problem = problem};
    input.source.path = mrl_arena_str(c->cli->arena, path);
    int lock = mrl_lockfile_row(base_name(path));
    input.source.json = mrl_str_ends(path, MRL_S(".json"));
    input.form = lock >= 0           ? MRL_FORM_LOCK + (unsigned)lock
                 : input.source.json ? MRL_FORM_JSON
                                     : MRL_FORM_YAML;
    MRL_CHECK(input.source.path.ptr != NULL, MRL_E_NOMEM);
    return MRL_VEC_PUSH(c->cli->arena, &c->inputs, input);
}

/* Our own settings in the tree are neither judged nor told as skipped. */
static bool is_ours(mrl_str path) {
    mrl_str name = base_name(path);
    return mrl_str_eq(name, MRL_CONFIG_FILE) || mrl_str_eq(name, MRL_BASELINE_FILE);
}

/* True below a folder, or with a name, that the walk enters for build files alone. What the user
 * named himself is not hidden. */
static bool in_hidden(mrl_str path, mrl_str root) {
    size_t from = mrl_str_ends(root, MRL_S("/")) && root.len > 0 ? root.len - 1 : root.len;
    return mrl_str_find(path, MRL_S("/."), from) != MRL_STR_NPOS;
}

mrl_status mrl_check_add_found(struct mrl_check *c, mrl_str path) {
    if (is_ours(path) || (in_hidden(path, c->root) && !mrl_document_is_hidden(path)))
        return MRL_OK;
    if (is_manifest(path) || mrl_lockfile_row(base_name(path)) >= 0)
        return mrl_check_add_input(c, path, NULL);
    c->skipped[MRL_SKIP_KIND]++;
    return MRL_OK;
}

static mrl_status on_file(void *cx, mrl_str path) {
    return mrl_check_add_found(cx, path);
}

/* Errors outlive what reported them, so they are copied where the input lives. */
static mrl_status keep_problem(mrl_arena *a, const struct mrl_err *problem, mrl_str path,
                               const struct mrl_err **ret) {
    MRL_ASSERT(problem != NULL);
    struct mrl_err *e = MRL_ARENA_NEW(a, struct mrl_err);
    MRL_CHECK(e != NULL, MRL_E_NOMEM);
    *e = *problem;
    if (e->pos.file.len == 0)
        e->pos.file = path;
    *ret = e;
    return MRL_OK;
}

static mrl_status on_problem(void *cx, const struct mrl_err *problem) {
    struct mrl_check *c = cx;
    const struct mrl_err *kept = NULL;
    MRL_TRY(keep_problem(c->cli->arena, problem, MRL_S(""), &kept));
    return mrl_check_add_input(c, MRL_S(""), kept);
}

static const char *const shown[] = {".github",        ".gitea",          ".forgejo",
                                    ".gitlab-ci.yml", ".gitlab-ci.yaml", NULL};
const struct mrl_walk_opts mrl_check_walk = {.shown = shown};

mrl_status mrl_check_collect(struct mrl_check *c, mrl_str path) {
    enum mrl_file_kind kind = mrl_file_kind_of(path);
    if (mrl_str_eq(path, MRL_S("-")) || (kind != MRL_FILE_FOLDER && kind != MRL_FILE_NONE))
        return mrl_check_add_input(c, path, NULL);
    c->root = path;
    return mrl_walk(c->cli->arena, path, &mrl_check_walk, on_file, on_problem, c, &c->files.err);
}

/* --- reading: on the threads of the pool, each into an arena of its own ----------------------
 */

/* `w` NULL: parses here. The text is read here in either case: excerpts and lines need it. */
static mrl_status read_input(mrl_arena *a, struct mrl_worker *w, struct mrl_input *in) {
    struct mrl_err err;
    struct mrl_text_file *s = &in->source;
    mrl_err_init(&err);
    mrl_status status = MRL_OK;
    if (s->text.ptr == NULL) /* else it was given, as a fix changed it */
        status = mrl_file_read(a, s->path, FILE_BYTES_MAX, &err, &s->text);
    if (status == MRL_OK && w == NULL)
        status = mrl_documents_parse(a, s->path, s->text, in->form, &err, &in->documents);
    else if (status == MRL_OK)
        status = mrl_documents_parse_in(w, a, s->path, s->text, in->form, &err, &in->documents);
    if (status == MRL_E_NOMEM && w != NULL) /* of the worker: its limit, not ours */
        status = mrl_err_set(&err, MRL_E_LIMIT, "check.memory",
                             "reading it takes more memory than the sandbox gives");
    if (status == MRL_OK)
        status = mrl_text_file_index(a, s);
    if (status == MRL_OK || status == MRL_E_NOMEM)
        return status;
    return keep_problem(a, &err, in->source.path, &in->problem);
}

struct reading {
    struct mrl_check *check;
    mrl_arena *arenas; /* by worker */
};

static mrl_status read_part(void *cx, const struct mrl_pool_part *part) {
    struct reading *r = cx;
    struct mrl_worker *workers = r->check->workers;
    struct mrl_worker *w = workers != NULL ? &workers[part->worker] : NULL;
    for (size_t i = part->from; i < part->to; i++)
        if (r->check->inputs.items[i].problem == NULL)
            MRL_TRY(read_input(&r->arenas[part->worker], w, &r->check->inputs.items[i]));
    atomic_fetch_add(&r->check->progress.done, part->to - part->from);
    return MRL_OK;
}

static mrl_status parse_inputs(struct mrl_check *c) {
    unsigned jobs = mrl_pool_jobs(c->pool);
    struct reading r = {c, MRL_ARENA_ARRAY(c->cli->arena, mrl_arena, jobs)};
    MRL_CHECK(r.arenas != NULL, MRL_E_NOMEM);
    for (unsigned i = 0; i < jobs; i++)
        mrl_arena_init(&r.arenas[i], MRL_ARENA_UNLIMITED);
    struct mrl_pool_job job = {.run = read_part, .cx = &r, .n = c->inputs.n, .grain = FILES_A_PART};
    mrl_status status = mrl_pool_run(c->pool, &job, &c->files.err);
    for (unsigned i = 0; i < jobs; i++)
        mrl_arena_adopt(c->cli->arena, &r.arenas[i]);
    return status;
}

/* --- objects: in the order of the inputs, whichever thread read them ------------------------- */

/* --- dependencies: what a manifest or lock file says, and what stands beside it --------------- */

/* Whether `name` stands in the folder of `path`, or above it as far as the walk's root: a workspace
 * has one lock file for all its members. Files that were named alone have no root. */
static mrl_status is_beside(struct mrl_check *c, mrl_str path, const char *name, bool upwards,
                            bool *ret) {
    mrl_str folder = path;
    *ret = false;
    do {
        size_t slash = mrl_str_rfind(folder, MRL_S("/"));
        folder = mrl_str_sub(folder, 0, slash == MRL_STR_NPOS ? 0 : slash);
        mrl_str file = mrl_arena_printf(c->cli->arena, "%.*s%s%s", MRL_F(folder),
                                        slash == MRL_STR_NPOS ? "" : "/", name);
        MRL_CHECK(file.ptr != NULL, MRL_E_NOMEM);
        *ret = mrl_file_kind_of(file) != MRL_FILE_NONE;
    } while (!*ret && upwards && c->root.len > 0 && folder.len > c->root.len);
    return MRL_OK;
}

/* Cargo writes a lock file for libraries, too, but they need not keep it. */
static mrl_status is_library(struct mrl_check *c, const struct mrl_input *in, bool *ret) {
    bool main_file = false, folder = false;
    *ret = false;
    if (!mrl_str_eq(base_name(in->source.path), MRL_S("Cargo.toml")))
        return MRL_OK;
    MRL_TRY(is_beside(c, in->source.path, "src/main.rs", false, &main_file));
    MRL_TRY(is_beside(c, in->source.path, "src/bin", false, &folder));
    *ret =
        !main_file && !folder && mrl_str_find(in->source.text, MRL_S("[[bin]]"), 0) == MRL_STR_NPOS;
    return MRL_OK;
}

/* The locks that the row names, and those of them that are there. */
static mrl_status locks_of(struct mrl_check *c, const struct mrl_input *in,
                           const struct mrl_lockfile *row, mrl_val *ret_locks,
                           mrl_val *ret_beside) {
    mrl_val locks[MRL_COUNTOF(row->locks)], beside[MRL_COUNTOF(row->locks)];
    size_t n = 0, found = 0;
    for (; n < MRL_COUNTOF(row->locks) && row->locks[n] != NULL; n++) {
        bool there;
        MRL_TRY(is_beside(c, in->source.path, row->locks[n], true, &there));
        locks[n] = mrl_strval(mrl_str_z(row->locks[n]));
        if (there)
            beside[found++] = locks[n];
    }
    MRL_TRY(mrl_arr_of(c->cli->arena, locks, n, ret_locks));
    return mrl_arr_of(c->cli->arena, beside, found, ret_beside);
}

static mrl_status take_dependencies(struct mrl_check *c, const struct mrl_input *in,
                                    const struct mrl_document *d) {
    const struct mrl_lockfile *row = mrl_lockfile_at((int)(in->form - MRL_FORM_LOCK));
    mrl_val v = mrl_undefined(), locks = mrl_undefined(), beside = mrl_undefined();
    bool library;
    MRL_TRY(is_library(c, in, &library));
    MRL_TRY(locks_of(c, in, row, &locks, &beside));
    struct mrl_member m[] = {
        {MRL_V("file"), mrl_strval(mrl_str_z(row->name))},
        {MRL_V("ecosystem"), mrl_strval(mrl_str_z(row->ecosystem))},
        {MRL_V("role"), row->locks[0] != NULL ? MRL_V("manifest") : MRL_V("lock")},
        {MRL_V("library"), mrl_bool(library)},
        {MRL_V("locks"), locks},
        {MRL_V("beside"), beside},
        {MRL_V("packages"), MRL_GET(d->value, "packages")},
        {MRL_V("unpinned"), MRL_GET(d->value, "unpinned")},
    };
    struct mrl_span spans[MRL_COUNTOF(m)];
    for (size_t i = 0; i < MRL_COUNTOF(m); i++)
        spans[i] = (struct mrl_span){0, 0, d->start, d->end};
    MRL_TRY(mrl_obj_take(c->cli->arena, m, spans, MRL_COUNTOF(m), false, &v));
    return mrl_objects_add_document(&c->objects, &in->source, MRL_S("merlon/Dependencies"), v,
                                    d->start, d->end);
}

static mrl_status take_input(struct mrl_check *c, const struct mrl_input *in) {
    MRL_ASSERT(in->documents.n == 0 || in->source.text.ptr != NULL);
    for (uint32_t i = 0; i < in->documents.n; i++) {
        const struct mrl_document *d = &in->documents.items[i];
        if (in->form >= MRL_FORM_LOCK)
            MRL_TRY(take_dependencies(c, in, d));
        else if (d->value.tag == MRL_T_NULL)
            c->skipped[MRL_SKIP_EMPTY]++;
        else
            MRL_TRY(mrl_objects_add(&c->objects, &in->source, d->value, d->start, d->end));
    }
    c->n_files += in->source.path.len > 0; /* the rest are folders that could not be read */
    return in->problem == NULL ? MRL_OK : mrl_check_add_unread(c, in->problem);
}

mrl_status mrl_check_add_unread(struct mrl_check *c, const struct mrl_err *problem) {
    MRL_ASSERT(problem != NULL);
    MRL_TRY(MRL_VEC_ROOM(c->cli->arena, c->unread, c->n_unread, c->cap_unread));
    c->unread[c->n_unread++] = problem;
    return MRL_OK;
}

mrl_status mrl_check_read_all(struct mrl_check *c) {
    mrl_objects_init(&c->objects, c->cli->arena);
    mrl_progress_next(&c->progress, "files read", c->inputs.n);
    MRL_TRY(parse_inputs(c));
    for (uint32_t i = 0; i < c->inputs.n; i++)
        MRL_TRY(take_input(c, &c->inputs.items[i]));
    c->skipped[MRL_SKIP_NO_OBJECT] = c->objects.not_objects;
    c->n_tree_objects = c->objects.n;
    if (c->images == NULL)
        return MRL_OK;
    mrl_progress_next(&c->progress, "images verified", 0);
    return mrl_images_of_objects(c->images, c->pool, &c->objects, &c->files.err);
}
