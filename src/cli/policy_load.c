/* policy_load.c - see policy_load.h.
 *
 * Paths are given as OPA takes them: modules and data by their names, folders place data
 * (a/b/data.json is data.a.b), prefix:path puts a file elsewhere, archives are bundles. Errors of
 * modules are collected, so that all are told at once; a broken data file ends the loading, as
 * everything behind it would read other data.
 */
#include "cli/policy_load.h"

#include "cli/unpack.h"

#include "base/file.h"
#include "base/utf8.h"
#include "base/walk.h"
#include "formats/json/json.h"
#include "formats/yaml/yaml.h"

#include <stdio.h>
#include <unistd.h>

#define DATA_DEPTH_MAX 64 /* folders of a data path */

mrl_status mrl_policy_files_init(struct mrl_policy_files *f, mrl_arena *a,
                                 const struct mrl_policy_opts *opts) {
    *f = (struct mrl_policy_files){
        .arena = a, .data = mrl_empty_obj(), .version = opts->version, .manifest = {.version = -1}};
    mrl_diags_init(&f->diags, a, opts->max_errors);
    mrl_err_init(&f->err);
    return mrl_policy_builder_new(opts, &f->builder);
}

static bool is_yaml(mrl_str path) {
    return mrl_str_ends(path, MRL_S(".yaml")) || mrl_str_ends(path, MRL_S(".yml"));
}

/* JSON or YAML by the name of the file; standard input is tried as both. */
static mrl_status parse_document(mrl_arena *a, mrl_str path, mrl_str text, struct mrl_err *err,
                                 mrl_val *ret) {
    struct mrl_yaml_doc *docs;
    size_t n;
    struct mrl_json_opts json = {.file = path, .ready = true};
    if (!is_yaml(path)) {
        mrl_status status = mrl_json_parse(a, text, &json, err, ret);
        if (status != MRL_E_SYNTAX || !mrl_str_eq(path, MRL_S("-")))
            return status;
    }
    MRL_TRY(mrl_yaml_parse(a, text, &(struct mrl_yaml_opts){.file = path, .ready = true}, err,
                           &docs, &n));
    if (n > 1)
        return mrl_err_set(err, MRL_E_INVALID, "load.documents",
                           "%.*s holds %zu documents, but one is wanted", MRL_F(path), n);
    *ret = n == 1 ? docs[0].value : mrl_null();
    return MRL_OK;
}

mrl_status mrl_load_document(mrl_arena *a, mrl_str path, struct mrl_err *err, mrl_val *ret) {
    mrl_str text;
    MRL_TRY(mrl_file_read(a, path, 0, err, &text));
    return parse_document(a, path, text, err, ret);
}

/* --- data
 * ------------------------------------------------------------------------------------------- */

/* Both objects in one. A key that both have with different values is a conflict. */
static mrl_status merge(mrl_arena *a, mrl_val x, mrl_val y, unsigned depth, mrl_val *ret) {
    struct mrl_builder b;
    if (!mrl_is_obj(x) || !mrl_is_obj(y) || depth > MRL_VAL_DEPTH_MAX)
        return MRL_E_CONFLICT;
    if (x.len == 0 || y.len == 0) { /* most runs have one data file: nothing to copy or freeze */
        *ret = x.len == 0 ? y : x;
        return MRL_OK;
    }
    mrl_builder_init(&b, a, MRL_T_OBJ, x.len + y.len);
    for (uint32_t i = 0; i < x.len; i++)
        mrl_build_member(&b, x.u.obj->m[i].key, x.u.obj->m[i].val);
    for (uint32_t i = 0; i < y.len; i++) {
        mrl_val key = y.u.obj->m[i].key, v = y.u.obj->m[i].val, old = mrl_obj_get(x, key);
        if (mrl_is_defined(old))
            MRL_TRY(merge(a, old, v, depth + 1, &v));
        mrl_build_member(&b, key, v);
    }
    return mrl_build_end(&b, ret);
}

