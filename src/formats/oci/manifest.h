/* manifest.h - OCI and Docker manifests, indexes and layouts as typed records.
 *
 * Idea: everything in a registry is reached by a descriptor: media type, digest, size. The readers
 * here take bytes whose digest the caller has checked, and give descriptors; a document that says
 * it is of another kind than it was fetched as is refused, since that confusion has been used to
 * show two readers two images. Sources: OCI image-spec 1.1 (manifest.md, image-index.md,
 * image-layout.md, descriptor.md), Docker schema 2.
 *
 * Ownership: slices live in the arena or borrow the text.
 */
#ifndef MRL_FORMATS_OCI_MANIFEST_H
#define MRL_FORMATS_OCI_MANIFEST_H

#include "base/value.h"

#define MRL_MANIFEST_BYTES_MAX ((size_t)4 << 20) /* what registries accept */
#define MRL_LAYERS_MAX 1000u                     /* Docker builds at most 127 */
#define MRL_INDEX_MAX 10000u                     /* manifests of one index; signatures pile up */
#define MRL_BLOB_BYTES_MAX ((int64_t)1 << 40)    /* size that a descriptor may claim */

struct mrl_platform {
    mrl_str os, architecture, variant;
};

struct mrl_descriptor {
    mrl_str media_type;
    mrl_str digest; /* valid: see reference.h */
    int64_t size;
    mrl_str artifact_type; /* empty: none */
    struct mrl_platform platform;
    mrl_val annotations; /* object of text; undefined: none */
};

enum mrl_oci_manifest_kind { MRL_MANIFEST_IMAGE, MRL_MANIFEST_INDEX };

struct mrl_oci_manifest {
    enum mrl_oci_manifest_kind kind;
    mrl_str media_type;
    mrl_str artifact_type;
    struct mrl_descriptor config; /* images */
    struct mrl_descriptor *items; /* layers of an image, manifests of an index */
    uint32_t n_items;
    bool has_subject;
    struct mrl_descriptor subject;
    mrl_val annotations;
};

/* Reads a manifest or index. `media_type` is what it was fetched as (empty: not known).
 * MRL_E_SYNTAX with place or field, MRL_E_INVALID when it contradicts its media type,
 * MRL_E_UNSUPPORTED for Docker schema 1 and media types that are no manifest, MRL_E_LIMIT. */
mrl_status mrl_oci_manifest_parse(mrl_arena *a, mrl_str text, mrl_str media_type,
                                  struct mrl_err *err, struct mrl_oci_manifest *ret) MRL_NODISCARD;

/* Reads "os/architecture[/variant]". */
mrl_status mrl_platform_parse(mrl_str text, struct mrl_err *err,
                              struct mrl_platform *ret) MRL_NODISCARD;

/* The first manifest of an index for that platform; NULL when there is none. A variant is compared
 * only when both name one. Attestations that stand in the index (platform unknown/unknown) are no
 * image. */
const struct mrl_descriptor *mrl_oci_manifest_for(const struct mrl_oci_manifest *index,
                                                  const struct mrl_platform *want);

/* The value of an annotation, or the empty text. */
mrl_str mrl_oci_annotation(mrl_val annotations, mrl_str name);

#endif
