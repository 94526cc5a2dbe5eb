/* fuzz_sshsig.c - signatures, lists of signers, commits, tags and .gitmodules.
 *
 * What was read must hold still: a key that was accepted reads again, a payload and its signature
 * are no longer than the object, and nothing verifies that was not made by a key (the seeds are
 * signatures of other messages than the one that is asked about here).
 */
#include "formats/git/object.h"
#include "formats/sshsig/sshsig.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_signature(mrl_arena *a, mrl_str text) {
    struct mrl_sshsig s;
    if (mrl_sshsig_parse(a, text, NULL, &s) != MRL_OK)
        return;
    MRL_ASSERT(s.key.len > 0 && s.sig.len > 0);
    MRL_ASSERT(mrl_sshsig_verify(a, &s, MRL_S("never signed"), NULL) != MRL_OK);
}

static void try_signers(mrl_arena *a, mrl_str text) {
    struct mrl_signers list;
    const char *why;
    if (mrl_signers_parse(a, text, MRL_S("f"), NULL, &list) != MRL_OK)
        return;
    for (uint32_t i = 0; i < list.n && i < 16; i++) {
        const struct mrl_signer *s =
            mrl_signers_find(&list, list.items[i].key, MRL_S("git"), 1700000000, &why);
        struct mrl_pubkey *key;
        MRL_ASSERT(s == NULL || (!s->authority && mrl_str_eq(s->key, list.items[i].key)));
        if (mrl_ssh_pubkey(a, list.items[i].key, NULL, &key) == MRL_OK)
            mrl_pubkey_free(key);
    }
}

static void try_objects(mrl_arena *a, mrl_str text) {
    struct mrl_git_signed s;
    struct mrl_git_submodules m;
    if (mrl_git_commit(a, text, NULL, &s) == MRL_OK && s.signature.ptr != NULL) {
        MRL_ASSERT(s.signature.len + s.payload.len < text.len);
        try_signature(a, s.signature);
    }
    if (mrl_git_tag(text, NULL, &s) == MRL_OK && s.signature.ptr != NULL)
        MRL_ASSERT(s.signature.len + s.payload.len == text.len);
    (void)mrl_git_modules(a, text, NULL, &m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    mrl_arena a;
    mrl_str text = {(const char *)data, size};
    mrl_arena_init(&a, (size_t)1 << 26);
    try_signature(&a, text);
    try_signers(&a, text);
    try_objects(&a, text);
    mrl_arena_release(&a);
    return 0;
}
