/* fuzz_sigstore.c - bundles, trusted roots, checkpoints and log entries: one byte picks the reader.
 */
#include "engines/trust/trust.h"
#include "formats/sigstore/entry.h"
#include "formats/sigstore/note.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void bundle(mrl_arena *a, mrl_str text) {
    struct mrl_bundle b;
    struct mrl_entry e;
    if (mrl_bundle_parse(a, text, MRL_S("bundle"), NULL, &b) != MRL_OK)
        return;
    MRL_ASSERT(b.has_key == (b.n_certs == 0) && b.n_entries <= MRL_BUNDLE_ENTRIES_MAX);
    for (uint32_t i = 0; i < b.n_entries; i++)
        if (mrl_entry_parse(a, &b.entries[i], NULL, &e) == MRL_OK)
            MRL_ASSERT(e.digest.len == 32 && e.n_sigs > 0);
}

static void root(mrl_str text) {
    struct mrl_trust *t = NULL;
    if (mrl_trust_new(text, MRL_S("root"), NULL, NULL, &t) == MRL_OK)
        mrl_trust_free(t);
}

static void entry(mrl_arena *a, mrl_str body, const char *kind, const char *version) {
    struct mrl_tlog_entry e = {
        .kind = mrl_str_z(kind), .version = mrl_str_z(version), .body = body};
    struct mrl_entry out;
    if (mrl_entry_parse(a, &e, NULL, &out) == MRL_OK)
        MRL_ASSERT(out.n_sigs <= MRL_BUNDLE_SIGS_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    mrl_arena a;
    struct mrl_checkpoint c;
    mrl_str text = {(const char *)data + 1, size > 0 ? size - 1 : 0};
    if (size == 0)
        return 0;
    mrl_arena_init(&a, 1 << 26);
    switch (data[0] % 8) {
    case 0:
        bundle(&a, text);
        break;
    case 1:
        root(text);
        break;
    case 2:
        if (mrl_checkpoint_parse(&a, text, NULL, &c) == MRL_OK)
            MRL_ASSERT(c.root_hash.len == 32 && c.n_sigs <= MRL_NOTE_SIGS_MAX);
        break;
    case 3:
        entry(&a, text, "hashedrekord", "0.0.1");
        break;
    case 4:
        entry(&a, text, "hashedrekord", "0.0.2");
        break;
    case 5:
        entry(&a, text, "dsse", "0.0.1");
        break;
    case 6:
        entry(&a, text, "dsse", "0.0.2");
        break;
    default:
        entry(&a, text, "intoto", "0.0.2");
    }
    mrl_arena_release(&a);
    return 0;
}