/* {first: {second: ... v}} for a path of names divided by `sep`. */
static mrl_status nest(mrl_arena *a, mrl_str path, char sep, mrl_val v, mrl_val *ret) {
    MRL_ASSERT(sep == '/' || sep == '.');
    mrl_str names[DATA_DEPTH_MAX];
    size_t n = 0;
    while (path.len > 0) {
        mrl_str name = mrl_str_cut(path, sep, &path);
        if (name.len == 0)
            continue;
        MRL_CHECK(n < DATA_DEPTH_MAX, MRL_E_LIMIT);
        names[n++] = name;
    }
    for (; n > 0; n--) {
        struct mrl_member m = {mrl_strval(names[n - 1]), v};
        MRL_TRY(mrl_obj_of(a, &m, 1, &v));
    }
    *ret = v;
    return MRL_OK;
}

/* Merges a data file into data, below the path `at`. */
static mrl_status add_data(struct mrl_policy_files *f, mrl_str path, mrl_str text, mrl_str at,
                           char sep) {
    mrl_val v = mrl_undefined();
    MRL_TRY(parse_document(f->arena, path, text, &f->err, &v));
    MRL_TRY(nest(f->arena, at, sep, v, &v));
    if (!mrl_is_obj(v))
        return mrl_err_set(&f->err, MRL_E_INVALID, "load.data",
                           "%.*s must hold an object to be data at the top", MRL_F(path));
    mrl_status status = merge(f->arena, f->data, v, 0, &f->data);
    if (status == MRL_E_CONFLICT)
        return mrl_err_set(&f->err, status, "load.conflict",
                           "%.*s gives values for data that another file has given", MRL_F(path));
    return status;
}

/* --- files
 * ------------------------------------------------------------------------------------------ */

struct reading {
    struct mrl_policy_files *f;
    mrl_str root; /* the folder named, with '/'; empty for a single file */
};

enum wanted { WANT_NOTHING, WANT_MODULE, WANT_DATA };

/* What a file of that path is to us. In a bundle only files with certain names are data. */
static enum wanted wanted(const struct mrl_policy_files *f, mrl_str path) {
    size_t slash = mrl_str_rfind(path, MRL_S("/"));
    mrl_str name = mrl_str_sub(path, slash == MRL_STR_NPOS ? 0 : slash + 1, path.len);
    if (mrl_str_ends(name, MRL_S(".rego")))
        return WANT_MODULE;
    if (f->rego_only || !(is_yaml(name) || mrl_str_ends(name, MRL_S(".json"))))
        return WANT_NOTHING;
    if (f->bundle && !mrl_str_eq(name, MRL_S("data.json")) &&
        !mrl_str_eq(name, MRL_S("data.yaml")) && !mrl_str_eq(name, MRL_S("data.yml")))
        return WANT_NOTHING;
    return WANT_DATA;
}

/* Adds a file that is wanted. `inner` is its path below the root, whose folders place data. */
static mrl_status add_text(struct mrl_policy_files *f, mrl_str path, mrl_str inner, mrl_str text) {
    size_t slash = mrl_str_rfind(inner, MRL_S("/"));
    bool data = wanted(f, path) == WANT_DATA, taken = false;
    MRL_TRY(MRL_VEC_PUSH(f->arena, &f->texts, (struct mrl_policy_text){path, text}));
    if (data && f->take != NULL)
        MRL_TRY(f->take(f->take_cx, path, text, &taken));
    if (taken)
        return MRL_OK;
    if (data)
        return add_data(f, path, text, mrl_str_sub(inner, 0, slash == MRL_STR_NPOS ? 0 : slash),
                        '/');
    f->modules++;
    enum mrl_rego_version version =
        f->bundle ? mrl_manifest_version(&f->manifest, f->arena, inner, f->version) : f->version;
    mrl_status status = mrl_policy_add_module(f->builder, path, text, version, &f->diags);
    return status == MRL_E_INVALID ? MRL_OK : status; /* collected; go on */
}

static mrl_status on_file(void *cx, mrl_str path) {
    struct reading *r = cx;
    mrl_str text, inner = mrl_str_sub(path, r->root.len, path.len);
    enum wanted what = wanted(r->f, path);
    if (what == WANT_NOTHING)
        return MRL_OK;
    size_t max = what == WANT_MODULE ? MRL_REGO_TEXT_MAX : 0;
    MRL_TRY(mrl_file_read(r->f->arena, path, max, &r->f->err, &text));
    return add_text(r->f, path, r->root.len > 0 ? inner : MRL_S(""), text);
}

