/* fuzz_oci.c - references and manifests. A reference that we accept has parts that we accept again.
 */
#include "formats/oci/manifest.h"
#include "formats/oci/reference.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void again(mrl_arena *a, const struct mrl_reference *r) {
    struct mrl_reference s;
    mrl_str text = mrl_arena_printf(a, "%.*s/%.*s%s%.*s%s%.*s", MRL_F(r->registry),
                                    MRL_F(r->repository), r->tag.len > 0 ? ":" : "", MRL_F(r->tag),
                                    r->digest.len > 0 ? "@" : "", MRL_F(r->digest));
    if (r->kind != MRL_REF_REGISTRY || text.ptr == NULL)
        return;
    MRL_ASSERT(mrl_reference_parse(a, text, NULL, &s) == MRL_OK);
    MRL_ASSERT(mrl_str_eq(r->registry, s.registry) && mrl_str_eq(r->repository, s.repository) &&
               mrl_str_eq(r->tag, s.tag) && mrl_str_eq(r->digest, s.digest));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    mrl_arena a;
    mrl_str text = {(const char *)data, size};
    struct mrl_reference r;
    struct mrl_oci_manifest m;
    mrl_arena_init(&a, 1 << 26);
    if (mrl_reference_parse(&a, text, NULL, &r) == MRL_OK)
        again(&a, &r);
    if (mrl_oci_manifest_parse(&a, text, (mrl_str){"", 0}, NULL, &m) == MRL_OK)
        for (uint32_t i = 0; i < m.n_items; i++)
            MRL_ASSERT(mrl_digest_is_valid(m.items[i].digest) && m.items[i].size >= 0);
    mrl_arena_release(&a);
    return 0;
}
