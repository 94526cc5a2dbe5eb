/* fuzz_intoto.c - statements: a source that is told is a material or the configuration's, and all
 * facts lie in the statement or in the arena.
 */
#include "formats/intoto/provenance.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    mrl_arena a;
    struct mrl_provenance p;
    mrl_arena_init(&a, (size_t)1 << 26);
    if (mrl_provenance_parse(&a, (mrl_str){(const char *)data, size}, MRL_S("f"), NULL, &p) ==
        MRL_OK) {
        bool among = p.kind == MRL_STATEMENT_SLSA_02 || p.source.len == 0;
        MRL_ASSERT(p.predicate_type.len > 0 && p.n_materials <= size);
        for (uint32_t i = 0; i < p.n_materials; i++)
            among |= mrl_str_eq(p.materials[i].uri, p.source);
        MRL_ASSERT(among);
    }
    mrl_arena_release(&a);
    return 0;
}
