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

#define FILE_BYTES_MAX ((size_t)256 << 20)
#define FILES_A_PART 4 /* about 0.3 ms of ordinary manifests */

const char *mrl_skip_name(enum mrl_skip s) {
    static const char *const names[] = {"files that are neither YAML nor JSON", "empty documents",
                                        "documents that are no Kubernetes objects"};
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

static mrl_status add_input(struct mrl_check *c, mrl_str path, const struct mrl_err *problem) {
    struct mrl_input input = {.problem = problem};
    input.source.path = mrl_arena_str(c->cli->arena, path);
    input.source.json = mrl_str_ends(path, MRL_S(".json"));
    MRL_CHECK(input.source.path.ptr != NULL, MRL_E_NOMEM);
    return MRL_VEC_PUSH(c->cli->arena, &c->inputs, input);
}

/* Our own settings in the tree are neither judged nor told as skipped. */
static bool is_ours(mrl_str path) {
    size_t slash = mrl_str_rfind(path, MRL_S("/"));
    mrl_str name = slash == MRL_STR_NPOS ? path : mrl_str_sub(path, slash + 1, path.len);
    return mrl_str_eq(name, MRL_CONFIG_FILE) || mrl_str_eq(name, MRL_BASELINE_FILE);
}

/* True below a folder, or with a name, that the walk enters for build files alone. What the user
 * named himself is not hidden. */
static bool in_hidden(mrl_str path, mrl_str root) {
    size_t from = mrl_str_ends(root, MRL_S("/")) && root.len > 0 ? root.len - 1 : root.len;
    return mrl_str_find(path, MRL_S("/."), from) != MRL_STR_NPOS;
}

static mrl_status on_file(void *cx, mrl_str path) {
    struct mrl_check *c = cx;
    if (is_ours(path) || (in_hidden(path, c->root) && !mrl_document_is_hidden(path)))
        return MRL_OK;
    if (is_manifest(path))
        return add_input(c, path, NULL);
    c->skipped[MRL_SKIP_KIND]++;
    return MRL_OK;
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
    return add_input(c, MRL_S(""), kept);
}

mrl_status mrl_check_collect(struct mrl_check *c, mrl_str path) {
    enum mrl_file_kind kind = mrl_file_kind_of(path);
    if (mrl_str_eq(path, MRL_S("-")) || (kind != MRL_FILE_FOLDER && kind != MRL_FILE_NONE))
        return add_input(c, path, NULL);
    static const char *const shown[] = {".github",        ".gitea",          ".forgejo",
                                        ".gitlab-ci.yml", ".gitlab-ci.yaml", NULL};
    struct mrl_walk_opts opts = {.shown = shown};
    c->root = path;
    return mrl_walk(c->cli->arena, path, &opts, on_file, on_problem, c, &c->files.err);
}

/* --- reading: on the threads of the pool, each into an arena of its own ----------------------
 */

/* `w` NULL: parses here. The text is read here in either case: excerpts and lines need it. */
static mrl_status read_input(mrl_arena *a, struct mrl_worker *w, struct mrl_input *in) {
    struct mrl_err err;
    struct mrl_source *s = &in->source;
    mrl_err_init(&err);
    mrl_status status = MRL_OK;
    if (s->text.ptr == NULL) /* else it was given, as a fix changed it */
        status = mrl_file_read(a, s->path, FILE_BYTES_MAX, &err, &s->text);
    if (status == MRL_OK && w == NULL)
        status = mrl_documents_parse(a, s->path, s->text, s->json, &err, &in->documents);
    else if (status == MRL_OK)
        status = mrl_documents_parse_in(w, a, s->path, s->text, s->json, &err, &in->documents);
    if (status == MRL_E_NOMEM && w != NULL) /* of the worker: its limit, not ours */
        status = mrl_err_set(&err, MRL_E_LIMIT, "check.memory",
                             "reading it takes more memory than the sandbox gives");
    if (status == MRL_OK)
        status = mrl_source_index(a, s);
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

static mrl_status take_input(struct mrl_check *c, const struct mrl_input *in) {
    MRL_ASSERT(in->documents.n == 0 || in->source.text.ptr != NULL);
    for (uint32_t i = 0; i < in->documents.n; i++) {
        const struct mrl_document *d = &in->documents.items[i];
        if (d->value.tag == MRL_T_NULL)
            c->skipped[MRL_SKIP_EMPTY]++;
        else
            MRL_TRY(mrl_objects_add(&c->objects, &in->source, d->value, d->start, d->end));
    }
    c->n_files += in->source.path.len > 0; /* the rest are folders that could not be read */
    if (in->problem == NULL)
        return MRL_OK;
    MRL_TRY(MRL_VEC_ROOM(c->cli->arena, c->unread, c->n_unread, c->cap_unread));
    c->unread[c->n_unread++] = in->problem;
    return MRL_OK;
}

mrl_status mrl_check_read_all(struct mrl_check *c) {
    mrl_objects_init(&c->objects, c->cli->arena);
    mrl_progress_next(&c->progress, "files read", c->inputs.n);
    MRL_TRY(parse_inputs(c));
    for (uint32_t i = 0; i < c->inputs.n; i++)
        MRL_TRY(take_input(c, &c->inputs.items[i]));
    c->skipped[MRL_SKIP_NO_OBJECT] = c->objects.not_objects;
    return MRL_OK;
}
