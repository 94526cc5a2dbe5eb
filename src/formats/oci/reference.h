/* reference.h - names of images, as people write them.
 *
 * Idea: one parser for all places where an image is named. Remote: [registry/]repository[:tag]
 * [@digest], with Docker's rules for what a registry is and where a bare name leads. Local:
 * "oci:PATH[:tag|@digest]" (image layout, folder or tar) and "docker-archive:FILE[:repo:tag]".
 * Sources: distribution/reference's grammar, OCI image-spec (descriptor.md on digests),
 * containers-transports(5).
 *
 * Ownership: slices borrow the text, but `registry` and `repository` of short names live in the
 * arena. Limits: MRL_REF_BYTES_MAX.
 */
#ifndef MRL_FORMATS_OCI_REFERENCE_H
#define MRL_FORMATS_OCI_REFERENCE_H

#include "base/arena.h"
#include "base/status.h"

#define MRL_REF_BYTES_MAX 4096u
#define MRL_REF_REPOSITORY_MAX 255u /* distribution's own limit */
#define MRL_REF_TAG_MAX 128u

enum mrl_ref_kind { MRL_REF_REGISTRY, MRL_REF_LAYOUT, MRL_REF_DOCKER_ARCHIVE };

struct mrl_reference {
    enum mrl_ref_kind kind;
    mrl_str registry;   /* host[:port]; "docker.io" for short names */
    mrl_str repository; /* "library/redis" for "redis" */
    mrl_str path;       /* local: folder or file */
    mrl_str tag;    /* "latest" when neither tag nor digest is given for a registry; may be empty */
    mrl_str digest; /* "sha256:…"; empty when none is given */
};

/* Reads a reference. MRL_E_SYNTAX says what is wrong and what was expected, MRL_E_LIMIT. */
mrl_status mrl_reference_parse(mrl_arena *a, mrl_str text, struct mrl_err *err,
                               struct mrl_reference *ret) MRL_NODISCARD;

/* True for "sha256:" or "sha512:" and that many lower-case hex digits: the digests that we compute.
 */
bool mrl_digest_is_valid(mrl_str digest);
/* The digest of bytes as it is written: "sha256:" and 64 digits. */
mrl_status mrl_digest_write(mrl_arena *a, mrl_str bytes, mrl_str *ret) MRL_NODISCARD;
/* True when `bytes` has that digest. */
bool mrl_digest_matches(mrl_str digest, mrl_str bytes);

#endif
