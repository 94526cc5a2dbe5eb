/* manifest.c - see manifest.h. */
#include "cli/manifest.h"

#include "engines/match/glob.h"
#include "formats/json/json.h"

#define PATTERNS_MAX 10000 /* file_rego_versions of one bundle */

static bool is_version(mrl_val v) {
    return v.tag == MRL_T_INT && (v.u.i == 0 || v.u.i == 1);
}

static mrl_status bad_version(struct mrl_err *err, mrl_str file, mrl_str field) {
    return mrl_err_set(err, MRL_E_INVALID, "manifest.version",
                       "%.*s: %.*s must be 0 or 1, the versions of Rego", MRL_F(file),
                       MRL_F(field));
}

static mrl_status patterns(mrl_arena *a, mrl_str file, mrl_val all, struct mrl_err *err,
                           struct mrl_manifest *m) {
    mrl_status status = MRL_OK;
    const uint32_t *order = mrl_val_order(a, all, &status);
    MRL_TRY(status);
    MRL_CHECK(all.len <= PATTERNS_MAX, MRL_E_LIMIT);
    m->files = mrl_arena_calloc(a, all.len + 1, sizeof *m->files);
    MRL_CHECK(m->files != NULL, MRL_E_NOMEM);
    for (uint32_t i = 0; i < all.len; i++) {
        const struct mrl_member *x = &all.u.obj->m[order != NULL ? order[i] : i];
        if (!is_version(x->val))
            return bad_version(err, file, mrl_val_str(x->key));
        m->files[i].version = x->val.u.i == 0 ? MRL_REGO_V0 : MRL_REGO_V1;
        MRL_TRY(mrl_glob_compile(a, mrl_val_str(x->key), MRL_S(""), err, &m->files[i].pattern));
        m->n_files++;
    }
    return MRL_OK;
}

mrl_status mrl_manifest_parse(mrl_arena *a, mrl_str file, mrl_str text, struct mrl_err *err,
                              struct mrl_manifest *ret) {
    struct mrl_manifest m = {.version = -1};
    struct mrl_json_opts opts = {.file = file};
    mrl_val v = mrl_undefined();
    MRL_TRY(mrl_json_parse(a, text, &opts, err, &v));
    mrl_val version = MRL_GET(v, "rego_version"), files = MRL_GET(v, "file_rego_versions");
    if (mrl_is_defined(version) && !is_version(version))
        return bad_version(err, file, MRL_S("rego_version"));
    if (mrl_is_defined(version))
        m.version = (int)version.u.i;
    if (mrl_is_obj(files))
        MRL_TRY(patterns(a, file, files, err, &m));
    *ret = m;
    return MRL_OK;
}

enum mrl_rego_version mrl_manifest_version(const struct mrl_manifest *m, mrl_arena *a, mrl_str path,
                                           enum mrl_rego_version otherwise) {
    mrl_str full = m->n_files > 0 ? mrl_arena_printf(a, "/%.*s", MRL_F(path)) : path;
    bool found = false;
    for (uint32_t i = 0; full.ptr != NULL && i < m->n_files; i++)
        if (mrl_regex_find(m->files[i].pattern, a, full, 0, NULL, &found) == MRL_OK && found)
            return m->files[i].version;
    return m->version < 0 ? otherwise : m->version == 0 ? MRL_REGO_V0 : MRL_REGO_V1;
}