/* A policy that cannot be read must not be left out in silence. */
static mrl_status on_problem(void *cx, const struct mrl_err *problem) {
    struct reading *r = cx;
    r->f->err = *problem;
    return problem->code;
}

/* A packed bundle: its files are added as those of a folder would be. */
static mrl_status on_entry(void *cx, mrl_str name, mrl_str text) {
    struct reading *r = cx;
    if (wanted(r->f, name) == WANT_NOTHING)
        return MRL_OK;
    mrl_str path = mrl_arena_printf(r->f->arena, "%.*s/%.*s", MRL_F(r->root), MRL_F(name));
    MRL_CHECK(path.ptr != NULL, MRL_E_NOMEM);
    return add_text(r->f, path, name, text);
}

/* The first pass over an archive looks for its manifest only. */
static mrl_status on_manifest(void *cx, mrl_str name, mrl_str text) {
    struct reading *r = cx;
    return mrl_str_eq(name, MRL_S(".manifest"))
               ? mrl_manifest_parse(r->f->arena, r->root, text, &r->f->err, &r->f->manifest)
               : MRL_OK;
}

/* Two passes: the manifest may come behind the modules that it is about. */
static mrl_status add_packed(struct mrl_policy_files *f, mrl_str path) {
    struct reading r = {.f = f, .root = path};
    bool bundle = f->bundle;
    f->bundle = true; /* as OPA has it, whichever flag named the archive */
    f->manifest = (struct mrl_manifest){.version = -1};
    mrl_status status = mrl_unpack_file(f->arena, path, on_manifest, &r, &f->err);
    if (status == MRL_OK)
        status = mrl_unpack_file(f->arena, path, on_entry, &r, &f->err);
    f->bundle = bundle;
    return status;
}

/* The .manifest of a bundle that is a folder, if it has one. */
static mrl_status read_manifest(struct mrl_policy_files *f, mrl_str root) {
    mrl_str path = mrl_arena_printf(f->arena, "%.*s.manifest", MRL_F(root)), text;
    f->manifest = (struct mrl_manifest){.version = -1};
    MRL_CHECK(path.ptr != NULL, MRL_E_NOMEM);
    if (mrl_file_kind_of(path) != MRL_FILE_REGULAR)
        return MRL_OK;
    MRL_TRY(mrl_file_read(f->arena, path, 0, &f->err, &text));
    return mrl_manifest_parse(f->arena, path, text, &f->err, &f->manifest);
}

mrl_status mrl_policy_files_add(struct mrl_policy_files *f, mrl_str path) {
    struct reading r = {.f = f};
    mrl_str rest, prefix = mrl_str_cut(path, ':', &rest);
    enum mrl_file_kind kind = mrl_file_kind_of(path);
    if (rest.ptr != NULL && kind == MRL_FILE_NONE) {
        mrl_str text;
        MRL_TRY(mrl_file_read(f->arena, rest, 0, &f->err, &text));
        MRL_TRY(MRL_VEC_PUSH(f->arena, &f->texts, (struct mrl_policy_text){path, text}));
        return add_data(f, rest, text, prefix, '.');
    }
    if (kind == MRL_FILE_REGULAR &&
        (mrl_str_ends(path, MRL_S(".tar.gz")) || mrl_str_ends(path, MRL_S(".tgz"))))
        return add_packed(f, path);
    if (kind == MRL_FILE_FOLDER)
        r.root = mrl_arena_printf(f->arena, "%.*s%s", MRL_F(path),
                                  mrl_str_ends(path, MRL_S("/")) ? "" : "/");
    if (kind == MRL_FILE_FOLDER && f->bundle)
        MRL_TRY(read_manifest(f, r.root));
    struct mrl_walk_opts opts = {.no_ignore = true};
    return mrl_walk(f->arena, path, &opts, on_file, on_problem, &r, &f->err);
}

