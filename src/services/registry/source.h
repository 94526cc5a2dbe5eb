/* source.h - where images come from: a registry, a layout on disk, an archive.
 *
 * Idea: one small table of functions a kind of source; everything above asks by descriptor and gets
 * bytes whose size and digest were checked here, in one place, so that no source can be believed by
 * mistake. A tag is resolved once; all that follows works on the digest.
 *
 * Owner: heap, closed by mrl_source_close. One thread.
 */
#ifndef MRL_SERVICES_REGISTRY_SOURCE_H
#define MRL_SERVICES_REGISTRY_SOURCE_H

#include "formats/oci/manifest.h"
#include "formats/oci/reference.h"
#include "services/net/web.h"

struct mrl_descriptor_list {
    struct mrl_descriptor *items;
    uint32_t n;
};

struct mrl_source_ops {
    /* The descriptor of a tag or digest; sizes and media types may be unknown (0, empty).
     * MRL_E_NOT_FOUND when there is none. */
    mrl_status (*resolve)(void *cx, mrl_arena *a, mrl_str tag, mrl_str digest, struct mrl_err *err,
                          struct mrl_descriptor *ret);
    /* The bytes of a manifest or blob, at most `max`. Nothing is checked here. */
    mrl_status (*fetch)(void *cx, mrl_arena *a, const struct mrl_descriptor *d, bool manifest,
                        size_t max, struct mrl_err *err, mrl_str *ret);
    /* Manifests whose subject is `digest`; empty when there are none. */
    mrl_status (*referrers)(void *cx, mrl_arena *a, mrl_str digest, struct mrl_err *err,
                            struct mrl_descriptor_list *ret);
    void (*close)(void *cx);
};

struct mrl_source {
    const struct mrl_source_ops *ops;
    void *cx;
};

struct mrl_registry_opts { /* what the user says of registries; all may be empty or 0 */
    struct mrl_web_opts web;
    bool plain_http;       /* speak http where https is the rule */
    mrl_str docker_config; /* path of Docker's config.json; empty: anonymous */
};

/* Opens the source that a reference names. `opts` (NULL: none) is for registries; its texts are
 * borrowed. MRL_E_UNSUPPORTED for kinds that this build cannot reach. */
mrl_status mrl_source_open(const struct mrl_reference *ref, const struct mrl_registry_opts *opts,
                           struct mrl_err *err, struct mrl_source *ret) MRL_NODISCARD;
void mrl_source_close(struct mrl_source *s);

/* Resolves the reference and, for an index, the platform inside of it (NULL: the index itself).
 * *ret_text is the manifest's bytes. */
mrl_status mrl_source_image(struct mrl_source *s, mrl_arena *a, const struct mrl_reference *ref,
                            const struct mrl_platform *platform, struct mrl_err *err,
                            struct mrl_descriptor *ret, mrl_str *ret_text) MRL_NODISCARD;
/* A manifest by descriptor: bytes checked against size and digest, and read. */
mrl_status mrl_source_manifest(struct mrl_source *s, mrl_arena *a, const struct mrl_descriptor *d,
                               struct mrl_err *err, mrl_str *ret_text,
                               struct mrl_oci_manifest *ret) MRL_NODISCARD;
/* A blob of at most `max` bytes, checked. */
mrl_status mrl_source_blob(struct mrl_source *s, mrl_arena *a, const struct mrl_descriptor *d,
                           size_t max, struct mrl_err *err, mrl_str *ret) MRL_NODISCARD;

/* An image in a registry (remote.c): starts a network worker, and asks nothing yet. */
mrl_status mrl_remote_open(const struct mrl_reference *ref, const struct mrl_registry_opts *opts,
                           struct mrl_err *err, struct mrl_source *ret) MRL_NODISCARD;
/* An image layout in a folder or a tar archive (layout.c). */
mrl_status mrl_layout_open(mrl_str place, struct mrl_err *err,
                           struct mrl_source *ret) MRL_NODISCARD;
/* One image of an archive that docker save wrote (docker_archive.c, ADR 0029). Such an archive has
 * no manifest: the digest is that of the one that we derive. Asking for referrers is
 * MRL_E_UNSUPPORTED with the reason, so that signatures are unknown, never absent. */
mrl_status mrl_docker_archive_open(const struct mrl_reference *ref, struct mrl_err *err,
                                   struct mrl_source *ret) MRL_NODISCARD;

#endif
