/* fuzz_docker_save.c - the JSON files of an archive of docker save. What is accepted keeps its
 * promises: names are never empty, digests are digests, ceilings hold. */
#include "formats/oci/docker_save.h"
#include "formats/oci/manifest.h"
#include "formats/oci/reference.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct mrl_docker_texts *t, uint32_t max) {
    MRL_ASSERT(t->n <= max);
    for (uint32_t i = 0; i < t->n; i++)
        MRL_ASSERT(t->items[i].len > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    mrl_arena a;
    mrl_str text = {(const char *)data, size};
    struct mrl_docker_images all;
    struct mrl_docker_texts ids;
    mrl_arena_init(&a, 1 << 26);
    if (mrl_docker_save_parse(&a, text, NULL, &all) == MRL_OK) {
        MRL_ASSERT(all.n <= MRL_DOCKER_IMAGES_MAX);
        for (uint32_t i = 0; i < all.n; i++) {
            MRL_ASSERT(all.items[i].config.len > 0);
            check(&all.items[i].tags, MRL_DOCKER_TAGS_MAX);
            check(&all.items[i].layers, MRL_LAYERS_MAX);
        }
    }
    if (mrl_docker_diff_ids(&a, text, NULL, &ids) == MRL_OK) {
        check(&ids, MRL_LAYERS_MAX);
        for (uint32_t i = 0; i < ids.n; i++)
            MRL_ASSERT(mrl_digest_is_valid(ids.items[i]));
    }
    mrl_arena_release(&a);
    return 0;
}
