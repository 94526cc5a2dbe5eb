/* images.h - the images of a run: which there are, what merlon.yaml asks of each, what is proved.
 *
 * Idea: images become subjects of the check as soon as merlon.yaml has `images` rules, and their
 * controls say pass, fail or unknown. Evidence comes from where the user says: a file that was
 * gathered before (--evidence), a layout or archive on this machine (--image NAME=PLACE), and
 * registries only with --verify-images. What nobody asked for is unknown, never passed. An image is
 * asked for once a run, however often it is named and however often the tree is judged.
 *
 * Owner: mrl_images_free; values live in the arena of the run. One thread, which hands out the
 * asking to a pool.
 */
#ifndef MRL_CLI_IMAGES_H
#define MRL_CLI_IMAGES_H

#include "base/pool.h"
#include "base/vec.h"
#include "cli/cli.h"
#include "cli/image_evidence.h"
#include "cli/registry_given.h"
#include "cli/trust_policy.h"
#include "engines/posture/images.h"

#define MRL_EVIDENCE_SCHEMA "merlon.evidence/1"
#define MRL_SOURCE_SCHEMA "merlon.source/1"
#define MRL_EVIDENCE_BYTES_MAX ((size_t)256 << 20)

/* Rows of the options that mrl_images_open reads, beside MRL_REGISTRY_OPTS. */
#define MRL_IMAGES_OPTS                                                                            \
    {.name = "image",                                                                              \
     .arg = "NAME=PLACE",                                                                          \
     .help = "take the image NAME and its signatures from a layout or archive (oci:PATH)",         \
     .many = true},                                                                                \
    {                                                                                              \
        .name = "evidence", .arg = "FILE",                                                         \
        .help = "what image verify or source verify answered before (--format json)", .many = true \
    }

struct mrl_image { /* one image by its full name */
    mrl_str text;  /* as it is named first */
    mrl_str key;   /* REGISTRY/REPOSITORY[:TAG][@DIGEST] */
    mrl_str name;  /* REGISTRY/REPOSITORY */
    struct mrl_reference ref;
    mrl_str problem;          /* why the name cannot be read; empty: it was */
    struct mrl_image_use use; /* the first place */
    mrl_val places;
    mrl_val parameters, evidence; /* evidence undefined: not known yet */
};

struct mrl_images {
    struct mrl_cli *cli;
    mrl_val config;
    mrl_str config_file;
    struct mrl_trust_policy policy;
    mrl_str signers_digest; /* of those who are believed: evidence for others is of no use here */
    bool has_rules;
    bool ask; /* registries */
    int64_t now;
    struct mrl_registry_opts registry;
    struct mrl_builder known;       /* key to evidence */
    MRL_VEC(mrl_val) sources;       /* answers of merlon source verify */
    MRL_VEC(mrl_str) source_files;  /* that they are in */
    MRL_VEC(mrl_str) names, places; /* of --image */
};

/* Reads what the command line and merlon.yaml say of images; NULL when that is nothing. `ask`:
 * registries may be asked. Options of MRL_IMAGES_OPTS and MRL_REGISTRY_OPTS must be known to the
 * command. */
mrl_status mrl_images_open(struct mrl_cli *cli, mrl_val config, mrl_str config_file, bool ask,
                           struct mrl_err *err, struct mrl_images **ret) MRL_NODISCARD;
void mrl_images_free(struct mrl_images *im); /* NULL is allowed */

/* The image that a text names, with the parameters of its rule and what is known of it. */
mrl_status mrl_images_name(struct mrl_images *im, mrl_str text,
                           struct mrl_image *ret) MRL_NODISCARD;
/* Asks for what is not known yet and may be asked for, on the threads of the pool, and remembers
 * it. What cannot be reached is evidence that says so. */
mrl_status mrl_images_ask(struct mrl_images *im, struct mrl_pool *pool, struct mrl_image *list,
                          uint32_t n, struct mrl_err *err) MRL_NODISCARD;
/* Adds an image to the subjects that are judged. */
mrl_status mrl_images_add(const struct mrl_images *im, const struct mrl_image *image,
                          struct mrl_objects *o) MRL_NODISCARD;

/* All images of the objects, asked for and added behind them; then the sources of --evidence. */
mrl_status mrl_images_of_objects(struct mrl_images *im, struct mrl_pool *pool,
                                 struct mrl_objects *o, struct mrl_err *err) MRL_NODISCARD;

#endif
