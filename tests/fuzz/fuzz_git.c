/* fuzz_git.c - git's lists of files. Everything that comes out lies within what went in. */
#include "services/git/repo.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool within(mrl_str part, mrl_str text) {
    return part.ptr >= text.ptr && part.ptr + part.len <= text.ptr + text.len;
}

static void entries(mrl_arena *a, mrl_str text, bool index) {
    struct mrl_git_entries list;
    if (mrl_git_read_entries(a, text, index, &list) != MRL_OK)
        return;
    for (uint32_t i = 0; i < list.n; i++)
        MRL_ASSERT(within(list.items[i].path, text) && mrl_git_is_id(list.items[i].id) &&
                   memchr(list.items[i].path.ptr, '\0', list.items[i].path.len) == NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    mrl_arena a;
    mrl_arena_init(&a, 1 << 26);
    entries(&a, (mrl_str){(const char *)data, size}, false);
    entries(&a, (mrl_str){(const char *)data, size}, true);
    mrl_arena_release(&a);
    return 0;
}
