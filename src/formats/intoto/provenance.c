/* provenance.c - see provenance.h. */
#include "formats/intoto/provenance.h"

#include "formats/json/json.h"

#define ID "intoto"

struct reading {
    mrl_arena *arena;
    mrl_str file;
    struct mrl_err *err;
    struct mrl_provenance *out;
    bool wrong; /* a part had the wrong type: sticky, so that a whole predicate is read in one go */
};

static mrl_status refuse(const struct reading *r, const char *what) {
    return mrl_err_set(r->err, MRL_E_SYNTAX, ID, "%.*s: %s", MRL_F(r->file), what);
}

/* A part of the type asked for; null is as good as nothing. */
static mrl_val part(struct reading *r, mrl_val v, const char *key, bool (*is)(mrl_val)) {
    mrl_val p = mrl_obj_get_str(v, mrl_str_z(key));
    if (!mrl_is_defined(p) || p.tag == MRL_T_NULL)
        return mrl_undefined();
    r->wrong |= !is(p);
    return is(p) ? p : mrl_undefined();
}

static bool is_text(mrl_val v) {
    return mrl_is_str(v);
}

static bool is_object(mrl_val v) {
    return mrl_is_obj(v);
}

static bool is_list(mrl_val v) {
    return mrl_is_arr(v);
}

static mrl_val object(struct reading *r, mrl_val v, const char *key) {
    return part(r, v, key, is_object);
}

static mrl_str text(struct reading *r, mrl_val v, const char *key) {
    mrl_val t = part(r, v, key, is_text);
    return mrl_is_defined(t) ? mrl_val_str(t) : (mrl_str){NULL, 0};
}

/* --- materials ------------------------------------------------------------------------------- */

/* Commits are named gitCommit; older builders say sha1 of something that git gave. */
static mrl_str commit_of(struct reading *r, mrl_val digest, mrl_str uri) {
    mrl_str commit = text(r, digest, "gitCommit");
    bool git = mrl_str_starts(uri, MRL_S("git+")) || mrl_str_starts(uri, MRL_S("git:")) ||
               mrl_str_find(uri, MRL_S(".git"), 0) != MRL_STR_NPOS;
    return commit.len > 0 || !git ? commit : text(r, digest, "sha1");
}

static mrl_status read_materials(struct reading *r, mrl_val list) {
    struct mrl_provenance *p = r->out;
    if (!mrl_is_arr(list))
        return MRL_OK;
    if (list.len > MRL_MATERIALS_MAX)
        return mrl_err_set(r->err, MRL_E_LIMIT, ID, "%.*s: more than %d materials", MRL_F(r->file),
                           MRL_MATERIALS_MAX);
    p->materials = MRL_ARENA_ARRAY(r->arena, struct mrl_material, list.len + 1);
    MRL_CHECK(p->materials != NULL, MRL_E_NOMEM);
    for (uint32_t i = 0; i < list.len; i++) {
        mrl_val v = mrl_arr_at(list, i);
        struct mrl_material *m = &p->materials[p->n_materials++];
        r->wrong |= !mrl_is_obj(v);
        m->uri = text(r, v, "uri");
        m->name = text(r, v, "name");
        m->digest = object(r, v, "digest");
        m->commit = commit_of(r, m->digest, m->uri);
    }
    return MRL_OK;
}

/* git+https://x/y@refs/heads/main: the repository without the form of access, and the ref. */
static mrl_str split(mrl_str uri, mrl_str *ret_ref) {
    if (mrl_str_starts(uri, MRL_S("git+")))
        uri = mrl_str_sub(uri, 4, uri.len);
    size_t at = mrl_str_rfind(uri, MRL_S("@"));
    mrl_str ref = at == MRL_STR_NPOS ? MRL_S("") : mrl_str_sub(uri, at + 1, uri.len);
    bool is_ref = mrl_str_starts(ref, MRL_S("refs/"));
    *ret_ref = is_ref ? ref : (mrl_str){NULL, 0};
    return is_ref ? mrl_str_sub(uri, 0, at) : uri;
}

static mrl_str bare(mrl_str uri) {
    mrl_str ref;
    return split(uri, &ref);
}

/* Parts of the source; a ref that the builder names apart has the word. */
static void split_source(struct mrl_provenance *p) {
    mrl_str ref;
    p->repository = split(p->source, &ref);
    if (p->ref.len == 0)
        p->ref = ref;
}

/* The source: the material of the repository that was asked for; without such a wish the only one
 * that has a commit. Of several none is told: the wrong one would be worse. */
static void find_source(struct mrl_provenance *p, mrl_str wish) {
    const struct mrl_material *found = NULL;
    uint32_t n = 0;
    for (uint32_t i = 0; i < p->n_materials; i++) {
        const struct mrl_material *m = &p->materials[i];
        if (m->commit.len == 0 || (wish.len > 0 && !mrl_str_eq(bare(m->uri), bare(wish))))
            continue;
        found = m;
        n++;
    }
    if (n != 1)
        return;
    p->source = found->uri;
    p->commit = found->commit;
}

