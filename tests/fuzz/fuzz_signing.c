/* fuzz_signing.c - signing configurations: what was read can be chosen from, at any time. */
#include "formats/sigstore/signing_config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void choose(const struct mrl_service_list *list, int64_t seconds) {
    struct mrl_service chosen[MRL_SERVICES_MAX];
    uint32_t n = 0;
    if (mrl_services_choose(list, "service", 2, seconds, NULL, chosen, &n) != MRL_OK)
        return;
    MRL_ASSERT(n <= list->n);
    for (uint32_t i = 0; i < n; i++)
        MRL_ASSERT(chosen[i].url.len > 0 && chosen[i].version <= 2 &&
                   mrl_in_range(chosen[i].valid, seconds));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const int64_t times[] = {0, 1780000000, INT64_MAX};
    struct mrl_signing_config c;
    mrl_arena a;
    mrl_arena_init(&a, 1 << 26);
    mrl_str text = {(const char *)data, size};
    if (mrl_signing_config_parse(&a, text, MRL_S("config"), NULL, &c) == MRL_OK)
        for (size_t i = 0; i < MRL_COUNTOF(times); i++) {
            choose(&c.authorities, times[i]);
            choose(&c.logs, times[i]);
            choose(&c.timestamps, times[i]);
        }
    mrl_arena_release(&a);
    return 0;
}
