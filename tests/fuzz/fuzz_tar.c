/* fuzz_tar.c - every entry of an archive: slices stay inside of it, clean names stay inside too. */
#include "formats/tar/tar.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_entry(mrl_arena *a, mrl_str all, const struct mrl_tar_entry *e) {
    mrl_str clean;
    MRL_ASSERT(e->body.len == 0 ||
               (e->body.ptr >= all.ptr && e->body.ptr + e->body.len <= all.ptr + all.len));
    if (!mrl_tar_clean_name(a, e->name, &clean))
        return;
    MRL_ASSERT(!mrl_str_starts(clean, MRL_S("/")) && !mrl_str_starts(clean, MRL_S("../")));
    MRL_ASSERT(mrl_str_find(clean, MRL_S("/../"), 0) == MRL_STR_NPOS);
    MRL_ASSERT(clean.len <= e->name.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    mrl_arena a;
    mrl_str all = {(const char *)data, size};
    struct mrl_tar_entry e;
    bool more = true;
    mrl_arena_init(&a, 1 << 26);
    struct mrl_tar t = mrl_tar_of(&a, all);
    while (more && mrl_tar_next(&t, NULL, &e, &more) == MRL_OK)
        if (more)
            check_entry(&a, all, &e);
        else
            break;
    mrl_arena_release(&a);
    return 0;
}