mrl_status mrl_policy_files_compile(struct mrl_policy_files *f, struct mrl_policy **ret) {
    mrl_status status = f->diags.total > 0 ? MRL_E_INVALID : MRL_OK;
    if (status == MRL_OK)
        status = mrl_policy_set_data(f->builder, f->arena, f->data);
    if (status == MRL_OK)
        status = mrl_policy_compile(f->builder, &f->diags, ret);
    return status;
}

/* --- what commands that ask a query share
 * --------------------------------------------------------- */

mrl_status mrl_policy_files_options(struct mrl_policy_files *f, const struct mrl_cli *cli,
                                    mrl_val *ret_input) {
    mrl_str path;
    for (size_t i = 0; mrl_opt_nth(cli, "data", i, &path); i++)
        MRL_TRY(mrl_policy_files_add(f, path));
    f->bundle = true;
    for (size_t i = 0; mrl_opt_nth(cli, "bundle", i, &path); i++)
        MRL_TRY(mrl_policy_files_add(f, path));
    mrl_str input =
        mrl_opt_given(cli, "stdin-input") ? MRL_S("-") : mrl_opt_str(cli, "input", MRL_S(""));
    mrl_val v = mrl_undefined();
    if (input.len > 0)
        MRL_TRY(mrl_load_document(cli->arena, input, &f->err, &v));
    *ret_input = v;
    return MRL_OK;
}

mrl_status mrl_policy_files_query(struct mrl_policy_files *f, const struct mrl_cli *cli,
                                  mrl_str text, struct mrl_policy **ret_policy,
                                  struct mrl_query **ret_query) {
    struct mrl_query_opts opts = {.version = f->version,
                                  .package = mrl_opt_str(cli, "package", MRL_S(""))};
    struct mrl_buf imports;
    mrl_str import;
    mrl_buf_init(&imports, 1 << 16);
    for (size_t i = 0; mrl_opt_nth(cli, "import", i, &import); i++)
        mrl_buf_printf(&imports, "%s%.*s", i > 0 ? "; " : "", MRL_F(import));
    opts.imports = mrl_arena_str(cli->arena, (mrl_str){imports.ptr, imports.len});
    mrl_buf_release(&imports);
    MRL_TRY(mrl_policy_files_compile(f, ret_policy));
    return mrl_query_prepare(*ret_policy, text, &opts, &f->diags, ret_query);
}

int mrl_policy_files_fail(struct mrl_cli *cli, struct mrl_policy_files *f, mrl_status status) {
    if (f->diags.total > 0) {
        struct mrl_buf b;
        mrl_buf_init(&b, 1 << 22);
        mrl_diags_sort(&f->diags);
        mrl_diags_print(&f->diags, &b);
        fprintf(stderr, "%.*s", (int)b.len, b.ptr != NULL ? b.ptr : "");
        mrl_buf_release(&b);
    } else {
        if (f->err.text[0] == '\0')
            (void)mrl_err_set(&f->err, status, "load", "%s", mrl_status_name(status));
        mrl_cli_print_err(cli, &f->err);
    }
    return status == MRL_E_NOMEM ? MRL_EXIT_INTERNAL : MRL_EXIT_UNKNOWN;
}

mrl_val mrl_policy_runtime(mrl_arena *a) {
    struct mrl_builder env;
    mrl_val variables = mrl_undefined(), v = mrl_undefined();
    mrl_builder_init(&env, a, MRL_T_OBJ, 64);
    for (char **at = environ; *at != NULL; at++) {
        mrl_str text, name = mrl_str_cut(mrl_str_z(*at), '=', &text);
        if (text.ptr != NULL && mrl_utf8_valid(name) && mrl_utf8_valid(text))
            mrl_build_member(&env, mrl_strval(name), mrl_strval(text));
    }
    struct mrl_member m[] = {{MRL_V("env"), mrl_empty_obj()},
                             {MRL_V("version"), MRL_V(MRL_VERSION)},
                             {MRL_V("commit"), MRL_V("")}};
    if (mrl_build_end(&env, &variables) == MRL_OK)
        m[0].val = variables;
    if (mrl_obj_of(a, m, MRL_COUNTOF(m), &v) != MRL_OK || mrl_val_freeze(a, v) != MRL_OK)
        return mrl_empty_obj();
    return v;
}
