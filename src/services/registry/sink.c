/* sink.c - see sink.h. */
#include "services/registry/sink.h"

mrl_status mrl_sink_open(const struct mrl_reference *ref, const struct mrl_registry_opts *opts,
                         struct mrl_err *err, struct mrl_sink *ret) {
    switch (ref->kind) {
    case MRL_REF_LAYOUT:
        return mrl_layout_write(ref->path, err, ret);
    case MRL_REF_DOCKER_ARCHIVE:
        return mrl_err_set(err, MRL_E_UNSUPPORTED, "image.sink",
                           "docker-archive: has no place for signatures; copy the image to an OCI "
                           "layout");
    default:
        return mrl_remote_write(ref, opts, err, ret);
    }
}

void mrl_sink_close(struct mrl_sink *s) {
    if (s->ops != NULL)
        s->ops->close(s->cx);
    *s = (struct mrl_sink){0};
}