/* --- predicates ------------------------------------------------------------------------------ */

static mrl_status read_slsa_02(struct reading *r, mrl_val v) {
    struct mrl_provenance *p = r->out;
    mrl_val invocation = object(r, v, "invocation"), config = object(r, invocation, "configSource");
    p->builder = text(r, object(r, v, "builder"), "id");
    p->build_type = text(r, v, "buildType");
    p->invocation = text(r, object(r, v, "metadata"), "buildInvocationId");
    p->parameters = object(r, invocation, "parameters");
    p->entry_point = text(r, config, "entryPoint");
    MRL_TRY(read_materials(r, part(r, v, "materials", is_list)));
    mrl_str uri = text(r, config, "uri");
    if (uri.len == 0) {
        find_source(p, uri);
        return MRL_OK;
    }
    p->source = uri;
    p->commit = commit_of(r, object(r, config, "digest"), uri);
    return MRL_OK;
}

static mrl_status read_slsa_1(struct reading *r, mrl_val v) {
    struct mrl_provenance *p = r->out;
    mrl_val definition = object(r, v, "buildDefinition"), run = object(r, v, "runDetails");
    p->builder = text(r, object(r, run, "builder"), "id");
    p->build_type = text(r, definition, "buildType");
    p->invocation = text(r, object(r, run, "metadata"), "invocationId");
    p->parameters = object(r, definition, "externalParameters");
    MRL_TRY(read_materials(r, part(r, definition, "resolvedDependencies", is_list)));
    /* Builders name their parameters as they like: GitHub's say workflow, others source. */
    mrl_val workflow = MRL_GET(p->parameters, "workflow"),
            source = MRL_GET(p->parameters, "source");
    mrl_str wish = mrl_val_str(MRL_GET(workflow, "repository"));
    p->entry_point = mrl_val_str(MRL_GET(workflow, "path"));
    p->ref = mrl_val_str(MRL_GET(workflow, "ref"));
    if (wish.len == 0)
        wish = mrl_is_str(source) ? mrl_val_str(source) : mrl_val_str(MRL_GET(source, "uri"));
    find_source(p, wish);
    return MRL_OK;
}

static mrl_status read_vsa(struct reading *r, mrl_val v) {
    struct mrl_provenance *p = r->out;
    p->verifier = text(r, object(r, v, "verifier"), "id");
    p->resource = text(r, v, "resourceUri");
    p->policy = text(r, object(r, v, "policy"), "uri");
    p->result = text(r, v, "verificationResult");
    p->time = text(r, v, "timeVerified");
    p->levels = part(r, v, "verifiedLevels", is_list);
    return MRL_OK;
}

static const struct {
    const char *type;
    enum mrl_statement_kind kind;
    mrl_status (*read)(struct reading *r, mrl_val predicate);
} readers[] = {
    {"https://slsa.dev/provenance/v0.2", MRL_STATEMENT_SLSA_02, read_slsa_02},
    {"https://slsa.dev/provenance/v1", MRL_STATEMENT_SLSA_1, read_slsa_1},
    {"https://slsa.dev/verification_summary/v0.2", MRL_STATEMENT_VSA, read_vsa},
    {"https://slsa.dev/verification_summary/v1", MRL_STATEMENT_VSA, read_vsa},
};

static bool is_statement(mrl_val doc) {
    mrl_str type = mrl_val_str(MRL_GET(doc, "_type"));
    return mrl_is_obj(doc) && (mrl_str_eq(type, MRL_S("https://in-toto.io/Statement/v1")) ||
                               mrl_str_eq(type, MRL_S("https://in-toto.io/Statement/v0.1")));
}

mrl_status mrl_provenance_parse(mrl_arena *a, mrl_str input, mrl_str file, struct mrl_err *err,
                                struct mrl_provenance *ret) {
    struct mrl_provenance p = {.parameters = mrl_undefined(), .levels = mrl_undefined()};
    struct mrl_json_opts opts = {.file = file, .reject_duplicates = true};
    struct reading r = {a, file, err, &p, false};
    mrl_val doc = mrl_undefined();
    MRL_TRY(mrl_json_parse(a, input, &opts, err, &doc));
    if (!is_statement(doc))
        return refuse(&r, "this is no in-toto statement");
    p.predicate_type = text(&r, doc, "predicateType");
    for (size_t i = 0; i < MRL_COUNTOF(readers); i++) {
        if (!mrl_str_eq(p.predicate_type, mrl_str_z(readers[i].type)))
            continue;
        p.kind = readers[i].kind;
        MRL_TRY(readers[i].read(&r, object(&r, doc, "predicate")));
        split_source(&p);
    }
    if (r.wrong || p.predicate_type.len == 0)
        return refuse(&r, "a part of the statement is not of the type that it should be");
    *ret = p;
    return MRL_OK;
}
