/* fuzz_lockfile.c - every reader of manifests and lock files: spans lie inside of the text, and no
 * more entries lack a hash than there are. The first byte chooses the reader.
 */
#include "formats/lockfile/lockfile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    mrl_arena a;
    mrl_val v = mrl_undefined();
    if (size < 1)
        return 0;
    mrl_str text = {(const char *)data + 1, size - 1};
    mrl_arena_init(&a, (size_t)1 << 26);
    int rows = mrl_lockfile_row(MRL_S("Gemfile.lock")) + 1;
    if (mrl_lockfile_read(&a, data[0] % rows, MRL_S("f"), text, NULL, &v) == MRL_OK) {
        mrl_val list = MRL_GET(v, "unpinned");
        MRL_ASSERT((int64_t)list.len <= MRL_GET(v, "packages").u.i);
        for (uint32_t i = 0; i < list.len; i++) {
            const struct mrl_span *s = mrl_val_span(list, i);
            MRL_ASSERT(s != NULL && s->val_start <= s->val_end && s->val_end <= text.len);
        }
    }
    mrl_arena_release(&a);
    return 0;
}
