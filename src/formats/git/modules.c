/* modules.c - .gitmodules; see object.h. */
#include "base/vec.h"
#include "formats/git/object.h"

static mrl_status refuse(struct mrl_err *err, uint32_t line, const char *what) {
    mrl_status status = mrl_err_set(err, MRL_E_SYNTAX, "git.modules", "%s", what);
    if (err != NULL)
        err->pos = (struct mrl_pos){MRL_S(".gitmodules"), line, 1, 0};
    return status;
}

/* [submodule "name"] */
static bool read_section(mrl_str line, mrl_str *ret) {
    mrl_str head = MRL_S("[submodule \"");
    if (!mrl_str_starts(line, head) || !mrl_str_ends(line, MRL_S("\"]")) || line.len < head.len + 2)
        return false;
    *ret = mrl_str_sub(line, head.len, line.len - 2);
    return ret->len > 0 && mrl_str_find(*ret, MRL_S("\""), 0) == MRL_STR_NPOS;
}

/* Keys are the same in any case. */
static bool is_key(mrl_str key, const char *name) {
    return mrl_str_eq_case(key, mrl_str_z(name));
}

static void read_pair(mrl_str line, struct mrl_git_submodule *m) {
    mrl_str value, key = mrl_str_trim(mrl_str_cut(line, '=', &value));
    value = mrl_str_trim(value);
    if (value.len >= 2 && value.ptr[0] == '"' && value.ptr[value.len - 1] == '"')
        value = mrl_str_sub(value, 1, value.len - 1);
    if (is_key(key, "path"))
        m->path = value;
    else if (is_key(key, "url"))
        m->url = value;
    else if (is_key(key, "update"))
        m->update = value;
}

mrl_status mrl_git_modules(mrl_arena *a, mrl_str text, struct mrl_err *err,
                           struct mrl_git_submodules *ret) {
    struct mrl_git_submodules all = {NULL, 0, 0};
    MRL_CHECK(text.len <= MRL_GIT_OBJECT_MAX, MRL_E_LIMIT);
    for (uint32_t n = 1; text.len > 0; n++) {
        mrl_str line = mrl_str_trim(mrl_str_cut(text, '\n', &text)), name;
        if (line.len == 0 || line.ptr[0] == '#' || line.ptr[0] == ';')
            continue;
        if (mrl_str_find(line, MRL_S("\\"), 0) != MRL_STR_NPOS)
            return refuse(err, n, "escapes are not read: write the value as it is");
        if (line.ptr[0] == '[') {
            if (!read_section(line, &name))
                return refuse(err, n, "a section other than [submodule \"name\"]");
            if (all.n == MRL_GIT_SUBMODULES_MAX)
                return refuse(err, n, "more submodules than are read");
            struct mrl_git_submodule m = {.name = name};
            MRL_TRY(MRL_VEC_PUSH(a, &all, m));
        } else if (all.n == 0) {
            return refuse(err, n, "a setting outside of a section");
        } else {
            read_pair(line, &all.items[all.n - 1]);
        }
    }
    *ret = all;
    return MRL_OK;
}
