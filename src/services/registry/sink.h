/* sink.h - where signatures and attestations are written to: the other half of source.h.
 *
 * Idea: one small table of functions a kind of sink. What is attached to an image is always the
 * same three things in the same order: blobs, then the manifest that names them, then the one step
 * that makes it visible. A sink that is closed before that step has listed nothing, so a crash at
 * any point leaves what was there. (A manifest is whole before it has its name, so a reader that
 * looks through all blobs of a layout may find it a moment early.)
 *
 * Kinds: an image layout in a folder (layout_write.c), a registry (remote_write.c).
 *
 * Owner: heap, closed by mrl_sink_close. One thread; two processes that write to one layout wait
 * for each other.
 */
#ifndef MRL_SERVICES_REGISTRY_SINK_H
#define MRL_SERVICES_REGISTRY_SINK_H

#include "formats/oci/manifest.h"
#include "formats/oci/reference.h"
#include "services/registry/source.h"

struct mrl_sink_ops {
    /* Stores bytes under their digest; bytes that are there already are left alone. */
    mrl_status (*blob)(void *cx, mrl_str digest, mrl_str bytes, struct mrl_err *err);
    /* Stores a manifest, to be listed by the commit: under `tag`, which moves, or by its digest
     * alone when `tag` is empty. `subject` is the digest that it refers to, or empty. */
    mrl_status (*manifest)(void *cx, const struct mrl_descriptor *d, mrl_str bytes, mrl_str tag,
                           mrl_str subject, struct mrl_err *err);
    /* Makes all manifests visible, at once. */
    mrl_status (*commit)(void *cx, struct mrl_err *err);
    void (*close)(void *cx);
};

struct mrl_sink {
    const struct mrl_sink_ops *ops;
    void *cx;
};

/* Opens the sink that a reference names; `opts` (NULL: none) is for registries and borrowed.
 * MRL_E_UNSUPPORTED for kinds that cannot be written to. */
mrl_status mrl_sink_open(const struct mrl_reference *ref, const struct mrl_registry_opts *opts,
                         struct mrl_err *err, struct mrl_sink *ret) MRL_NODISCARD;
void mrl_sink_close(struct mrl_sink *s); /* a sink that was never opened is allowed */

/* An image layout in a folder, which must be one already. */
mrl_status mrl_layout_write(mrl_str folder, struct mrl_err *err,
                            struct mrl_sink *ret) MRL_NODISCARD;
/* The repository of a registry. Where the registry does not list referrers itself, the commit keeps
 * the list that the specification gives for that case, below a tag of the subject's digest. */
mrl_status mrl_remote_write(const struct mrl_reference *ref, const struct mrl_registry_opts *opts,
                            struct mrl_err *err, struct mrl_sink *ret) MRL_NODISCARD;

#endif
