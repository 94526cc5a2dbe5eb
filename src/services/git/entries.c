/* entries.c - lists of files as git writes them: see mrl_git_read_entries. */
#include "base/vec.h"
#include "services/git/repo.h"

/* The kind by the mode; false for a folder, which -r enters and never lists. */
static bool kind_of(mrl_str mode, enum mrl_git_kind *ret) {
    if (mrl_str_eq(mode, MRL_S("160000")))
        *ret = MRL_GIT_SUBMODULE;
    else if (mrl_str_eq(mode, MRL_S("120000")))
        *ret = MRL_GIT_SYMLINK;
    else if (mode.len == 6 && mrl_str_starts(mode, MRL_S("100")))
        *ret = MRL_GIT_FILE;
    else
        return false;
    return true;
}

mrl_status mrl_git_read_entries(mrl_arena *a, mrl_str text, bool index,
                                struct mrl_git_entries *ret) {
    struct mrl_git_entries list = {NULL, 0, 0};
    while (text.len > 0) {
        struct mrl_git_entry e;
        mrl_str line = mrl_str_cut(text, '\0', &text);
        MRL_CHECK(text.ptr != NULL, MRL_E_SYNTAX); /* cut off */
        mrl_str head = mrl_str_cut(line, '\t', &e.path), rest;
        mrl_str mode = mrl_str_cut(head, ' ', &rest), last;
        mrl_str first = mrl_str_cut(rest, ' ', &last);
        e.id = index ? first : last;
        MRL_CHECK(kind_of(mode, &e.kind) && mrl_git_is_id(e.id) && e.path.len > 0, MRL_E_SYNTAX);
        MRL_CHECK(list.n < MRL_GIT_ENTRIES_MAX, MRL_E_LIMIT);
        MRL_TRY(MRL_VEC_PUSH(a, &list, e));
    }
    *ret = list;
    return MRL_OK;
}
