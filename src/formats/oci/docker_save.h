/* docker_save.h - the two JSON files that an archive of docker save is found by.
 *
 * Idea: manifest.json lists images: a config, tags, layers, each the name of a file in the archive.
 * The config lists the digests of the plain layers (rootfs.diff_ids), which is the only proof that
 * layers and config belong to each other. Names are texts here; whoever opens them looks inside of
 * the archive alone. Source: moby's image-spec v1.2 ("Combined Image JSON + Filesystem Changeset
 * Format").
 *
 * Ownership: slices live in the arena or borrow the text.
 */
#ifndef MRL_FORMATS_OCI_DOCKER_SAVE_H
#define MRL_FORMATS_OCI_DOCKER_SAVE_H

#include "base/arena.h"
#include "base/status.h"

#define MRL_DOCKER_IMAGES_MAX 1000u /* images of one archive */
#define MRL_DOCKER_TAGS_MAX 1000u   /* tags of one image */

struct mrl_docker_texts {
    mrl_str *items;
    uint32_t n;
};

struct mrl_docker_image {
    mrl_str config;                 /* name of a file */
    struct mrl_docker_texts tags;   /* "app:1"; may be none */
    struct mrl_docker_texts layers; /* names of files, the lowest first; at most MRL_LAYERS_MAX */
};

struct mrl_docker_images {
    struct mrl_docker_image *items;
    uint32_t n;
};

/* Reads manifest.json. MRL_E_SYNTAX with the place, MRL_E_LIMIT. */
mrl_status mrl_docker_save_parse(mrl_arena *a, mrl_str text, struct mrl_err *err,
                                 struct mrl_docker_images *ret) MRL_NODISCARD;
/* Reads rootfs.diff_ids of an image's config: valid digests. The same errors. */
mrl_status mrl_docker_diff_ids(mrl_arena *a, mrl_str text, struct mrl_err *err,
                               struct mrl_docker_texts *ret) MRL_NODISCARD;

#endif
