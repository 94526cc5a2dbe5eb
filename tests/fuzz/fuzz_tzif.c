/* fuzz_tzif.c - a zone file, looked up at telling instants. */
#include "formats/tzif/tzif.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const int64_t at[] = {INT64_MIN,  -5000000000, -1,        0,        1700000000,
                                 4000000000, 9999999999,  INT64_MAX, INT32_MAX};
    mrl_arena a;
    struct mrl_tzif z;
    struct mrl_tz_rule rule;
    mrl_str s = {(const char *)data, size};
    mrl_arena_init(&a, 1 << 24);
    for (size_t i = 0; i < MRL_COUNTOF(at) && mrl_tz_rule_parse(s, &rule) == MRL_OK; i++)
        MRL_ASSERT(mrl_tz_rule_at(&rule, at[i]) != NULL);
    if (mrl_tzif_parse(&a, s, NULL, &z) == MRL_OK)
        for (size_t i = 0; i < MRL_COUNTOF(at); i++)
            MRL_ASSERT(strlen(mrl_tzif_at(&z, at[i])->name) < MRL_TZIF_NAME_MAX);
    mrl_arena_release(&a);
    return 0;
}
