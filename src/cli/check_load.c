/* check_load.c - files to objects: YAML and JSON, several documents, lists. */
#include "cli/check.h"
#include "cli/controls_text.h"

#include "base/file.h"
#include "base/walk.h"
#include "formats/json/json.h"
#include "formats/yaml/yaml.h"

#define FILE_BYTES_MAX ((size_t)256 << 20)

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

static mrl_status unread(struct mrl_check *c, const struct mrl_err *why, mrl_str path) {
    if (c->n_unread == c->cap_unread) {
        uint32_t cap = c->cap_unread > 0 ? c->cap_unread * 2 : 8;
        struct mrl_err *more =
            mrl_arena_regrow(c->cli->arena, c->unread, c->cap_unread, cap, sizeof *more);
        MRL_CHECK(more != NULL, MRL_E_NOMEM);
        c->unread = more;
        c->cap_unread = cap;
    }
    struct mrl_err *e = &c->unread[c->n_unread++];
    *e = *why;
    if (e->pos.file.len == 0)
        e->pos.file = path;
    return MRL_OK;
}

static mrl_status document(struct mrl_check *c, const struct mrl_source *s, mrl_val v,
                           uint32_t start, uint32_t end) {
    if (v.tag == MRL_T_NULL) {
        c->skipped[MRL_SKIP_EMPTY]++;
        return MRL_OK;
    }
    return mrl_objects_add(&c->objects, s, v, start, end);
}

static mrl_status json_documents(struct mrl_check *c, const struct mrl_source *s,
                                 struct mrl_err *err) {
    struct mrl_json_opts opts = {.file = s->path, .keep_spans = true};
    size_t at = 0;
    for (;;) {
        size_t from = at;
        mrl_val v = mrl_undefined();
        mrl_status status = mrl_json_next(c->cli->arena, s->text, &at, &opts, err, &v);
        if (status == MRL_E_NOT_FOUND)
            return MRL_OK;
        MRL_TRY(status);
        while (from < at && strchr(" \t\r\n", s->text.ptr[from]) != NULL)
            from++;
        MRL_TRY(document(c, s, v, (uint32_t)from, (uint32_t)at));
    }
}

static mrl_status yaml_documents(struct mrl_check *c, const struct mrl_source *s,
                                 struct mrl_err *err) {
    struct mrl_yaml_opts opts = {.file = s->path, .keep_spans = true};
    struct mrl_yaml_doc *docs;
    size_t n;
    MRL_TRY(mrl_yaml_parse(c->cli->arena, s->text, &opts, err, &docs, &n));
    for (size_t i = 0; i < n; i++)
        MRL_TRY(document(c, s, docs[i].value, docs[i].start, docs[i].end));
    return MRL_OK;
}

static bool is_manifest(mrl_str path) {
    return mrl_str_ends(path, MRL_S(".yaml")) || mrl_str_ends(path, MRL_S(".yml")) ||
           mrl_str_ends(path, MRL_S(".json"));
}

static mrl_status read_file(struct mrl_check *c, mrl_str path) {
    struct mrl_err err;
    struct mrl_source *s = MRL_ARENA_NEW(c->cli->arena, struct mrl_source);
    MRL_CHECK(s != NULL, MRL_E_NOMEM);
    mrl_err_init(&err);
    s->path = mrl_arena_str(c->cli->arena, path);
    s->json = mrl_str_ends(path, MRL_S(".json"));
    mrl_status status = mrl_file_read(c->cli->arena, path, FILE_BYTES_MAX, &err, &s->text);
    if (status == MRL_OK)
        status = s->json ? json_documents(c, s, &err) : yaml_documents(c, s, &err);
    c->n_files++;
    if (status == MRL_OK || status == MRL_E_NOMEM)
        return status;
    return unread(c, &err, s->path);
}

static mrl_status on_file(void *cx, mrl_str path) {
    struct mrl_check *c = cx;
    if (!is_manifest(path)) {
        c->skipped[MRL_SKIP_KIND]++;
        return MRL_OK;
    }
    return read_file(c, path);
}

static mrl_status on_problem(void *cx, const struct mrl_err *problem) {
    return unread(cx, problem, (mrl_str){NULL, 0});
}

mrl_status mrl_check_read(struct mrl_check *c, mrl_str path) {
    enum mrl_file_kind kind = mrl_file_kind_of(path);
    if (mrl_str_eq(path, MRL_S("-")) || (kind != MRL_FILE_FOLDER && kind != MRL_FILE_NONE))
        return read_file(c, path);
    return mrl_walk(c->cli->arena, path, NULL, on_file, on_problem, c, &c->files.err);
}
